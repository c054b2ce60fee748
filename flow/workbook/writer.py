"""Makes the workbook that people edit: headings with notes, drop-downs, text cells that no spreadsheet will run.

openpyxl is imported with the first workbook: see ``flow/spreadsheets/formats.py``.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.policy import AUTOMATIC, WHOLE
from flow.spreadsheets.places import column_letters
from flow.workbook import nodes, sheets, tiers
from flow.workbook import stamp as stamps
from flow.workbook.file import MAX_ROWS
from flow.workbook.tables import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.styles import Alignment, Border, Font, PatternFill
    from openpyxl.worksheet.dimensions import RowDimension
    from openpyxl.worksheet.worksheet import Worksheet

    from flow.workbook.sheets import Key, Source
    from flow.workbook.stamp import Stamp
    from flow.workbook.tables import Head, Table

AUTHOR = "回旋镖"
TEXT_FORMAT = "@"  #: keeps a spreadsheet from making dates and numbers of what is typed
PICKS = "选项"
_INLINE = 250  #: a list inside a drop-down has at most 255 characters
_LINE_POINTS, _MAX_POINTS = 15.0, 409.0  #: the height of a line, and the most that a row may have


@dataclass(frozen=True, slots=True)
class _Looks:
    """What the cells look like."""

    head: Font
    head_fill: PatternFill
    whole_fill: PatternFill
    border: Border
    wrap: Alignment


@cache
def _looks() -> _Looks:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    head_fill, whole_fill = (PatternFill("solid", fgColor=color) for color in ("FF3B5B8C", "FFFFF3CD"))
    line = Side(style="thin", color="FFD0D5DD")
    border = Border(left=line, right=line, top=line, bottom=line)
    wrap = Alignment(wrap_text=True, vertical="top")
    return _Looks(Font(bold=True, color="FFFFFFFF"), head_fill, whole_fill, border, wrap)


@cache
def _fitted() -> type[RowDimension]:
    """A row as high as its texts need, which goes on fitting itself to them; openpyxl would fix a height for good."""
    from openpyxl.worksheet.dimensions import RowDimension

    return type("Fitted", (RowDimension,), {"customHeight": False})


def write_workbook(bundle: Mapping[Key, str], flow: str, policy: str, stamp: Stamp) -> bytes:
    """The XLSX file of one flow, one policy and what all flows share."""
    from openpyxl import Workbook

    old = sheets.source(bundle, flow, policy)
    book = Workbook()
    book.remove(book.worksheets[0])
    picks = _picks(old, bundle)
    for table in sheets.show(old).values():
        _sheet(book.create_sheet(table.name), table, picks)
    _hidden(book.create_sheet(PICKS), [[name, *values] for name, values in picks.items()], by_column=True)
    _hidden(book.create_sheet(stamps.SHEET), [list(row) for row in stamps.rows(stamp)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _picks(old: Source, bundle: Mapping[Key, str]) -> dict[str, list[str]]:
    """Lists that are too long or too changeable to stand inside a drop-down."""
    roles = [str(name) for name in old.roles.get("角色") or {}]
    assigned = yamlfile.read(bundle.get(("assignments", "assignments"), "{}")) or {}
    tables = [f"分派表 {name}" for name in assigned.get("分派表") or {}]
    return {
        tiers.APPROVER: [AUTOMATIC, *roles],
        nodes.OWNER: ["审批表", "提交人上级", *(f"角色 {role}" for role in roles), *tables],
    }


def _sheet(sheet: Worksheet, table: Table, picks: Mapping[str, Sequence[str]]) -> None:
    for column, head in enumerate(table.heads, 1):
        _heading(sheet, column, head)
        _drop_down(sheet, column, head, picks)
    for row in table.rows:
        for column, heading in enumerate(table.headings, 1):
            _cell(sheet, row.number, column, row[heading])
            if row[tiers.RULE] == WHOLE:
                sheet.cell(row.number, column).fill = _looks().whole_fill
        lines = max(_lines(row[head.name], head) for head in table.heads)
        points = min(_LINE_POINTS * lines, _MAX_POINTS)
        sheet.row_dimensions[row.number] = _fitted()(sheet, index=row.number, ht=points)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 2).coordinate


def _heading(sheet: Worksheet, column: int, head: Head) -> None:
    from openpyxl.comments import Comment

    cell, looks = _text(sheet, 1, column, head.name), _looks()
    cell.font, cell.fill, cell.border, cell.alignment = looks.head, looks.head_fill, looks.border, looks.wrap
    if head.note:
        cell.comment = Comment(
            head.note, AUTHOR, height=40 + 20 * (head.note.count("\n") + len(head.note) // 24), width=360
        )
    letter = column_letters(column)
    sheet.column_dimensions[letter].width = _width(head)
    sheet.column_dimensions[letter].number_format = TEXT_FORMAT


def _width(head: Head) -> int:
    """In characters, and never too narrow for the heading and the mark of its note."""
    return max(head.width, _breadth(head.name) + 2)


def _lines(text: str, head: Head) -> int:
    """How many lines a text takes in its column."""
    return sum(max(1, -(-_breadth(line) // (_width(head) - 1))) for line in text.split("\n"))


def _breadth(text: str) -> int:
    """In characters of a spreadsheet, of which a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _cell(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = _text(sheet, row, column, text)
    cell.border, cell.alignment = _looks().border, _looks().wrap


def _text(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """A cell that is text whatever it begins with: = + - @ and digits included."""
    cell = sheet.cell(row, column)
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.number_format = TEXT_FORMAT
    return cell


def _drop_down(sheet: Worksheet, column: int, head: Head, picks: Mapping[str, Sequence[str]]) -> None:
    formula = _formula(head, picks)
    if not formula or (sheet.title == nodes.SHEET and head.names_of == nodes.SHEET):
        return
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=head.only_picks)
    validation.errorTitle, validation.error = "不认识的字", f"“{head.name}”请从下拉里选"
    letter = column_letters(column)
    validation.add(f"{letter}{FIRST_ROW}:{letter}{MAX_ROWS}")
    sheet.add_data_validation(validation)


def _formula(head: Head, picks: Mapping[str, Sequence[str]]) -> str:
    """Names of a sheet's first column, a list of the hidden sheet, or a short list as it is."""
    if head.names_of in picks:
        letter = column_letters(list(picks).index(head.names_of) + 1)
        return f"'{PICKS}'!${letter}$2:${letter}${len(picks[head.names_of]) + 1}"
    if head.names_of:
        first = f"'{head.names_of}'!$A${FIRST_ROW}"
        return f"OFFSET({first},0,0,MAX(1,COUNTA({first}:$A${MAX_ROWS})))"  # no blank rows below the names
    inline = ",".join(head.picks)
    return f'"{inline}"' if 0 < len(inline) <= _INLINE else ""


def _hidden(sheet: Worksheet, lists: Sequence[Sequence[str]], *, by_column: bool = False) -> None:
    for n, values in enumerate(lists, 1):
        for m, value in enumerate(values, 1):
            _text(sheet, *((m, n) if by_column else (n, m)), value)
    sheet.sheet_state = "veryHidden"
