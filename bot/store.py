"""A small shared memory with expiry: in this process, or in Redis when there is more than one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from limits.aio.storage import MemoryStorage

if TYPE_CHECKING:
    from collections.abc import Callable

    from limits.aio.storage import Storage


class StoreDown(Exception):
    """The shared store does not answer; nothing was read or written as far as one can tell."""


class Store(Protocol):
    """Strings by key, each with a life in seconds. Every method may raise StoreDown."""

    @property
    def url(self) -> str:
        """The same place in the notation of the ``limits`` library."""

    @property
    def counters(self) -> Storage:
        """Where ``limits`` counts, on the store's own connections; closed with it."""

    async def get(self, key: str) -> str | None:
        """The value, unless it was never set or its life is over."""

    async def set(self, key: str, value: str, ttl: float) -> None:
        """Write over whatever is there."""

    async def add(self, key: str, value: str, ttl: float) -> bool:
        """Write only if nothing is there; whether it was written. Atomic among all processes."""

    async def delete(self, key: str) -> None:
        """Forget; harmless when nothing is there."""

    async def close(self) -> None:
        """Give connections back."""


class MemoryStore:
    """For one process. ``now`` gives seconds that never run backwards."""

    url = "async+memory://"

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.counters: Storage = MemoryStorage()
        self._now = now
        self._kept: dict[str, tuple[str, float]] = {}
        self._sweep_at = 64

    async def get(self, key: str) -> str | None:
        value, ends = self._kept.get(key, ("", 0.0))
        return value if ends > self._now() else None

    async def set(self, key: str, value: str, ttl: float) -> None:
        self._kept[key] = value, self._now() + ttl
        if len(self._kept) >= self._sweep_at:
            self._sweep()

    async def add(self, key: str, value: str, ttl: float) -> bool:
        if await self.get(key) is not None:
            return False
        await self.set(key, value, ttl)
        return True

    async def delete(self, key: str) -> None:
        self._kept.pop(key, None)

    async def close(self) -> None:
        self._kept.clear()

    @property
    def size(self) -> int:
        """How many are kept, the dead that have not been swept included."""
        return len(self._kept)

    def _sweep(self) -> None:
        """Drop the dead when their number may have doubled, so that a write costs little on average."""
        now = self._now()
        self._kept = {key: kept for key, kept in self._kept.items() if kept[1] > now}
        self._sweep_at = max(64, 2 * len(self._kept))


def open_store(redis_url: str | None) -> Store:
    """The store that the settings ask for. Raises RuntimeError when the ``redis`` extra is missing."""
    if redis_url is None:
        return MemoryStore()
    try:
        from bot.redis_store import RedisStore
    except ImportError as error:
        raise RuntimeError("设置了 REDIS_URL，但没有安装 redis：pip install 'boomerang[redis]'") from error
    return RedisStore(redis_url)
