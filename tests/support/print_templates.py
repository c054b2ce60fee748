"""Print templates as their owners make them: a letterhead with a logo, a row of goods, a place to sign."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from PIL import Image as Picture

from tests.support.workbooks import repacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

GOODS_ROW = 8
RED = "FFC0392B"


def letterhead(change: Callable[[Worksheet], object] = lambda sheet: None, title: str = "退款单") -> bytes:
    """A refund paper of one sheet: title, facts, one row of goods, a total, a line to sign and a logo below it."""
    book = Workbook()
    [sheet] = book.worksheets
    sheet.title = title
    sheet["A1"] = "回旋商贸 {退款单号}"
    sheet["A1"].font, sheet["A1"].alignment = Font(size=18, bold=True, color=RED), Alignment(horizontal="center")
    sheet.merge_cells("A1:F1")
    for place, text in {"A3": "客户", "B3": "{客户姓名}", "D3": "金额", "E3": "{退款金额}", "B4": "{导出时间}"}.items():
        sheet[place] = text
    sheet["E3"].number_format, sheet["B4"].number_format = '"￥"#,##0.00', "yyyy年m月d日"
    sheet["A5"] = CellRichText("单号 ", TextBlock(InlineFont(b=True), "{单号}"), " 完")
    for n, name in enumerate(("序号", "编号", "名称", "数量", "实付"), 1):
        sheet.cell(GOODS_ROW - 1, n, name).fill = PatternFill("solid", fgColor="FFDDDDDD")
        sheet.cell(GOODS_ROW, n, f"{{商品.{name}}}").border = Border(bottom=Side(style="thin"))
    sheet.merge_cells(f"E{GOODS_ROW}:F{GOODS_ROW}")
    sheet["A9"] = "合计 {商品件数} 件"
    sheet.merge_cells("A9:F9")
    sheet["A11"] = "签字"
    sheet.add_image(Image(_logo()), "E11")
    sheet.column_dimensions["C"].width = 33
    sheet.print_area, sheet.print_title_rows = "A1:F16", "7:7"
    sheet.page_setup.orientation = "landscape"
    sheet.oddFooter.left.text = "{导出人} 打印"  # type: ignore[union-attr]
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _logo() -> io.BytesIO:
    out = io.BytesIO()
    Picture.new("RGB", (80, 30), "#c0392b").save(out, "PNG")
    out.seek(0)
    return out


def with_part(data: bytes, name: str, content: bytes = b"") -> bytes:
    """The workbook with one more part, or another one under that name."""
    return repacked(data, lambda parts: parts.update({name: content}))


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with other words in the XML of one part. Raises ValueError where they do not stand there."""

    def change(parts: dict[str, bytes]) -> None:
        parts[part].index(old)
        parts[part] = parts[part].replace(old, new)

    return repacked(data, change)
