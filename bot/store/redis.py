"""The shared memory of several processes, in Redis."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from limits.aio.storage import RedisStorage
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limits.aio.storage import Storage

#: seconds for a connection and for an answer, which take a millisecond: a tap has less than two for everything
TIMEOUT = 0.3


class RedisStore:
    """``url`` of the settings: ``redis://`` or ``rediss://``; keys get the prefix ``boomerang:``.

    Every method may raise StoreDown.
    """

    problem = None

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 1),  # a connection that a restart of Redis has closed is made anew at once
        )
        self.counters: Storage = RedisStorage(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            connection_pool=self._redis.connection_pool,  # type: ignore[arg-type] # its annotation leaves pools out
        )

    async def get(self, key: str) -> str | None:
        with _watched():
            value = await self._redis.get(_name(key))
        return None if value is None else str(value)

    async def set(self, key: str, value: str, ttl: float) -> None:
        with _watched():
            await self._redis.set(_name(key), value, px=_millis(ttl))

    async def add(self, key: str, value: str, ttl: float) -> bool:
        with _watched():
            return bool(await self._redis.set(_name(key), value, px=_millis(ttl), nx=True))

    async def delete(self, key: str) -> None:
        with _watched():
            await self._redis.delete(_name(key))

    async def close(self) -> None:
        await self._redis.aclose()


def _name(key: str) -> str:
    return f"boomerang:{key}"


def _millis(ttl: float) -> int:
    return max(1, round(ttl * 1000))


@contextmanager
def _watched() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise StoreDown(type(error).__name__) from error
