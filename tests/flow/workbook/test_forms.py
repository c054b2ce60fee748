"""Forms in the sheet: a line of a cell for each field, rights to earlier ones, and what is asked at the opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.workbook import read_workbook
from flow.workbook.errors import WorkbookError
from flow.workbook.forms import FORM
from tests.support import workbooks as w

if TYPE_CHECKING:
    from openpyxl import Workbook

#: a line of a form's cell, and the field that it is
FORM_LINES: list[tuple[str, dict[str, Any]]] = [
    ("外观｜单选｜必填｜完好、破损｜默认=完好",
     {"名": "外观", "填": "单选", "必填": True, "选项": ["完好", "破损"], "默认": "完好"}),
    ("照片二｜照片｜必填｜当=类型=质量问题|物流损坏；金额>500",
     {"名": "照片二", "填": "照片", "必填": True, "当": {"类型": "质量问题|物流损坏", "金额": ">500"}}),
    ("情况｜文本｜必填当=类型=质量问题|物流损坏｜默认={运单号}",
     {"名": "情况", "填": "文本", "必填当": {"类型": "质量问题|物流损坏"}, "默认": "{运单号}"}),
    ("责任｜单选｜商家、客户｜当=类型=质量问题|物流损坏",
     {"名": "责任", "填": "单选", "选项": ["商家", "客户"], "当": {"类型": "质量问题|物流损坏"}}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field"), FORM_LINES)
def test_a_field_reads_in_its_cell_as_people_write_it(line: str, field: dict[str, Any]) -> None:
    assert FORM.read(line) == [field]
    assert FORM.show([field]) == line


def test_conditions_defaults_and_rights_come_by_the_sheet() -> None:
    def asked(book: Workbook) -> None:
        w.find(book["节点"], "表单", 节点="质检").value = "\n".join(line for line, _ in FORM_LINES[:2])
        w.find(book["节点"], "字段", 节点="财务退款").value = "外观=可改；照片二＝隐藏"

    expected = w.plain("flow", w.FLOW)
    expected["节点"]["质检"]["表单"] = [field for _, field in FORM_LINES[:2]]
    expected["节点"]["财务退款"]["字段"] = {"外观": "可改", "照片二": "隐藏"}
    assert w.changes(w.edited(asked)) == {"flow": expected}


def test_what_is_asked_at_the_opening_is_a_row_of_its_own() -> None:
    def asked(book: Workbook) -> None:
        w.append(book["节点"], 节点="提交", 类型="提交", 表单="渠道｜单选｜必填｜直播间、店铺")

    form = [{"名": "渠道", "填": "单选", "必填": True, "选项": ["直播间", "店铺"]}]
    assert w.changes(w.edited(asked)) == {"flow": w.plain("flow", w.FLOW) | {"提交表单": form}}
    bundle = {**w.SHIPPED, **read_workbook(w.edited(asked), w.SHIPPED).texts}
    assert read_workbook(w.written(bundle), bundle).texts == {}
    with pytest.raises(WorkbookError) as refused:
        read_workbook(
            w.edited(lambda book: w.append(book["节点"], 节点="提交", 类型="提交", 负责人="角色 客服")), w.SHIPPED
        )
    assert "提交这一行只写“表单”，别的请空着" in str(refused.value)
