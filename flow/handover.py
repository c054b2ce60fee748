"""转交: a task changes hands, the case stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow import queue
from flow.errors import NotAllowed, NotFound, StaleCase
from flow.ledger import note
from flow.owners import avoided
from models import Case, Task, TaskState, hot

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk
    from models.values import Person

HAND_OVER = "转交"


async def hand_over(desk: Desk, task: Task, to_name: str, who: Person, at: datetime) -> Person:
    """Give my open task to the member of that name, in the caller's transaction.

    Raises NotFound for an unknown name, NotAllowed for a node that does not hand over or a person who may not
    decide here, StaleCase when the task is over.
    """
    case = await Case.get(id=task.case_id)
    if task.state is not TaskState.OPEN:
        raise StaleCase(f"{case.no} 这个待办已经处理过了")
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    node = rules.flow.nodes[task.node]
    to = (await desk.staff.now()).named(to_name)
    if to is None:
        raise NotFound(f"没有叫 {to_name} 的员工，请写全名")
    if not any(action.hands_over for action in node.actions.values()):
        raise NotAllowed(f"{node.name}不能转交")
    if await Task.exists(case_id=case.id, node=task.node, owner_id=to.id, state=TaskState.OPEN):
        raise NotAllowed(f"{case.no} 已经是 {to.name} 的待办")
    if to.id in avoided(node, {**case.facts, **rules.policy.facts(case.facts)}):
        raise NotAllowed(f"{case.no} 不能转给 {to.name}：提交人和经办人不能审批自己的单")
    await note(case, who, {"action": HAND_OVER, "node": node.name, "data": {"转给": to.name}}, at)
    await _swap(case, task, to, at)
    return to


async def _swap(case: Case, task: Task, to: Person, at: datetime) -> None:
    await Task.filter(id=task.id).update(state=TaskState.DONE, closed_at=at, remind_at=None, action=HAND_OVER)
    fresh = await Task.create(
        case_id=case.id, node=task.node, visit=case.version, owner_id=to.id, why=f"{HAND_OVER}自上一负责人",
        opened_at=at, due_at=task.due_at, remind_at=max(task.due_at, at),
    )  # fmt: skip
    [ended] = await hot.batch(*queue.retiring([task]))
    retired = queue.redraws(ended.rows, case, at, but=None)
    await queue.put([*retired, queue.task_card(case.no, fresh, at)])


async def my_task(case_no: str, who: Person) -> Task:
    """My open task on a case. Raises NotFound for an unknown case, NotAllowed when I have none."""
    case = await Case.get_or_none(no=case_no.upper())
    if case is None:
        raise NotFound(f"没有找到售后单 {case_no}")
    task = await Task.filter(case_id=case.id, owner_id=who.id, state=TaskState.OPEN).first()
    if task is None:
        raise NotAllowed(f"{case.no} 现在不是你的待办")
    return task
