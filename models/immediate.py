"""Makes SQLite transactions take the write lock when they begin.

Tortoise begins them deferred: a transaction that reads first and writes later then fails at once when another process
(an import beside the running bot) has written in between. Taken at the beginning, the lock is waited for instead.
"""

from __future__ import annotations

import sqlite3

from tortoise.backends.sqlite.client import SqliteTransactionWrapper
from tortoise.exceptions import TransactionManagementError


async def begin_immediate(wrapper: SqliteTransactionWrapper) -> None:
    """In place of ``SqliteTransactionWrapper.begin``. Raises TransactionManagementError when the lock is not had."""
    try:
        await wrapper._connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise TransactionManagementError(error) from error


def install() -> None:
    """Use it for every transaction from now on."""
    SqliteTransactionWrapper.begin = begin_immediate  # type: ignore[method-assign, assignment]
