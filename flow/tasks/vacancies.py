"""A seat whose owner is away or gone: who takes it, or whose signature counts for both. Nobody signs a node twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.engine.inquiry import station
from flow.engine.signatures import spoken
from flow.people.delegation import delegates
from flow.people.duties import excluded_by_duty, ranks, tier
from flow.people.owners import AssignmentContext, resolve
from flow.records import outbox
from flow.records.events import claim, write_down
from flow.tasks.assignment import rule_of
from flow.tasks.handover import drop, swap
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from flow.definitions.flow import Node
    from flow.desk import Desk
    from flow.people.directory import Directory
    from flow.people.owners import Owners
    from models.views.case import Person

STAND_IN, SUCCEED = "代理", "离职交接"
COUNTS_FOR = "一并由"  #: of an event's data: whose signature counts for the absent one's too


@dataclass(frozen=True, slots=True)
class Vacancy:
    """An open task without its owner, and all that is looked at to fill it."""

    case: Case
    task: Task
    node: Node
    facts: Mapping[str, Any]
    verb: str  #: what the record says: 代理 or 离职交接
    absent: str
    others: Mapping[int, Task]  #: the seats at the node beside this one, by their owners

    @property
    def out(self) -> frozenset[int]:
        """Who may not take it: whoever the node keeps out, and whoever has spoken here already."""
        return excluded_by_duty(self.node, self.facts) | spoken(self.node, self.facts)

    @property
    def role(self) -> str:
        """The role that whoever takes it must rank with; "" for any."""
        rule = rule_of(self.node, self.task.level)
        return tier(self.node, rule, self.facts) if rule else ""


async def vacancy(desk: Desk, task: Task, verb: str, absent: str) -> Vacancy:
    """The seat of ``task`` with what stands around it, in the caller's transaction."""
    case = await Case.get(id=task.case_id)
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    seats = Task.filter(case_id=case.id, node=task.node, state__in=(TaskState.OPEN, TaskState.HELD))
    others = {seat.owner_id: seat for seat in await seats.exclude(id=task.id)}
    facts = {**case.facts, **rules.policy.facts(case.facts)}
    return Vacancy(case, task, station(rules.flow, task.node), facts, verb, absent, others)


def by_rule(desk: Desk, seat: Vacancy, people: Directory, now: datetime, excluded: frozenset[int]) -> Owners:
    """Whom the node's rule names now, without ``excluded``."""
    by, rule = (
        AssignmentContext(desk.business.tables, delegates(people.leaves, now)),
        rule_of(seat.node, seat.task.level),
    )
    return resolve(seat.node, seat.facts, people, by, rule=rule, excluded=excluded)


async def fill(desk: Desk, seat: Vacancy, wanted: Sequence[Person], now: datetime) -> int:
    """Give the seat to one of ``wanted``, in the caller's transaction; how many tasks changed hands.

    Whoever has a seat here too, or has signed, gets no second one: theirs counts for both, and the record says so.
    Where the seat is the last one, somebody else has to look. An administrator hears of a seat that nobody may take.
    """
    able = [person for person in wanted if person.id not in excluded_by_duty(seat.node, seat.facts)]
    if not able:
        names = "、".join(person.name for person in wanted)
        await _alert(seat, now, f"{names} 不能审批自己的单" if names else "没有人可以接")
        return 0
    if seat.verb == STAND_IN and not (able := await _ranking(desk, seat, able)):
        return await _above_tier(desk, seat, wanted, now)
    free = next((person for person in able if person.id not in seat.others and person.id not in seat.out), None)
    if free and (seat.node.all_must_agree or free == able[0]):
        return await _give(seat, free, now)
    first = able[0]
    mine = seat.others.get(first.id)
    if seat.verb == STAND_IN and mine and mine.state is TaskState.OPEN and not seat.node.all_must_agree:
        return 0  # decides with the one that they have, and whoever is back before that may, too
    if seat.others:
        await _merge(seat, first, now)
        return 0
    return await _elsewhere(desk, seat, now)


async def _ranking(desk: Desk, seat: Vacancy, wanted: Sequence[Person]) -> list[Person]:
    people = await desk.staff.now()
    return [person for person in wanted if ranks(seat.role, people, seat.task.owner_id, person.id)]


async def _above_tier(desk: Desk, seat: Vacancy, wanted: Sequence[Person], now: datetime) -> int:
    """Whoever acts for the absent one does not rank with them: the rule finds somebody who does, and it is told."""
    names = "、".join(person.name for person in wanted)
    moved = await _elsewhere(desk, seat, now)
    if moved:
        why = f"{names} 不能代批，按金额要{seat.role}或{seat.absent}的上级来批，已另给别人"
        await _alert(seat, now, why, todo="")
    return moved


async def _give(seat: Vacancy, to: Person, now: datetime) -> int:
    await claim(seat.case)
    await swap(seat.case, seat.task, to, now, f"{to.name} 代 {seat.absent}", for_id=seat.task.owner_id)
    await write_down(seat.case, None, _said(seat, {"转给": to.name}), now)
    return 1


async def _merge(seat: Vacancy, to: Person, now: datetime) -> None:
    await claim(seat.case)
    if mine := seat.others.get(to.id):
        await Task.filter(id=mine.id, for_id=None).update(for_id=seat.task.owner_id)
    await drop(seat.case, seat.task, now)
    await write_down(seat.case, None, _said(seat, {COUNTS_FOR: to.name}), now)


async def _elsewhere(desk: Desk, seat: Vacancy, now: datetime) -> int:
    """To whom the rule, its fallback or the line of managers names when all who have signed are left out."""
    people = await desk.staff.now()
    owners = by_rule(desk, seat, people, now, seat.out | {seat.task.owner_id})
    if not owners.people:
        await _alert(seat, now, "没有别人可以签")
        return 0
    return await _give(seat, owners.people[0], now)


async def _alert(seat: Vacancy, now: datetime, why: str, todo: str = "，请转交") -> None:
    words = f"{seat.case.no} {seat.task.node}：{seat.absent} 不在，{why}{todo}"
    await outbox.put([outbox.alert(f"absent:{seat.case.no}:{seat.task.id}", now, words)])


def _said(seat: Vacancy, data: dict[str, str]) -> dict[str, Any]:
    return {"action": seat.verb, "node": seat.task.node, "data": {"代": seat.absent, **data}}
