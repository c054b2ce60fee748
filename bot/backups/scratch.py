"""A SQLite file of a backup's rows, made aside and looked over before anything that is in use is touched."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise import Tortoise
from tortoise.migrations.api import migrate as run_migrations

from bot.backups.archive import BadBackup
from bot.backups.source import MIGRATED
from flow.records import register
from flow.records.verification import faults, records
from models import Case
from models.database import sqlite_guard
from models.database.connection import (
    MIGRATIONS,
    SQLITE_PRAGMAS,
    config,
    database,
    disconnect,
    migrate,
    prepare,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.backups.archive import Reader
    from models.seals import KeyRing

    Progress = Callable[[str, int, int | None], None]

BATCH = 200  #: rows between two words about how far it is
SHOWN = 3  #: sentences about a chain that does not hold


class BrokenChain(BadBackup):
    """What the backup holds was touched before it was made; it can be restored all the same, if somebody says so."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in the database of a backup."""

    broken: list[str]  #: sentences about cases whose record does not hold
    sealed: bool  #: their seals were checked, too: the key that made them is here


async def build(reader: Reader, path: Path, progress: Progress, ring: KeyRing | None) -> Looked:
    """Make the database at ``path``, at this program's schema, and see whether all is there.

    Seals are checked with the keys of ``ring``, where one of them is theirs. Raises BadBackup.
    """
    known = set(reader.manifest.migrations)
    if not known:
        raise BadBackup(f"{reader.path} 里没有表，不是一份能用的备份")
    if unknown := sorted(known - MIGRATIONS):
        raise BadBackup(f"{reader.path} 是更新版本的程序备份的（{unknown[-1]}），请先升级程序再恢复")
    sqlite_guard.install()
    url = f"sqlite://{path}"
    try:
        off = SQLITE_PRAGMAS.replace("foreign_keys=ON", "foreign_keys=OFF")
        if known == MIGRATIONS:  # the usual case, by a shorter way to the same tables
            await prepare(config(url, off))
            await Tortoise.generate_schemas()
            await disconnect()
        await run_migrations(config=config(url, off), target=f"models.{max(known)}", fake=known == MIGRATIONS)
    finally:
        await disconnect()
    await asyncio.to_thread(_fill, reader, path, progress)
    await migrate(url)
    async with database(url):
        seals = [str(each) for each in await Case.exclude(seal="").values_list("seal", flat=True)]
        keys = ring if ring and (not seals or any(map(ring.knows, seals))) else None
        broken = [sentence async for record in records() if (sentence := faults(record, keys))]
        broken += await register.broken(ring=keys) if keys else []
        return Looked(broken, keys is not None or not seals)


def _fill(reader: Reader, path: Path, progress: Progress) -> None:
    total, done = reader.manifest.rows, 0
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute("PRAGMA synchronous=OFF")  # it is looked over, and written through, before it is used
        made.execute("BEGIN")
        for name, table in reader.manifest.tables.items():
            _fit(made, name, table.columns, reader)
            marks, columns = ", ".join("?" * len(table.columns)), ", ".join(f'"{each}"' for each in table.columns)
            made.execute(f'DELETE FROM "{name}"')  # noqa: S608
            for row in reader.rows(name):
                try:
                    made.execute(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', row)  # noqa: S608
                except (sqlite3.IntegrityError, sqlite3.ProgrammingError) as error:
                    raise reader.altered(name) from error
                done += 1
                if not done % BATCH:
                    progress("恢复", done, total)
            if table.counter is not None and _counts(made, name):
                made.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
                made.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, table.counter))
        made.execute("COMMIT")
        _look_over(made, reader)
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fit(made: sqlite3.Connection, name: str, columns: list[str], reader: Reader) -> None:
    """Raises BadBackup for a table that this program's schema of that time does not have so."""
    kept = [row[1] for row in made.execute(f'PRAGMA table_info("{name}")')]
    if sorted(kept) != sorted(columns) or name == MIGRATED:
        raise BadBackup(f"{reader.path} 里的表 {name} 和它说的版本对不上，请用另一份备份")


def _counts(made: sqlite3.Connection, name: str) -> bool:
    found = made.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
    return "AUTOINCREMENT" in found[0]


def _look_over(made: sqlite3.Connection, reader: Reader) -> None:
    """Raises BadBackup unless every row has arrived, every reference leads somewhere and the file is whole."""
    for name, table in reader.manifest.tables.items():
        (count,) = made.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
        if count != table.rows:
            raise BadBackup(f"{reader.path} 里的 {name} 应有 {table.rows} 行，只有 {count} 行")
    if broken := made.execute("PRAGMA foreign_key_check").fetchall():
        raise BadBackup(f"{reader.path} 里有 {len(broken)} 行的引用断开，请用另一份备份")
    (said,) = made.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        raise BadBackup(f"恢复出来的库不完整：{said}；看看磁盘")


def shown(sentences: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = f"，共 {len(sentences)} 单" if len(sentences) > SHOWN else ""
    return "；".join(sentences[:SHOWN]) + more


def rows_of(path: Path) -> Iterator[tuple[str, int]]:
    """Tables of a SQLite file with their rows; nothing of a file that is none."""
    with closing(sqlite3.connect(path)) as found:
        names = found.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for (name,) in names.fetchall():
            if name != MIGRATED:
                yield name, found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
