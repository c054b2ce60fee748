"""A report as a table: CSV for any program, XLSX for a spreadsheet. What could be read as a formula is made text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from cards.charts.figures import TABLE, sheet_rows
from models.formulas import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def rows(report: Mapping[str, Any], anchor: str = "") -> Iterator[list[object]]:
    """What is said in the table, and ``anchor`` at its foot, as in every file that goes out."""
    yield from sheet_rows(report) if report["form"] == TABLE else _points(report)
    if anchor:
        yield []
        yield [inert(anchor)]


def _points(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """A head, then one row per point of every series, then the total."""
    yield ["系列", "项目", f"数值（{report['unit']}）"]
    for series in report["series"]:
        for label, value in series["points"]:
            yield [inert(series["name"]), inert(label), "" if value is None else value]
    yield ["合计", f"{report['from']} 至 {report['to']}", "" if report["total"] is None else report["total"]]


def to_csv(report: Mapping[str, Any], anchor: str = "") -> bytes:
    """UTF-8 with a BOM, so that Excel reads the Chinese."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows(report, anchor))
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(report: Mapping[str, Any], anchor: str = "") -> bytes:
    """One sheet named after the chart."""
    from openpyxl import Workbook  # a fifth of a second to import, wanted only here

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(report["chart"])[:31])
    for row in rows(report, anchor):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
