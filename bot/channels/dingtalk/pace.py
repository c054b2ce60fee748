"""The platform's rate limit per API, kept by waiting, by all replicas together when they share a Redis."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from bot.channels.base import Retryable

if TYPE_CHECKING:
    from limits.aio.storage import Storage

#: The platform counts 20 arrivals a second (KB 1431). Twenty in two seconds leave a second for the network's jitter.
LIMIT = RateLimitItemPerSecond(20, 2)


class Pace:
    """Lets the calls of one API through in the order in which they came.

    ``counters`` is where ``limits`` counts, ``owner`` the app that the platform counts for.
    """

    def __init__(self, counters: Storage, owner: str) -> None:
        self._window = MovingWindowRateLimiter(counters)
        self._owner = owner
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def wait(self, path: str) -> None:
        """Return when one more call of ``path`` is allowed. Raises Retryable while the counters are out of reach."""
        async with self._queues[path]:
            try:
                await self._admit(path)
            except StorageError:
                raise Retryable("共享存储没有回答", 5) from None

    async def _admit(self, path: str) -> None:
        while not await self._window.hit(LIMIT, "dingtalk", self._owner, path):
            stats = await self._window.get_window_stats(LIMIT, "dingtalk", self._owner, path)
            await asyncio.sleep(max(0.02, stats.reset_time - time.time()))
