"""The shared memory of several processes that goes on as this process's own while Redis is away.

Redis is for pace, habits and tokens: nothing that must not be lost. So a Redis that is down slows nobody and stops
nothing; what was set meanwhile is carried over when it is back.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from limits.aio.storage import MemoryStorage, MovingWindowSupport, Storage
from limits.errors import StorageError

from bot.store.base import StoreDown
from bot.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.base import Store

log = structlog.get_logger("store")

LOOK = 2.0  #: seconds between looks at Redis
AWAY = "Redis 没有回答：待办和消息照常，限速和登录凭证暂时每个进程各记各的"
_PROBE, _PROBE_LIFE = "probe", 60.0


class FallbackStore:
    """``shared`` while it answers, else ``own``, which mirrors what this process sets. Raises nothing."""

    def __init__(self, shared: Store, now: Callable[[], float] = time.monotonic) -> None:
        self._shared, self._own, self._now = shared, MemoryStore(now), now
        self._owed: set[str] = set()  #: keys that Redis has not heard of
        self.problem: str | None = None
        self.counters: Storage = _Counters(self, shared.counters)

    async def get(self, key: str) -> str | None:
        if self.problem is None:
            try:
                return await self._shared.get(key)
            except StoreDown as error:
                self.lost(error)
        return await self._own.get(key)

    async def set(self, key: str, value: str, ttl: float) -> None:
        await self._own.set(key, value, ttl)
        await self._share(key, self._shared.set, key, value, ttl)

    async def add(self, key: str, value: str, ttl: float) -> bool:
        if self.problem is None:
            try:
                added = await self._shared.add(key, value, ttl)
            except StoreDown as error:
                self.lost(error)
            else:
                if added:
                    await self._own.set(key, value, ttl)
                return added
        self._owed.add(key)
        return await self._own.add(key, value, ttl)

    async def delete(self, key: str) -> None:
        await self._own.delete(key)
        await self._share(key, self._shared.delete, key)

    async def close(self) -> None:
        await self._shared.close()
        await self._own.close()

    async def look(self) -> None:
        """A write, because a Redis that is full or a copy answers reads; then what it has missed."""
        try:
            await self._shared.set(_PROBE, "1", _PROBE_LIFE)
            await self._settle()
        except StoreDown as error:
            self.lost(error)
            return
        if self.problem:
            log.warning("redis is back")
        self.problem = None

    def lost(self, error: Exception) -> None:
        """Nobody else waits for it until it is back."""
        if self.problem is None:
            log.warning("redis is away", reason=str(error))
        self.problem = AWAY

    async def _share(self, key: str, do: Callable[..., Awaitable[None]], *args: Any) -> None:
        if self.problem is None:
            try:
                return await do(*args)
            except StoreDown as error:
                self.lost(error)
        self._owed.add(key)
        return None

    async def _settle(self) -> None:
        """Tell Redis what it has missed. Raises StoreDown; what is left is told the next time."""
        for key in list(self._owed):
            value, left = self._own.kept(key)
            if value is None:
                await self._shared.delete(key)
            else:
                await self._shared.set(key, value, left)
            self._owed.discard(key)


class _Counters(Storage, MovingWindowSupport):
    """Where ``limits`` counts: in Redis for all, and here too, so that a pace is kept across its going and coming."""

    STORAGE_SCHEME = None

    def __init__(self, store: FallbackStore, shared: Any) -> None:
        super().__init__()
        self._store, self._shared, self._own = store, shared, MemoryStorage()

    @property
    def base_exceptions(self) -> type[Exception]:
        return StorageError

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Allowed where both allow it."""
        if not await self._first(True, "acquire_entry", key, limit, expiry, amount):
            return False
        return await self._own.acquire_entry(key, limit, expiry, amount)

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        found: tuple[float, int] | None = await self._first(None, "get_moving_window", key, limit, expiry)
        return found or await self._own.get_moving_window(key, limit, expiry)

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        shared: int = await self._first(0, "incr", key, expiry, amount)
        return max(shared, await self._own.incr(key, expiry, amount))

    async def get(self, key: str) -> int:
        shared: int = await self._first(0, "get", key)
        return max(shared, await self._own.get(key))

    async def get_expiry(self, key: str) -> float:
        shared: float = await self._first(0.0, "get_expiry", key)
        return max(shared, await self._own.get_expiry(key))

    async def check(self) -> bool:
        return bool(await self._first(True, "check"))

    async def reset(self) -> int | None:
        await self._first(None, "reset")
        return await self._own.reset()

    async def clear(self, key: str) -> None:
        await self._first(None, "clear", key)
        await self._own.clear(key)

    async def _first(self, otherwise: Any, method: str, *args: Any) -> Any:
        """What Redis says; ``otherwise`` while it is away."""
        if self._store.problem is None:
            try:
                return await getattr(self._shared, method)(*args)
            except StorageError as error:
                self._store.lost(error)
        return otherwise
