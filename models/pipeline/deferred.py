"""Transactions that visit the engine as seldom as they can: each visit to SQLite's thread costs more than its SQL.

What ``session.defer`` puts aside goes with the next statement, of Tortoise's own too, or else with the commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.database.sqlite_engine import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.pipeline.statement import Outcome, Statement


class Flushing(Turn):
    """The connection, with everything done on it that waits: Tortoise takes it for each of its statements."""

    async def __aenter__(self) -> Any:
        held = await super().__aenter__()
        try:
            await self.client.flush()  # type: ignore[attr-defined]
        except BaseException:
            self._lock.release()
            raise
        return held


class Deferring:
    """A transaction's client with statements that wait."""

    waiting: list[Statement]
    _lock: Any

    def acquire_connection(self) -> Flushing:
        return Flushing(self._lock, self)  # type: ignore[arg-type]

    async def run(self, statements: Sequence[Statement]) -> list[Outcome]:
        """What waits and then ``statements``, in one visit; the outcomes of ``statements``."""
        async with self._lock:
            taken, self.waiting = self.waiting, []
            return (await self.round_trip([*taken, *statements]))[len(taken) :]

    async def flush(self) -> None:
        """What waits; the caller holds the lock."""
        taken, self.waiting = self.waiting, []
        await self.round_trip(taken)

    async def round_trip(self, statements: Sequence[Statement]) -> list[Outcome]:
        raise NotImplementedError

    async def settle(self) -> None:
        """Let nothing wait any longer."""
        async with self.acquire_connection():
            return


class Savepoint:
    """Inside such a transaction: what waited before it stays, what waited inside goes with it."""

    outer: Deferring

    async def savepoint(self) -> None:
        await self.outer.settle()
        await super().savepoint()  # type: ignore[misc]

    async def release_savepoint(self) -> None:
        await self.outer.settle()
        await super().release_savepoint()  # type: ignore[misc]

    async def savepoint_rollback(self) -> None:
        self.outer.waiting = []
        await super().savepoint_rollback()  # type: ignore[misc]
