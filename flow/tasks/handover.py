"""A task changes hands, the case stays where it is: 转交, 加签, a stand-in, a leaver's successor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.access.lookup import case_of
from flow.definitions.flow import REASON
from flow.definitions.vocabulary import COUNTERSIGN, HAND_OVER
from flow.engine.inquiry import station
from flow.engine.signatures import spoken
from flow.errors import NotAllowed, StaleCase
from flow.people.duties import deciders, excluded_by_duty, ranks, refusal, tier
from flow.records import outbox
from flow.records.events import claim, write_down
from flow.tasks.assignment import rule_of
from models import Case, CaseState, Task, TaskState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flow.definitions.flow import Node
    from flow.desk import Desk
    from flow.engine.values import Rules
    from models.views.case import Person

MAX_NAMED = 5  #: people whom a refusal names
BEFORE, AFTER = "前", "后"


@dataclass(frozen=True, slots=True)
class Handing:
    """What somebody asks for: that the member of that name decides, or signs before or after them, and why."""

    to: str
    who: Person
    at: datetime
    why: str = ""
    node: str = ""  #: where the case stands at several
    side: str = BEFORE  #: of 加签
    task_id: int | None = None  #: the task that was meant when it was asked for, where that is known
    of: str = ""  #: whose task, where that was said

    def data(self, key: str, to: Person) -> dict[str, str]:
        """For the record."""
        return {key: to.name} | ({REASON: self.why} if self.why else {})


@dataclass(frozen=True, slots=True)
class Held:
    """My open task with all that a change of hands looks at."""

    case: Case
    task: Task
    node: Node
    rules: Rules

    @property
    def facts(self) -> Mapping[str, Any]:
        """The case's facts, with what the policy says of them."""
        return {**self.case.facts, **self.rules.policy.facts(self.case.facts)}


async def my_task(desk: Desk, case_no: str, who: Person) -> Task:
    """My open task on a case. Raises NotFound for one that I may not know of, NotAllowed when I have none."""
    case = await case_of(desk, case_no, who)
    task = await Task.filter(case_id=case.id, owner_id=who.id, state=TaskState.OPEN).order_by("due_at").first()
    if task is None:
        raise NotAllowed(f"{case.no} 现在不是你的待办{await held_by(desk, case)}")
    return task


async def held_by(desk: Desk, case: Case) -> str:
    """Who has the case now, and how a colleague is let know of it all the same."""
    tasks = await Task.filter(case_id=case.id, state=TaskState.OPEN).order_by("due_at").values_list("owner_id", "node")
    people = (await desk.staff.now()).by_id
    held = [f"{people[owner].name}（{node}）" for owner, node in tasks if owner in people]
    return f"，在 {'、'.join(held)} 手上；要让谁也知道，可以说：抄送 {case.no} 姓名" if held else ""


async def hand_over(desk: Desk, task: Task, asked: Handing, beside: Iterable[Task] = ()) -> Person:
    """Give an open task to the member of that name, in the caller's transaction; those ``beside`` it end with that.

    Raises NotFound for an unknown name, NotAllowed for a node that does not hand over or a person who may not
    decide here, StaleCase when the task is over.
    """
    held = await on_hand(desk, task, HAND_OVER)
    to = await _receiver(desk, held, asked.to)
    await _entitled(desk, held, to)
    said = {"action": HAND_OVER, "node": task.node, "data": asked.data("转给", to)}
    await claim(held.case)
    await swap(held.case, task, to, asked.at, f"{asked.who.name} 转交")
    for other in beside:
        await drop(held.case, other, asked.at)
    await write_down(held.case, asked.who, said, asked.at)
    return to


async def countersign(desk: Desk, task: Task, asked: Handing) -> Person:
    """Have another person sign before me, or after me, in the caller's transaction. Refuses as ``hand_over`` does."""
    held = await on_hand(desk, task, COUNTERSIGN)
    to = await _receiver(desk, held, asked.to)
    said = {"action": f"{asked.side}{COUNTERSIGN}", "node": task.node, "data": asked.data("请", to)}
    await claim(held.case)
    await _add(held.case, task, asked, to)
    await write_down(held.case, asked.who, said, asked.at)
    return to


async def _add(case: Case, task: Task, asked: Handing, to: Person) -> None:
    """A slot for ``to``, before or behind the task."""
    waits, at = asked.side == AFTER, asked.at
    behind = Task.filter(case_id=case.id, after_id=task.id, state=TaskState.HELD)
    queued = list(await behind.values_list("id", flat=True)) if waits else []
    fresh = await Task.create(
        case_id=case.id, node=task.node, visit=case.version, owner_id=to.id, level=task.level, added=True,
        why=f"{asked.who.name} {asked.side}{COUNTERSIGN}", opened_at=at, due_at=max(task.due_at, at),
        remind_at=None if waits else max(task.due_at, at), after_id=task.id if waits else None,
        state=TaskState.HELD if waits else TaskState.OPEN,
    )  # fmt: skip
    if waits:
        await Task.filter(id__in=queued).update(after_id=fresh.id)  # who waited for me waits for whom I put after me
        return
    await Task.filter(id=task.id).update(state=TaskState.HELD, after_id=fresh.id, remind_at=None)
    await _retire(case, task, at)
    await outbox.put([outbox.task_card(case.no, fresh, at)])


