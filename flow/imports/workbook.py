"""Reads the first sheet of an XLSX file once and keeps it in a temporary file, for openpyxl is slow to read twice."""

from __future__ import annotations

import warnings
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from flow.imports.report import ImportRefused, silent
from flow.imports.spool import Spool
from flow.workbook.scanning import CHINESE_DATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flow.imports.report import Progress

DAMAGED = (InvalidFileException, ParseError, zipfile.BadZipFile, KeyError, ValueError, TypeError, OverflowError)
STEP = 1000  # rows between two words on the progress
FORMULA, ERROR = "f", "e"  # openpyxl's data_type of a cell


def spooled(path: Path, progress: Progress = silent) -> Spool:
    """The rows of a workbook's first sheet: line number, texts, and why the row cannot be used ("" when it can).

    Raises ImportRefused when the workbook cannot be read.
    """
    spool = Spool()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and odd dates; only values matter here
            for row in _sheet_rows(path):
                spool.put(row)
                if row[0] % STEP == 0:
                    progress("打开工作簿", row[0], None)
    except DAMAGED as error:
        spool.close()
        raise ImportRefused(f"{path.name} 已损坏，读不出工作表，请重新导出") from error
    return spool


def _sheet_rows(path: Path) -> Iterator[tuple[int, list[str], str]]:
    book = load_workbook(path, read_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        width = 0
        for line, cells in enumerate(sheet.iter_rows(), 1):
            texts = [_text(_value(cell, book.epoch)) for cell in cells]
            width = width or _width(texts)
            yield line, _padded(texts, width), _problem(cells)
    finally:
        book.close()


def _width(texts: list[str]) -> int:
    """How many columns the header has: the first row that is not blank."""
    return max((n for n, text in enumerate(texts, 1) if text.strip()), default=0)


def _padded(texts: list[str], width: int) -> list[str]:
    """A row as wide as the header: a sheet leaves out empty cells at the end and may have styled ones beyond."""
    beyond = texts[width:]
    return texts if any(beyond) else (texts + [""] * width)[:width]


def _problem(cells: Sequence[Any]) -> str:
    for n, cell in enumerate(cells, 1):
        if cell.data_type in (FORMULA, ERROR):
            what = "公式" if cell.data_type == FORMULA else "出错的值"
            return f"{get_column_letter(n)} 列是{what}"
    return ""


def _value(cell: Any, epoch: datetime) -> Any:
    """What the cell holds; openpyxl takes a day for a number where its format is one of the Chinese ones."""
    value = cell.value
    if type(value) in (int, float) and cell.style_array.numFmtId in CHINESE_DATES:
        with suppress(OverflowError, ValueError):  # no day has this number
            return from_excel(value, epoch)
    return value


def _text(value: Any) -> str:
    """A cell as a person would have typed it: whole numbers without a point, times in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
