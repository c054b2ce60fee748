"""Overdue tasks: the owner is reminded and the manager copied, once per task, however often the sweep runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow import queue
from flow.automation import OVERDUE, Moment
from flow.firing import Around, fire
from flow.ledger import note
from flow.quiet import heard_at
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk

BATCH = 100


async def sweep(desk: Desk, now: datetime) -> int:
    """Remind of what is due; the index on the due moment makes this cost what is due, not what is open.

    What its owner has put off is not late until it is back.
    """
    waiting = Task.filter(remind_at__lte=now, state=TaskState.OPEN, snoozed_until=None)
    due = await waiting.order_by("remind_at").limit(BATCH)
    for task in due:
        await _remind(desk, task, now)
    return len(due)


async def _remind(desk: Desk, task: Task, now: datetime) -> None:
    """Claim the reminder by clearing its moment; the loser of two sweeps finds nothing to clear."""
    async with in_transaction():
        if not await Task.filter(id=task.id, state=TaskState.OPEN, remind_at__lte=now).update(remind_at=None):
            return
        case = await Case.get(id=task.case_id)
        people = await desk.staff.now()
        manager = people.manager_of(task.owner_id)
        key = f"overdue:{case.no}:{task.id}"
        about: dict[str, Any] = {"case_id": case.id, "task_id": task.id, "run_at": heard_at(desk, case.facts, now)}
        rows = [queue.tell(f"{key}:owner", task.owner_id, now, "overdue", **about)]
        if manager and manager.id != task.owner_id:
            rows.append(queue.tell(f"{key}:manager", manager.id, now, "overdue_copy", **about))
        else:
            owner = people.by_id.get(task.owner_id)
            text = f"{case.no} {task.node}超时，{owner.name if owner else '负责人'}没有上级可抄送"
            rows.append(queue.alert(f"{key}:nomanager", now, text))
        await queue.put(rows)
        copied = manager.name if manager else ""
        await note(case, None, {"action": "超时提醒", "node": task.node, "data": {"抄送": copied}}, now)
        await queue.put(await queue.redrawing(case, now, of=task, rings=about["run_at"]))
        await fire(case, Moment(OVERDUE, task.node), Around(desk, people, now))
