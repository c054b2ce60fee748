"""Overdue tasks: the owner is reminded and the manager copied, once per task, however often the sweep runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.cases.automation import Around, fire
from flow.definitions.automation import OVERDUE, Trigger
from flow.desk import heard_at
from flow.records import outbox
from flow.records.events import note
from flow.records.gathering import Gathering
from flow.records.locks import lock_cases
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk
    from models import Outbox

BATCH = 100


async def sweep(desk: Desk, now: datetime) -> int:
    """Remind of what is due; the index on the due moment makes this cost what is due, not what is open.

    What its owner has put off is not late until it is back. Whoever is late with several tasks hears of them in one
    message, and so does their manager.
    """
    waiting = Task.filter(remind_at__lte=now, state=TaskState.OPEN, snoozed_until=None)
    due = await waiting.order_by("remind_at").limit(BATCH)
    gathering = Gathering(now)
    for task in due:
        await _remind(desk, task, gathering)
    await gathering.release()
    return len(due)


async def _remind(desk: Desk, task: Task, gathering: Gathering) -> None:
    """Claim the reminder by clearing its moment; the loser of two sweeps finds nothing to clear."""
    now = gathering.now
    async with in_transaction():
        await lock_cases(task.case_id)
        if not await Task.filter(id=task.id, state=TaskState.OPEN, remind_at__lte=now).update(remind_at=None):
            return
        case = await Case.get(id=task.case_id)
        people = await desk.staff.now()
        manager = people.manager_of(task.owner_id)
        key = f"overdue:{case.no}:{task.id}"
        heard = _Heard(gathering, heard_at(desk, case.facts, now), {"case_id": case.id, "task_id": task.id})
        rows = [await heard.row(f"{key}:owner", task.owner_id, "overdue")]
        if manager and manager.id != task.owner_id:
            rows.append(await heard.row(f"{key}:manager", manager.id, "overdue_copy"))
        else:
            owner = people.by_id.get(task.owner_id)
            text = f"{case.no} {task.node}超时，{owner.name if owner else '负责人'}没有上级可抄送"
            await gathering.alert(task.owner_id, text)
        await outbox.put(rows)
        copied = manager.name if manager else ""
        await note(case, None, {"action": "超时提醒", "node": task.node, "data": {"抄送": copied}}, now)
        cards = await outbox.redrawing(case, now, of=task, told=rows[0])
        gathering.hold(*(card.key for card in cards if card.run_at > now and heard.soon))
        await outbox.put(cards)
        ruled = await fire(case, Trigger(OVERDUE, task.node), Around(desk, people, now))
        await outbox.put(await gathering.gathered(ruled))


@dataclass(frozen=True, slots=True)
class _Heard:
    """When people hear of one late task: in the morning where it is night, else together with what else is late."""

    gathering: Gathering
    at: datetime
    about: dict[str, Any]

    @property
    def soon(self) -> bool:
        return self.at <= self.gathering.now

    async def row(self, key: str, member_id: int, say: str) -> Outbox:
        now = self.gathering.now
        if not self.soon:
            return outbox.tell(key, member_id, now, say, run_at=self.at, **self.about)
        occasion = await self.gathering.occasion(member_id)
        return outbox.tell(key, member_id, now, say, run_at=occasion.at, **self.about | {outbox.DIGEST: occasion.key})
