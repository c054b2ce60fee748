"""What the channel keeps in the shared store, under its own names."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.channels.base import Retryable
from bot.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.base import Store


def digest(*parts: str | bytes) -> str:
    """Names that may hold user input, cut to one length."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.encode() if isinstance(part, str) else part)
        sha.update(b"\0")
    return sha.hexdigest()


class Namespace:
    """Every method raises Retryable while the store is down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, key: str) -> str | None:
        with _retryable():
            return await self._store.get(f"dingtalk:{key}")

    async def set(self, key: str, value: str, ttl: float) -> None:
        with _retryable():
            await self._store.set(f"dingtalk:{key}", value, ttl)

    async def add(self, key: str, ttl: float) -> bool:
        """Whether nobody had marked ``key`` before."""
        with _retryable():
            return await self._store.add(f"dingtalk:{key}", "1", ttl)

    async def delete(self, key: str) -> None:
        with _retryable():
            await self._store.delete(f"dingtalk:{key}")


@contextmanager
def _retryable() -> Iterator[None]:
    try:
        yield
    except StoreDown:
        raise Retryable("共享存储没有回答", 5) from None
