"""Looking an order up, and what of it can still be returned: the checks of a new case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tortoise.expressions import Q

from flow.definitions.freight import freight_of
from flow.definitions.vocabulary import BY_COUNT, LET_GO
from flow.engine.amounts import (
    Bought,
    GoodsPaid,
    Sale,
    Taken,
    Terms,
    counted,
    freight_paid,
    gone_alone,
    goods_paid,
    part,
    reckoned,
    spread,
)
from flow.engine.opening_facts import History
from flow.errors import NotFound, PolicyRefused
from flow.records.claims import units_held
from models import UNDER_WAY, Case, CaseLine, CaseState, CloseReason, Order, OrderLine, Refund, RefundState
from models.fields import PRICE_PLACES, yuan
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

NO_SHOP = "没写店铺"  #: the word for the shop of an order that was imported without one
HISTORY = timedelta(days=182)  #: 半年, as the card of an approver says


@dataclass(frozen=True, slots=True)
class Choice:
    """One product of an order: what was bought and what may still be returned."""

    sku: str
    title: str
    bought: int
    left: int


@dataclass(frozen=True, slots=True)
class Portion:
    """Units of one order line that a case takes back, and what they cost."""

    line: OrderLine
    units: int
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Other:
    """Another case of an order: the units that it keeps of each line, and the freight that it takes along."""

    no: str
    units: Mapping[int, int]
    freight: Decimal
    paid: bool  #: its money has gone, or may be on its way


@dataclass(frozen=True, slots=True)
class Bill:
    """An order with the money of each of its lines."""

    order: Order
    lines: tuple[OrderLine, ...]
    goods: GoodsPaid
    held: Mapping[int, Decimal]  #: order line -> money that open and finished cases hold of it
    freight: Decimal = Decimal(0)  #: that was paid, and that no case has taken along
    postage: Decimal = Decimal(0)  #: all freight that was paid
    others: tuple[Other, ...] = ()

    @property
    def name(self) -> str:
        """The order by its number and, where one is known, its shop: ``536365 · 天猫``."""
        return " · ".join(part for part in (self.order.no, self.order.shop) if part)

    def choices(self) -> list[Choice]:
        """The products of the order, in its own sequence."""
        bought: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        titles: dict[str, str] = {}
        for line in self.lines:
            bought[line.sku][0] += line.quantity
            bought[line.sku][1] += line.quantity - line.claimed
            titles.setdefault(line.sku, line.title)
        return [Choice(sku, titles[sku], total, left) for sku, (total, left) in bought.items()]

    def portions(self, items: Sequence[tuple[str, int]]) -> list[Portion]:
        """Spread wanted units over the lines that hold them.

        Raises PolicyRefused for a product that was not bought, or more units than may still be returned.
        """
        choices = {choice.sku: choice for choice in self.choices()}
        found = []
        for sku, units in items:
            choice = choices.get(sku)
            if choice is None:
                raise PolicyRefused(f"订单 {self.order.no} 里没有商品 {sku}")
            if units < 1:
                raise PolicyRefused(f"{sku} 至少要退 1 件")
            if units > choice.left:
                raise TooMany(self.order.no, choice)
            found += self._take(sku, units)
        return found

    def reason(self, portions: Sequence[Portion]) -> str:
        """How the amount of the portions came about, in a line."""
        paid = dict(zip((line.id for line in self.lines), self.goods.lines, strict=True))
        return reckoned(self.goods, [self._taken(portion, paid[portion.line.id]) for portion in portions])

    def gone(self, portions: Sequence[Portion]) -> Decimal:
        """Money of these lines that was paid back while the goods stayed with the customer."""
        paid = dict(zip((line.id for line in self.lines), self.goods.lines, strict=True))
        lines = {portion.line.id: portion.line for portion in portions}
        return sum((gone_alone(self._bought(line, paid[n])) for n, line in lines.items()), Decimal(0))

    def _taken(self, portion: Portion, paid: Decimal) -> Taken:
        line, bought = portion.line, self._bought(portion.line, paid)
        gone, free = gone_alone(bought), line.quantity - line.claimed
        return Taken(_sale(line), portion.units, portion.paid, gone, free, paid - bought.held + gone)

    def dear(self, portions: Sequence[Portion]) -> list[list[str]]:
        """Products for which more was paid than they cost by their price: what, that much, and that price."""
        paid = dict(zip((line.id for line in self.lines), self.goods.lines, strict=True))
        lines = {portion.line.id: portion.line for portion in portions}
        return [
            [line.title or line.sku, str(paid[n]), str(_sale(line).listed)]
            for n, line in lines.items()
            if paid[n] > _sale(line).listed
        ]

    def is_whole(self, portions: Sequence[Portion]) -> bool:
        """Whether with these units all of the order goes back."""
        taken: dict[int, int] = defaultdict(int)
        for portion in portions:
            taken[portion.line.id] += portion.units
        return all(line.claimed + taken[line.id] == line.quantity for line in self.lines)

    def _bought(self, line: OrderLine, paid: Decimal) -> Bought:
        return Bought(line.quantity, line.claimed, paid, self.held.get(line.id, Decimal(0)))

    def _take(self, sku: str, units: int) -> list[Portion]:
        taken = []
        for line, paid in zip(self.lines, self.goods.lines, strict=True):
            some = min(units, line.quantity - line.claimed) if line.sku == sku else 0
            if some > 0:
                taken.append(Portion(line, some, part(self._bought(line, paid), some)))
                units -= some
        return taken


class TooMany(PolicyRefused):
    """More units of a product than may still be returned; ``left`` says how many those are."""

    def __init__(self, order_no: str, choice: Choice) -> None:
        self.sku, self.left = choice.sku, choice.left
        bought = f"订单 {order_no} 的 {choice.sku} 买了 {choice.bought} 件"
        super().__init__(
            f"{bought}，最多还能退 {choice.left} 件，请改数量" if choice.left else f"{bought}，都已经在退或退过了"
        )


class SeveralShops(PolicyRefused):
    """More than one shop has an order of that number."""

    def __init__(self, no: str, shops: Sequence[str]) -> None:
        self.no, self.shops = no, tuple(shops)
        super().__init__(
            f"订单 {no} 在 {len(shops)} 家店都有：{'、'.join(shops)}，请写明是哪一家，例如：{no} {shops[0]}"
        )


def shop_word(shop: str) -> str:
    """A shop as one word, as it is typed behind an order's number."""
    return "".join(shop.split()) or NO_SHOP


