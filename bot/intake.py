"""Takes events in: stored before they are acknowledged, handled once, answered through the outbox.

A tap is stored and decided in one transaction, because its answer goes back in the callback itself.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from tortoise.exceptions import ValidationError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from bot import replies
from bot.channels.base import ChannelError
from bot.greetings import whom_to_ask
from cards.types import Text
from flow.directory import MEMBERS
from flow.errors import FlowError, NotFound
from flow.publishing import PUBLISHED
from handlers import refusals, tasks
from handlers.asking import wants_photo
from handlers.context import Ctx, Reply
from handlers.events import Event, Labels, Message, StaffChanged, Tap, pack, unpack
from handlers.parse import normalise
from handlers.root import ahead, handle
from models import Inbox, SentCard, WorkState, hot
from models.database import passing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from bot.channels.base import Clock
    from cards.types import Card
    from flow.desk import Desk
    from handlers.context import Upload
    from handlers.events import Code
    from models.values import Person

log = structlog.get_logger("intake")
ATTEMPTS = 3
PASSING_ATTEMPTS = 60  # where the database was away or held, which is no fault of the event's
#: the card that was tapped, and in the same look whether the staff has changed
_SHOWN = hot.Statement(
    "SELECT task_id, (SELECT value FROM counter WHERE name = ?) AS revision,"
    " (SELECT value FROM counter WHERE name = ?) AS published FROM sent_card WHERE token = ?",
    names=("task_id", "revision", "published"),
)
RETRY = timedelta(seconds=5)
UNKNOWN_CARD = "这张卡片已经失效，请回复“待办”看现在要做的事"
RECEIVE = "收货"
UNFETCHED = "没有取到你发的图片或文件：{}。没有改动任何单据，请稍后再发一次"
TOO_LONG = "这句话里有一段太长了，没有改动任何单据；请缩短以后再发"
FAULT = "处理时出错了，已记录在案，没有改动任何单据。请稍后再试，还不行就把编号 {} 告诉管理员"


class Duplicate(Exception):
    """This very delivery was taken in before."""


@dataclass(slots=True)
class Intake:
    """The door for all channels. ``wake`` tells the workers that rows are waiting."""

    desk: Desk
    clock: Clock
    wake: Callable[[], None]
    seen: Callable[[Event], Awaitable[None]]
    look: Callable[[Message], Awaitable[list[Code]]]  #: what the barcodes on the photos of a message hold
    attached: Callable[[Message, Collection[str]], Awaitable[Upload | None]]  #: a file or photo that came along
    staff_changed: Callable[[], None] = lambda: None  #: the address book of a platform has changed
    beat: Callable[[], None] = lambda: None  #: called by ``work`` each time it has gone round
    _new: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, event: Event) -> None:
        """Store a message, scan or joining; it is handled by ``work``."""
        kind, payload = pack(event)
        now = self.clock.now()
        name = event.event_id[:191]
        row = hot.fresh(Inbox, event_id=name, kind=kind, payload=payload, received_at=now, run_at=now)
        await hot.insert([row], ignore=True)
        await self.seen(event)
        self._new.set()

    async def tap(self, tap: Tap) -> Card | None:
        """Decide a tap. A re-delivered one is answered with the card as it is now, and changes nothing."""
        ctx: Ctx | None = None
        try:
            async with hot.transaction():
                ctx = await self._tapped(tap)
                if ctx is None:
                    await replies.say_to_stranger(tap, await whom_to_ask(self.desk, tap), self._local())
                    return None
                return await self._decide(ctx, tap)
        except Exception as error:  # the edge: what was done is rolled back, and the person told why
            if ctx is None or passing(error):
                raise
            return await self._undone(ctx, tap, error)
        finally:
            self.wake()

    async def _tapped(self, tap: Tap) -> Ctx | None:
        """Who tapped which card; None for a stranger."""
        shown, *read = await hot.batch(replace(_SHOWN, params=(MEMBERS, PUBLISHED, tap.token)), *ahead(tap))
        sent = shown.rows
        people = await (self.desk.staff.at(sent[0]["revision"] or 0) if sent else self.desk.staff.now())
        await self.desk.fresh((sent[0]["published"] or 0) if sent else None)
        person = people.find(tap.platform, tap.userid)
        if person is None:
            return None
        await self.seen(tap)
        task_id = sent[0]["task_id"] if sent else None
        token = tap.token if sent else None
        return Ctx(person, self._local(), self.desk, tap.platform, None, token, task_id, people, read=read)

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
            return await tasks.face_now(ctx)
        if isinstance(error, FlowError):
            log.info("refused", event_id=tap.event_id, kind=type(error).__name__, member=ctx.me.id)
            return await self._refuse(ctx, tap, str(error), error)
        mark = secrets.token_hex(4)  # a fault of ours is told, with the id that the log has
        log.error("tap failed", id=mark, event_id=tap.event_id, member=ctx.me.id, exc_info=error)
        return await self._refuse(ctx, tap, FAULT.format(mark))

    async def _refuse(self, ctx: Ctx, tap: Tap, sentence: str, error: FlowError | None = None) -> Card | None:
        """What the handler did is rolled back; the tap is on record, and the person is told why, once."""
        try:
            async with hot.transaction():
                await self._store_done(tap, ctx.at)
                await self._keep_card(ctx, tap, None)
                if error:
                    await refusals.keep(ctx, tap, error)
                await replies.queue_says(Reply.of(Text(sentence)), ctx, tap.event_id)
        except Duplicate:
            return await tasks.face_now(ctx)
        return None

    async def _keep_card(self, ctx: Ctx, tap: Tap, face: Card | None) -> None:
        """A card that stays live, or follows a case, keeps the code of this click, to be redrawn with later."""
        kept: dict[str, Any] = {}
        if tap.code and (face is None or face.live):
            kept |= {"code": tap.code, "code_at": ctx.at}
        elif tap.code and ctx.task_id is None:  # it will follow its case, and have two codes for that
            kept |= {"code": tap.code, "code_at": ctx.at, "spare": F("code")}
        if face and (face.live or ctx.task_id is None):
            kept["live"] = face.live
        if kept:
            await SentCard.filter(token=tap.token).update(**kept)

    async def _store_done(self, tap: Tap, now: datetime) -> None:
        """Raises Duplicate, at the latest when the transaction ends."""
        kind, payload = pack(tap)
        row = hot.fresh(
            Inbox, event_id=tap.event_id[:191], kind=kind, payload=payload, received_at=now, run_at=now,
            state=WorkState.DONE,
        )  # fmt: skip
        [stored] = hot.adding([row])
        await hot.later(replace(stored, clash=Duplicate()))

    async def _handled(self, ctx: Ctx, event: Event | Labels) -> Reply:
        """Run the handler in a savepoint: what it refused is undone, and said in one sentence."""
        try:
            async with in_transaction():
                return await handle(ctx, event)
        except FlowError as error:
            log.info("refused", event_id=event.event_id, kind=type(error).__name__, member=ctx.me.id)
            await refusals.keep(ctx, event, error)
            return Reply(says=[Text(str(error))], alone=error.alone)
        except ValidationError:  # no column takes it: a number of hundreds of digits, say
            log.info("refused", event_id=event.event_id, kind="TooLong", member=ctx.me.id)
            return Reply.of(Text(TOO_LONG))

    async def work(self) -> None:
        """Handle stored events for as long as the bot runs, oldest first."""
        while True:
            self._new.clear()
            while await self.work_once():
                self.beat()
            self.beat()
            try:
                async with asyncio.timeout(1.0):  # wait_for may swallow the end of the bot (bpo-42130)
                    await self._new.wait()
            except TimeoutError:
                continue

    async def work_once(self) -> int:
        """Handle what is due now; how many rows were looked at."""
        due = Inbox.filter(state=WorkState.NEW, run_at__lte=self.clock.now()).order_by("run_at", "id").limit(50)
        rows = await due
        for row in rows:
            await self._handle_row(row)
        if rows:
            self.wake()
        return len(rows)

    async def _handle_row(self, row: Inbox) -> None:
        try:
            await self._answer(row)
        except Exception as error:  # noqa: BLE001  # the edge: one bad event must not stop the others
            await self._failed(row, error)

    async def _answer(self, row: Inbox) -> None:
        event: Event | Labels = unpack(row.kind, row.payload)
        if isinstance(event, StaffChanged):
            await Inbox.filter(id=row.id).update(state=WorkState.DONE)
            self.staff_changed()
            return
        person = (await self.desk.staff.now()).find(event.platform, event.userid)
        await self.desk.fresh()
        upload = None
        if person and isinstance(event, Message):
            wanted = await wants_photo(person.id, self.clock.now())
            upload = await self.attached(event, ("file", "image") if wanted else ("file",))
            event = event if wanted else await self._photographed(event, person)
        async with in_transaction():
            if not await Inbox.filter(id=row.id, state=WorkState.NEW).update(state=WorkState.DONE):
                return
            if person is None:
                await replies.say_to_stranger(event, await whom_to_ask(self.desk, event), self._local())
                return
            ctx = replace(self._context(person, event), upload=upload)
            await replies.queue_says(await self._handled(ctx, event), ctx, event.event_id)

    async def _photographed(self, message: Message, person: Person) -> Message | Labels:
        """A keeper's photo of a parcel, alone or with 收货 beside it, is what its barcodes say."""
        photo = any(item.kind == "image" for item in message.media)
        words = normalise(message.text)
        if not photo or words not in ("", RECEIVE) or not self._context(person, message).may(RECEIVE):
            return message
        codes = tuple(await self.look(message))
        return Labels(message.event_id, message.platform, message.userid, message.at, codes)

    def _context(self, person: Person, event: Event | Labels) -> Ctx:
        chat = event.chat if isinstance(event, Message) else None
        return Ctx(person, self._local(), self.desk, event.platform, chat)

    async def _failed(self, row: Inbox, error: Exception) -> None:
        """Try again soon; after the last attempt say so, with the id under which the log has the facts.

        Raises when the database does not even take that: the row is then as it was.
        """
        mark = secrets.token_hex(4)
        facts = {"event_id": row.event_id, "kind": row.kind, "attempt": row.attempts + 1}
        log.error("event failed", id=mark, **facts, exc_info=error)
        row.attempts += 1
        final = row.attempts >= (PASSING_ATTEMPTS if passing(error) else ATTEMPTS)
        state = WorkState.FAILED if final else WorkState.NEW
        await Inbox.filter(id=row.id).update(
            attempts=row.attempts, state=state, error=mark, run_at=self.clock.now() + RETRY
        )
        if final:
            words = UNFETCHED.format(error) if isinstance(error, ChannelError) else FAULT.format(mark)
            await replies.say_to_stranger(unpack(row.kind, row.payload), Text(words), self._local())

    def _local(self) -> datetime:
        return self.clock.now().astimezone(self.desk.zone)
