"""The small memory of one process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from limits.aio.storage import MemoryStorage

if TYPE_CHECKING:
    from collections.abc import Callable

    from limits.aio.storage import Storage


class MemoryStore:
    """For one process. ``now`` gives seconds that never run backwards."""

    problem = None

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.counters: Storage = MemoryStorage()
        self._now = now
        self._kept: dict[str, tuple[str, float]] = {}
        self._sweep_at = 64

    async def get(self, key: str) -> str | None:
        return self.kept(key)[0]

    def kept(self, key: str) -> tuple[str | None, float]:
        """The value and the seconds that it has left; None when there is none."""
        value, ends = self._kept.get(key, ("", 0.0))
        left = ends - self._now()
        return (value, left) if left > 0 else (None, 0.0)

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