async def find_bill(order_no: str, shop: str = "", within: Collection[str] | None = None) -> Bill:
    """The order of that number, in the shop that ``shop`` names as ``shop_word`` does, or in any where it is "".

    ``within`` are the shops whose orders the asker may know of; None is all. Raises NotFound when none of them has it,
    SeveralShops when several do.
    """
    found = await Order.filter(no=order_no).order_by("id") or await Order.filter(no=order_no.upper()).order_by("id")
    orders = [order for order in found if within is None or order.shop in within]
    if not orders:
        raise NotFound(f"没有找到订单 {order_no}，请核对订单号")
    if shop:
        named = [order for order in orders if shop_word(order.shop) == shop]
        if not named:
            have = "、".join(shop_word(order.shop) for order in orders)
            raise NotFound(f"{shop} 没有订单 {order_no}，这个号在 {have}")
        orders = named
    if len(orders) > 1:
        raise SeveralShops(order_no, [shop_word(order.shop) for order in orders])
    return await bill_of(orders[0])


async def bill_of(order: Order, but: int | None = None) -> Bill:
    """An order with its lines and their money, of which the case ``but`` holds nothing."""
    lines = tuple(await OrderLine.filter(order_id=order.id).order_by("id"))
    return reckoned_bill(order, lines, await _holds([line.id for line in lines], but))


def reckoned_bill(order: Order, lines: tuple[OrderLine, ...], holds: Sequence[_Hold] = ()) -> Bill:
    """The same of an order that is in memory, of which cases hold that much."""
    terms, sales = Terms(order.paid, order.discount, order.freight), [_sale(line) for line in lines]
    goods = goods_paid(terms, sales)
    postage = freight_paid(terms, sales, goods)
    left = max(postage - sum((each.freight for each in holds), Decimal(0)), Decimal(0))
    others = tuple(Other(each.case.no, each.units, each.freight, each.paid) for each in holds)
    return Bill(order, lines, goods, _by_line(holds), left, postage, others)


def _sale(line: OrderLine) -> Sale:
    return Sale(line.unit_price, line.quantity, line.paid)


async def is_over(bill: Bill, but: Case | None = None) -> bool:
    """Whether somebody has taken goods or money of an order since it was read, for a case or ``but`` for one."""
    now = await (bill_without(but) if but else bill_of(bill.order))
    return [line.claimed for line in now.lines] != [line.claimed for line in bill.lines] or (
        (now.held, now.freight) != (bill.held, bill.freight)
    )


async def bill_without(case: Case) -> Bill:
    """The order of a case as it would be if the case had taken none of it."""
    bill = await bill_of(await Order.get(id=case.order_id), case.id)
    lines = {line.id: line for line in bill.lines}
    if keeps_units(case):
        for claim in await CaseLine.filter(case_id=case.id).exclude(order_line_id=None):
            lines[claim.order_line_id or 0].claimed -= units_held(claim, case.facts)  # in memory alone
    return bill


