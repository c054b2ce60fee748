"""Parcels on their way back, and which case a waybill at the dock belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.errors import NotAllowed, NotFound, StaleCase
from flow.ledger import note
from flow.writing import ends
from models import Case, Parcel, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk
    from models.values import Person

RECEIVE = "登记收货"  #: the effect that tells a receiving node from others


async def announce(case_no: str, waybill: str, who: Person, now: datetime) -> Case:
    """Put a waybill on an open case. Raises NotFound, StaleCase (case is over) or NotAllowed (number is another's)."""
    case = await Case.get_or_none(no=case_no.upper())
    if case is None:
        raise NotFound(f"没有找到售后单 {case_no}")
    if ends(case.state):
        raise StaleCase(f"{case.no} {case.state}，不用再登记运单")
    other = await Parcel.filter(waybill=waybill).exclude(case_id=case.id).prefetch_related("case").first()
    if other and other.case:
        raise NotAllowed(f"运单 {waybill} 已登记在 {other.case.no}，请核对运单号")
    await Parcel.get_or_create(case_id=case.id, waybill=waybill, defaults={"announced_at": now})
    await note(case, who, {"action": "登记运单", "data": {"运单": waybill}}, now)
    return case


async def expecting(desk: Desk, person: Person) -> list[Task]:
    """My open tasks at nodes that receive goods, oldest first."""
    tasks = await Task.filter(owner_id=person.id, state=TaskState.OPEN).order_by("opened_at").prefetch_related("case")
    return [task for task in tasks if await _receives(desk, task)]


async def _receives(desk: Desk, task: Task) -> bool:
    rules = await desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)
    actions = rules.flow.nodes[task.node].actions.values()
    return task.node in task.case.nodes and any(action.effects == (RECEIVE,) for action in actions)


async def arrived(desk: Desk, waybill: str, person: Person) -> Task | None:
    """My task for the parcel with that waybill; None when nobody has announced it.

    Raises StaleCase when it is received already, NotAllowed when its case does not wait for goods or waits for another.
    """
    parcel = await Parcel.filter(waybill=waybill).exclude(case_id=None).order_by("-id").prefetch_related("case").first()
    if parcel is None or parcel.case is None:
        return None
    case = parcel.case
    if parcel.received_at:
        raise StaleCase(f"运单 {waybill} 已经收过货了，是 {case.no}")
    mine = next((task for task in await expecting(desk, person) if task.case_id == case.id), None)
    if mine:
        return mine
    raise NotAllowed(f"运单 {waybill} 是 {case.no}，{await _who_has(desk, case)}")


async def _who_has(desk: Desk, case: Case) -> str:
    people = await desk.staff.now()
    owners = await Task.filter(case_id=case.id, state=TaskState.OPEN).values_list("owner_id", flat=True)
    names = [person.name for owner in owners if (person := people.by_id.get(int(str(owner))))]
    return f"现在在{'、'.join(case.nodes) or case.state}，由 {'、'.join(names) or '系统'} 处理"
