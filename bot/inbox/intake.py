"""Takes events in: stored before they are acknowledged, handled once, answered through the outbox.

A tap is stored and decided in one transaction, because its answer goes back in the callback itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from tortoise.expressions import F

from bot.outbox import replies
from bot.outbox.greetings import whom_to_ask
from cards import content
from cards.types import Text
from flow.errors import FlowError, NotFound
from flow.people.directory import MEMBERS
from flow.records import outbox
from flow.versions import PUBLISHED
from handlers.chat import case_cards, refusals
from handlers.chat.context import LEFT, Ctx, Reply
from handlers.chat.events import pack
from handlers.root import ahead, handle
from models import Inbox, SentCard, WorkState
from models.database.conflicts import untangled
from models.database.connection import passing
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.runtime.clock import Clock
    from cards.types import Card
    from flow.desk import Desk
    from handlers.chat.events import Event, Tap

log = structlog.get_logger("intake")
#: the card that was tapped, and in the same look whether the staff has changed
_SHOWN = session.Statement(
    "SELECT task_id, member_id, (SELECT value FROM counter WHERE name = ?) AS revision,"
    " (SELECT value FROM counter WHERE name = ?) AS published, live, followed FROM sent_card WHERE token = ?",
    kind=session.Kind.READ,
    names=("task_id", "member_id", "revision", "published", "live", "followed"),
)
UNKNOWN_CARD = "这张卡片已经失效，请回复“待办”看现在要做的事"
FAULT = "处理时出错了，已记录在案，没有改动任何单据。请稍后再试，还不行就把编号 {} 告诉管理员"


class Duplicate(Exception):
    """This very delivery was taken in before."""


@dataclass(slots=True)
class Intake:
    """The door for all channels. ``wake`` tells the outbox that rows are waiting, ``stored`` the inbox."""

    desk: Desk
    clock: Clock
    wake: Callable[[], None]
    seen: Callable[[Event], Awaitable[None]]
    stored: Callable[[], None]

    async def accept(self, event: Event) -> None:
        """Store a message, scan or joining, for the worker of the inbox."""
        kind, payload = pack(event)
        now = self.clock.now()
        name = event.event_id[:191]
        lane = f"{event.platform}:{event.userid}"[:96]
        row = session.unsaved(Inbox, event_id=name, kind=kind, payload=payload, received_at=now, run_at=now, lane=lane)
        await session.insert([row], ignore=True)
        await self.seen(event)
        self.stored()

    async def tap(self, tap: Tap) -> Card | None:
        """Decide a tap. A re-delivered one is answered with the card as it is now, and changes nothing."""
        ctx: Ctx | None = None

        async def decide() -> Card | None:
            nonlocal ctx
            async with session.transaction():
                ctx = await self._tapped(tap)
                if ctx is None:
                    await replies.say_to_stranger(tap, await whom_to_ask(self.desk, tap), self._local())
                    return None
                return await self._decide(ctx, tap)

        try:
            return await untangled(decide)
        except Exception as error:  # the edge: what was done is rolled back, and the person told why
            if ctx is None or passing(error):
                raise
            return await self._undone(ctx, tap, error)
        finally:
            self.wake()

    async def _tapped(self, tap: Tap) -> Ctx | None:
        """Who tapped which card; None for a stranger."""
        shown, *read = await session.batch(replace(_SHOWN, params=(MEMBERS, PUBLISHED, tap.token)), *ahead(tap))
        sent = shown.rows
        people = await (self.desk.staff.at(sent[0]["revision"] or 0) if sent else self.desk.staff.now())
        await self.desk.fresh((sent[0]["published"] or 0) if sent else None)
        person = people.find(tap.platform, tap.userid)
        if person is None:
            return None
        await self.seen(tap)
        theirs = bool(sent) and sent[0]["member_id"] == person.id  # another's card is none of this person's
        task_id = sent[0]["task_id"] if theirs else None
        token = tap.token if theirs else None
        since = sent[0]["followed"] if task_id and sent[0]["live"] else LEFT if task_id else 0
        return Ctx(person, self._local(), self.desk, tap.platform, None, token, task_id, people, read=read, since=since)

    async def _decide(self, ctx: Ctx, tap: Tap) -> Card | None:
        if ctx.card is None:
            raise NotFound(UNKNOWN_CARD)
        await self._store_done(tap, ctx.at)
        reply = await handle(ctx, tap)
        await self._keep_card(ctx, tap, reply.face)
        await replies.queue_says(reply, ctx, tap.event_id)
        return reply.face

    async def _undone(self, ctx: Ctx, tap: Tap, error: Exception) -> Card | None:
        if isinstance(error, Duplicate):
            return await case_cards.face_now(ctx)
        if isinstance(error, FlowError):
            log.info("refused", event_id=tap.event_id, kind=type(error).__name__, member=ctx.me.id)
            return await self._refuse(ctx, tap, str(error), error)
        mark = secrets.token_hex(4)  # a fault of ours is told, with the id that the log has
        log.error("tap failed", id=mark, event_id=tap.event_id, member=ctx.me.id, exc_info=error)
        return await self._refuse(ctx, tap, FAULT.format(mark))

    async def _refuse(self, ctx: Ctx, tap: Tap, sentence: str, error: FlowError | None = None) -> Card | None:
        """What the handler did is rolled back; the tap is on record, and the person is told why, once."""
        try:
            async with session.transaction():
                await self._store_done(tap, ctx.at)
                await self._keep_card(ctx, tap, None)
                if error:
                    await refusals.keep(ctx, tap, error)
                await replies.queue_says(Reply.of(Text(sentence)), ctx, tap.event_id)
        except Duplicate:
            return await case_cards.face_now(ctx)
        return None

    async def _keep_card(self, ctx: Ctx, tap: Tap, face: Card | None) -> None:
        """A card that stays live, or follows a case, keeps the code of this click, to be redrawn with later.

        One that is not theirs keeps nothing of it.
        """
        if ctx.card is None:
            return
        kept: dict[str, Any] = {}
        if tap.code and (face is None or face.live):
            kept |= {"code": tap.code, "code_at": ctx.at}
        elif tap.code and ctx.task_id is None:  # it will follow its case, and have two codes for that
            kept |= {"code": tap.code, "code_at": ctx.at, "spare": F("code")}
        if face and (face.live or ctx.task_id is None):
            kept["live"] = face.live
        if face and face.live and ctx.task_id is None:
            kept["face"] = content.pack(face)
        if kept:
            await SentCard.filter(token=ctx.card).update(**kept)

    async def _store_done(self, tap: Tap, now: datetime) -> None:
        """Raises Duplicate, at the latest when the transaction ends."""
        kind, payload = pack(tap)
        row = session.unsaved(
            Inbox, event_id=tap.event_id[:191], kind=kind, payload=payload, received_at=now, run_at=now,
            state=WorkState.DONE,
        )  # fmt: skip
        [stored] = session.inserts([row])
        await session.defer(replace(stored, clash=Duplicate()))

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        """The answer to a tap came too late for the platform: what it shows is drawn by a call, ``after`` seconds."""
        if face is None:
            return
        person = (await self.desk.staff.now()).find(tap.platform, tap.userid)
        log.info("answered late", event_id=tap.event_id)
        key, payload = f"missed:{tap.event_id}"[:191], {"token": tap.token, "face": content.pack(face)}
        row = outbox.row("missed", key, self._local(), member_id=person and person.id, payload=payload)
        row.run_at += timedelta(seconds=after)
        await outbox.put([row])
        self.wake()

    def _local(self) -> datetime:
        return self.clock.now().astimezone(self.desk.zone)
