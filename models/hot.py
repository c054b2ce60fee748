"""The few statements on every tap's way, written once: building them anew costs more than running them.

Everything goes through Tortoise's own connection, so it takes part in whatever transaction is open.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tortoise import connections
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.models import Model

from models.fields import fen

if TYPE_CHECKING:
    from collections.abc import Sequence

M = TypeVar("M", bound=Model)


@lru_cache(maxsize=256)
def _spelt(dialect: str, sql: str) -> str:
    """``sql`` with its question marks as the engine wants them."""
    if dialect == "sqlite":
        return sql
    parts = sql.split("?")
    return "".join(f"{part}${n}" for n, part in enumerate(parts[:-1], 1)) + parts[-1]


def _value(value: Any) -> Any:
    """A parameter as the columns of ``models`` hold it: 分 for money, UTC for moments, JSON for the rest."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Decimal):
        return fen(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


@lru_cache(maxsize=32)
def _columns(model: type[Model]) -> tuple[tuple[str, ...], str]:
    """Field names of a table in a fixed order, and the SELECT that reads them all."""
    names = tuple(model._meta.fields_db_projection)
    listed = ", ".join(f'"{model._meta.fields_db_projection[name]}" AS "{name}"' for name in names)
    return names, f'SELECT {listed} FROM "{model._meta.db_table}" WHERE '  # noqa: S608  # names of ours


@lru_cache(maxsize=64)
def _insert(model: type[Model], *, ignore: bool) -> tuple[tuple[str, ...], str]:
    names = tuple(name for name in model._meta.fields_db_projection if not model._meta.fields_map[name].generated)
    listed = ", ".join(f'"{model._meta.fields_db_projection[name]}"' for name in names)
    marks = ", ".join("?" for _ in names)
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    return names, f'INSERT INTO "{model._meta.db_table}" ({listed}) VALUES ({marks}){tail}'  # noqa: S608  # names of ours


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a batch; ``many`` holds the parameters of each of its runs instead of ``params``."""

    sql: str
    params: tuple[Any, ...] = ()
    many: tuple[list[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: its rows, and how many it touched."""

    rows: list[dict[str, Any]]
    touched: int


def reading(model: type[Model], where: str, *params: Any) -> Statement:
    """Whole rows of a table; ``made`` turns them into models."""
    return Statement(_columns(model)[1] + where, params)


def made(model: type[M], outcome: Outcome) -> list[M]:
    """The models that a ``reading`` found."""
    return [model._init_from_db(**row) for row in outcome.rows]


def adding(new: Sequence[Model], *, ignore: bool = False) -> list[Statement]:
    """Unsaved models of one table; none for none. ``ignore`` leaves rows alone whose unique key is there already."""
    if not new:
        return []
    names, sql = _insert(type(new[0]), ignore=ignore)
    fields = type(new[0])._meta.fields_map
    values = tuple([fields[name].to_db_value(getattr(row, name), row) for name in names] for row in new)
    return [Statement(sql, tuple(values[0])) if len(values) == 1 else Statement(sql, many=values)]


async def batch(*statements: Statement) -> list[Outcome]:
    """Run statements one after the other; on SQLite in a single visit to its thread, which costs most of each.

    Raises IntegrityError or OperationalError of Tortoise for the first that fails.
    """
    connection = connections.get("default")
    if connection.capabilities.dialect != "sqlite":
        return [await _on_postgres(connection, statement) for statement in statements]
    async with connection.acquire_connection() as held:
        try:
            return cast("list[Outcome]", await held._execute(_on_sqlite, held._conn, statements))
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


def _on_sqlite(connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[Outcome]:
    outcomes = []
    for statement in statements:
        if statement.many:
            cursor = connection.executemany(statement.sql, statement.many)
        else:
            cursor = connection.execute(statement.sql, [_value(param) for param in statement.params])
        found = [dict(row) for row in cursor.fetchall()] if cursor.description else []
        outcomes.append(Outcome(found, cursor.rowcount))
    return outcomes


async def _on_postgres(connection: Any, statement: Statement) -> Outcome:
    sql = _spelt("postgres", statement.sql)
    if statement.many:
        await connection.execute_many(sql, list(statement.many))
        return Outcome([], len(statement.many))
    params = [_value(param) for param in statement.params]
    if sql.startswith("SELECT") or " RETURNING " in sql:  # execute_query drops what an UPDATE returns
        found = await connection.execute_query_dict(sql, params)
        return Outcome(found, len(found))
    touched, _ = await connection.execute_query(sql, params)
    return Outcome([], int(touched))


async def rows(sql: str, *params: Any) -> list[dict[str, Any]]:
    """Rows of one SELECT or RETURNING; parameters stand as ``?``."""
    return (await batch(Statement(sql, params)))[0].rows


async def insert(new: Sequence[Model], *, ignore: bool = False) -> None:
    """Write unsaved models of one table. Raises IntegrityError for a key that is there, without ``ignore``."""
    if new:
        await batch(*adding(new, ignore=ignore))
