"""Words about a case that do not move it: 评论, 催办, 抄送."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flow.access.lookup import ensure_in_scope
from flow.definitions.flow import REASON
from flow.definitions.vocabulary import COMMENT, COPIED, COPY, URGE
from flow.desk import heard_at
from flow.errors import NotAllowed, NotFound, PolicyRefused
from flow.records import outbox
from flow.records.events import claim, note, write_down
from flow.records.locks import lock_cases
from flow.tasks.snooze import reply_came
from models import Case, CaseState, Event, Task, TaskState
from models.views.case import ADDED, ADDED_TO

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from flow.desk import Desk
    from models import Outbox
    from models.views.case import Person

MAX_COMMENT = 500
URGE_EVERY = timedelta(hours=1)


async def comment(desk: Desk, case: Case, words: str, who: Person, at: datetime) -> None:
    """Put a comment on record; owners and the creator hear of it, as soon as the case may ring.

    In the caller's transaction.
    """
    await ensure_in_scope(desk, case.id, who, COMMENT)
    if not words:
        raise PolicyRefused(f"请写上要说的话，例如：评论 {case.no} 客户说周五寄出")
    if len(words) > MAX_COMMENT:
        raise PolicyRefused(f"评论最多 {MAX_COMMENT} 个字，现在有 {len(words)} 个")
    await note(case, who, {"action": COMMENT, "node": "", "data": {"说": words}}, at)
    await reply_came(case, at)
    heard = heard_at(desk, case.facts, at)
    await _tell(case, {*await _owners(case), case.creator_id, *case.facts.get(COPIED, ())} - {who.id}, at, heard)


async def add_reason(desk: Desk, case: Case, seq: int, words: str, who: Person, at: datetime) -> Event:
    """Put on record why ``who`` took the step number ``seq``; whoever heard of the step hears it.

    The next owners' cards show it. In the caller's transaction.
    """
    if len(words) > MAX_COMMENT:
        raise PolicyRefused(f"理由最多 {MAX_COMMENT} 个字，现在有 {len(words)} 个")
    step = await Event.get(case_id=case.id, seq=seq)
    if step.actor_id != who.id:
        raise NotAllowed(f"{case.no} 这一步是 {step.actor} 办的，理由由 {step.actor} 自己补")
    await note(case, who, {"action": ADDED, "node": step.node, "data": {ADDED_TO: seq, REASON: words}}, at)
    await outbox.put(await outbox.redrawing(case, at, rings=heard_at(desk, case.facts, at)))
    heard = heard_at(desk, case.facts, at)
    await _tell(case, {case.creator_id, *case.facts.get(COPIED, ())} - {who.id}, at, heard)
    return step


async def last_step(case: Case, who: Person) -> Event | None:
    """What somebody did last on a case, to which a reason may be added."""
    mine = Event.filter(case_id=case.id, actor_id=who.id).exclude(node="").exclude(action=ADDED)
    return await mine.order_by("-seq").first()


async def urge(desk: Desk, case: Case, who: Person, at: datetime, why: str = "") -> list[int]:
    """Ask the owners to hurry, once an hour per case; who was asked. In the caller's transaction."""
    await ensure_in_scope(desk, case.id, who, URGE)
    if case.state is CaseState.HELD or not case.goes_on:
        raise NotAllowed(f"{case.no} {case.state}，没有人要催")
    if len(why) > MAX_COMMENT:
        raise PolicyRefused(f"催办的话最多 {MAX_COMMENT} 个字，现在有 {len(why)} 个")
    owners = set(await _owners(case)) - {who.id}
    if not owners:
        raise NotAllowed(f"{case.no} 现在没有别人的待办可催")
    last = await Event.filter(case_id=case.id, action=URGE).order_by("-seq").first()
    if last and at - last.at < URGE_EVERY:
        raise NotAllowed(f"{case.no} 一小时内已经由 {last.actor} 催过了，请稍后再催")
    said = {REASON: why} if why else {}
    await note(case, who, {"action": URGE, "node": "、".join(case.nodes), "data": said}, at)
    await _tell(case, owners, at)
    return sorted(owners)


async def urge_late(tasks: Sequence[Task], who: Person, at: datetime, why: str = "") -> tuple[list[Case], int]:
    """Ask the owner of late tasks to hurry, in one message; the cases, and how many were urged within the hour.

    In the caller's transaction.
    """
    urged: list[Case] = []
    rows: list[Outbox] = []
    await lock_cases(*(task.case_id for task in tasks))
    for task in tasks:
        case = await Case.get(id=task.case_id)
        last = await Event.filter(case_id=case.id, action=URGE).order_by("-seq").first()
        if last and at - last.at < URGE_EVERY:
            continue
        await note(case, who, {"action": URGE, "node": task.node, "data": {REASON: why} if why else {}}, at)
        key = f"urged:{case.no}:s{case.seq}:m{task.owner_id}"
        together = f"{outbox.DIGEST}:urged:m{task.owner_id}:by{who.id}:{int(at.timestamp() * 1000)}"
        about: dict[str, Any] = {
            "case_id": case.id,
            "task_id": task.id,
            "by": who.name,
            "why": why,
            outbox.DIGEST: together,
        }
        rows.append(outbox.tell(key, task.owner_id, at, "urged", **about))
        urged.append(case)
    await outbox.put(rows)
    return urged, len(tasks) - len(urged)


async def copy(desk: Desk, case: Case, names: Collection[str], who: Person, at: datetime, why: str = "") -> list[str]:
    """Have further people hear of the decisions on a case; who they are. In the caller's transaction."""
    await ensure_in_scope(desk, case.id, who, COPY)
    people = await desk.staff.now()
    found = {name: people.named(name) for name in names}
    if strange := [name for name, person in found.items() if person is None]:
        raise NotFound(f"没有叫 {'、'.join(strange)} 的员工，请写全名")
    ids = [person.id for person in found.values() if person]
    case.facts = {**case.facts, COPIED: sorted({*case.facts.get(COPIED, ()), *ids})}
    if case.undo:
        case.undo = {**case.undo, "facts": {**case.undo["facts"], COPIED: case.facts[COPIED]}}
    data = {"给": list(found)} | ({REASON: why} if why else {})
    await claim(case)
    await case.save(update_fields=["facts", "undo"])
    await write_down(case, who, {"action": COPY, "node": "", "data": data}, at)
    await _tell(case, set(ids) - {who.id}, at)
    return list(found)


async def _owners(case: Case) -> list[int]:
    tasks = await Task.filter(case_id=case.id, state=TaskState.OPEN).values_list("owner_id", flat=True)
    return [int(str(owner)) for owner in tasks]


async def _tell(case: Case, members: Collection[int | None], at: datetime, heard: datetime | None = None) -> None:
    key = f"said:{case.no}:s{case.seq}"
    rows = [
        outbox.tell(f"{key}:m{member}", member, at, "turn", run_at=heard, case_id=case.id, seq=case.seq)
        for member in sorted({member for member in members if member is not None})
    ]
    await outbox.put(rows)
