"""How the workbook looks to people: room for every text, lists to pick from, sheets that nobody has to see."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from flow.workbook import sheets
from tests.support import workbooks as w


def test_the_workbook_guides_the_hand() -> None:
    book = load_workbook(io.BytesIO(w.DATA))
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == list(sheets.NAMES)
    assert [book[name].sheet_state for name in ("选项", "版本")] == ["veryHidden"] * 2
    for name in sheets.NAMES:
        sheet = book[name]
        assert sheet.freeze_panes == "B2"
        assert all(cell.font.b and cell.comment for cell in sheet[1]), name
        assert all(cell.number_format == "@" and cell.quotePrefix for row in sheet for cell in row if cell.value)


def test_every_text_has_room_and_goes_on_having_it() -> None:
    sheet = load_workbook(io.BytesIO(w.DATA))["节点"]
    heights = {sheet.cell(row, 1).value: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)}
    assert heights["分流"] == 15
    assert heights["缺件协商"] == 30  # 说明 takes two lines
    with zipfile.ZipFile(io.BytesIO(w.DATA)) as archive:
        assert b"customHeight" not in archive.read("xl/worksheets/sheet1.xml")  # which no longer grows with its text
    role = load_workbook(io.BytesIO(w.DATA))["角色"]
    assert role.column_dimensions[get_column_letter(w.column_of(role, "看 收货账号"))].width == 13


DROP_DOWNS = [
    ("节点", "类型", '"人工,自动,等待,分叉,汇合,结束,提交"', True),
    ("节点", "派法", '"全部,轮流,最少待办"', True),
    ("节点", "状态", '"处理中,已挂起,已完成,已关闭"', True),
    ("节点", "负责人", "'选项'!$B$2:$B$", False),
    ("流转", "节点", "OFFSET('节点'!$A$2,0,0,MAX(1,COUNTA('节点'!$A$2:$A$2000)))", False),
    ("流转", "去", "OFFSET('节点'!$A$2,0,0,MAX(1,COUNTA('节点'!$A$2:$A$2000)))", False),
    ("流转", "样式", '"危险,换人,理由必填,理由可填"', False),
    ("审批表", "审批", "'选项'!$A$2:$A$", False),
    ("审批表", "退款时机", '"审批通过,包裹匹配,质检合格"', True),
    ("角色", "查", '"本人,团队,仓库,店铺,全部"', True),
]


@pytest.mark.parametrize(("sheet", "heading", "formula", "only"), DROP_DOWNS)
def test_drop_downs(sheet: str, heading: str, formula: str, only: bool) -> None:
    page = load_workbook(io.BytesIO(w.DATA))[sheet]
    letter = get_column_letter(w.column_of(page, heading))
    found = [each for each in page.data_validations.dataValidation if str(each.sqref) == f"{letter}2:{letter}2000"]
    assert len(found) == 1
    assert str(found[0].formula1).startswith(formula)
    assert bool(found[0].showErrorMessage) is only
