"""A signature slot whose owner is away or gone: who takes it, or whose signature counts for both.

Nobody signs a node twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.engine.inquiry import station
from flow.engine.signatures import ballot, but_one, joint, spoken
from flow.people.delegation import delegates
from flow.people.duties import excluded_by_duty, ranks, tier
from flow.people.owners import AssignmentContext, resolve, tables_for
from flow.records import outbox
from flow.records.events import claim, write_down
from flow.tasks.assignment import rule_of
from flow.tasks.handover import drop, swap
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from flow.definitions.assignments import Assignment
    from flow.definitions.flow import Node
    from flow.desk import Desk
    from flow.engine.signatures import Ballot
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
    others: Mapping[int, Task]  #: the slots at the node beside this one, by their owners
    tables: Mapping[str, tuple[Assignment, ...]]  #: of assignments, as they are for this case

    @property
    def out(self) -> frozenset[int]:
        """Who may not take it: whoever the node keeps out, and whoever has spoken here already."""
        return excluded_by_duty(self.node, self.facts) | spoken(self.node, self.facts)

    @property
    def votes(self) -> Ballot | None:
        """The votes at the node, where so many of its owners must agree and this slot is one of theirs."""
        return None if self.task.added else ballot(self.node, self.facts)

    @property
    def role(self) -> str:
        """The role that whoever takes it must rank with; "" for any."""
        rule = rule_of(self.node, self.task.level)
        return tier(self.node, rule, self.facts) if rule else ""


async def vacancy_of(desk: Desk, task: Task, verb: str, absent: str) -> Vacancy:
    """The slot of ``task`` with what stands around it, in the caller's transaction."""
    case = await Case.get(id=task.case_id)
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    slots = Task.filter(case_id=case.id, node=task.node, state__in=(TaskState.OPEN, TaskState.HELD))
    others = {slot.owner_id: slot for slot in await slots.exclude(id=task.id)}
    facts = {**case.facts, **rules.policy.facts(case.facts)}
    tables = tables_for(desk.business, rules.flow, facts, case.opened_at)
    return Vacancy(case, task, station(rules.flow, task.node), facts, verb, absent, others, tables)


def by_rule(desk: Desk, vacancy: Vacancy, people: Directory, now: datetime, excluded: frozenset[int]) -> Owners:
    """Whom the node's rule names now, without ``excluded``."""
    by, rule = (
        AssignmentContext(vacancy.tables, delegates(people.leaves, now)),
        rule_of(vacancy.node, vacancy.task.level),
    )
    one = but_one(vacancy.node, vacancy.facts)
    return resolve(vacancy.node, one, people, by, rule=rule, excluded=excluded)


async def fill(desk: Desk, vacancy: Vacancy, wanted: Sequence[Person], now: datetime) -> int:
    """Give the slot to one of ``wanted``, in the caller's transaction; how many tasks changed hands.

    Whoever has a slot here too, or has signed, gets no second one: theirs counts for both, and the record says so.
    Where the slot is the last one, somebody else has to look. An administrator hears of a slot that nobody may take.
    """
    able = [person for person in wanted if person.id not in excluded_by_duty(vacancy.node, vacancy.facts)]
    if not able:
        names = "、".join(person.name for person in wanted)
        await _alert(vacancy, now, f"{names} 不能审批自己的单" if names else "没有人可以接")
        return 0
    if vacancy.verb == STAND_IN and not (able := await _ranking(desk, vacancy, able)):
        return await _above_tier(desk, vacancy, wanted, now)
    free = next((person for person in able if person.id not in vacancy.others and person.id not in vacancy.out), None)
    if free and (joint(vacancy.node, vacancy.facts) or free == able[0]):
        return await _give(vacancy, free, now)
    if votes := vacancy.votes:
        return await _of_votes(desk, vacancy, votes, able[0], now)
    first = able[0]
    mine = vacancy.others.get(first.id)
    if vacancy.verb == STAND_IN and mine and mine.state is TaskState.OPEN and not vacancy.node.all_must_agree:
        return 0  # decides with the one that they have, and whoever is back before that may, too
    if vacancy.others:
        await _merge(vacancy, first, now)
        return 0
    return await _elsewhere(desk, vacancy, now)


async def _of_votes(desk: Desk, vacancy: Vacancy, votes: Ballot, first: Person, now: datetime) -> int:
    """Nobody is counted twice: the others are enough, or somebody else has to be asked."""
    owners = [task for task in vacancy.others.values() if not task.added]
    if len(owners) < votes.missing:
        return await _elsewhere(desk, vacancy, now)
    if vacancy.verb != STAND_IN:  # whoever is away may be back before that
        await _merge(vacancy, first, now)
    return 0


async def _ranking(desk: Desk, vacancy: Vacancy, wanted: Sequence[Person]) -> list[Person]:
    people = await desk.staff.now()
    return [person for person in wanted if ranks(vacancy.role, people, vacancy.task.owner_id, person.id)]


async def _above_tier(desk: Desk, vacancy: Vacancy, wanted: Sequence[Person], now: datetime) -> int:
    """Whoever acts for the absent one does not rank with them: the rule finds somebody who does, and it is told."""
    names = "、".join(person.name for person in wanted)
    moved = await _elsewhere(desk, vacancy, now)
    if moved:
        why = f"{names} 不能代批，按金额要{vacancy.role}或{vacancy.absent}的上级来批，已另给别人"
        await _alert(vacancy, now, why, todo="")
    return moved


async def _give(vacancy: Vacancy, to: Person, now: datetime) -> int:
    await claim(vacancy.case)
    await swap(vacancy.case, vacancy.task, to, now, f"{to.name} 代 {vacancy.absent}", for_id=vacancy.task.owner_id)
    await write_down(vacancy.case, None, _said(vacancy, {"转给": to.name}), now)
    return 1


async def _merge(vacancy: Vacancy, to: Person, now: datetime) -> None:
    await claim(vacancy.case)
    if mine := vacancy.others.get(to.id):
        await Task.filter(id=mine.id, for_id=None).update(for_id=vacancy.task.owner_id)
    await drop(vacancy.case, vacancy.task, now)
    await write_down(vacancy.case, None, _said(vacancy, {COUNTS_FOR: to.name}), now)


async def _elsewhere(desk: Desk, vacancy: Vacancy, now: datetime) -> int:
    """To whom the rule, its fallback or the line of managers names when all who have signed are left out."""
    people = await desk.staff.now()
    taken = frozenset({vacancy.task.owner_id, *vacancy.others}) if vacancy.votes else {vacancy.task.owner_id}
    owners = by_rule(desk, vacancy, people, now, vacancy.out | taken)
    if not owners.people:
        await _alert(vacancy, now, "没有别人可以签")
        return 0
    return await _give(vacancy, owners.people[0], now)


async def _alert(vacancy: Vacancy, now: datetime, why: str, todo: str = "，请转交") -> None:
    words = f"{vacancy.case.no} {vacancy.task.node}：{vacancy.absent} 不在，{why}{todo}"
    await outbox.put([outbox.alert(f"absent:{vacancy.case.no}:{vacancy.task.id}", now, words)])


def _said(vacancy: Vacancy, data: dict[str, str]) -> dict[str, Any]:
    return {"action": vacancy.verb, "node": vacancy.task.node, "data": {"代": vacancy.absent, **data}}
