"""Reading for statistics, on a way of its own that no tap has to wait for."""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tortoise import connections
from tortoise.backends.base.client import TransactionalDBClient

from flow.stats.errors import StatsError

if TYPE_CHECKING:
    from collections.abc import Sequence

Param = str | int | datetime
CASTS = {str: "text", int: "bigint", datetime: "timestamptz"}
MAPPED_BYTES = 1 << 28  # the file's pages are read where the system caches them, not copied into each connection


async def rows(sql: str, params: Sequence[Param] = ()) -> list[tuple[Any, ...]]:
    """Run one SELECT with ``?`` marks. Moments come back as the engine keeps them.

    On SQLite a read-only connection in a thread does it: Tortoise has one connection there, and a report on it would
    hold up every tap; within a transaction, which has that connection anyway, it is read there. On PostgreSQL a
    connection of Tortoise's pool does it.
    Raises StatsError when there is no database yet.
    """
    connection = connections.get("default")
    if connection.capabilities.dialect != "sqlite":
        _, found = await connection.execute_query(numbered(sql, params), list(params))
        return [tuple(row.values()) for row in found]
    stored = [_stored(param) for param in params]
    if isinstance(connection, TransactionalDBClient):  # amid a message, whose connection is the one that there is
        _, found = await connection.execute_query(sql, stored)
        return [tuple(row) for row in found]
    return await asyncio.to_thread(_read_file, Path(connection.filename), sql, stored)


def numbered(sql: str, params: Sequence[Param]) -> str:
    """The same statement with PostgreSQL's marks; each names its type, which ``VALUES`` can't infer."""
    count = itertools.count(1)
    kinds = iter(params)
    return re.sub(r"\?", lambda _: f"${next(count)}::{CASTS[type(next(kinds))]}", sql)


def hours(earlier: str, later: str) -> str:
    """SQL for the hours from one column's moment to another's; null when either is."""
    if connections.get("default").capabilities.dialect == "sqlite":
        return f"((julianday({later}) - julianday({earlier})) * 24)"
    return f"(EXTRACT(EPOCH FROM {later} - {earlier})::float8 / 3600)"


def joined(expression: str, separator: str) -> str:
    """SQL that joins the texts of all rows, in the order in which they come, the same for all that stand together."""
    name = "group_concat" if connections.get("default").capabilities.dialect == "sqlite" else "string_agg"
    return f"{name}({expression}, '{separator}')"


def unread(column: str) -> str:
    """SQL for a column of JSON as the engine keeps it, which is read where it is wanted; on SQLite its bytes."""
    sqlite = connections.get("default").capabilities.dialect == "sqlite"
    return f"CAST({column} AS BLOB)" if sqlite else f"CAST({column} AS text)"


def moment(value: str | datetime | None) -> datetime | None:
    """A column's moment as either engine gives it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _stored(param: Param) -> str | int:
    """As Tortoise writes it to SQLite: UTC text, whose order is the order in time."""
    return param.astimezone(UTC).isoformat(" ") if isinstance(param, datetime) else param


def _read_file(path: Path, sql: str, params: list[str | int]) -> list[tuple[Any, ...]]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
            return connection.execute(sql, params).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error) or "unable to open" in str(error):
            raise StatsError("数据库还没有建好，请先运行 python -m bot migrate") from error
        raise
