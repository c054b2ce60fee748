"""Databases of a PostgreSQL server for tests: made once from a migrated one, emptied after a test, and used again.

Making one and dropping it costs half a second, for the server copies files and waits for the disk; emptying one costs
five milliseconds.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from models.database.connection import migrate

SERVER, _, FIRST = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres").rpartition("/")
KEPT = "tortoise_migrations"
ROOM = 1 << 20  #: bytes that a database may have grown by and still be planned for like an empty one

_TABLES = f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '{KEPT}'"
_LOOKS = """
SELECT (SELECT md5(string_agg(concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull), ',' ORDER BY 1))
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND NOT attisdropped) AS shape,
       (SELECT count(*) FROM pg_trigger) AS triggers,
       (SELECT max(reltuples) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r') AS counted,
       (SELECT md5(string_agg(version || name, ',' ORDER BY id)) FROM (
           SELECT id, app AS version, name FROM tortoise_migrations) AS applied) AS migrations
"""
_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
_USED = f"""
SELECT format('%I', sequencename) FROM pg_sequences
WHERE last_value IS NOT NULL AND schemaname = 'public' AND sequencename NOT LIKE '{KEPT}%'
"""


async def connected(name: str = FIRST) -> Any:
    """A connection to one database of the server. Raises OSError when there is no server."""
    return await asyncpg.connect(f"{SERVER}/{name}".replace("postgres://", "postgresql://", 1))


async def executed(*statements: str) -> None:
    """Run statements in the server's own database. Raises OSError when there is no server."""
    connection = await connected()
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@dataclass(slots=True)
class Databases:
    """The migrated database, what it looks like, and the empty ones that wait for a test."""

    template: str
    looks: tuple[Any, ...]
    size: int
    spare: list[str] = field(default_factory=list)

    @classmethod
    async def made(cls) -> Databases:
        """With the migrated one. Raises OSError when there is no server."""
        name = f"boomerang_template_{secrets.token_hex(6)}"
        await executed(f'CREATE DATABASE "{name}"')
        await migrate(f"{SERVER}/{name}")
        connection = await connected(name)
        try:
            return cls(name, *await _looked(connection))
        finally:
            await connection.close()

    async def take(self) -> str:
        """The name of an empty one."""
        if self.spare:
            return self.spare.pop()
        name = f"boomerang_test_{secrets.token_hex(6)}"
        await executed(
            f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"',
            f'ALTER DATABASE "{name}" SET synchronous_commit = off',  # nobody comes back to it after a power cut
        )
        return name

    async def give_back(self, name: str) -> None:
        """Empty it for the next test, or drop it where that finds other tables, other statistics, or big files."""
        connection = await connected(name)
        try:
            await connection.execute(_OTHERS.replace("$1", str(connection.get_server_pid())))
            looks, size = await _looked(connection)
            if looks == self.looks and size < self.size + ROOM:
                await _emptied(connection)
                self.spare.append(name)
        finally:
            await connection.close()
        if name not in self.spare:
            await executed(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def drop(self) -> None:
        """All of them."""
        await executed(*(f'DROP DATABASE "{name}" WITH (FORCE)' for name in [*self.spare, self.template]))


async def _looked(connection: Any) -> tuple[tuple[Any, ...], int]:
    [looks] = await connection.fetch(_LOOKS)
    size = await connection.fetchval("SELECT pg_database_size(current_database())")
    return tuple(looks), int(size)


async def _emptied(connection: Any) -> None:
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    sequences = [row[0] for row in await connection.fetch(_USED)]
    away = [f'DELETE FROM "{table}"' for table in tables] + [f"ALTER SEQUENCE {each} RESTART" for each in sequences]
    for statement in ("SET session_replication_role = replica", "SET synchronous_commit = off", "; ".join(away)):
        await connection.execute(statement)
