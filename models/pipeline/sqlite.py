"""SQLite: a visit to its thread is what costs, so a transaction begins and ends with its first and last one."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, cast

from tortoise.backends.base.client import NestedTransactionContext
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from models.database.sqlite_engine import Client, Transaction, Whole
from models.pipeline.deferred import Deferring, Savepoint
from models.pipeline.statement import Kind, Outcome, Statement, settled, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiosqlite
    from tortoise.backends.base.client import TransactionContext


async def round_trip_sqlite(
    connection: aiosqlite.Connection, statements: Sequence[Statement], *, begin: bool = False, commit: bool = False
) -> list[Outcome]:
    """The same, with the transaction's begin before and its commit after them, in one visit to SQLite's thread."""
    try:
        found = await cast("Any", connection)._execute(_in_thread, connection._conn, statements, begin, commit)
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    return cast("list[Outcome]", found)


def _in_thread(
    connection: sqlite3.Connection, statements: Sequence[Statement], begin: bool, commit: bool
) -> list[Outcome]:
    if begin:
        _begin(connection)
    outcomes = [_on_sqlite(connection, statement) for statement in statements]
    if commit:
        connection.commit()
    return outcomes


def _begin(connection: sqlite3.Connection) -> None:
    """With the write lock, as ``sqlite_engine`` explains; what a statement cut short has left open is undone."""
    if connection.in_transaction:
        connection.rollback()
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise TransactionManagementError(error) from error


def _on_sqlite(connection: sqlite3.Connection, statement: Statement) -> Outcome:
    try:
        cursor = connection.execute(statement.text, values(statement.params))
    except sqlite3.IntegrityError as error:
        if statement.clash:
            raise statement.clash from error
        raise
    if statement.kind is Kind.READ:
        found = [dict(row) for row in cursor.fetchall()]
        return Outcome(found, len(found))
    return settled(statement, Outcome([], cursor.rowcount))


class _SqliteSavepoint(Savepoint, Transaction):
    def __init__(self, outer: SqliteDeferring) -> None:
        super().__init__(outer)
        self.outer = outer


class SqliteDeferring(Deferring, Transaction):
    """Begins with its first visit, and takes what waits along when it commits."""

    def __init__(self, parent: Client) -> None:
        super().__init__(parent)
        self.waiting = []
        self._begun = False

    @classmethod
    def context(cls, parent: Client) -> TransactionContext:
        return Whole(cls(parent), parent._lock)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_SqliteSavepoint(self))

    async def begin(self) -> None:
        """The first visit does it."""

    async def round_trip(self, statements: Sequence[Statement]) -> list[Outcome]:
        return await self._visit(statements, commit=False) if statements or not self._begun else []

    async def commit(self) -> None:
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        if self._begun or self.waiting:
            await self._visit(self.waiting, commit=True)
        self._finalized = True

    async def _visit(self, statements: Sequence[Statement], *, commit: bool) -> list[Outcome]:
        begin, self._begun = not self._begun, True
        return await round_trip_sqlite(self._connection, statements, begin=begin, commit=commit)
