"""The file of a backup: a zip with a JSON line per row, the photos beside them, and last a manifest of all.

A value stands as SQLite keeps it (moments as text, truth as 0 and 1, JSON as text); bytes are ``{"b": base64}``.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import struct
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any

import orjson

from models.database.connection import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FORMAT = 1  #: raised when an older program could not read what is written
MANIFEST, PHOTOS = "manifest.json", "photos/"
PART = ".part"  #: ends the name of a backup that is still being written
#: what zipfile and those below it say of a file that is cut short or altered: anything at all
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, EOFError, TypeError, ValueError, OverflowError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


class BadBackup(DatabaseError):
    """The file is no backup, not a whole one, or not one for this program; the message is for people."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a backup: its columns in order, and what stands in the file."""

    columns: list[str]
    rows: int
    sha256: str
    counter: int | None = None  #: the last number that was given out, where numbers are


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    engine: str
    migrations: list[str]
    tables: dict[str, Table]
    photos: dict[str, str]  #: place -> SHA-256
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


@dataclass
class Writer:
    """A backup on its way to the disk; it has its name when all of it is there, and never half of it."""

    path: Path
    tables: dict[str, Table] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Writer:
        if self.path.exists():
            raise BadBackup(f"{self.path} 已经有了，不会覆盖；请换一个文件名")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._raw = os.fdopen(os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._raw, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        return self

    @property
    def _part(self) -> Path:
        return self.path.with_name(self.path.name + PART)

    @contextlib.contextmanager
    def table(self, name: str, columns: list[str], counter: int | None = None) -> Iterator[TableWriter]:
        """Write the rows of one table."""
        with self._zip.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
            writer = TableWriter(out)
            yield writer
        self.tables[name] = Table(columns, writer.rows, writer.sha.hexdigest(), counter)

    def photo(self, place: str, data: bytes) -> None:
        """Put a photo in that stands outside the database."""
        self._zip.writestr(zipfile.ZipInfo(PHOTOS + place), data)
        self.photos[place] = hashlib.sha256(data).hexdigest()

    def finish(self, made_at: str, engine: str, migrations: Sequence[str]) -> Manifest:
        """The manifest, and the file under its name, as far as a power cut can no longer reach it."""
        manifest = Manifest(made_at, engine, sorted(migrations), self.tables, self.photos)
        self._zip.writestr(MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        self._zip.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()
        self._part.rename(self.path)
        _sync_folder(self.path.parent)
        return manifest

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            with contextlib.suppress(*UNREADABLE, OSError):
                self._zip.close()
            self._raw.close()
            self._part.unlink(missing_ok=True)


class TableWriter:
    """One table's lines, counted and hashed as they go."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.rows, self.sha = out, 0, hashlib.sha256()

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""
        data = b"".join(orjson.dumps([_packed(value) for value in row]) + b"\n" for row in rows)
        self.sha.update(data)
        self._out.write(data)
        self.rows += len(rows)


@dataclass
class Reader:
    """A backup that is being read. Raises BadBackup for one that is cut short, altered, or of a newer program."""

    path: Path

    def __enter__(self) -> Reader:
        try:
            self._zip = zipfile.ZipFile(self.path)
        except UNREADABLE as error:
            raise BadBackup(f"{self.path} 不是备份文件，或者不完整；请用另一份备份") from error
        try:
            self.manifest = self._read_manifest()
        except BadBackup:
            self._zip.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def rows(self, name: str) -> Iterator[list[Any]]:
        """The rows of a table; raises at the end if they are not those that were written."""
        sha, count = hashlib.sha256(), 0
        try:
            with self._zip.open(f"tables/{name}.jsonl") as lines:
                for line in lines:
                    sha.update(line)
                    count += 1
                    yield [_unpacked(value) for value in orjson.loads(line)]
        except UNREADABLE as error:
            raise self.altered(name) from error
        table = self.manifest.tables[name]
        if (count, sha.hexdigest()) != (table.rows, table.sha256):
            raise self.altered(name)

    def photo(self, place: str) -> bytes:
        """A photo that stood outside the database."""
        try:
            data = self._zip.read(PHOTOS + place)
        except UNREADABLE as error:
            raise self.altered("photos") from error
        if hashlib.sha256(data).hexdigest() != self.manifest.photos[place]:
            raise self.altered("photos")
        return data

    def _read_manifest(self) -> Manifest:
        try:
            data = orjson.loads(self._zip.read(MANIFEST))
            newer = data["format"] > FORMAT
        except UNREADABLE as error:
            raise BadBackup(f"{self.path} 不是回旋镖的备份，或者目录被改过；请用另一份备份") from error
        if newer:
            raise BadBackup(f"{self.path} 是更新版本的程序备份的，请先升级程序再恢复")
        try:
            tables = {name: Table(**table) for name, table in data.pop("tables").items()}
            return Manifest(tables=tables, **data)
        except UNREADABLE as error:
            raise BadBackup(f"{self.path} 不是回旋镖的备份，或者目录被改过；请用另一份备份") from error

    def altered(self, name: str) -> BadBackup:
        """What to raise for an entry that is not what was written."""
        return BadBackup(f"{self.path} 里的 {name} 和备份时写下的不一样：文件坏了或被改过，请用另一份备份")


def _packed(value: Any) -> Any:
    return {"b": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _unpacked(value: Any) -> Any:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def remove(folder: Path) -> None:
    """A scratch folder with all in it; harmless when it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
