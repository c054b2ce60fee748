"""Statements of our own, and the one visit to the engine that runs some of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.fields.data import JSON_DUMPS

from models.fields import fen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import aiosqlite

#: how the conditions of a write begin that may follow a claim: PostgreSQL puts there that the claim touched its row
UNLESS_MISSED = "WHERE true"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; its parameters stand as ``?``."""

    sql: str
    params: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()  #: columns of a SELECT that may share a visit on PostgreSQL
    missed: Exception | None = None  #: raised when it touches no row; nothing after it in its visit is then done
    clash: Exception | None = None  #: raised in place of IntegrityError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: its rows, and how many it touched."""

    rows: list[dict[str, Any]]
    touched: int


_PLAIN = frozenset((int, str, bool, type(None)))


def values(params: Iterable[Any]) -> list[Any]:
    """Parameters as the columns of ``models`` hold them."""
    return [param if type(param) in _PLAIN else value(param) for param in params]


def value(param: Any) -> Any:
    """A parameter as the columns of ``models`` hold it: 分 for money, UTC for moments, JSON for the rest."""
    if isinstance(param, datetime):
        return param.astimezone(UTC)
    if isinstance(param, Decimal):
        return fen(param)
    if isinstance(param, dict | list):
        return JSON_DUMPS(param)
    return param


async def visit(connection: Any, statements: Sequence[Statement]) -> list[Outcome]:
    """Run them on the engine's own connection; on PostgreSQL those that can share one round trip do.

    Raises what a statement says, else IntegrityError or OperationalError of Tortoise.
    """
    if hasattr(connection, "_tx"):  # aiosqlite's queue to its thread
        return await visit_sqlite(connection, statements)
    from models.deferring_postgres import visit_postgres  # only where PostgreSQL is used: an extra

    return await visit_postgres(connection, statements)


async def visit_sqlite(
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
    """With the write lock, as ``models.sqlite_engine`` explains; what a statement cut short has left open is undone."""
    if connection.in_transaction:
        connection.rollback()
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise TransactionManagementError(error) from error


def _on_sqlite(connection: sqlite3.Connection, statement: Statement) -> Outcome:
    try:
        cursor = connection.execute(statement.sql, values(statement.params))
    except sqlite3.IntegrityError as error:
        if statement.clash:
            raise statement.clash from error
        raise
    found = [dict(row) for row in cursor.fetchall()] if cursor.description else []
    if statement.missed and not cursor.rowcount:
        raise statement.missed
    return Outcome(found, cursor.rowcount)


@lru_cache(maxsize=256)
def dollars(sql: str, first: int = 1) -> str:
    """``sql`` as PostgreSQL spells it, its marks numbered from ``first``."""
    parts = sql.replace("json_object(", "jsonb_build_object(").split("?")
    return "".join(f"{part}${n}" for n, part in enumerate(parts[:-1], first)) + parts[-1]
