"""A file as a header and numbered rows of clean text, read as a stream, as often as wanted."""

from __future__ import annotations

import io
import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from itertools import dropwhile, islice
from typing import IO, TYPE_CHECKING, NamedTuple

from flow.imports.delimited import LOOKED_AT, UNPAIRED, delimiter_of, records
from flow.imports.file import Found, inspect, unpacked
from flow.imports.report import FIX_COLUMNS, UNREADABLE, ImportRefused, silent
from flow.imports.workbook import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flow.imports.report import Progress
    from flow.imports.workbook import Line, SpooledSheet

CACHE = 65_536  # codes, names, moments and prices repeat all over a table
HEADS = 20  # rows at the top among which the header is looked for
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_MARKS = "'`’"
MIXABLE = "gb18030"
MIN_CHINESE = 2  # characters: a pair of bytes may be both by chance
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_GIVEN_BACK = re.compile(rf"这一行有 (?P<count>\d+) 列[，,]表头有 \d+ 列|{UNPAIRED.replace('，', '[，,]')}")
OTHER_CODE = "这一行的文字是 UTF-8 编码，和别的行（GB18030）不一样"
_NONE: Mapping[int, str] = {}


class Row(NamedTuple):
    """One row of a table; ``problem`` says why its cells cannot be used at all.

    ``shown`` is what some cells are if they hold codes, ``merged`` what blank ones share with the row above.
    """

    line: int
    cells: list[str]
    problem: str = ""
    shown: Mapping[int, str] = _NONE
    merged: Mapping[int, str] = _NONE


@lru_cache(CACHE)
def clean(text: str) -> str:
    """NFKC-normalised, without what no eye sees and the tricks that keep a spreadsheet from reading a number.

    Full-width and half-width become alike; ``="001"``, ``'001`` and ```001`` are 001.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c if c.isprintable() else " " for c in text if unicodedata.category(c) != "Cf")
    text = text.strip()
    if text[:1] == "=" and (quoted := _FORMULA_TEXT.fullmatch(text)):
        return clean(quoted[1].replace('""', '"'))
    return clean(text[1:]) if text[:1] in _MARKS and text and text[0] not in text[1:] else text


class Table:
    """An inspected file. ``rows()`` starts from the top each time; ``close()`` drops the spool of a workbook.

    The header is the first row, of a workbook that of the first sheet with any, until ``begin`` says otherwise.
    """

    def __init__(self, path: Path, progress: Progress = silent) -> None:
        self.found: Found = inspect(path)
        self.name = path.name
        self.dated: frozenset[int] = frozenset()  #: columns of moments
        self.nameless: set[int] = set()  #: columns that hold something under a blank heading
        self.again: set[int] = set()  #: rows that say the header once more, where exports were put together
        self._book = Workbook(path, progress) if self.found.suffix == ".xlsx" else None
        self.tops: dict[str, list[Row]] = self._tops()  #: the first rows of each sheet; a text has one without a name
        if not self.tops:
            self.close()
            raise ImportRefused(f"{self.name} 里没有表头")
        self.begin(0, next(iter(self.tops)))

    def begin(self, place: int, sheet: str = "") -> None:
        """Take one of the rows at the top of a sheet for the header; what stands above it is no row."""
        self.sheet = sheet
        self.heads = self.tops[sheet]
        self.titles = self.heads[:place]
        self.head = self.heads[place]
        self.header = list(self.head.cells)
        while self.header and not self.header[-1]:
            self.header.pop()

    @property
    def others(self) -> str:
        """The sheets that are not read and hold more than a row, in words; blank where there are none."""
        names = [
            f"{name}{self.hidden(name)}" for name, rows in self.tops.items() if len(rows) > 1 and name != self.sheet
        ]
        return "、".join(names + (self._book.unreadable if self._book else []))

    def hidden(self, sheet: str) -> str:
        """A word behind the name of a sheet that nobody sees."""
        return "（隐藏的）" if self._book and sheet in self._book.hidden else ""

    @property
    def from_1904(self) -> bool:
        return self._book is not None and self._book.from_1904

    @property
    def hidden_rows(self) -> Sequence[int]:
        return self._book.sheet(self.sheet).hidden_rows if self._book else ()

    @property
    def hidden_columns(self) -> Collection[int]:
        return self._book.sheet(self.sheet).hidden_columns if self._book else ()

    def close(self) -> None:
        if self._book:
            self._book.close()

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not blank, as wide as the header."""
        width = len(self.header)
        begun = self.head.line
        blank = [place for place, heading in enumerate(self.header) if not heading]
        for row in dropwhile(lambda row: row.line <= begun, _records(self.raw_rows())):
            if blank:
                self.nameless |= {place for place in blank if any(row.cells[place : place + 1])}
            if row.cells == self.head.cells:
                self.again.add(row.line)
            elif len(row.cells) == width or row.problem:
                yield self._mended(row)
            else:
                yield self._mended(self._fitted(row, width))

    def _mended(self, row: Row) -> Row:
        """A row that was given back because its cells could not be told apart is refused until somebody has done so.

        Blank cells stand where it had none then, so that it looks whole. What fills one of them, or empties the cell
        with the reason, says that it was looked at.
        """
        if row.problem or FIX_COLUMNS[1] not in self.header or FIX_COLUMNS[2] not in self.header:
            return row
        reason, fix = (row.cells[self.header.index(name)] for name in FIX_COLUMNS[1:])
        match = _GIVEN_BACK.search(fix) if reason == UNREADABLE else None
        if match is None:
            return row
        own = [cell for cell, name in zip(row.cells, self.header, strict=True) if name not in FIX_COLUMNS]
        if match["count"] and any(own[int(match["count"]) :]):
            return row
        return row._replace(problem=f"还没有改（{match[0]}）：对好每一格，再清空“{FIX_COLUMNS[1]}”这一格")

    def _fitted(self, row: Row, width: int) -> Row:
        """A row that is longer only by blanks, or one of a sheet, which leaves out empty cells at the end."""
        if any(row.cells[width:]) or (len(row.cells) < width and self._book is None):
            return row._replace(problem=f"这一行有 {len(row.cells)} 列，表头有 {width} 列")
        return row._replace(cells=(row.cells + [""] * width)[:width])

    def raw_rows(self) -> Iterator[Row | tuple[int, list[str], str]]:
        """Every row as it stands in the file: line, cells, problem, and of a sheet what stands beside them."""
        if self._book is None:
            return self._text_rows()
        return _sheet_rows(self._book.sheet(self.sheet), self._book.days(self.dated))

    def _tops(self) -> dict[str, list[Row]]:
        found = {}
        for name in self._book.names if self._book else [""]:
            raw = self._text_rows() if self._book is None else map(_bare, self._book.top(name))
            if rows := list(islice(_records(raw), HEADS)):
                found[name] = rows
        return found

    def _text_rows(self) -> Iterator[tuple[int, list[str], str]]:
        found = self.found
        with unpacked(found.path, found.packing) as file:
            if found.encoding == MIXABLE:
                yield from _mixed_rows(file)
                return
            with io.TextIOWrapper(file, found.encoding, errors="replace", newline="") as text:
                delimiter, full = delimiter_of(islice(text, LOOKED_AT))
                text.seek(0)
                yield from records(text, delimiter, full)


