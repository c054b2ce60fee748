"""Clicks that the platform waits on: no card is drawn by a call before its click is answered (dingtalk.md §3.2)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.channels.base import Retryable

if TYPE_CHECKING:
    from bot.channels.dingtalk.namespace import Namespace

HANGS_UP = 2.0  #: seconds that the platform waits for an answer
ON_THE_WAY = 0.1  #: seconds in which an answer that was given leaves for the platform
LOOK = 0.05  #: seconds between two looks whether a click has been answered


class Clicks:
    """Known by the token of their card, to this process at once and to every other through the shared store.

    While the store is away, each process knows its own.
    """

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._until: dict[str, float] = {}  #: cards with a click that waits for its answer, and until when
        self._tasks: set[asyncio.Task[None]] = set()

    def arrived(self, token: str) -> None:
        """A click on this card waits from now on."""
        now = asyncio.get_running_loop().time()
        self._until = {each: end for each, end in self._until.items() if end > now}
        self._mark(token, HANGS_UP)

    def answered(self, token: str) -> None:
        """Its answer has been given to the transport."""
        self._mark(token, ON_THE_WAY)

    async def over(self, token: str) -> None:
        """Return when no click on this card waits, here or in another process."""
        ends = asyncio.get_running_loop().time() + HANGS_UP
        while self._left(token) > 0 or await self._elsewhere(token):
            if asyncio.get_running_loop().time() >= ends:
                return
            await asyncio.sleep(LOOK)

    async def close(self) -> None:
        """Marks that are still on their way to the store are dropped: they end by themselves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _mark(self, token: str, seconds: float) -> None:
        self._until[token] = asyncio.get_running_loop().time() + seconds
        task = asyncio.create_task(self._share(token, seconds))  # beside the decision, which it does not hold up
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _share(self, token: str, seconds: float) -> None:
        with suppress(Retryable):
            await self._namespace.set(f"click:{token}", "1", seconds)

    def _left(self, token: str) -> float:
        return self._until.get(token, 0.0) - asyncio.get_running_loop().time()

    async def _elsewhere(self, token: str) -> bool:
        with suppress(Retryable):
            return await self._namespace.get(f"click:{token}") is not None
        return False
