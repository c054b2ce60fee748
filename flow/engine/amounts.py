"""Money arithmetic: what the goods of an order cost, what a part of a line cost, what is left after counting. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING, FEN = Decimal("0.00"), Decimal("0.01")
MOST_ADDED = 3  #: lines whose shares are told one by one


@dataclass(frozen=True, slots=True)
class Bought:
    """An order line as money: ``paid`` for all ``quantity`` units, of which cases hold ``claimed``, worth ``held``."""

    quantity: int
    claimed: int
    paid: Decimal
    held: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shop says of a whole order: what was paid, freight and all, what was let off, what freight cost."""

    paid: Decimal | None = None
    discount: Decimal | None = None
    freight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """An order line as it was sold; ``paid`` for all of it, where the shop says so."""

    unit_price: Decimal
    quantity: int
    paid: Decimal | None = None

    @property
    def listed(self) -> Decimal:
        """What it costs by its price: the line is rounded, never the unit."""
        return yuan(self.unit_price * self.quantity)


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of a line as a case takes them; ``gone`` is money of the line that was paid back while its goods stayed.

    Of the ``free`` units, ``left`` is what they cost, before that money is taken off it.
    """

    sale: Sale
    units: int
    paid: Decimal
    gone: Decimal = NOTHING
    free: int = 0
    left: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class GoodsPaid:
    """What was paid for the goods of each line; ``basis`` says how that came about, where the lines do not."""

    lines: tuple[Decimal, ...]
    basis: str = ""

    @property
    def whole(self) -> Decimal:
        return sum(self.lines, NOTHING)


def goods_paid(terms: Terms, sales: Sequence[Sale]) -> GoodsPaid:
    """What the customer paid for the goods alone.

    Freight that the order's sum holds is no line's; no more is ever spread than was paid, or than the goods cost.
    """
    known = [sale.paid for sale in sales if sale.paid is not None]
    if sales and len(known) == len(sales):
        return _by_line(terms, sales, known)
    if known:
        return _by_some(terms, sales, sum(known, NOTHING))
    return _by_order(terms, sales)


def _by_line(terms: Terms, sales: Sequence[Sale], paid: list[Decimal]) -> GoodsPaid:
    """Each line says what was paid: without freight, unless all of it comes to more than the goods cost."""
    whole, freight, net = sum(paid, NOTHING), terms.freight or NOTHING, _net(terms, sales)
    if not freight or whole <= net:
        return GoodsPaid(tuple(yuan(each) for each in paid))
    rest = max(whole - freight, NOTHING)
    weights = paid if rest <= net else [sale.listed for sale in sales]
    return GoodsPaid(tuple(spread(min(rest, net), weights)), _basis(whole, freight, net))


def _by_some(terms: Terms, sales: Sequence[Sale], known: Decimal) -> GoodsPaid:
    """Some lines say it: what stands there is theirs, unless it is more than they cost and so the whole order's."""
    if known > sum((sale.listed for sale in sales if sale.paid is not None), NOTHING):
        plain = [Sale(sale.unit_price, sale.quantity) for sale in sales]
        return _by_order(Terms(known, terms.discount, terms.freight), plain)
    return GoodsPaid(tuple(sale.listed if sale.paid is None else yuan(sale.paid) for sale in sales))


def _by_order(terms: Terms, sales: Sequence[Sale]) -> GoodsPaid:
    listed = [sale.listed for sale in sales]
    net = _net(terms, sales)
    if terms.paid is None:
        if not terms.discount:
            return GoodsPaid(tuple(listed))
        return GoodsPaid(
            tuple(spread(net, listed)), f"商品 {_money(sum(listed, NOTHING))} − 优惠 {_money(terms.discount)}"
        )
    freight = _held_freight(terms, net)
    rest = max(terms.paid - freight, NOTHING)
    return GoodsPaid(tuple(spread(min(rest, net), listed)), _basis(terms.paid, freight, net))


def _basis(paid: Decimal, freight: Decimal, net: Decimal) -> str:
    """How what was paid for the goods came about, none of it freight and none more than they cost."""
    words = f"实付 {_money(paid)}" + (f" − 运费 {_money(freight)}" if freight else "")
    return f"商品 {_money(net)}（{words}，多付的不是货款）" if paid - freight > net else words


