"""A case as a card for one reader: the task that it asks for, the record of one, or what a draft has become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards import content
from cards.case import record, task_card
from cards.draft import settled
from cards.submission import submission
from cards.types import Card
from flow.records.outbox import task_token
from flow.views.case import case_view, task_view, verdict_of
from handlers.chat.context import Named
from models import SentCard, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk
    from handlers.chat.context import Ctx
    from models.views.case import CaseView, Person


async def task_face(desk: Desk, task: Task, viewer: Person | None, now: datetime) -> Card:
    """The card of a task as the case is now, for ``viewer``; None is somebody who is no member any more."""
    return (await _task(desk, task, viewer, now))[1]


async def task_copy(ctx: Ctx, task: Task) -> Named:
    """One more card of a task, with a token of its own."""
    case, card = await _task(ctx.desk, task, ctx.me, ctx.at)
    copies = await SentCard.filter(task_id=task.id).count()
    return Named(card, f"{task_token(case.no, task)}-s{copies}", "task", case.id, task.id)


async def _task(desk: Desk, task: Task, viewer: Person | None, now: datetime) -> tuple[CaseView, Card]:
    case = await case_view(desk, task.case_id, events=True, viewer=viewer)
    return case, task_card(case, await task_view(desk, task, case), now)


async def record_face(desk: Desk, task: Task, viewer: Person | None, now: datetime) -> Card:
    """The card of a task that is over: what came of it, and who has the case now."""
    case = await case_view(desk, task.case_id, viewer=viewer)
    return record(case, await verdict_of(desk, task), now)


async def submitted_face(desk: Desk, case_id: int, viewer: Person, now: datetime) -> Card:
    """What a draft's card says once it is a case: where that stands now."""
    return submission(await case_view(desk, case_id, events=True, viewer=viewer), now)


async def question_face(desk: Desk, sent: SentCard, viewer: Person | None, now: datetime) -> Card:
    """A question's card after its time: the case that it became, or that it is settled; for nobody it is settled."""
    return await submitted_face(desk, sent.case_id, viewer, now) if sent.case_id and viewer else settled()


async def face_now(ctx: Ctx) -> Card | None:
    """The tapped card as it is now: the record of its task, or the task itself while it is open."""
    sent = await SentCard.get_or_none(token=ctx.card) if ctx.card else None
    task = await Task.get_or_none(id=sent.task_id, owner_id=ctx.me.id) if sent and sent.task_id else None
    if task is None:
        return await _question_now(ctx, sent) if sent else None
    face = task_face if task.state is TaskState.OPEN else record_face
    return await face(ctx.desk, task, ctx.me, ctx.at)


async def _question_now(ctx: Ctx, sent: SentCard) -> Card | None:
    """A question's card: what a tap has made of it, which the phone may not have shown. None where none has."""
    mine = sent.member_id == ctx.me.id
    if not sent.live:
        return await question_face(ctx.desk, sent, ctx.me if mine else None, ctx.at)
    face = content.unpack(sent.face) if sent.face and mine else None
    return face if isinstance(face, Card) else None
