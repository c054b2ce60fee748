"""The worker of the inbox: what people wrote or sent is handled in order per person, persons side by side."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise.exceptions import ValidationError
from tortoise.transactions import in_transaction

from bot.channels.base import ChannelError
from bot.inbox.intake import FAULT
from bot.outbox import replies
from bot.outbox.greetings import whom_to_ask
from bot.runtime.lanes import Lanes
from bot.runtime.leases import INBOX
from cards.types import Text
from flow.errors import FlowError
from handlers.chat import refusals
from handlers.chat.context import Ctx, Reply
from handlers.chat.events import Labels, Message, StaffChanged, unpack
from handlers.chat.parse import normalise
from handlers.chat.questions import wants_photo
from handlers.root import handle
from models import WorkState
from models.database.conflicts import untangled
from models.database.connection import passing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.inbox.attachments import Attachments
    from bot.runtime.clock import Clock
    from bot.runtime.leases import Replicas
    from bot.runtime.supervision import Worker
    from flow.desk import Desk
    from handlers.chat.context import Upload
    from handlers.chat.events import Event
    from models import Inbox
    from models.views.case import Person

log = structlog.get_logger("inbox")
AT_ONCE = 64  #: persons whose pictures and files are fetched at once
IN_HAND = 4  #: of them, whose messages are handled at once: a tap must find a way to the database beside them
ATTEMPTS = 3
PASSING_ATTEMPTS = 60  #: where the database was away or held, which is no fault of the event's
FIRST_RETRY, RETRY = 0.5, 5.0  #: seconds, the first doubled each time: a broken line is mended at once, mostly
RECEIVE = "收货"
UNFETCHED = "没有取到你发的图片或文件：{}。没有改动任何单据，请稍后再发一次"
TOO_LONG = "这句话里有一段太长了，没有改动任何单据；请缩短以后再发"


@dataclass(slots=True)
class InboxWorker:
    """One per process; replicas share the rows. ``wake`` tells the outbox that there is something to say."""

    desk: Desk
    clock: Clock
    wake_outbox: Callable[[], None]
    attachments: Attachments
    replica: Replicas
    staff_changed: Callable[[], None] = lambda: None  #: the address book of a platform has changed
    _lanes: Lanes = field(init=False)
    _hands: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_HAND))

    def __post_init__(self) -> None:
        self._lanes = Lanes(INBOX, self.replica, self.handle, self.clock.now, AT_ONCE)

    def wake(self) -> None:
        """There is something to handle."""
        self._lanes.wake()

    def watched_by(self, worker: Worker) -> None:
        """Have ``worker`` told of every round."""
        self._lanes.beat, self._lanes.fail = worker.beat, worker.fail

    async def run(self) -> None:
        """Handle what was stored for as long as the bot runs."""
        await self._lanes.run()

    @property
    def busy(self) -> bool:
        """Whether an event is in hand here."""
        return self._lanes.busy

    async def idle(self) -> bool:
        """Whether nothing is due or in hand."""
        return not self.busy and not await INBOX.has_work(self.clock.now())

    async def handle(self, row: Inbox) -> None:
        """Handle one event in hand, and write down how it went."""
        try:
            await self._answer(row)
        except Exception as error:  # noqa: BLE001  # the edge: one bad event must not stop the others
            await self._failed(row, error)
        self.wake_outbox()

    async def _answer(self, row: Inbox) -> None:
        event: Event | Labels = unpack(row.kind, row.payload)
        if isinstance(event, StaffChanged):
            await INBOX.finish(row, state=WorkState.DONE)
            self.staff_changed()
            return
        person = (await self.desk.staff.now()).find(event.platform, event.userid)
        await self.desk.fresh()
        upload = None
        if person and isinstance(event, Message):
            wanted = await wants_photo(person.id, self.clock.now())
            upload = await self.attachments.attached(event, ("file", "image") if wanted else ("file",))
            event = event if wanted else await self._photographed(event, person)
        async with self._hands:
            await untangled(lambda: self._settle(row, event, person, upload))

    async def _settle(self, row: Inbox, event: Event | Labels, person: Person | None, upload: Upload | None) -> None:
        """What the event does and what is said to it, in one transaction with the row, unless that is another's now."""
        async with in_transaction():
            if not await INBOX.finish(row, state=WorkState.DONE):
                return
            if person is None:
                await replies.say_to_stranger(event, await whom_to_ask(self.desk, event), self._local())
                return
            ctx = replace(self._context(person, event), upload=upload)
            await replies.queue_says(await self._handled(ctx, event), ctx, event.event_id)

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

    async def _photographed(self, message: Message, person: Person) -> Message | Labels:
        """A keeper's photo of a parcel, alone or with 收货 beside it, is what its barcodes say."""
        photo = any(item.kind == "image" for item in message.media)
        words = normalise(message.text)
        if not photo or words not in ("", RECEIVE) or not self._context(person, message).may(RECEIVE):
            return message
        codes = tuple(await self.attachments.codes(message))
        return Labels(message.event_id, message.platform, message.userid, message.at, codes)

    def _context(self, person: Person, event: Event | Labels) -> Ctx:
        chat = event.chat if isinstance(event, Message) else None
        return Ctx(person, self._local(), self.desk, event.platform, chat)

    async def _failed(self, row: Inbox, error: Exception) -> None:
        """Try again soon; after the last attempt say so, with the id under which the log has the facts."""
        mark, attempts = secrets.token_hex(4), row.attempts + 1
        log.error("event failed", id=mark, event_id=row.event_id, kind=row.kind, attempt=attempts, exc_info=error)
        of_database = passing(error) and not isinstance(error, ChannelError)
        final = attempts >= (PASSING_ATTEMPTS if of_database else ATTEMPTS)
        state = WorkState.FAILED if final else WorkState.NEW
        seconds = min(FIRST_RETRY * 2.0**row.attempts, RETRY) if of_database else RETRY
        at = self.clock.now() + timedelta(seconds=seconds)
        kept = await INBOX.finish_at_last(row, state=state, attempts=attempts, error=mark, run_at=at)
        if final and kept:
            words = UNFETCHED.format(error) if isinstance(error, ChannelError) else FAULT.format(mark)
            await replies.say_to_stranger(unpack(row.kind, row.payload), Text(words), self._local())

    def _local(self) -> datetime:
        return self.clock.now().astimezone(self.desk.zone)
