"""A file as a header and numbered rows of clean text, read as a stream, as often as wanted."""

from __future__ import annotations

import io
import re
import unicodedata
from functools import lru_cache
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, NamedTuple

from flow.imports.delimited import LOOKED_AT, delimiter_of, records
from flow.imports.guard import Found, inspect, unpacked
from flow.imports.report import ImportRefused, silent
from flow.imports.workbook import spooled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flow.imports.report import Progress
    from flow.imports.workbook import SpooledSheet

CACHE = 65_536  # codes, names, moments and prices repeat all over a table
HEADS = 20  # rows at the top among which the header is looked for
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_MARKS = "'`’"
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

    The header is the first row until ``begin`` says otherwise.
    """

    def __init__(self, path: Path, progress: Progress = silent) -> None:
        self.found: Found = inspect(path)
        self.name = path.name
        self._sheet = spooled(path, progress) if self.found.suffix == ".xlsx" else None
        self.heads: list[Row] = list(islice(self._records(), HEADS))
        if not self.heads:
            raise ImportRefused(f"{self.name} 里没有表头")
        self.begin(0)

    def begin(self, place: int) -> None:
        """Take one of the ``heads`` for the header; what stands above it is no row."""
        self.titles = self.heads[:place]
        self.head = self.heads[place]
        self.header = list(self.head.cells)
        while self.header and not self.header[-1]:
            self.header.pop()

    @property
    def unread(self) -> str:
        """Which sheet of a workbook is read and which are not, in words; blank where it has no others."""
        if not self._sheet or not self._sheet.unread:
            return ""
        return f"只读了第一张表“{self._sheet.name}”，没有读：{'、'.join(self._sheet.unread)}；要导入的，各存成一个文件"

    def close(self) -> None:
        if self._sheet:
            self._sheet.spool.close()

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not blank, as wide as the header."""
        width = len(self.header)
        begun = self.head.line
        for row in dropwhile(lambda row: row.line <= begun, self._records()):
            if len(row.cells) == width or row.problem:
                yield row
            else:
                yield self._fitted(row, width)

    def _fitted(self, row: Row, width: int) -> Row:
        """A row that is longer only by blanks, or one of a sheet, which leaves out empty cells at the end."""
        if any(row.cells[width:]) or (len(row.cells) < width and self._sheet is None):
            return row._replace(problem=f"这一行有 {len(row.cells)} 列，表头有 {width} 列")
        return row._replace(cells=(row.cells + [""] * width)[:width])

    def _records(self) -> Iterator[Row]:
        """Every row that is not blank."""
        for line, raw, problem, *beside in self.raw_rows():
            cells = [clean(cell) for cell in raw]
            if problem or any(cells):
                yield Row(line, cells, problem, *beside)

    def raw_rows(self) -> Iterator[Row | tuple[int, list[str], str]]:
        """Every row as it stands in the file: line, cells, problem, and of a sheet what stands beside them."""
        return self._text_rows() if self._sheet is None else _sheet_rows(self._sheet)

    def _text_rows(self) -> Iterator[tuple[int, list[str], str]]:
        found = self.found
        with (
            unpacked(found.path, found.packing) as file,
            io.TextIOWrapper(file, found.encoding, errors="replace", newline="") as text,
        ):
            delimiter, full = delimiter_of(islice(text, LOOKED_AT))
            text.seek(0)
            yield from records(text, delimiter, full)


def _sheet_rows(sheet: SpooledSheet) -> Iterator[Row]:
    merged: dict[int, tuple[int, str]] = {}  # by column: to which row, with which text
    for line, texts, shown in sheet:
        merged = {column: (last, text) for column, (last, text) in merged.items() if last >= line}
        shared = {column: text for column, (_, text) in merged.items() if not any(texts[column : column + 1])}
        yield Row(line, texts, "", shown, shared)
        for column, last in sheet.merged.get(line, ()):
            text = shown.get(column) or "".join(texts[column : column + 1])
            merged[column] = (last, clean(text))
