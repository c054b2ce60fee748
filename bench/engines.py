"""Databases for a run: a fresh SQLite file or a fresh PostgreSQL database, and what stands in it afterwards."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

from bench import cores
from bench.honest import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

POSTGRES = os.environ.get("BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def engine_of(url: str) -> str:
    return url.partition(":")[0]


async def connect_postgres(url: str) -> Any:
    """A bare connection. Raises OSError when nobody listens."""
    import asyncpg  # only where PostgreSQL is used: an extra

    return await asyncpg.connect(url.replace("postgres://", "postgresql://", 1))


async def missing(engine: str, url: str = POSTGRES) -> str:
    """Why an engine can't be measured; empty when it can."""
    if engine == "sqlite":
        return ""
    try:
        connection = await connect_postgres(url)
    except OSError:
        return f"没有测：{url.rpartition('@')[2].partition('/')[0]} 上没有 PostgreSQL"
    await connection.close()
    return ""


@asynccontextmanager
async def fresh(engine: str, folder: Path) -> AsyncIterator[str]:
    """The URL of an empty database, which is gone afterwards."""
    name = f"bench_{secrets.token_hex(6)}"
    if engine == "sqlite":
        path = folder / f"{name}.db"
        yield f"sqlite://{path}"
        _remove(path)
        return
    await _administer(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    finally:
        await _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _remove(path: Path) -> None:
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()


async def _administer(statement: str) -> None:
    connection = await connect_postgres(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def numbers(url: str, *statements: str) -> list[int]:
    """The one number that each statement gives."""
    if engine_of(url) == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as file:
            return [int(file.execute(statement).fetchone()[0]) for statement in statements]
    connection = await connect_postgres(url)
    try:
        return [int(await connection.fetchval(statement)) for statement in statements]
    finally:
        await connection.close()


async def bot_tally(url: str, action: str) -> Tally:
    """What taps of ``action`` have left in the bot's database."""
    events = f"SELECT count(*) FROM case_event WHERE action = '{action}'"
    return Tally(*await numbers(url, "SELECT count(*) FROM inbox", events, "SELECT count(*) FROM outbox"))


async def floor_tally(url: str) -> Tally:
    """What taps have left in a floor's database."""
    return Tally(*await numbers(url, *(f"SELECT count(*) FROM {table}" for table in ("inbox", "event", "outbox"))))


class Backends:
    """CPU that PostgreSQL spends on one database; it has a process per connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pids: list[int] = []

    async def find(self) -> None:
        """Look who serves the database now."""
        if engine_of(self._url) == "sqlite":
            return
        connection = await connect_postgres(self._url)
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        self._pids = [row["pid"] for row in await connection.fetch(asked)]
        await connection.close()

    def cpu(self) -> float:
        """Seconds so far; 0 on SQLite, and where PostgreSQL runs on another machine."""
        total = 0.0
        for pid in self._pids:
            try:
                total += cores.cpu_seconds(pid)
            except OSError:
                continue
        return total
