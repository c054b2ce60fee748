"""SQLite as Tortoise's engine, with locks that come free however a transaction begins or ends.

Tortoise takes the lock of its one connection before it begins, and keeps it when the beginning fails or is cut short:
another program that holds the file for longer than the busy timeout would then end all work for good. It also begins
deferred, so that a transaction that reads first and writes later fails at once when another process (an import beside
the running bot) has written in between; begun with the write lock, it waits instead.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from tortoise.backends.base.client import ConnectionWrapper, NestedTransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

if TYPE_CHECKING:
    from tortoise.backends.base.client import TransactionalDBClient, TransactionContext


class Turn(ConnectionWrapper[Any]):
    """The connection for one statement; its lock is given back when there is no connection to be had."""

    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class Transaction(SqliteTransactionWrapper):
    """Begins with the write lock."""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return Turn(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Transaction(self))

    async def begin(self) -> None:
        """Raises TransactionManagementError when the lock is not had within the busy timeout."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class Whole(SqliteTransactionContext):
    """Whatever way it is left, in its beginning too, the lock is free afterwards and nothing stays half done."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self._begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client

    async def _begin(self) -> None:
        try:
            await self.connection.begin()
        except BaseException:
            await self._undo()
            raise

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if not self.connection._finalized:
                await self._end(well=exc_type is None)
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _end(self, *, well: bool) -> None:
        if not well:
            await self._undo()
            return
        try:
            await self.connection.commit()
        except BaseException:
            await self._undo()
            raise

    async def _undo(self) -> None:
        """Roll back; whoever waits for it may be cut short, SQLite's thread does it all the same before what follows.

        An engine that is too ill for it has said so already with what brought us here.
        """
        try:
            await self.connection._connection.rollback()
        except sqlite3.Error:
            self.connection.log.debug("rollback refused")
        self.connection._finalized = True


class Client(SqliteClient):
    """The engine's client outside transactions."""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return Turn(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return Whole(Transaction(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """In a transaction, which Tortoise's own would leave open when it is cut short."""
        async with self._in_transaction() as connection:
            await connection.execute_many(query, values)


client_class = Client  #: where Tortoise looks for it
