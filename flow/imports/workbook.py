"""Reads the first sheet of an XLSX file once and keeps it in a temporary file: a workbook is slow to read twice."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from flow.imports.report import ImportRefused, silent
from flow.imports.spool import Spool
from flow.spreadsheets.door import DAMAGED
from flow.spreadsheets.formats import is_scientific, number_text, shown_code
from flow.spreadsheets.scanner import DATE, PERCENT, Book, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from flow.imports.report import Progress
    from flow.spreadsheets.scanner import Cells, Raw

STEP = 1000  # rows between two words on the progress
MAX_COLUMNS = 1000  # real exports have below a hundred
EXACT = 10**15  # from here on a spreadsheet keeps fewer digits than the number had
UNCOMPUTED = "#FORMULA!"  #: stands for a formula whose result the file does not hold
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')
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
    name: str = ""
    unread: tuple[str, ...] = ()  #: other sheets that hold something

    def __iter__(self) -> Iterator[Line]:
        return map(Line._make, self.spool)


def spooled(path: Path, progress: Progress = silent) -> SpooledSheet:
    """The rows of a workbook's first sheet. Raises ImportRefused when the workbook cannot be read."""
    spool = Spool()
    try:
        with zipfile.ZipFile(path) as archive:
            book = Book.of(archive)
            name, place = next(iter(book.sheets.items()))
            with archive.open(place) as file:
                sheet = Sheet(book, file)
                for line, cells in sheet:
                    spool.put((line, *_texts(cells, book)))
                    if line % STEP == 0:
                        progress("打开工作簿", line, None)
            unread = tuple(other for other in book.sheets if other != name and _holds_rows(archive, book, other))
        return SpooledSheet(spool, _columns(sheet.merged), name, unread)
    except (*DAMAGED, StopIteration) as error:
        spool.close()
        raise ImportRefused(f"{path.name} 已损坏，读不出工作表，请重新导出") from error


def _holds_rows(archive: zipfile.ZipFile, book: Book, name: str) -> bool:
    """Whether a sheet has anything below its first row; one that cannot be read may."""
    try:
        with archive.open(book.sheets[name]) as file:
            return any(cells for _, cells in islice(Sheet(book, file), 1, None))
    except DAMAGED:
        return True


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
        return "是" if value else "否"
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
    return number_text(value) if abs(value) < EXACT else f"{value:.14E}"


def _moment(value: float, book: Book) -> str:
    found = from_excel(value, _epoch(book))
    return found.isoformat(" ", "seconds") if hasattr(found, "date") else str(found)


def _epoch(book: Book) -> datetime:
    return CALENDAR_MAC_1904 if book.from_1904 else CALENDAR_WINDOWS_1900


def _code(raw: Raw, text: str) -> str:
    """What a number is if it is no amount but a code: as its format shows it."""
    if is_scientific(raw.format):
        return f"{raw.value:.2E}"
    return shown_code(text, raw.format)


def _columns(merged: Iterable[str]) -> dict[int, list[tuple[int, int]]]:
    """Ranges of more than one row; a library's reader refuses those that are none, and so do we."""
    found: dict[int, list[tuple[int, int]]] = {}
    for place in merged:
        column, first, _, last = range_boundaries(place)
        if column and first and last and last > first:
            found.setdefault(first, []).append((column - 1, last))
    return found
