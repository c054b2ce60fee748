"""All that runs for as long as the bot does, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.outbox import alarm
from bot.runtime import glances
from bot.runtime.supervision import rounds
from bot.store import fallback
from bot.store import photos as photo_store
from bot.store.fallback import FallbackStore
from models.database.connection import engine_errors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from contextlib import AsyncExitStack

    from bot.inbox.worker import InboxWorker
    from bot.outbox.alarm import Alarm
    from bot.outbox.renderer import ChartRenderer
    from bot.outbox.worker import OutboxWorker
    from bot.runtime.glances import Pulse
    from bot.runtime.leases import Replicas
    from bot.runtime.supervision import Supervisor
    from bot.store.base import Store
    from bot.store.photos import StoreWatch

    Job = Callable[[], Coroutine[None, None, None]]

log = structlog.get_logger("background")

FAREWELL_SECONDS = 3.0  #: for what is written or answered last when the bot stops
WITHIN = 60.0  #: seconds in which a worker goes round that looks every few


@dataclass(frozen=True, slots=True)
class Kept:
    """The workers, each begun again whenever it ends."""

    supervisor: Supervisor
    inbox: InboxWorker
    outbox: OutboxWorker
    replicas: Replicas
    looks: tuple[Pulse, Alarm, Store, StoreWatch]
    renderer: ChartRenderer | None  #: None where no picture is wanted before somebody asks for one

    def jobs(self) -> Iterator[Job]:
        """To be run in the background."""
        keep, worker = self.supervisor.keep, self.supervisor.worker
        sending, taking = worker("outbox", "发消息", WITHIN), worker("intake", "收消息", WITHIN)
        self.outbox.watched_by(sending)
        self.inbox.watched_by(taking)
        yield partial(keep, sending, self.outbox.run)
        yield partial(keep, taking, self.inbox.run)
        if not self.replicas.alone:
            beating = worker("replica", "副本心跳", WITHIN)
            self.replicas.watched_by(beating)
            yield partial(keep, beating, self.replicas.run)
        pulse, bell, store, photos = self.looks
        yield self._round("pulse", "数据库检查", pulse.look, glances.WATCH)
        yield self._round("alarm", "故障通知", bell.look, alarm.LOOK)
        if isinstance(store, FallbackStore):
            yield self._round("redis", "Redis 检查", store.look, fallback.LOOK)
        if photos.store:
            yield self._round("photos", "照片存放检查", photos.look, photo_store.WATCH)
        if self.renderer:
            drawing = worker("charts", "画图", WITHIN)
            yield partial(keep, drawing, partial(self.renderer.keep, drawing.beat))

    def _round(self, name: str, title: str, look: Callable[[], Awaitable[object]], seconds: float) -> Job:
        watcher = self.supervisor.worker(name, title, WITHIN)
        return partial(self.supervisor.keep, watcher, partial(rounds, look, seconds, watcher.beat))


async def last_words(say: Callable[[], Awaitable[None]]) -> None:
    """What is written when the bot stops, if the database takes it: nothing keeps the bot from ending."""
    try:
        async with asyncio.timeout(FAREWELL_SECONDS):
            await say()
    except engine_errors() as error:
        log.warning("not written at the end", error=type(error).__name__)


def in_background(stack: AsyncExitStack, *jobs: Job) -> None:
    """Run coroutines beside the rest, with a reference kept until they are cancelled and awaited at the end."""
    tasks = [asyncio.create_task(job()) for job in jobs]

    async def end() -> None:
        while left := [task for task in tasks if not task.done()]:
            for task in left:  # again and again: what a library swallows once must not keep the bot from ending
                task.cancel()
            await asyncio.wait(left, timeout=1)
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    stack.push_async_callback(end)
