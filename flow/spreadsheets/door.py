"""The one door for XLSX files from strangers: what a file really is and how big it gets, before anything reads it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from flow.spreadsheets import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

RATIO_FROM = 1024 * 1024  #: below one MiB nothing can bomb, and a small repetitive sheet packs well
BLOCK = 64 * 1024
PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})  #: without which no program opens a workbook
DAMAGED = (
    ParseError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError,
    OverflowError, AttributeError, IndexError, EOFError, OSError, NotImplementedError, RecursionError, AssertionError,
    ArithmeticError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """How big a workbook may get unpacked, and how many times its size."""

    unpacked: int
    ratio: int

    def passed(self, unpacked: int, packed: int) -> bool:
        """Whether it is too big. Raises Bomb where it grew more than any real workbook."""
        if unpacked > self.unpacked:
            return True
        if unpacked > RATIO_FROM and unpacked > self.ratio * packed:
            raise Bomb
        return False


class Refused(Exception):
    """A file that is not opened; each way has a class of its own, and whoever asked has the words."""


class Bomb(Refused):
    """It grows like a zip bomb."""


class TooBig(Refused):
    """It is too big unpacked."""


class Locked(Refused):
    """It has a password."""


class NoWorkbook(Refused):
    """It is another kind of archive; ``kind`` says which."""

    def __init__(self, names: Collection[str]) -> None:
        self.kind = kinds.of_archive(names)
        super().__init__(self.kind)


class Damaged(Refused):
    """It cannot be read, or declares what a workbook never does."""


def parts_of(file: IO[bytes]) -> list[str]:
    """The names of the parts of any archive. Raises Damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except DAMAGED as error:
        raise Damaged from error


def check(file: IO[bytes], packed: int, bounds: Bounds) -> list[str]:
    """The names of the parts of an archive that is a workbook. Raises Refused.

    Everything is unpacked once and counted, for a directory may lie, and is looked through for what XML must not
    declare.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if any(part.flag_bits & 1 for part in parts):
                raise Locked
            if not set(names) >= PARTS:
                raise NoWorkbook(names)
            if len(set(names)) < len(names):
                raise Damaged
            _measure(archive, parts, packed, bounds)
            return names
    except DAMAGED as error:
        raise Damaged from error


def _measure(archive: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo], packed: int, bounds: Bounds) -> None:
    if bounds.passed(sum(part.file_size for part in parts), packed):
        raise TooBig
    size = 0
    for part in parts:
        with archive.open(part) as file:
            for block, grown in _blocks(file):
                size += grown
                if bounds.passed(size, packed):
                    raise TooBig
                letters = block.replace(b"\x00", b"")  # of UTF-16 too
                if b"<!DOCTYPE" in letters or b"<!ENTITY" in letters:
                    raise Damaged


def _blocks(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Blocks that overlap by what would hide a word on their border, and how much of each is new."""
    tail = b""
    while block := file.read(BLOCK):
        yield tail + block, len(block)
        tail = block[-32:]
