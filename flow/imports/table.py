"""A file as a header and numbered rows of clean text, read as a stream, as often as wanted."""

from __future__ import annotations

import csv
import io
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flow.imports.guard import Found, inspect, unpacked
from flow.imports.report import ImportRefused, silent
from flow.imports.workbook import spooled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flow.imports.report import Progress

CACHE = 65_536  # codes, names, moments and prices repeat all over a table
DELIMITERS = ",\t;"


class Row(NamedTuple):
    """One row of a table; ``problem`` says why its cells cannot be used at all."""

    line: int
    cells: list[str]
    problem: str = ""


@lru_cache(CACHE)
def clean(text: str) -> str:
    """NFKC-normalised, without control characters, stripped: full-width and half-width become alike."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFKC", text)
    return "".join(c if c.isprintable() else " " for c in text).strip()


class Table:
    """An inspected file. ``rows()`` starts from the top each time; ``close()`` drops the spool of a workbook."""

    def __init__(self, path: Path, progress: Progress = silent) -> None:
        self.found: Found = inspect(path)
        self.name = path.name
        self._spool = spooled(path, progress) if self.found.suffix == ".xlsx" else None
        self.header: list[str] = self._read_header()

    def close(self) -> None:
        if self._spool:
            self._spool.close()

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not blank.

        Raises ImportRefused where the file cannot be read on.
        """
        records = self._records()
        next(records)
        width = len(self.header)
        for row in records:
            if len(row.cells) != width and not row.problem:
                yield row._replace(problem=f"这一行有 {len(row.cells)} 列，表头有 {width} 列")
            else:
                yield row

    def _read_header(self) -> list[str]:
        first = next(self._records(), None)
        if first is None:
            raise ImportRefused(f"{self.name} 里没有表头")
        if first.problem:
            raise ImportRefused(f"{self.name} 的表头不能用：{first.problem}")
        return first.cells

    def _records(self) -> Iterator[Row]:
        """Every row that is not blank, the header first."""
        source = self._text_rows() if self._spool is None else iter(self._spool)
        for line, raw, problem in source:
            cells = [clean(cell) for cell in raw]
            if problem or any(cells):
                yield Row(line, cells, problem)

    def _text_rows(self) -> Iterator[tuple[int, list[str], str]]:
        found = self.found
        with unpacked(found.path, found.packing) as file, io.TextIOWrapper(file, found.encoding, newline="") as text:
            reader = csv.reader(text, delimiter=self._delimiter(text), strict=True)
            line = 1
            for cells in self._checked(reader, text):
                yield line, cells, ""
                line = reader.line_num + 1

    def _delimiter(self, text: io.TextIOWrapper) -> str:
        start = text.readline()
        text.seek(0)
        return max(DELIMITERS, key=start.count)

    def _checked(self, reader: Iterable[list[str]], text: io.TextIOWrapper) -> Iterator[list[str]]:
        try:
            yield from reader
        except csv.Error as error:
            line = getattr(reader, "line_num", 0)
            raise ImportRefused(f"{self.name} 第 {line} 行读不下去：引号没有配对，或单元格过长") from error