async def on_hand(desk: Desk, task: Task, verb: str) -> Held:
    """The task with all that a change of hands looks at. Raises StaleCase when it is over, NotAllowed where not now."""
    case = await Case.get(id=task.case_id)
    if task.state is not TaskState.OPEN:
        raise StaleCase(f"{case.no} 这个待办已经处理过了")
    if case.state is CaseState.HELD:
        raise NotAllowed(f"{case.no} 已挂起，先回复“恢复 {case.no}”再{verb}")
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    node = station(rules.flow, task.node)
    if verb in node.forbids:
        raise NotAllowed(f"{node.name}不许{verb}")
    await Case.filter(id=case.id).update(undo=None)  # whoever passes a task on has looked at it
    return Held(case, task, node, rules)


async def _receiver(desk: Desk, held: Held, name: str) -> Person:
    """The member of that name, who may take a slot at the node."""
    case, node = held.case, held.node
    to = (await desk.staff.now()).called(name)
    taken = (TaskState.OPEN, TaskState.HELD)
    if await Task.exists(case_id=case.id, node=node.name, owner_id=to.id, state__in=taken):
        raise NotAllowed(f"{case.no} 已经是 {to.name} 的待办")
    if to.id in spoken(node, held.facts):
        raise NotAllowed(f"{case.no} 不能给 {to.name}：{to.name} 在{node.name}已经签过，每人只签一次，请换一位")
    if to.id in excluded_by_duty(node, held.facts):
        able = await _able(desk, held)
        raise NotAllowed(f"{case.no} 不能转给 {to.name}：{refusal(node, held.facts, to.id)}，{able}")
    return to


async def _entitled(desk: Desk, held: Held, to: Person) -> None:
    """Raises NotAllowed, naming who could, for a receiver below the tier or the level of an approval by amount."""
    rule = rule_of(held.node, held.task.level)
    role = tier(held.node, rule, held.facts) if rule else ""
    if not ranks(role, await desk.staff.now(), held.task.owner_id, to.id):
        able = await _able(desk, held)
        raise NotAllowed(f"{held.case.no} {held.node.name}按金额要{role}或你的上级来批，{able}")


async def _able(desk: Desk, held: Held) -> str:
    """To whom a task may go, in words."""
    rule, people = rule_of(held.node, held.task.level), await desk.staff.now()
    able = deciders(held.node, rule, held.facts, people, held.task.owner_id) if rule else ()
    names = "、".join(person.name for person in able[:MAX_NAMED])
    return f"可以转给 {names}" if names else "现在没有别人可以转"


async def swap(case: Case, task: Task, to: Person, at: datetime, why: str, for_id: int | None = None) -> Task:
    """Close a task and open the same one for ``to``; slots that waited for the old one wait for the new one.

    Raises StaleCase when it is closed already.
    """
    mine = Task.filter(id=task.id, state=TaskState.OPEN)
    if not await mine.update(state=TaskState.DONE, closed_at=at, remind_at=None, action=HAND_OVER):
        raise StaleCase(f"{case.no} 这个待办已经处理过了")
    fresh = await Task.create(
        case_id=case.id, node=task.node, visit=case.version, owner_id=to.id, why=why, level=task.level,
        added=task.added, for_id=for_id, opened_at=at, due_at=task.due_at,
        remind_at=None if case.state is CaseState.HELD else max(task.due_at, at),
    )  # fmt: skip
    await Task.filter(case_id=case.id, after_id=task.id, state=TaskState.HELD).update(after_id=fresh.id)
    await _retire(case, task, at)
    await outbox.put([outbox.task_card(case.no, fresh, at)])
    return fresh


async def drop(case: Case, task: Task, at: datetime) -> None:
    """Close a task that somebody else has anyway; whoever was to sign after it is asked now.

    Raises StaleCase when it is closed already.
    """
    mine = Task.filter(id=task.id, state=TaskState.OPEN)
    if not await mine.update(state=TaskState.DEAD, closed_at=at, remind_at=None):
        raise StaleCase(f"{case.no} 这个待办已经处理过了")
    await _retire(case, task, at)
    for behind in await Task.filter(case_id=case.id, after_id=task.id, state=TaskState.HELD):
        remind = None if case.state is CaseState.HELD else max(behind.due_at, at)
        await Task.filter(id=behind.id).update(state=TaskState.OPEN, after_id=None, opened_at=at, remind_at=remind)
        await outbox.put([outbox.task_card(case.no, behind, at, again=f"-o{case.version}")])


async def _retire(case: Case, task: Task, at: datetime) -> None:
    [ended] = await session.batch(*outbox.retiring([task]))
    await outbox.put(outbox.redraws(ended.rows, case, at, but=None))
