"""``backup`` and ``restore``: a database into one file beside a running bot, and back into an empty place."""

from __future__ import annotations

import asyncio
import fcntl
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backups import scratch, target
from bot.backups.archive import BadBackup, Reader, Writer, remove
from bot.backups.source import reading
from bot.store.photos import outside
from models import seals
from models.database.connection import MIGRATIONS, DatabaseError, engine_errors, sqlite_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.backups.archive import Manifest
    from bot.backups.scratch import Progress
    from bot.backups.source import Source
    from bot.store.photos import PhotoStore
    from config.settings import Settings

SCRATCH = ".boomerang-scratch-"  #: begins the name of a folder in which a backup is tried out
UNTRIED = "{} 里没有地方试着恢复一遍（磁盘满了，或不能写），没有留下备份：腾出和库一样大的地方再试，或加 --no-verify"
PLACE = "place"  #: column of photos whose bytes stand elsewhere


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was saved or restored."""

    manifest: Manifest
    broken: list[str]  #: cases whose record does not hold, in the database as it was
    missing: int = 0  #: photos that were not where the database says
    sealed: bool = True  #: the seals were checked: the key that made them is here


async def backup(settings: Settings, file: Path, now: datetime, progress: Progress, *, verify: bool = True) -> Outcome:
    """Save everything as it is in one moment. With ``verify`` it is restored aside, and thrown away if that fails.

    Raises BadBackup and DatabaseError, and leaves no file then.
    """
    missing = 0
    with Writer(file) as writer:
        async with reading(settings.database_url) as source:
            migrations = await source.migrations()
            if newer := sorted(set(migrations) - MIGRATIONS):
                raise DatabaseError(f"数据库来自更新版本的程序（{newer[-1]}），请用那个版本备份")
            await _save(source, writer, progress)
            missing = await _save_photos(source, writer, outside(settings))
        manifest = writer.finish(now.isoformat(), source.engine, migrations)
    looked = scratch.Looked([], sealed=True)
    if verify:
        try:
            looked = await check(settings, file, progress)
        except BaseException as error:  # whatever ended the trial, nobody may take the file for one that stood it
            await asyncio.to_thread(file.unlink)
            if isinstance(error, engine_errors()):
                raise BadBackup(UNTRIED.format(file.parent)) from error
            raise
    return Outcome(manifest, looked.broken, missing, looked.sealed)


async def check(settings: Settings, file: Path, progress: Progress) -> scratch.Looked:
    """Restore a backup into a scratch place and throw it away; what was found. Keys are those that settings lead to.

    Raises BadBackup.
    """
    with Reader(file) as reader, _scratch(file.parent) as folder:
        ring = seals.found_ring(settings.database_url)
        found = await scratch.build(reader, folder / "desk.db", progress, ring)
        for place in reader.manifest.photos:
            reader.photo(place)
        return found


async def restore(
    settings: Settings, file: Path, progress: Progress, *, replace: bool = False, broken_chain: bool = False
) -> Outcome:
    """Put a backup in the place of the database that settings name.

    It is made aside and looked over first; until the last step, which is one, nothing that was there is touched.
    Raises BadBackup and DatabaseError.
    """
    url = settings.database_url
    beside = sqlite_path(url)
    folder = beside.parent if beside else file.parent
    folder.mkdir(parents=True, exist_ok=True)
    with Reader(file) as reader, _scratch(folder) as aside:
        async with target.held(url, replace=replace):
            made = aside / "desk.db"
            looked = await scratch.build(reader, made, progress, seals.found_ring(url))
            if looked.broken and not broken_chain:
                said = scratch.shown(looked.broken)
                raise scratch.BrokenChain(
                    f"备份里的流水对不上：{said}。没有恢复；查过以后仍要恢复，加上 --broken-chain"
                )
            store = outside(settings)
            for place in reader.manifest.photos:
                await store.put_back(place, reader.photo(place))
            await target.put(made, url, progress)
        return Outcome(reader.manifest, looked.broken, sealed=looked.sealed)


async def _save(source: Source, writer: Writer, progress: Progress) -> None:
    tables, done = await source.tables(), 0
    total = sum([await source.count(name) for name in tables])
    for name, columns in tables.items():
        with writer.table(name, columns, await source.counter(name)) as out:
            async for page in source.rows(name, columns):
                await asyncio.to_thread(out.write, page)
                done += len(page)
                progress("备份", done, total)


async def _save_photos(source: Source, writer: Writer, store: PhotoStore) -> int:
    """Photos that stand outside the database; how many of them were not there."""
    missing = 0
    if PLACE not in (await source.tables()).get("photo", []):
        return missing
    async for page in source.rows("photo", [PLACE]):
        for place in {str(row[0]) for row in page} - {""} - set(writer.photos):
            data = await store.read(place)
            if data is None:
                missing += 1
            else:
                await asyncio.to_thread(writer.photo, place, data)
    return missing


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder of our own, which goes with us; those that killed runs have left are taken away first."""
    for old in folder.glob(f"{SCRATCH}*"):
        with (old / "held").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            remove(old)
    made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    with (made / "held").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield made
        finally:
            remove(made)
