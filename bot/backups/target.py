"""Puts a database that was made aside in the place of the one that settings name, in one step or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from contextlib import ExitStack, asynccontextmanager, closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.backups.scratch import rows_of
from bot.backups.source import MIGRATED, OURS, reading, serial
from models.database.connection import MIGRATION_LOCK, MIGRATIONS, DatabaseError, migrate, sqlite_path
from models.database.sessions import open_session
from models.database.solo import Taken, only_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.backups.scratch import Progress
    from bot.backups.source import Source

BEFORE = ".before-restore"  #: ends the name of the SQLite file that stood there before
FULL = "数据库里已经有内容（{}），没有动它。确实要用备份换掉它，加上 --replace；原来的{}"
PRIVATE = 0o600  #: rights of a file with customers' names
IN_USE = "数据库正在用（{}），没有动它。先停下机器人和别的程序再恢复"


@asynccontextmanager
async def held(url: str, *, replace: bool) -> AsyncIterator[None]:
    """The place of the database, with nobody else in it for as long as the block runs.

    Raises DatabaseError when it is in use, or not empty while ``replace`` is False.
    """
    path = sqlite_path(url)
    if path is None:
        await _look_at_postgres(url, replace=replace)
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(only_bot(url))
        except Taken as error:
            raise DatabaseError(IN_USE.format("机器人在跑")) from error
        await asyncio.to_thread(_look_at_sqlite, path, replace=replace)
        yield


async def put(made: Path, url: str, progress: Progress) -> None:
    """Put the SQLite file ``made`` there. Raises DatabaseError; what stood there is then untouched."""
    if path := sqlite_path(url):
        await asyncio.to_thread(_swap, made, path)
    else:
        async with reading(f"sqlite://{made}") as source:
            await _pour(source, url, progress)


def _look_at_sqlite(path: Path, *, replace: bool) -> None:
    if not path.exists() or not path.stat().st_size:
        return
    full = sum(count for _, count in rows_of(path))
    if full and not replace:
        raise DatabaseError(FULL.format(f"{full:,} 行", f"会留在 {path.name}{BEFORE}"))
    with closing(sqlite3.connect(path, timeout=1)) as found:
        try:  # leaving WAL needs the file for oneself, whoever else has it open
            (mode,) = found.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            mode = ""
    if mode != "delete":
        raise DatabaseError(IN_USE.format(f"别的程序开着 {path.name}"))


def _swap(made: Path, path: Path) -> None:
    """The file's name leads to the old content or to the new one, whenever the power goes; its rights stay."""
    made.chmod(path.stat().st_mode & 0o777 if path.exists() else PRIVATE)
    with made.open("rb+") as held:
        os.fsync(held.fileno())
    if path.exists() and path.stat().st_size:
        kept = path.with_name(path.name + BEFORE)
        kept.unlink(missing_ok=True)
        os.link(path, kept)
    for tail in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _look_at_postgres(url: str, *, replace: bool) -> None:
    async with _connected(url) as connection:
        await _alone(connection)
        applied = set()
        if await connection.fetchval(f"SELECT to_regclass('{MIGRATED}') IS NOT NULL"):
            found = await connection.fetch(f"SELECT name FROM {MIGRATED} WHERE app = 'models'")  # noqa: S608
            applied = {row["name"] for row in found}
        if newer := sorted(applied - MIGRATIONS):
            raise DatabaseError(f"数据库的表来自更新版本的程序（{newer[-1]}），没有动它；请先升级程序")
        full = 0
        for table in await _tables(connection):
            full += await connection.fetchval(f'SELECT count(*) FROM "{table}"')  # noqa: S608
        if full and not replace:
            raise DatabaseError(FULL.format(f"{full:,} 行", "不留副本，请先备份它"))


async def _pour(source: Source, url: str, progress: Progress) -> None:
    """All rows in one transaction: it is all there, or as it was."""
    await migrate(url)
    async with _connected(url) as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)  # a bot that starts now waits
        await _alone(connection)
        async with connection.transaction():
            tables, done = await source.tables(), 0
            total = sum([await source.count(name) for name in tables])
            references = await _drop_references(connection)
            listed = ", ".join(f'"{name}"' for name in await _tables(connection))
            await connection.execute(f"TRUNCATE {listed}")
            for name, columns in tables.items():
                kinds = [await _kind(connection, name, column) for column in columns]
                async for page in source.rows(name, columns):
                    records = [[_read(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in page]
                    await connection.copy_records_to_table(name, records=records, columns=columns)
                    done += len(page)
                    progress("写入", done, total)
                await _count_on(connection, name, await source.counter(name))
                count = await connection.fetchval(f'SELECT count(*) FROM "{name}"')  # noqa: S608
                if count != await source.count(name):
                    raise DatabaseError(f"写进 PostgreSQL 的 {name} 少了几行，已全部退回；请再试一次")
            for table, constraint, definition in references:
                await connection.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" {definition}')


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    import asyncpg  # only where PostgreSQL is used: an extra

    connection = await open_session(url)
    try:
        yield connection
    finally:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            await connection.close()


async def _alone(connection: Any) -> None:
    """Raises DatabaseError while anybody else is connected."""
    others = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    if others:
        raise DatabaseError(IN_USE.format(f"还有 {others} 个连接"))


async def _tables(connection: Any) -> list[str]:
    found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return sorted(row["tablename"] for row in found if row["tablename"] in OURS)


async def _drop_references(connection: Any) -> list[tuple[str, str, str]]:
    """Foreign keys, taken off until all rows are in: some lead round in a circle. Putting them back checks them all."""
    found = await connection.fetch(
        "SELECT c.relname, o.conname, pg_get_constraintdef(o.oid) FROM pg_constraint o"
        " JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_class t ON t.oid = o.confrelid WHERE o.contype = 'f' AND n.nspname = current_schema()"
        " AND (c.relname = ANY($1) OR t.relname = ANY($1))",
        sorted(OURS),
    )
    for table, name, _ in found:
        await connection.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    return [tuple(row) for row in found]


async def _kind(connection: Any, table: str, column: str) -> str:
    found: str = await connection.fetchval(
        "SELECT data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = $1 AND column_name = $2",
        table, column,
    )  # fmt: skip
    return found


def _read(value: Any, kind: str) -> Any:
    """As PostgreSQL wants what SQLite keeps."""
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    return datetime.fromisoformat(value) if kind.startswith("timestamp") else value


async def _count_on(connection: Any, table: str, last: int | None) -> None:
    """Let the numbers of a table go on where they were."""
    if name := await serial(connection, table):
        await connection.execute(
            f'SELECT setval($1, greatest($2, coalesce((SELECT max("id") FROM "{table}"), 0), 1), $3)',  # noqa: S608
            name, last or 0, True,
        )  # fmt: skip
