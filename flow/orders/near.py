"""Order numbers like one that no shop has: one slip away, or not typed to the end."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from flow.orders.callers import orders_at
from models import Order, OrderLine, Product, tails

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tortoise.queryset import QuerySet

MOST = 5
LEAST = 4  #: characters of a number that may be a beginning
LATEST = 200  #: numbers with that beginning that are looked at, the highest first


def variants(no: str) -> set[str]:
    """Every number that is one slip away: a character changed, left out, typed twice, or two changed over."""
    signs = string.digits + ("" if no.isdigit() else string.ascii_uppercase + "-")
    cuts = [(no[:at], no[at:]) for at in range(len(no) + 1)]
    found = {head + sign + tail[1:] for head, tail in cuts if tail for sign in signs}
    found |= {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    found |= {head + sign + tail for head, tail in cuts for sign in signs}
    return found - {no}


async def of_mobile(phone: str, within: Collection[str] | None = None) -> list[Order]:
    """The newest orders of a customer; of the shops ``within`` alone, if given."""
    return _newest(await in_shops(within).filter(id__in=await orders_at(phone)))


async def of_tail(digits: str, within: Collection[str] | None = None) -> list[Order]:
    """The newest orders of whoever has a phone that ends with these digits."""
    found = [order_id for order_id, _ in await tails.orders_by_phone(digits, LATEST)]
    return _newest(await in_shops(within).filter(id__in=found))


def _newest(orders: Iterable[Order]) -> list[Order]:
    """Sorted here: asked for the newest, an engine may go through all orders by their time."""
    return sorted(orders, key=lambda order: order.ordered_at, reverse=True)[:MOST]


def in_shops(within: Collection[str] | None) -> QuerySet[Order]:
    """The orders of these shops; of all for None."""
    return Order.all() if within is None else Order.filter(shop__in=sorted(within))


async def near(no: str, within: Collection[str] | None = None) -> list[Order]:
    """Orders whose number somebody may have meant, the newest first; of the shops ``within`` alone, if given."""
    typed = no.upper()
    if not 3 <= len(typed) <= 32:
        return []
    known = in_shops(within)
    found = {order.no: order for order in _newest(await known.filter(no__in=sorted(variants(typed))))}
    if len(typed) >= LEAST and len(found) < MOST:
        begun = await known.filter(id__in=await tails.orders_beginning(typed, LATEST))
        found |= {order.no: order for order in _newest(begun)}
    return list(found.values())[:MOST]


async def orders_among(words: Iterable[str]) -> list[str]:
    """Those of the words that are order numbers, as the shop spells them."""
    wanted = {spelt: word for word in words for spelt in (word, word.upper())}
    rows = await Order.filter(no__in=sorted(wanted)).values_list("no", flat=True) if wanted else []
    return list(dict.fromkeys(str(no) for no in rows))


async def skus_of(no: str) -> frozenset[str] | None:
    """The products of every order of that number, in capitals; None where no shop has it."""
    orders = await Order.filter(no__in=[no, no.upper()]).values_list("id", flat=True)
    rows = await OrderLine.filter(order_id__in=list(orders)).values_list("sku", flat=True) if orders else []
    return frozenset(str(sku).upper() for sku in rows) if rows else None


async def products_among(words: Collection[str]) -> list[str]:
    """Those of the words that are the number of a product that the shop has or has sold."""
    wanted = {spelt: word for word in words for spelt in (word, word.upper())}
    if not wanted:
        return []
    known = {str(sku) for sku in await Product.filter(sku__in=sorted(wanted)).values_list("sku", flat=True)}
    known |= {
        str(sku) for sku in await OrderLine.filter(sku__in=sorted(wanted)).distinct().values_list("sku", flat=True)
    }
    return [word for word in words if word in known or word.upper() in known]
