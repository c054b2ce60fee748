"""A list of cases as a spreadsheet: one row each, filters on the heads, ready to be printed across."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

from cards.documents.cells import A4, fill, looks, put, width
from cards.types import short
from models.outside import file_name as named

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.views.papers import Roll, Value

SHEET = "售后单"
NAME_CHARS = 80  #: of a file's name, before its count
_WIDTHS = {"单号": 17, "商品": 36, "客户": 12, "订单": 16, "提交时间": 17, "完成时间": 17, "节点": 12, "负责人": 14}
_WIDTH = 10  #: of a column that says nothing else


def to_xlsx(roll: Roll, anchor: str = "") -> bytes:
    """One sheet, and under its rows ``anchor``; a file of twenty thousand rows takes some seconds."""
    from openpyxl import Workbook  # heavy: see ``cells``
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for column, head in enumerate(roll.heads, 1):
        sheet.column_dimensions[get_column_letter(column)].width = max(_WIDTHS.get(head, _WIDTH), width(head) + 4)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    cells = _Cells(sheet)
    sheet.append([cells.head(head) for head in roll.heads])
    for row in roll.rows:
        sheet.append([cells.of(value) for value in row])
    if anchor:
        sheet.append([])
        sheet.append([cells.of(anchor)])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(roll.heads))}{len(roll.rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Cells:
    """Makes cells that look like the first of their kind: dressing each on its own doubles the time."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._cell: Callable[[], Any] = partial(WriteOnlyCell, sheet)
        self._looks: dict[type, Any] = {}

    def of(self, value: Value) -> Any:
        look = self._looks.get(type(value))
        cell = self._cell()
        if look is None:
            put(cell, value)
            cell.border = looks().border
            self._looks[type(value)] = cell._style
        else:
            fill(cell, value)
            cell._style = look
        return cell

    def head(self, text: str) -> Any:
        cell = self._cell()
        put(cell, text)
        cell.border, cell.font = looks().border, looks().head
        cell.fill, cell.alignment = looks().head_fill, looks().center
        return cell


def file_name(roll: Roll) -> str:
    """``售后单 2026-11-01~2026-11-23 · 质量问题 37 单.xlsx``: says on its own what is in it."""
    title = short(named(roll.title), NAME_CHARS)
    return f"{SHEET} {title} {len(roll.rows)} 单.xlsx"


def told(roll: Roll) -> str:
    """What the file can't say: that there is nothing, or that there is more; "" where it says all."""
    if not roll.rows:
        return f"{roll.title}：没有你能看的单，换个时间或筛选再试"
    if roll.cut:
        return f"{roll.title}：单子太多，只导出了最新的 {len(roll.rows):,} 单；更早的请把时间写短，分几次导出"
    return ""
