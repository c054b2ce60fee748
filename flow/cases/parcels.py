"""Parcels on their way back, and which case a waybill at the dock belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.access.lookup import case_of, ensure_in_scope
from flow.cases.advance import advance
from flow.cases.command import Command
from flow.cases.shipments import Putting, put_down
from flow.definitions.flow import WAIT
from flow.definitions.vocabulary import ANNOUNCED, DEDUCT, ON_ITS_WAY, RECEIVE
from flow.errors import NotAllowed, NotFound, StaleCase, Unseen
from flow.records import outbox
from flow.records.events import claim, write_down
from flow.tasks.snooze import reply_came
from models import Case, CaseLine, CaseState, Parcel, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from flow.definitions.flow import Action
    from flow.desk import Desk
    from models.views.case import Person

ANNOUNCING, RECEIVING = "运单", "收货"  #: commands, each with its row in roles.yaml
RENUMBERED = "更正运单"  #: event: a mistyped number was put right
WAYBILL_ROW, WAYBILL_WORD = "运单", "{运单}"  #: how a node says that its card shows the waybill


async def announce(
    desk: Desk, case_no: str, waybill: str, who: Person, now: datetime, *, answered: bool = False
) -> Case:
    """Put a waybill on an open case, which goes on if it has waited for one.

    ``answered``: whoever announced it gets the card with it for an answer, and no other one.

    Raises NotFound, PolicyRefused (an article's or a sorting machine's code), StaleCase (case is over) or NotAllowed
    (number is another's).
    """
    case = await case_of(desk, case_no, who, RECEIVING if answered else ANNOUNCING)
    if case.state.ended:
        raise StaleCase(f"{case.no} {case.state}，不用再登记运单")
    await put_down(desk, case, waybill, Putting(who, now, outbound=False))
    await claim(case)
    case.facts = {**case.facts, ON_ITS_WAY: True}
    await Case.filter(id=case.id).update(facts=case.facts)
    await write_down(case, who, {"action": ANNOUNCED, "data": {"运单": waybill}}, now)
    await reply_came(case, now)
    if case.state is CaseState.OPEN:
        await _go_on(desk, case, now)
    await _redraw(desk, case, now, who.id if answered else None)
    return case


async def renumber(desk: Desk, case_no: str, numbers: tuple[str, str], who: Person, now: datetime) -> Parcel:
    """A parcel whose number was mistyped gets the right one, ``numbers`` being the wrong one and that.

    Raises NotFound where the case has no such parcel, NotAllowed where it is in the house already or the new number is
    another's, PolicyRefused for a code that is no waybill.
    """
    old, new = numbers
    case = await case_of(desk, case_no, who, ANNOUNCING)
    parcel = await Parcel.filter(case_id=case.id, waybill=old).first()
    if parcel is None:
        raise NotFound(f"{case.no} 没有运单 {old}，什么都没有改；请先 查 {case.no} 看登记的运单")
    if parcel.received_at or parcel.refused:
        raise NotAllowed(f"{case.no} 的包裹 {old} 已经到过仓库，运单号不能再改")
    await put_down(desk, case, new, Putting(who, now, outbound=parcel.outbound))
    await parcel.delete()
    await claim(case)
    case.facts = {name: new if value == old else value for name, value in case.facts.items()}
    await Case.filter(id=case.id).update(facts=case.facts)
    await write_down(case, who, {"action": RENUMBERED, "data": {"原来": old, "运单": new}}, now)
    await _redraw(desk, case, now, None)
    return parcel


async def live(case_ids: Collection[int]) -> list[tuple[str, str]]:
    """Every parcel of these cases that is on its way, either way, as its case's number and its own."""
    rows = Parcel.filter(case_id__in=case_ids, received_at=None, refused=False).order_by("id")
    return [(str(no), str(number)) for no, number in await rows.values_list("case__no", "waybill")]


async def is_all_in(desk: Desk, case: Case) -> bool:
    """Whether the goods of a case have been received, and it waits for no parcel any more."""
    if not await CaseLine.filter(case_id=case.id, received__gt=0).exists():
        return False
    nodes = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
    actions = [action for name in case.nodes if name in nodes for action in nodes[name].actions.values()]
    waits = any(nodes[name].kind == WAIT and ANNOUNCED in nodes[name].actions for name in case.nodes if name in nodes)
    return not waits and not any(map(_takes_in, actions))


async def announced(waybills: Collection[str]) -> list[str]:
    """Those of the waybills that a case is known to come under, in the same order."""
    rows = await Parcel.filter(waybill__in=waybills).exclude(case_id=None).values_list("waybill", flat=True)
    known = {str(waybill) for waybill in rows}
    return [number for number in waybills if number in known]


async def _redraw(desk: Desk, case: Case, now: datetime, has_it: int | None) -> None:
    """The waybill has come after the cards on which it belongs; ``has_it`` is a member who is sent a card anyway."""
    nodes = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
    for task in await Task.filter(case_id=case.id, state=TaskState.OPEN, opened_at__lt=now):
        node = nodes.get(task.node)
        if node and (WAYBILL_ROW in node.shows or WAYBILL_WORD in node.title):
            rows = await outbox.redrawing(case, now, of=task)
            for row in rows:
                row.payload |= {"fresh": ""} if row.member_id == has_it else {}
            await outbox.put(rows)


async def _go_on(desk: Desk, case: Case, now: datetime) -> None:
    nodes = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
    for name in case.nodes:
        if nodes[name].kind == WAIT and ANNOUNCED in nodes[name].actions:
            await advance(desk, Command(case.id, ANNOUNCED, None, now, {}, node=name))


async def expecting(desk: Desk, person: Person) -> list[Task]:
    """My open tasks at nodes that receive goods, oldest first."""
    tasks = await Task.filter(owner_id=person.id, state=TaskState.OPEN).order_by("opened_at").prefetch_related("case")
    return [task for task in tasks if await _receives(desk, task)]


async def _receives(desk: Desk, task: Task) -> bool:
    rules = await desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)
    actions = rules.flow.nodes[task.node].actions.values()
    return task.node in task.case.nodes and any(_takes_in(action) for action in actions)


def _takes_in(action: Action) -> bool:
    """Whether an action receives at the dock; at the end of a talk about a missing part nobody does."""
    return RECEIVE in action.effects and DEDUCT not in action.effects


async def arrived(desk: Desk, waybill: str, person: Person) -> Task:
    """My task for the parcel that was announced under that waybill.

    Raises NotFound when nobody has announced it, StaleCase when it is received already, NotAllowed when its case does
    not wait for goods or waits for another.
    """
    parcel = await Parcel.filter(waybill=waybill).exclude(case_id=None).order_by("-id").prefetch_related("case").first()
    if parcel is None or parcel.case is None:
        raise NotFound(f"运单 {waybill} 没有登记过")
    case = parcel.case
    try:
        await ensure_in_scope(desk, case.id, person, RECEIVING)
    except Unseen as hidden:
        raise NotFound(f"运单 {waybill} 没有登记过") from hidden
    if parcel.outbound:
        raise NotAllowed(f"运单 {waybill} 是 {case.no} 寄给客户的包裹，不是退货；退回来了请找客服核对")
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
