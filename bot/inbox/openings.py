"""Taps that open a case take turns before they have a connection: all wait for one number, and others need the rest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import structlog

from handlers.root import opens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from handlers.chat.events import Tap

log = structlog.get_logger("openings")
AT_ONCE = 6  #: in a process: while one has the number, the next are asked what can be asked before
PATIENCE = 3.0  #: seconds; a database that hangs is no reason to wait in line for it


@dataclass(slots=True)
class Openings:
    """One per process."""

    patience: float = PATIENCE
    _cards: WeakValueDictionary[str, asyncio.Semaphore] = field(default_factory=WeakValueDictionary)
    _hands: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @asynccontextmanager
    async def turn(self, tap: Tap) -> AsyncIterator[None]:
        """The turn of a tap: at once, unless it opens a case; of taps on one card the second waits for the first."""
        if not opens(tap):
            yield
            return
        async with AsyncExitStack() as stack:
            await self._waited(tap, stack, self._cards.setdefault(tap.payload, asyncio.Semaphore(1)))
            await self._waited(tap, stack, self._hands)
            yield

    async def _waited(self, tap: Tap, stack: AsyncExitStack, place: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self.patience):
                await place.acquire()
        except TimeoutError:
            log.info("out of turn", event_id=tap.event_id)
        else:
            stack.callback(place.release)
