"""Looks a file over before it is read: what it really is, how big it gets, how its text is encoded."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import lzma
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from flow.imports.report import ImportRefused
from flow.spreadsheets import door, kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 512 * 1024 * 1024  # uncompressed
MAX_RATIO = 200  # uncompressed to compressed; real tables stay below 60
BOUNDS = door.Bounds(MAX_BYTES, MAX_RATIO)
BINARY = 20  # text has at most one NUL in so many characters
GARBLED = 25  # and at most one that cannot be decoded in so many
BLOCK = 1024 * 1024
TABLES = (".csv", ".tsv", ".txt", ".xlsx")
PACKED = (".xz", ".gz")
ONLY = "只认 .csv、.tsv、.txt（可以再压成 .xz 或 .gz）和 .xlsx，请另存为其中一种"
AGAIN = f"{kinds.AGAIN}再导入"
UNPACK_ERRORS = (lzma.LZMAError, gzip.BadGzipFile, EOFError, zlib.error)
MAGIC = {
    b"PK\x03\x04": ".xlsx",
    b"\xfd7zXZ\x00": ".xz",
    b"\x1f\x8b": ".gz",
    kinds.OLE: ".xls",
}
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be read."""

    path: Path
    suffix: str  # .csv or .xlsx, without the packing
    packing: str  # "", .xz or .gz
    digest: str  # SHA-256 of the file as it lies there
    encoding: str = ""  # of a text file


def inspect(path: Path) -> Found:
    """Check that a file is what its name says and fits into memory and disk.

    Raises ImportRefused: missing, another kind of file, encrypted, damaged, over 512 MB unpacked, blown up more than
    200 times, or text in no known encoding.
    """
    if not path.is_file():
        raise ImportRefused(f"没有文件 {path}")
    suffix, packing = _suffixes(path)
    _check_magic(path, packing or suffix)
    digest = _digest(path)
    if suffix == ".xlsx":
        _check_workbook(path)
        return Found(path, suffix, packing, digest)
    return Found(path, ".csv", packing, digest, _encoding(path, packing))


def _suffixes(path: Path) -> tuple[str, str]:
    names = [suffix.lower() for suffix in path.suffixes]
    packing = names.pop() if names and names[-1] in PACKED else ""
    suffix = names[-1] if names else ""
    if suffix not in TABLES or (packing and suffix == ".xlsx"):
        raise ImportRefused(f"{path.name} 不能导入：{_really(path) or ONLY}")
    return suffix, packing


def _check_magic(path: Path, suffix: str) -> None:
    start = _start(path)
    if not start:
        raise ImportRefused(f"{path.name} 是空文件")
    real = _magic(start)
    expected = suffix if suffix in MAGIC.values() else ""
    if real != expected or kinds.is_web(start):
        really = _really(path) or f"不是后缀所说的格式；{ONLY}"
        raise ImportRefused(f"{path.name} 的内容和后缀不符：{really}")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(door.BLOCK)


def _magic(start: bytes) -> str:
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), "")


def _really(path: Path) -> str:
    """What a file with a wrong name is by its content, and how it becomes one that can be read; blank if unknown."""
    start = _start(path)
    if kinds.is_web(start):
        return f"其实是网页表格，{AGAIN}"
    match _magic(start):
        case ".xls":
            locked = kinds.is_locked(path.read_bytes() if path.stat().st_size < MAX_BYTES else start)
            return (
                "文件有密码，请去掉密码再导入"
                if locked
                else f"其实是旧版的 Excel 文件（.xls）或 WPS 的 .et 文件，{AGAIN}"
            )
        case ".xlsx":
            return _archive(path)
        case "":
            return ""
        case packing:
            return f"其实是 {packing[1:].upper()} 压缩的文件，请先解压再导入"


def _archive(path: Path) -> str:
    try:
        with path.open("rb") as file:
            names = door.parts_of(file)
    except door.Damaged:
        return "是压缩包，已损坏，请重新导出"
    if set(names) >= door.PARTS:
        return "其实是 Excel 工作簿，把文件名的后缀改成 .xlsx 再导入"
    return f"{kinds.of_archive(names)}；{ONLY}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_workbook(path: Path) -> None:
    with path.open("rb") as file:
        try:
            door.check(file, path.stat().st_size, BOUNDS)
        except door.NoWorkbook as refusal:
            raise ImportRefused(f"{path.name} {refusal.kind}；{ONLY}") from refusal
        except door.Refused as refusal:
            raise ImportRefused(f"{path.name} {_REFUSALS[type(refusal)]}") from refusal


def _check_growth(path: Path, unpacked: int) -> None:
    try:
        passed = BOUNDS.passed(unpacked, path.stat().st_size)
    except door.Bomb as bomb:
        raise ImportRefused(f"{path.name} {_REFUSALS[door.Bomb]}") from bomb
    if passed:
        raise ImportRefused(f"{path.name} {_REFUSALS[door.TooBig]}")


_REFUSALS: dict[type[door.Refused], str] = {
    door.Locked: "有密码，请去掉密码再导入",
    door.TooBig: f"解开后超过 {MAX_BYTES // 1024 // 1024} MB，请拆成几个文件",
    door.Bomb: f"的压缩比超过 {MAX_RATIO} 倍，像压缩炸弹，没有打开",
    door.Damaged: "已损坏，打不开，请重新导出",
}


@contextmanager
def unpacked(path: Path, packing: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked as they are read."""
    if packing == ".xz":
        with lzma.open(path) as xz:
            yield xz
    elif packing == ".gz":
        with gzip.open(path) as gz:
            yield cast("IO[bytes]", gz)
    else:
        with path.open("rb") as plain:
            yield plain


def _blocks(path: Path, packing: str) -> Iterator[bytes]:
    size = 0
    try:
        with unpacked(path, packing) as file:
            while block := file.read(BLOCK):
                size += len(block)
                _check_growth(path, size)
                yield block
    except UNPACK_ERRORS as error:
        raise ImportRefused(f"{path.name} 的压缩内容已损坏，请重新压缩") from error


def _encoding(path: Path, packing: str) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else GB18030 as Chinese Excel writes it.

    A few characters that cannot be decoded cost their rows: they are read as U+FFFD.
    """
    start = next(_blocks(path, packing), b"")
    marked = next((name for mark, name in MARKS.items() if start.startswith(mark)), "")
    found: dict[str, _Text] = {}
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        text = found[encoding] = _decoded(path, packing, encoding)
        if text.nuls * BINARY > text.chars:
            raise ImportRefused(f"{path.name} 不是文本表格：里面有二进制内容，请另存为 UTF-8 的 CSV")
        if not text.broken or (encoding == "utf-8" and text.broken * GARBLED <= text.wide):
            return encoding
    best = min(found, key=lambda encoding: found[encoding].broken)
    if found[best].broken * GARBLED > found[best].chars:
        raise ImportRefused(f"{path.name} 的文字编码认不出，请另存为 UTF-8 的 CSV")
    return best


class _Text(NamedTuple):
    """How a file decodes: characters, those beyond ASCII, those that could not be decoded, NULs."""

    chars: int
    wide: int
    broken: int
    nuls: int


def _decoded(path: Path, packing: str, encoding: str) -> _Text:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    counts = [0, 0, 0, 0]
    for block in chain(_blocks(path, packing), (b"",)):
        text = decoder.decode(block, not block)
        broken = text.count("\ufffd")
        narrow = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
        more = (len(text), len(text) - narrow - broken, broken, text.count("\0"))
        counts = [count + grown for count, grown in zip(counts, more, strict=True)]
    return _Text(*counts)
