"""Reads sheets of an XLSX file once and keeps them in a temporary file: a workbook is slow to read twice.

openpyxl, which counts its days, is imported with the first day that is met: see ``flow/spreadsheets/formats.py``.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flow.imports.report import ImportRefused, silent
from flow.imports.spool import Spool
from flow.spreadsheets.door import Damaged
from flow.spreadsheets.formats import is_scientific, number_text, shown_code, written_unit
from flow.spreadsheets.reader import Reader
from flow.spreadsheets.scanner import DATE, PERCENT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from flow.imports.report import Progress
    from flow.spreadsheets.scanner import Book, Cells, Raw

STEP = 1000  # rows between two words on the progress
MAX_COLUMNS = 1000  # real exports have below a hundred
EXACT = 10**15  # from here on a spreadsheet keeps fewer digits than the number had
UNCOMPUTED = "#FORMULA!"  #: stands for a formula whose result the file does not hold
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')
_DAY = re.compile(r"\d{4,5}(\.\d+)?")  # the number of one in a spreadsheet
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Line(NamedTuple):
    """A row as the spool keeps it: number, texts, and what stands in some of the cells if they hold codes."""

    line: int
    texts: list[str]
    shown: dict[int, str]


@dataclass(frozen=True, slots=True)
class SpooledSheet:
    """The rows of a sheet, and its merged ranges by the row in which they begin: column, last row."""

    spool: Spool
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    hidden_rows: Sequence[int] = ()
    hidden_columns: Collection[int] = ()

    def __iter__(self) -> Iterator[Line]:
        return map(Line._make, self.spool)


class Workbook:
    """An open workbook; a sheet is kept in a temporary file when it is first read whole."""

    def __init__(self, path: Path, progress: Progress = silent) -> None:
        """Raises ImportRefused when the workbook cannot be read."""
        self._name, self._progress = path.name, progress
        self._sheets: dict[str, SpooledSheet] = {}
        self.unreadable: list[str] = []  #: sheets that are damaged
        try:
            self._reader = Reader(path)
        except Damaged as error:
            raise self._damaged() from error

    @property
    def names(self) -> list[str]:
        return self._reader.names

    @property
    def hidden(self) -> Collection[str]:
        return self._reader.book.hidden

    @property
    def from_1904(self) -> bool:
        return self._reader.book.from_1904

    def top(self, name: str) -> Iterator[Line]:
        """The rows of a sheet for a first look; one that is damaged ends early. The only sheet is refused then."""
        try:
            yield from self._lines(name)
        except Damaged as error:
            if len(self.names) == 1:
                raise self._damaged() from error
            self.unreadable.append(name)

    def sheet(self, name: str) -> SpooledSheet:
        """A sheet whole. Raises ImportRefused when it is damaged."""
        if name not in self._sheets:
            self._sheets[name] = self._spooled(name)
        return self._sheets[name]

    def _spooled(self, name: str) -> SpooledSheet:
        spool = Spool()
        try:
            with self._reader.sheet(name) as sheet:
                for line, cells in sheet:
                    spool.put((line, *_texts(cells, sheet.book)))
                    if line % STEP == 0:
                        self._progress("打开工作簿", line, None)
                return SpooledSheet(spool, _columns(sheet.merged), sheet.hidden_rows, sheet.hidden_columns)
        except Damaged as error:
            spool.close()
            raise self._damaged() from error

    def _lines(self, name: str) -> Iterator[Line]:
        with self._reader.sheet(name) as sheet:
            for line, cells in sheet:
                yield Line(line, *_texts(cells, sheet.book))

    def days(self, columns: Iterable[int]) -> Callable[[list[str]], None]:
        """What makes days of the numbers in some columns, in place: where they count from 1904, nobody else can."""
        if not self.from_1904:
            return lambda texts: None
        return lambda texts: _date(texts, columns)

    def close(self) -> None:
        for sheet in self._sheets.values():
            sheet.spool.close()
        self._reader.close()

    def _damaged(self) -> ImportRefused:
        return ImportRefused(f"{self._name} 已损坏，读不出工作表，请重新导出")


def _date(texts: list[str], columns: Iterable[int]) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel

    for column in columns:
        if column < len(texts) and _DAY.fullmatch(texts[column]):
            texts[column] = from_excel(float(texts[column]), CALENDAR_MAC_1904).isoformat(" ", "seconds")


def _texts(cells: Cells, book: Book) -> tuple[list[str], dict[int, str]]:
    """The texts of a row from the first column on, and what some of them are as codes."""
    if cells and cells[-1][0] > MAX_COLUMNS:
        raise ValueError(f"more than {MAX_COLUMNS} columns")
    texts = [""] * (cells[-1][0] if cells else 0)
    shown = {}
    for column, raw in cells:
        text = texts[column - 1] = _text(raw, book)
        if raw.written and (code := _code(raw, text)) != text:
            shown[column - 1] = code
    return texts, shown


def _text(raw: Raw, book: Book) -> str:
    """A cell as a person would have typed it: whole numbers without a point, times in ISO form."""
    value = raw.value
    if raw.formula is not None and (text := _of_formula(raw)) is not None:
        return text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(raw, value, book)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value


def _of_formula(raw: Raw) -> str | None:
    """The text of a formula that is only a quoted text; None where what it last came to counts."""
    if quoted := _QUOTED.fullmatch(raw.formula or ""):
        return quoted[1].replace('""', '"')
    return UNCOMPUTED if raw.value == "" else None


def _number(raw: Raw, value: float, book: Book) -> str:
    if raw.kind == DATE:
        with suppress(OverflowError, ValueError):  # no day has this number
            return _moment(value, book)
    if raw.kind == PERCENT:
        return f"{number_text(value * 100)}%"
    return number_text(value) + written_unit(raw.format) if abs(value) < EXACT else f"{value:.14E}"


def _moment(value: float, book: Book) -> str:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    found = from_excel(value, CALENDAR_MAC_1904 if book.from_1904 else CALENDAR_WINDOWS_1900)
    return found.isoformat(" ", "seconds") if hasattr(found, "date") else str(found)


def _code(raw: Raw, text: str) -> str:
    """What a number is if it is no amount but a code: as its format shows it."""
    if is_scientific(raw.format):
        return f"{raw.value:.2E}"
    return shown_code(text, raw.format)


def _columns(merged: Iterable[str]) -> dict[int, list[tuple[int, int]]]:
    """Ranges of more than one row; a library's reader refuses those that are none, and so do we."""
    from openpyxl.utils import range_boundaries

    found: dict[int, list[tuple[int, int]]] = {}
    for place in merged:
        column, first, _, last = range_boundaries(place)
        if column and first and last and last > first:
            found.setdefault(first, []).append((column - 1, last))
    return found
