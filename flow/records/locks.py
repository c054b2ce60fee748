"""One order in which rows are locked, so that no two transactions wait for each other.

Cases by their ids, then the order that goods are of, the day's sum of an agent, order lines by their ids, whose turn it
is, and the number of a new case. What hangs on a case (tasks, lines, cards, refunds) comes after it: a transaction
that begins with something of a case locks the case first. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tortoise.expressions import F, Q

from flow.records.allowance import counter as day_sum
from models import Case, Definition, Order, OrderLine
from models import Counter as Numbers
from models.case import CaseLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

SEVERAL = 2


def turn(flow: str) -> str:
    """How the names of the counters begin that say whose turn it is at the nodes of a flow."""
    return f"turn:{flow}:"


async def lock_cases(*ids: int | None) -> None:
    """Let nobody else move these cases until the caller's transaction is through."""
    await Case.filter(id__in=[one for one in ids if one]).order_by("id").select_for_update(no_key=True).only("id")


async def lock_whole(zone: tzinfo, *, ids: Iterable[int] = (), numbers: Iterable[str] = ()) -> None:
    """Several cases that are decided one after the other in the caller's transaction, and all that it may take for it.

    What each would take by itself is in order; that of the next would come after that of the one before, and so
    in the order of a list. A number that is unknown is left to whoever looks for it.
    """
    mine = Case.filter(Q(id__in=list(ids)) | Q(no__in=list(numbers))).order_by("id")
    cases = await mine.select_for_update(no_key=True).only("id", "order_id", "creator_id", "opened_at", "flow_id")
    if len(cases) < SEVERAL:
        return
    orders = {case.order_id for case in cases} - {None}
    await Order.filter(id__in=orders).order_by("id").select_for_update().only("id")
    sums = {day_sum(case.creator_id, case.opened_at.astimezone(zone).date()) for case in cases if case.creator_id}
    await Numbers.filter(name__in=sums).order_by("name").select_for_update().only("name")
    claims = CaseLine.filter(case_id__in=[case.id for case in cases]).exclude(order_line_id=None)
    lines = {int(str(line)) for line in await claims.values_list("order_line_id", flat=True)}
    await OrderLine.filter(id__in=lines).order_by("id").select_for_update().only("id")
    flows = await Definition.filter(id__in={case.flow_id for case in cases} - {None}).values_list("name", flat=True)
    turns = [Q(name__startswith=turn(str(name))) for name in set(flows)]
    if turns:
        await Numbers.filter(Q(*turns, join_type=Q.OR)).order_by("name").select_for_update().only("name")


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
