"""Reads a whole database as it was in one moment, beside whoever writes to it."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from tortoise.models import Model

import models
from models.database.connection import DatabaseError, sqlite_path
from models.database.sessions import open_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    Row = Sequence[Any]

MIGRATED = "tortoise_migrations"  #: how far the schema is; the place that a backup goes to has its own
FIRST_PAGE, PAGE = 5, 500  #: rows in hand at once, as many as their size allows
LIGHT = 1 << 20  #: bytes of a page that is followed by a longer one
#: tables that are ours, whatever a replicator or a monitor keeps beside them in the same database
OURS = frozenset(
    each._meta.db_table for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)
)


class Source(Protocol):
    """A database that stands still for whoever reads it."""

    engine: str

    async def tables(self) -> dict[str, list[str]]:
        """Columns by table, of those that are ours."""

    async def migrations(self) -> list[str]:
        """What the schema has been through."""

    async def count(self, table: str) -> int:
        """Rows of a table."""

    async def counter(self, table: str) -> int | None:
        """The last number that was given out for a row; None where none are."""

    def rows(self, table: str, columns: list[str]) -> AsyncIterator[list[Row]]:
        """All rows, a page at a time, as SQLite would keep them."""


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Source]:
    """The database behind ``url`` as it is now. Raises DatabaseError where there is none."""
    if url.startswith("sqlite"):
        path = sqlite_path(url)
        if path is None or not path.exists():
            raise DatabaseError("还没有数据库可以备份：看看 DATABASE_URL，或先启动一次机器人")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            yield SqliteSource(connection)
        return
    connection = await open_session(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield PostgresSource(connection)
    finally:
        await connection.close()


class SqliteSource:
    """One read transaction: in WAL it never waits for a writer, and no writer for it."""

    engine = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._ask = connection.execute
        self._ask("BEGIN")

    async def tables(self) -> dict[str, list[str]]:
        listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        names = [name for (name,) in self._ask(listed) if name in OURS]
        return {name: [row[1] for row in self._ask(f'PRAGMA table_info("{name}")')] for name in names}

    async def migrations(self) -> list[str]:
        if not self._ask("SELECT 1 FROM sqlite_master WHERE name = ?", (MIGRATED,)).fetchone():
            return []
        return [name for (name,) in self._ask(f"SELECT name FROM {MIGRATED} WHERE app = 'models'")]  # noqa: S608

    async def count(self, table: str) -> int:
        return int(self._ask(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608

    async def counter(self, table: str) -> int | None:
        if not self._ask("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            return None
        found = self._ask("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return int(found[0]) if found else None

    async def rows(self, table: str, columns: list[str]) -> AsyncIterator[list[Row]]:
        listed = ", ".join(f'"{column}"' for column in columns)
        cursor = self._ask(f'SELECT {listed} FROM "{table}"')  # noqa: S608
        size = FIRST_PAGE
        while page := cursor.fetchmany(size):
            yield page
            size = _next(page, size)


class PostgresSource:
    """One repeatable-read transaction, read through cursors."""

    engine = "postgres"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def tables(self) -> dict[str, list[str]]:
        found = await self._connection.fetch(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " ORDER BY c.table_name, c.ordinal_position"
        )
        tables: dict[str, list[str]] = {}
        for name, column in found:
            if name in OURS:
                tables.setdefault(name, []).append(column)
        return tables

    async def migrations(self) -> list[str]:
        if not await self._connection.fetchval(f"SELECT to_regclass('{MIGRATED}') IS NOT NULL"):
            return []
        rows = await self._connection.fetch(f"SELECT name FROM {MIGRATED} WHERE app = 'models'")  # noqa: S608
        return [row["name"] for row in rows]

    async def count(self, table: str) -> int:
        return int(await self._connection.fetchval(f'SELECT count(*) FROM "{table}"'))  # noqa: S608

    async def counter(self, table: str) -> int | None:
        name = await serial(self._connection, table)
        if name is None:
            return None
        last, called = await self._connection.fetchrow(f"SELECT last_value, is_called FROM {name}")  # noqa: S608
        return int(last) if called else None

    async def rows(self, table: str, columns: list[str]) -> AsyncIterator[list[Row]]:
        listed = ", ".join(f'"{column}"' for column in columns)
        cursor = await self._connection.cursor(f'SELECT {listed} FROM "{table}"')  # noqa: S608
        size = FIRST_PAGE
        while page := await cursor.fetch(size):
            yield [[_plain(value) for value in row] for row in page]
            size = _next(page, size)


async def serial(connection: Any, table: str) -> str | None:
    """The sequence behind the numbers of a table's rows."""
    column = await connection.fetchval(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = $1 AND (column_default LIKE 'nextval%' OR is_identity = 'YES')",
        table,
    )
    if column is None:
        return None
    found: str | None = await connection.fetchval("SELECT pg_get_serial_sequence($1, $2)", f'"{table}"', column)
    return found


def _plain(value: Any) -> Any:
    """As SQLite keeps it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return moment(value)
    return value


def moment(value: datetime) -> str:
    """In the way of Tortoise on SQLite, which compares moments as text."""
    return value.astimezone(UTC).isoformat(" ")


def _next(page: Sequence[Row], size: int) -> int:
    """How many rows to ask for next: photos are large, and everything else is small."""
    held = sum(len(value) for row in page for value in row if isinstance(value, bytes | str))
    return min(PAGE, size * 4) if held < LIGHT else FIRST_PAGE
