"""Whose task a 转交 means: my own, or somebody else's that my role lets me give away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.access.lookup import case_of, ensure_in_scope, within_reach
from flow.definitions.permissions import Scope
from flow.definitions.vocabulary import HAND_OVER
from flow.engine.inquiry import station
from flow.engine.signatures import joint
from flow.errors import NotAllowed, PolicyRefused, StaleCase
from flow.records.events import claim, write_down
from flow.tasks.handover import Handing, drop, hand_over, held_by, on_hand
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.desk import Desk
    from flow.engine.values import Rules
    from models.views.case import Person


async def give(desk: Desk, case_no: str, asked: Handing) -> Person:
    """Have the member of that name decide a case: my own task, or the one of whoever I am above.

    In the caller's transaction. Of several people who may each decide, only the named one is left. Raises NotFound,
    NotAllowed, PolicyRefused (several nodes, or a 会签) and StaleCase as ``hand_over`` does.
    """
    case = await case_of(desk, case_no, asked.who)
    tasks = await _meant(desk, case, asked)
    if mine := next((task for task in tasks if task.owner_id == asked.who.id), None):
        return await hand_over(desk, mine, asked)
    to = (await desk.staff.now()).called(asked.to)
    others = [task for task in tasks if task.owner_id != to.id]
    if not others:
        raise NotAllowed(f"{case.no} 已经是 {asked.to} 的待办")
    if len(others) == len(tasks):
        return await hand_over(desk, others[0], asked, others[1:])
    await on_hand(desk, others[0], HAND_OVER)  # it is theirs already, beside others': from now on theirs alone
    said = {"action": HAND_OVER, "node": "、".join(case.nodes), "data": asked.data("转给", to)}
    await claim(case)
    for task in others:
        await drop(case, task, asked.at)
    await write_down(case, asked.who, said, asked.at)
    return to


def _joint(rules: Rules, node: str, case: Case) -> bool:
    return joint(station(rules.flow, node), {**case.facts, **rules.policy.facts(case.facts)})


async def _ensure_meant(desk: Desk, case: Case, asked: Handing, tasks: Sequence[Task]) -> None:
    """Raises NotAllowed where somebody whose own task is gone may mean that one, or means one that is not there."""
    people = (await desk.staff.now()).by_id
    owners = dict.fromkeys(people[task.owner_id].name for task in tasks if task.owner_id in people)
    now = f"现在是 {'、'.join(owners)} 的待办" if owners else "现在没有人的待办"
    if asked.of and asked.of not in owners:
        raise NotAllowed(f"{case.no} {now}，不是 {asked.of} 的，没有转交")
    meant = asked.of or asked.task_id
    if owners and not meant and await Task.exists(case_id=case.id, owner_id=asked.who.id):
        whose = next((name for name in owners if name != asked.to), asked.to)
        how = f"{HAND_OVER} {case.no} {asked.to} 从 {whose}"
        raise NotAllowed(f"{case.no} 你的待办已经办完，{now}，没有转交；要转交别人的请写：{how}")


async def tasks_of(desk: Desk, name: str, who: Person, limit: int) -> list[Task]:
    """The open tasks of the member of that name which I may give away, by what is due first. Raises NotFound."""
    owner = (await desk.staff.now()).called(name)
    rows = Task.filter(owner_id=owner.id, state=TaskState.OPEN).order_by("due_at").limit(limit)
    tasks = await rows.prefetch_related("case")
    if owner.id == who.id:
        return tasks
    able = set(await within_reach(desk, [task.case_id for task in tasks], who, HAND_OVER)) if _above(desk, who) else ()
    return [task for task in tasks if task.case_id in able]


def _above(desk: Desk, who: Person) -> bool:
    """Whether somebody's role lets them give away what is not theirs."""
    return bool(desk.business.matrix.reach(who.roles, HAND_OVER) - {Scope.OWN})


async def _meant(desk: Desk, case: Case, asked: Handing) -> Sequence[Task]:
    """The tasks at one node: mine before anybody's, and nobody's where mine was meant and is gone."""
    who, node = asked.who, asked.node
    everything = await Task.filter(case_id=case.id, state=TaskState.OPEN).order_by("due_at")
    if asked.task_id and all(task.id != asked.task_id for task in everything):
        raise StaleCase(f"{case.no} 这个待办已经处理过了，没有转交")
    tasks = [task for task in everything if node in ("", task.node)]
    mine = [task for task in tasks if task.owner_id == who.id and asked.task_id in (None, task.id)]
    if mine and asked.of in ("", who.name):
        return mine[:1]
    if not _above(desk, who):
        raise NotAllowed(f"{case.no} 现在不是你的待办{await held_by(desk, case)}")
    await _ensure_meant(desk, case, asked, tasks)
    await ensure_in_scope(desk, case.id, who, HAND_OVER)
    if not tasks:
        raise NotAllowed(f"{case.no} {node + '，' if node else ''}现在没有人的待办，不用转交")
    nodes = list(dict.fromkeys(task.node for task in tasks))
    if len(nodes) > 1:
        raise PolicyRefused(f"{case.no} 同时在 {'、'.join(nodes)}，请写成：{HAND_OVER} 单号 姓名 {nodes[0]}")
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    if len(tasks) > 1 and (_joint(rules, nodes[0], case) or any(task.added for task in tasks)):
        raise PolicyRefused(f"{case.no} {nodes[0]}要几个人都签，请他们各自转交")
    return tasks
