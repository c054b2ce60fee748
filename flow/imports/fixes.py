"""The rows that were left out, as they stand in the file, with the reason behind: to be mended and imported again."""

from __future__ import annotations

import csv
import re
from contextlib import closing
from typing import TYPE_CHECKING

from flow.imports.report import FIX_COLUMNS
from flow.imports.table import Table, clean
from models.formulas import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flow.imports.report import ImportReport

_HARMLESS = re.compile(r'="[^"]*"|[+-]?[\d,.\s]*%?|[-—]+')


def write_fixes(path: Path, report: ImportReport, target: Path) -> None:
    """Write the rows of ``path`` that the report lists: a workbook where ``target`` is called one, else CSV.

    Raises ImportRefused when the file cannot be read any more.
    """
    with closing(Table(path)) as table:
        table.begin(
            next(n for n, row in enumerate(table.tops[report.sheet]) if row.line == report.header), report.sheet
        )
        table.dated = report.dated
        rows = _rows(table, report)
        if target.suffix.lower() == ".xlsx":
            _write_book(target, rows)
        else:
            with target.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, delimiter="\t" if target.suffix.lower() == ".tsv" else ",")
                writer.writerows([[_inert(cell) for cell in row] for row in rows])


def _rows(table: Table, report: ImportReport) -> Iterator[list[str]]:
    kept = [place for place, name in enumerate(table.header) if name not in FIX_COLUMNS]
    yield [*(table.header[place] for place in kept), *FIX_COLUMNS]
    bad = {row.line: row for row in report.bad}
    for line, cells, _, *beside in table.raw_rows():
        if line in bad:
            _, reason, fix, _, filled, *_ = bad[line]
            shown = beside[0] if beside else {}
            over = [cell for cell in map(clean, cells[len(table.header) :]) if cell]
            yield [
                *_cells([shown.get(n, cell) for n, cell in enumerate(cells)], dict(filled), kept),
                str(line),
                reason,
                f"{fix}；多出来的格：{'、'.join(over)}" if over else fix,
            ]


def _cells(cells: list[str], filled: dict[int, str], kept: Iterable[int]) -> Iterator[str]:
    """What a row shows under the columns that are kept, and in blank cells what they stood for."""
    for place in kept:
        cell = "".join(cells[place : place + 1])
        yield cell if clean(cell) else filled.get(place, "")


def _inert(cell: str) -> str:
    """A cell that no spreadsheet computes; what was quoted against that before, and numbers, stay as they are."""
    return cell if _HARMLESS.fullmatch(cell) else inert(cell)


def _write_book(target: Path, rows: Iterable[list[str]]) -> None:
    """Every cell is text, so that no number of 16 digits is shortened when the file is saved again."""
    from openpyxl import Workbook  # heavy, and wanted only here
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("没有导入的行")
    for row in rows:
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cell)) for cell in row]
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
        sheet.append(cells)
    book.save(target)
