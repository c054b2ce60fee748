"""名单: customers who are to be refused or let through, by number or mobile, for a time or for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.expressions import Q

from flow.definitions.nearest import nearest
from flow.errors import NotFound
from flow.records import register
from models import CustomerEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tortoise.queryset import QuerySet

    from models import Order
    from models.views.case import Person

ALLOW, BLOCK = "允许", "禁止"
VERDICTS = (BLOCK, ALLOW)  #: whoever is on both is refused
_NATION = "86"
MOBILE_DIGITS = 11


def plain(number: str) -> str:
    """A customer number or mobile as the list keeps it: 138-0013-8000 and +86 138 0013 8000 are one."""
    bare = "".join(number.split()).replace("-", "").removeprefix("+")
    is_mobile = bare.isdigit() and len(bare) == MOBILE_DIGITS + len(_NATION) and bare.startswith(_NATION)
    if is_mobile:
        return bare.removeprefix(_NATION)
    return bare if bare.isdigit() else "".join(number.split())


def is_mobile(number: str) -> bool:
    return number.isdigit() and len(number) == MOBILE_DIGITS and number.startswith("1")


async def put_on(entry: CustomerEntry, who: Person, now: datetime) -> CustomerEntry:
    """Write an unsaved entry down; what was said of the same customer before is over. In the caller's transaction."""
    await _end(entry.customer, who, now)
    entry.by_id, entry.at = who.id, now
    await entry.save()
    await register.enter(register.LIST, [entry.id], now)
    return entry


async def take_off(customer: str, who: Person, now: datetime) -> None:
    """End every entry of a customer. Raises NotFound when there is none."""
    if not await _end(customer, who, now):
        names = await in_force(now).values_list("customer", flat=True)
        near = nearest(customer, [str(name) for name in names], 1)
        guess = f"，是不是“{near[0]}”？" if near else "，"
        raise NotFound(f"名单里没有 {customer}{guess}回复“名单”看现在有谁")


async def _end(customer: str, who: Person, now: datetime) -> int:
    ids = [int(str(each)) for each in await in_force(now).filter(customer=customer).values_list("id", flat=True)]
    await CustomerEntry.filter(id__in=ids).update(removed_at=now, removed_by_id=who.id)
    await register.enter(register.LIST, ids, now)
    return len(ids)


def in_force(now: datetime) -> QuerySet[CustomerEntry]:
    """Entries that hold at ``now``: not taken off, not run out."""
    return CustomerEntry.filter(Q(until=None) | Q(until__gt=now), removed_at=None)


async def current(now: datetime) -> list[CustomerEntry]:
    """What holds now, the newest first."""
    return await in_force(now).order_by("-at", "-id")


async def listed(order: Order, now: datetime) -> str:
    """禁止, 允许, or "" for a customer of whom nobody has said anything."""
    names = {order.customer, plain(order.mobile)} - {""}
    if not names:
        return ""
    found = await in_force(now).filter(customer__in=names).values_list("verdict", flat=True)
    return _gravest(str(verdict) for verdict in found)


def _gravest(verdicts: Iterable[str]) -> str:
    said = set(verdicts)
    return next((verdict for verdict in VERDICTS if verdict in said), "")