def _held_freight(terms: Terms, net: Decimal) -> Decimal:
    """The freight in what was paid: none where goods less discount come to that sum without it."""
    without = bool(terms.discount) and terms.paid == net
    return NOTHING if without else terms.freight or NOTHING


def _net(terms: Terms, sales: Sequence[Sale]) -> Decimal:
    """The goods by their prices, less what was let off."""
    listed = sum((sale.listed for sale in sales), NOTHING)
    return max(listed - (terms.discount or NOTHING), NOTHING)


def freight_paid(terms: Terms, sales: Sequence[Sale], goods: GoodsPaid) -> Decimal:
    """What was paid for freight beside the goods; never more than what was paid leaves for it."""
    freight, told = terms.freight or NOTHING, [sale.paid for sale in sales if sale.paid is not None]
    if terms.paid is not None:
        return min(freight, max(terms.paid - goods.whole, NOTHING))
    over = sum(told, NOTHING) - goods.whole if len(told) == len(sales) else NOTHING
    return min(freight, over) if over > 0 else freight


def spread(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split ``total`` over ``weights`` to the 分, so that the parts add up to it exactly."""
    whole = sum(weights, Decimal(0))
    if not whole:
        return [NOTHING for _ in weights]
    edges = [Decimal(0)]
    for weight in weights:
        edges.append(edges[-1] + weight)
    cuts = [yuan(total * edge / whole) for edge in edges]
    return [high - low for low, high in itertools.pairwise(cuts)]


def part(bought: Bought, units: int) -> Decimal:
    """What the next ``units`` of a line cost: their share of the money that no case holds yet.

    Returned in any portions, some of them taken back in between, a line gives back exactly what was paid.
    """
    left = max(bought.paid - bought.held, Decimal(0))
    return yuan(left * units / (bought.quantity - bought.claimed))


def gone_alone(bought: Bought) -> Decimal:
    """Money of a line that cases hold beyond the units that they hold: it was paid, and the customer kept the goods."""
    beyond = bought.held - counted(bought.paid, bought.quantity, bought.claimed)
    return beyond if beyond > FEN * bought.claimed else NOTHING


def counted(paid: Decimal, requested: int, units: int) -> Decimal:
    """The share of ``paid`` (for ``requested`` units) that ``units`` of them carry."""
    return yuan(paid * units / requested) if requested else NOTHING


def fitted(requested: int, units: int, left: Decimal) -> Decimal:
    """What ``requested`` units are put down as, so that ``units`` of them carry ``left`` and not a 分 more."""
    whole = (left * requested / units).quantize(FEN, ROUND_FLOOR)
    return next(whole + more for more in (2 * FEN, FEN, NOTHING) if counted(whole + more, requested, units) <= left)


def reckoned(goods: GoodsPaid, taken: Sequence[Taken]) -> str:
    """How the amount of some units came about: ``实付 ¥105.00 − 运费 ¥15.00``."""
    if goods.basis:
        gone = sum((each.gone for each in taken), NOTHING)
        less = f"，减去已退过的 {_money(gone)}" if gone else ""
        whole = sum((each.paid for each in taken), NOTHING) == goods.whole
        return goods.basis if whole else f"（{goods.basis}）按价分摊{less}"
    if len(taken) > MOST_ADDED:
        return f"{len(taken)} 行各自的实付或单价相加" + ("，减去已退过的" if any(each.gone for each in taken) else "")
    return " + ".join(_share(each) for each in taken)


def _share(taken: Taken) -> str:
    sale, units = taken.sale, taken.units
    if taken.gone:
        rest = f"{_money(taken.left)} − 已退过的 {_money(taken.gone)}"
        return rest if units == taken.free else f"（{rest}）× {units}/{taken.free} 件"
    if sale.paid is None:
        return f"{_price(sale.unit_price)} × {units} 件"
    return f"实付 {_money(sale.paid)}" + (f" × {units}/{sale.quantity} 件" if units < sale.quantity else "")


def _money(amount: Decimal) -> str:
    return f"¥{amount:,.2f}"


def _price(price: Decimal) -> str:
    """¥2.55, and ¥0.035 where a unit costs less than its 分 can say."""
    exact = f"{price.normalize():,f}"
    return f"¥{exact}" if len(exact.partition(".")[2]) > 2 else _money(price)
