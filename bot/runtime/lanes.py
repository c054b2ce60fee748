"""Works rows of a queue off: those of one lane in turn, lanes side by side, and no more at once than is good."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from models.database.precedence import stand_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime

    from bot.runtime.leases import Queue, Replicas

log = structlog.get_logger("lanes")
IDLE = 1.0  #: seconds between looks when nobody wakes the worker


@dataclass(slots=True)
class Lanes:
    """One per process, queue and speed; ``work`` does a row that was taken, and writes down how it went."""

    queue: Queue
    replica: Replicas
    work: Callable[[Any], Coroutine[Any, Any, None]]
    now: Callable[[], datetime]
    at_once: int  #: rows in hand; more wait in the table
    which: str = "true"  #: condition on row ``o`` of the queue
    begin: Callable[[Sequence[Any]], None] = lambda _: None  #: told of rows taken at once, before the work on them
    beat: Callable[[], None] = lambda: None  #: called by ``run`` each time it has gone round
    fail: Callable[[Exception], None] = lambda _: None  #: called when a round of it went wrong
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _hand: set[asyncio.Task[None]] = field(default_factory=set)

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    @property
    def busy(self) -> bool:
        return bool(self._hand)

    async def run(self) -> None:
        """Work for as long as the bot runs; ends by cancellation, with rows in hand left to whoever comes next."""
        try:
            while True:
                self._woken.clear()
                if not await self._safely_claim():
                    await self._wait()
        finally:
            left = set(self._hand)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def claim(self) -> int:
        """Take what is due and begin with it; how many rows were taken."""
        free = self.at_once - len(self._hand)
        if free <= 0:
            return 0
        rows = await self.queue.take(self.replica.name, self.now(), free, self.which)
        self.begin(rows)
        for row in rows:
            task = asyncio.create_task(self._behind(row))
            self._hand.add(task)
            task.add_done_callback(self._done)
        return len(rows)

    async def _behind(self, row: Any) -> None:
        stand_behind()
        await self.work(row)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._hand.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a row was left in hand", id=secrets.token_hex(4), exc_info=error)
        self.wake()  # the next one of its lane

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE):  # wait_for may swallow the end of the bot (bpo-42130)
                await self._woken.wait()
        except TimeoutError:
            return

    async def _safely_claim(self) -> int:
        try:
            claimed = await self.claim()
        except Exception as error:  # the edge: a database hiccup must not end the worker
            log.exception("claim failed", id=secrets.token_hex(4), queue=self.queue.model.__name__)
            self.fail(error)
            await asyncio.sleep(IDLE)
            return 0
        self.beat()
        return claimed
