"""稍后: a task that its owner puts off until a moment, or until the customer is heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.definitions.flow import REASON
from flow.definitions.vocabulary import LATER, REPLY
from flow.errors import PolicyRefused
from flow.records import outbox
from flow.records.events import note
from flow.records.locks import lock_cases
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from models.views.case import Person

LONGEST = timedelta(days=1)  #: to wait for a reply where the task is overdue already
BATCH = 100


async def looked(tasks: Collection[Task], at: datetime) -> None:
    """Their owner has seen them: from now on the decision before them can no longer be taken back."""
    fresh = [task.id for task in tasks if task.seen_at is None]
    if fresh:
        await Task.filter(id__in=fresh, seen_at=None).update(seen_at=at)


async def put_off(
    task: Task, until: datetime | None, who: Person, at: datetime, why: str = ""
) -> tuple[Case, datetime]:
    """Hide my task until a moment, or for None until the customer is heard of; its deadline stays.

    The case, and when it comes back at the latest; ``why`` is kept with it. Raises PolicyRefused for a past moment.
    """
    back = until or (task.due_at if task.due_at > at else at + LONGEST)
    if back <= at:
        raise PolicyRefused("要推到以后的时间，例如：稍后 单号 2小时，稍后 单号 明天 9:00")
    await lock_cases(task.case_id)
    case = await Case.get(id=task.case_id)
    waits = "" if until else REPLY
    await Task.filter(id=task.id, state=TaskState.OPEN).update(snoozed_until=back, snoozed_for=waits, seen_at=at)
    kept = {"到": back.isoformat(), "等": waits, REASON: why}
    said = {name: word for name, word in kept.items() if word}
    await note(case, who, {"action": LATER, "node": task.node, "data": said}, at)
    return case, back


async def awake(now: datetime) -> int:
    """Show again what its owner had put off until now; how many cards are on their way."""
    due = Task.filter(state=TaskState.OPEN, snoozed_until__lte=now).prefetch_related("case").limit(BATCH)
    return await _show(await due, now)


async def reply_came(case: Case, now: datetime) -> int:
    """Show again what had been put off until the customer of a case is heard of. In the caller's transaction."""
    waiting = Task.filter(case_id=case.id, state=TaskState.OPEN, snoozed_for=REPLY).prefetch_related("case")
    return await _show(await waiting, now)


async def _show(tasks: Iterable[Task], now: datetime) -> int:
    shown = 0
    for task in tasks:
        async with in_transaction():
            mine = Task.filter(id=task.id, snoozed_until=task.snoozed_until)
            if await mine.update(snoozed_until=None, snoozed_for=""):
                await outbox.put([outbox.task_card(task.case.no, task, now, again=f"-z{int(now.timestamp())}")])
                shown += 1
    return shown