async def _holds(line_ids: list[int], but: int | None) -> list[_Hold]:
    """What each case but one holds of these order lines."""
    by_case: dict[int, list[CaseLine]] = defaultdict(list)
    claims = CaseLine.filter(order_line_id__in=line_ids).order_by("id")
    for claim in await claims.prefetch_related("case"):
        if claim.case_id != but:
            by_case[claim.case_id].append(claim)
    gone = await _gone(list(by_case))
    return [_Hold(of_one[0].case, of_one, gone.get(case_id)) for case_id, of_one in by_case.items()]


def _by_line(holds: Sequence[_Hold]) -> dict[int, Decimal]:
    held: dict[int, Decimal] = defaultdict(Decimal)
    for hold in holds:
        for claim, amount in zip(hold.claims, hold.goods, strict=True):
            held[claim.order_line_id or 0] += amount
    return held


async def _gone(case_ids: list[int]) -> dict[int, Decimal]:
    """The money of cases that has gone, or may be on its way."""
    if not case_ids:
        return {}
    states = (*UNDER_WAY, RefundState.PAID)
    rows = await Refund.filter(case_id__in=case_ids, state__in=states).values_list("case_id", "amount")
    found: dict[int, Decimal] = defaultdict(Decimal)
    for case_id, amount in rows:
        found[case_id] += amount
    return found


@dataclass(frozen=True, slots=True)
class _Hold:
    """What one case holds of its order; ``refunded`` may be with its customer, None where no refund was asked for.

    A case whose units are another's business, or that was closed, holds the money that has gone, or may be on its way,
    and nothing else; so does one whose goods were counted since, where that is more.
    """

    case: Case
    claims: list[CaseLine]
    refunded: Decimal | None

    @property
    def paid(self) -> bool:
        """Whether its money has gone, or may be on its way."""
        return self.refunded is not None or bool(self.case.facts.get("已退款"))

    @property
    def units(self) -> dict[int, int]:
        """Units of each order line that no other case may have."""
        kept: dict[int, int] = defaultdict(int)
        for claim in self.claims if keeps_units(self.case) else ():
            kept[claim.order_line_id or 0] += units_held(claim, self.case.facts)
        return kept

    @property
    def gone(self) -> Decimal:
        """Its money that no other case may have; where it was noted and never asked for here, what it came to."""
        noted = yuan(self.case.facts["金额"]) if self.case.facts.get("已退款") else Decimal(0)
        return noted if self.refunded is None else self.refunded

    @property
    def freight(self) -> Decimal:
        """Freight that it takes along."""
        taken = freight_taken(self.claims, self.case.facts)
        return taken if keeps_units(self.case) else min(taken, self.gone)

    @property
    def goods(self) -> list[Decimal]:
        """Of each of its lines."""
        weights, gone = [claim.paid for claim in self.claims], max(self.gone - self.freight, Decimal(0))
        if not keeps_units(self.case):
            return spread(gone, weights)
        held = [counted(claim.paid, claim.requested, units_held(claim, self.case.facts)) for claim in self.claims]
        return held if self.refunded is None or gone <= sum(held, Decimal(0)) else spread(gone, weights)


def freight_taken(claims: Sequence[CaseLine], facts: Mapping[str, Any]) -> Decimal:
    """Of the amount of a case with these lines, what is freight."""
    complete = not facts.get(BY_COUNT) or all(claim.received == claim.requested for claim in claims)
    return freight_of(facts, complete=complete)


def keeps_units(case: Case) -> bool:
    """Whether units of the order are still this case's: not where the customer may have them taken back by another
    case, nor once it was closed without any money.
    """
    return not case.facts.get(LET_GO) and (case.state is not CaseState.CLOSED or bool(case.facts.get("已退款")))


_SPENT = """
SELECT SUM(CASE WHEN l.paid IS NULL THEN l.quantity * l.unit_price END) AS listed, SUM(l.paid) AS paid
FROM shop_order o JOIN order_line l ON l.order_id = o.id WHERE o.customer = ? AND o.ordered_at >= ?
""".strip()


async def history(customer: str, now: datetime) -> History | None:
    """What the customer bought and sent back in half a year; None where nobody knows who it is."""
    if not customer:
        return None
    since = now - HISTORY
    bought = await Order.filter(customer=customer, ordered_at__gte=since).count()
    spent = (await session.rows(_SPENT, customer, since))[0]
    told, listed = Decimal(spent["paid"] or 0) / 100, Decimal(spent["listed"] or 0).scaleb(-PRICE_PLACES)
    void = Q(close_reason__in=(CloseReason.WITHDRAWN, CloseReason.DUPLICATE))
    returned = Case.filter(Q(close_reason=None) | ~void, customer=customer, opened_at__gte=since)
    return History(bought, yuan(told + listed), await returned.count())
