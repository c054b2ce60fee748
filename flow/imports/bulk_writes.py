"""Many rows at a time through Tortoise's own connection: the same statements on SQLite and on PostgreSQL."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise import connections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient
    from tortoise.models import Model

NAMES_AT_ONCE = 500  # in one IN (…); SQLite takes 32,766 parameters, plans stay small with fewer
ROWS_AT_ONCE = 1000  # in one transaction: some ten milliseconds, so that nobody waits for an import


T = TypeVar("T")


def slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    walk = iter(items)
    while part := list(islice(walk, size)):
        yield part


def marked(sql: str, dialect: str) -> str:
    """``sql`` with the parameter marks of its engine: ``?`` on SQLite, ``$1`` and so on on PostgreSQL."""
    if dialect != "postgres":
        return sql
    first, *rest = sql.split("?")
    number = count(1)
    return first + "".join(f"${next(number)}{part}" for part in rest)


def _connection() -> BaseDBAsyncClient:
    connection: BaseDBAsyncClient = connections.get("default")
    return connection


async def query(sql: str, *values: Any) -> list[dict[str, Any]]:
    """The rows that a statement written with ``?`` gives."""
    connection = _connection()
    return await connection.execute_query_dict(marked(sql, connection.capabilities.dialect), list(values))


async def execute(sql: str, *values: Any) -> int:
    """Run a statement written with ``?``; the number of rows it changed."""
    connection = _connection()
    changed, _ = await connection.execute_query(marked(sql, connection.capabilities.dialect), list(values))
    return changed


async def query_in(sql: str, names: Iterable[Any], after: str = "") -> list[dict[str, Any]]:
    """As ``query``, for a statement that goes up to ``IN``; it is asked for a few hundred ``names`` at a time."""
    found = []
    for some in slices(names, NAMES_AT_ONCE):
        found += await query(f"{sql} ({', '.join('?' * len(some))}){after}", *some)
    return found


def insert_sql(model: type[Model], columns: Sequence[str]) -> str:
    """INSERT of the named columns of a model's table."""
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608


async def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows, each value as the model's field would store it, in the transaction that is open."""
    fields = [model._meta.fields_map[column] for column in columns]
    stored = [[field.to_db_value(value, model) for field, value in zip(fields, row, strict=True)] for row in rows]
    await many(insert_sql(model, columns), stored)


async def many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for many rows of values that are stored as they are."""
    if not rows:
        return
    connection = _connection()
    await connection.execute_many(marked(sql, connection.capabilities.dialect), [list(row) for row in rows])


def lock_clause() -> str:
    """What makes a SELECT keep others from changing its rows; SQLite has one writer anyway."""
    return " FOR UPDATE" if _connection().capabilities.dialect == "postgres" else ""
