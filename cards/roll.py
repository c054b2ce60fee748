"""A list of cases as a spreadsheet: one row each, filters on the heads, ready to be printed across."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from cards.cells import BORDER, CENTER, HEAD, HEAD_FILL, put, width

if TYPE_CHECKING:
    from models.papers import Roll, Value

SHEET = "售后单"
_WIDTHS = {"单号": 17, "商品": 36, "客户": 12, "订单": 16, "提交时间": 17, "完成时间": 17, "节点": 12, "负责人": 14}
_WIDTH = 10  #: of a column that says nothing else


def to_xlsx(roll: Roll) -> bytes:
    """One sheet; a file of twenty thousand rows takes some seconds."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for column, head in enumerate(roll.heads, 1):
        sheet.column_dimensions[get_column_letter(column)].width = max(_WIDTHS.get(head, _WIDTH), width(head) + 4)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.append([_cell(sheet, head, is_head=True) for head in roll.heads])
    for row in roll.rows:
        sheet.append([_cell(sheet, value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(roll.heads))}{len(roll.rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: Value, *, is_head: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)  # type: ignore[arg-type]
    put(cell, value)
    cell.border = BORDER
    if is_head:
        cell.font, cell.fill, cell.alignment = HEAD, HEAD_FILL, CENTER
    return cell


def told(roll: Roll) -> str:
    """What goes with the file: ``本月 · 质量问题：37 单``, and what is missing of it."""
    if not roll.rows:
        return f"{roll.title}：没有你能看的单，换个时间或筛选再试"
    if roll.cut:
        return f"{roll.title}：太多了，只导出最新的 {len(roll.rows):,} 单；更早的请把时间写短，分几次导出"
    return f"{roll.title}：{len(roll.rows):,} 单"
