"""A small shared memory with expiry: in this process, or in Redis when there is more than one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from limits.aio.storage import Storage


class StoreDown(Exception):
    """The shared store does not answer; nothing was read or written as far as one can tell."""


class Store(Protocol):
    """Strings by key, each with a life in seconds. Only Redis itself raises StoreDown."""

    @property
    def problem(self) -> str | None:
        """Why it is not shared now though it should be, in Chinese; None when all is well."""

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