def _mixed_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str], str]]:
    """The rows of a GB18030 file, into which somebody may have pasted lines of UTF-8: these are read, and told."""
    delimiter, full = delimiter_of(islice(_lines(file, []), LOOKED_AT))
    file.seek(0)
    others: list[int] = []
    for line, cells, problem in records(_lines(file, others), delimiter, full):
        last = line + sum(cell.count("\n") for cell in cells)
        nearest = bisect_left(others, line)
        is_other = nearest < len(others) and others[nearest] <= last
        yield line, cells, problem or (OTHER_CODE if is_other else "")


def _lines(file: IO[bytes], others: list[int]) -> Iterator[str]:
    """The lines of a GB18030 file, no byte of whose characters ends one; ``others`` gets the numbers of UTF-8 ones."""
    number = 0
    for raw in file:
        text = _as_other(raw)
        for line in io.StringIO(raw.decode(MIXABLE, "replace") if text is None else text, newline=""):
            number += 1
            if text is not None:
                others.append(number)
            yield line


def _as_other(raw: bytes) -> str | None:
    """A line that is UTF-8 beyond chance: its characters are Chinese ones, and more than one."""
    if raw.isascii():
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(_CHINESE.findall(text)) >= MIN_CHINESE else None


def _records(raw_rows: Iterable[Row | tuple[int, list[str], str]]) -> Iterator[Row]:
    """Every row that is not blank."""
    for line, raw, problem, *beside in raw_rows:
        cells = [clean(cell) for cell in raw]
        if problem or any(cells):
            yield Row(line, cells, problem, *beside)


def _bare(line: Line) -> tuple[int, list[str], str]:
    """A row at the top of a sheet, of which nobody knows yet what it is merged with."""
    return line.line, line.texts, ""


def _sheet_rows(sheet: SpooledSheet, date: Callable[[list[str]], None]) -> Iterator[Row]:
    merged: dict[int, tuple[int, str]] = {}  # by column: to which row, with which text
    for line, texts, shown in sheet:
        date(texts)
        merged = {column: (last, text) for column, (last, text) in merged.items() if last >= line}
        shared = {column: text for column, (_, text) in merged.items() if not any(texts[column : column + 1])}
        yield Row(line, texts, "", shown, shared)
        for column, last in sheet.merged.get(line, ()):
            text = shown.get(column) or "".join(texts[column : column + 1])
            merged[column] = (last, clean(text))
