"""The door that channels knock at: while the database is held by another or away, whoever knocks waits, and hears so
when it was for nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakValueDictionary

import structlog

from bot.channels.base import ChannelError
from cards.types import Text
from handlers.chat.events import Message, StaffChanged
from models.database.connection import ailment, passing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.channels.base import Channel, Intake
    from cards.types import Card
    from handlers.chat.events import Event, Tap

T = TypeVar("T")
log = structlog.get_logger("door")

PATIENCE = 30.0  #: seconds that an event waits for the database
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  #: seconds between tries, doubled each time
AT_ONCE = 1000  #: events that wait; the platform keeps more than these
REMEMBERED = 1000  #: events that were refused, so that the platform's next delivery does not do what was refused
UNDONE = "刚才点的没有做成：{why}。没有改动任何单据，请稍后再点一次"
UNHEARD = "刚才发的没有收下：{why}。没有改动任何单据，请稍后再发一次"


@dataclass(frozen=True, slots=True)
class _Knock(Generic[T]):
    """One delivery of an event: what is to be done with it, the words for a refusal, and until when it may wait."""

    event: Event | Tap
    attempt: Callable[[], Awaitable[T]]
    words: str
    until: float  #: by the monotonic clock, in seconds


@dataclass(slots=True)
class Door:
    """Implements ``bot.channels.base.Intake`` around the intake."""

    intake: Intake
    channels: Mapping[str, Channel]
    patience: float = PATIENCE
    _waiting: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    _refused: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _closed: bool = False

    async def accept(self, event: Event) -> None:
        """As the intake's, one person's in the order they came. Raises what it raises when that will not pass."""
        knock = _Knock(event, lambda: self.intake.accept(event), UNHEARD, time.monotonic() + self.patience)
        turn = self._turns.setdefault(f"{event.platform}:{event.userid}", asyncio.Lock())
        async with turn:
            if event.event_id in self._refused:
                return
            try:
                await self.intake.accept(event)
            except Exception as error:  # noqa: BLE001  # looked at there, and raised again
                await self._again(knock, error)

    async def tap(self, tap: Tap) -> Card | None:
        """As the intake's; None too for one that was refused because the database could not be had."""
        if tap.event_id in self._refused:
            return None
        knock = _Knock(tap, lambda: self.intake.tap(tap), UNDONE, time.monotonic() + self.patience)
        try:
            return await self.intake.tap(tap)
        except Exception as error:  # noqa: BLE001  # looked at there, and raised again
            return await self._again(knock, error)

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        """As the intake's."""
        await self.intake.missed(tap, face, after)

    async def close(self) -> None:
        """Wait no longer: what is not taken in yet is brought again by its platform."""
        self._closed = True
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, knock: _Knock[T], error: Exception) -> T | None:
        """What comes of it in the end, the same for every delivery of the event that waits."""
        name = knock.event.event_id
        task: asyncio.Task[T | None] | None = self._waiting.get(name)
        if task is None:
            if self._closed or not passing(error) or len(self._waiting) >= AT_ONCE:
                raise error
            log.warning("event waits for the database", event_id=name, reason=ailment(error))
            task = self._waiting[name] = asyncio.create_task(self._wait(knock, error))
            task.add_done_callback(lambda done: self._waited(name, done))
        return await asyncio.shield(task)

    def _waited(self, name: str, task: asyncio.Task[Any]) -> None:
        del self._waiting[name]
        if not task.cancelled():
            task.exception()  # whoever waits has it; where the platform has hung up, it brings the event again

    async def _wait(self, knock: _Knock[T], error: Exception) -> T | None:
        """Until it is done, or there is no use in waiting any longer."""
        pause = FIRST_PAUSE
        while time.monotonic() + pause < knock.until:
            await asyncio.sleep(pause)
            try:
                return await knock.attempt()
            except Exception as now:
                if not passing(now):
                    raise
                error, pause = now, min(pause * 2, LONGEST_PAUSE)
        await self._refuse(knock.event, error, knock.words)
        return None

    async def _refuse(self, event: Event | Tap, error: Exception, words: str) -> None:
        """Say so, without the database. Raises ``error`` when nobody heard it: then the platform may bring it again."""
        if isinstance(event, StaffChanged):
            raise error
        reply = event.reply if isinstance(event, Message) and not event.chat else None
        sentence = Text(words.format(why=ailment(error) or "数据库没有回答"))
        try:
            await self.channels[event.platform].send(event.userid, sentence, reply=reply)
        except ChannelError:
            raise error from None
        log.warning("event refused", event_id=event.event_id)
        self._refused[event.event_id] = None
        while len(self._refused) > REMEMBERED:
            self._refused.popitem(last=False)
