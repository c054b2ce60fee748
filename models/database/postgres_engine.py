"""PostgreSQL as Tortoise's engine, whose connections go back to the pool however a transaction begins or ends.

Tortoise keeps the connection when ``BEGIN`` fails or is cut short (the server has ended the session, the bot is told to
stop): a handful of those, and everything waits for the pool for good.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, PoolConnectionWrapper, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from models.database import precedence

if TYPE_CHECKING:
    from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient, TransactionContext

POOL_SECONDS = 10.0  #: of waiting for a connection while all are in use or none can be made
RETURN_SECONDS = 5.0  #: of rolling back a connection on its way back to the pool; one that does not answer is dropped
#: what a connection that is lost raises; OSError is the time limit's too
BROKEN = (
    OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TransactionManagementError,
)  # fmt: skip


class Place:
    """A way to the pool for one use of a connection."""

    def __init__(self) -> None:
        self._hands: asyncio.Semaphore | None = None

    async def taken(self, pool: asyncpg.Pool) -> Any:
        """A connection. Raises TimeoutError when none is had in time, else what connecting raises."""
        try:
            async with asyncio.timeout(POOL_SECONDS):
                if wanted := precedence.hands():
                    await wanted.acquire()
                    self._hands = wanted
                return await pool.acquire()
        except BaseException:
            self.left()
            raise

    async def returned(self, pool: asyncpg.Pool | None, connection: Any) -> None:
        """Give it back."""
        try:
            await returned(pool, connection)
        finally:
            self.left()

    def left(self) -> None:
        """Let the next go."""
        if self._hands:
            self._hands.release()
        self._hands = None


async def returned(pool: asyncpg.Pool | None, connection: Any) -> None:
    """Give it back. One that is broken is dropped by the pool itself, and whatever broke it was said before."""
    if pool is not None:
        with contextlib.suppress(*BROKEN):
            await pool.release(connection, timeout=RETURN_SECONDS)


class Turn(PoolConnectionWrapper[Any]):
    """A connection for one statement."""

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self._place = Place()
        self.connection = await self._place.taken(self.client._pool)
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        await self._place.returned(self.client._pool, self.connection)


class Transaction(TransactionWrapper):
    """As Tortoise's."""

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Transaction(self))


class Whole(TransactionContextPooled):
    """Whatever way it is left, in its beginning too, the connection is back in the pool afterwards."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        self._place = Place()
        self.client._connection = await self._place.taken(self.client._parent._pool)
        self.token = get_connections().set(self.connection_name, self.client)
        try:
            await self.client.begin()
        except BaseException:
            await self._give_back()
            raise
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if not self.client._finalized:
                await self._end(well=exc_type is None)
        finally:
            await self._give_back()

    async def _end(self, *, well: bool) -> None:
        if not well:
            await self._undo()
            return
        try:
            await self.client.commit()
        except BaseException:
            await self._undo()
            raise

    async def _undo(self) -> None:
        """Roll back; on a connection that is lost the server has done so, and what was lost has been said."""
        with contextlib.suppress(*BROKEN):
            async with asyncio.timeout(RETURN_SECONDS):
                await self.client.rollback()
        self.client._finalized = True

    async def _give_back(self) -> None:
        get_connections().reset(self.token)
        await self._place.returned(self.client._parent._pool, self.client._connection)


class Client(AsyncpgDBClient):
    """The engine's client outside transactions."""

    def acquire_connection(self) -> PoolConnectionWrapper[Any] | ConnectionWrapper[Any]:
        return Turn(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return Whole(Transaction(self), self._pool_init_lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """In a transaction, which Tortoise's own would leave to the pool when it is cut short."""
        async with self._in_transaction() as connection:
            await connection.execute_many(query, values)


client_class = Client  #: where Tortoise looks for it
