"""One order in which rows are locked, so that no two transactions wait for each other.

Cases by their ids, then the order that goods are of, the day's sum of an agent, order lines by their ids, whose turn it
is, and the number of a new case. What hangs on a case (tasks, lines, cards, refunds) comes after it: a transaction
that begins with something of a case locks the case first. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tortoise.expressions import F

from models import Case, OrderLine

if TYPE_CHECKING:
    from collections.abc import Iterable


async def lock_cases(*ids: int | None) -> None:
    """Let nobody else move these cases until the caller's transaction is through."""
    await Case.filter(id__in=[one for one in ids if one]).order_by("id").select_for_update(no_key=True).only("id")


async def lock_named(numbers: Iterable[str]) -> None:
    """The same for cases by their numbers; one that is unknown is left to whoever looks for it."""
    await Case.filter(no__in=list(numbers)).order_by("id").select_for_update(no_key=True).only("id")


async def take_units(wanted: Iterable[tuple[int | None, int]]) -> int | None:
    """Take units off what may still be returned of order lines, or give back where they are less than none.

    The first line that has not so many left, for which the caller has to roll back; None where all went well.
    """
    units: Counter[int] = Counter()
    for line_id, more in wanted:
        units[line_id or 0] += more
    for line_id, more in sorted(units.items()):
        if not (line_id and more):
            continue
        lines = OrderLine.filter(id=line_id)
        free = lines.filter(quantity__gte=F("claimed") + more) if more > 0 else lines
        if not await free.update(claimed=F("claimed") + more):
            return line_id
    return None
