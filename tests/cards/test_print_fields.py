"""What goes into the places of a print template, and that the one to begin with has them all."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from cards.documents.fields import ALIASES, OF_PAPER, ROWS, sheets_of
from cards.documents.sample import sample
from models.views.case import EventView, LineView
from models.views.papers import (
    APPLICATION,
    INSPECTION,
    PAPERS,
    REFUND,
    Checked,
    InspectionPaper,
    Papers,
    RefundPaper,
)
from tests.support.card_views import CASE, NOW

LINES = (LineView("85123A", "烛台", Decimal("5.10"), 2, 2, 1, 1),)
EVENTS = (EventView(NOW, "林晓", "", "提交"), EventView(NOW, "系统", "质检", "进入", passing=True))
REPORT = InspectionPaper("R1-Q1", "次品", "仓库", "返修", (Checked("85123A", "烛台", 1, 1),), "许静", NOW)
PAID = RefundPaper(
    "R1-T1", Decimal("4.10"), "原路退回", "", "已退款", (("缺配件", Decimal("1.00")),), "钱芳", NOW, None, "", ""
)
FOUND = Papers(
    replace(CASE, lines=LINES, events=EVENTS), "旗舰店", "华东", (("颜色", "红"),), (REPORT,),
    (PAID, replace(PAID, no="R1-T2")), "李敏", NOW,
)  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
def test_every_place_of_a_paper_is_filled_by_every_name(paper: str) -> None:
    for sheet in sheets_of(FOUND, paper):
        assert {*OF_PAPER[paper], *ALIASES[paper], "填写:颜色"} == sheet.plain.keys()
        assert sheet.rows.keys() == ROWS[paper].keys()
        for group, rows in sheet.rows.items():
            assert rows
            assert all({*ROWS[paper][group]} <= row.keys() for row in rows)


@pytest.mark.parametrize(("paper", "numbers"), [
    (APPLICATION, [CASE.no]), (INSPECTION, ["R1-Q1"]), (REFUND, ["R1-T1", "R1-T2"]),
])  # fmt: skip
def test_a_paper_for_each_report_and_each_refund(paper: str, numbers: list[str]) -> None:
    assert [sheet.no for sheet in sheets_of(FOUND, paper)] == numbers


@pytest.mark.parametrize(
    ("paper", "name", "text", "value"),
    [
        (REFUND, "退款单号", "R1-T1", None),  # of this one, where the application names them all
        (APPLICATION, "退款单号", "R1-T1、R1-T2", None),
        (REFUND, "退款金额", "¥4.10", Decimal("4.10")),
        (REFUND, "扣款", "缺配件 ¥1.00", None),
        (REFUND, "扣款合计", "¥1.00", Decimal("1.00")),
        (REFUND, "收款账号", "原付款账号", None),
        (REFUND, "到账时间", "", None),
        (INSPECTION, "次品件数", "1", 1),
        (INSPECTION, "结果", "次品", None),
        (APPLICATION, "商品件数", "2", 2),
        (APPLICATION, "审计锚", "锚", None),
        (APPLICATION, "导出时间", f"{NOW:%Y-%m-%d %H:%M}", NOW),
        (APPLICATION, "填写:颜色", "红", None),
    ],
)
def test_a_place_is_filled_with_what_the_shipped_paper_says(paper: str, name: str, text: str, value: Any) -> None:
    entry = sheets_of(FOUND, paper, "锚")[0].plain[name]
    assert (entry.text, entry.value) == (text, value)


def test_what_the_reader_may_not_see_is_no_number_either() -> None:
    hidden = replace(FOUND, case=replace(FOUND.case, amount=None), refunds=(replace(PAID, amount=None),))
    for paper, name in ((APPLICATION, "金额"), (REFUND, "退款金额")):
        entry = sheets_of(hidden, paper)[0].plain[name]
        assert (entry.text, entry.value) == ("¥***", None)


def test_rows_are_numbered_and_steps_of_the_system_alone_left_out() -> None:
    [sheet] = sheets_of(FOUND, APPLICATION)
    assert [row["事项"].text for row in sheet.rows["经过"]] == ["提交"]
    [goods] = sheet.rows["商品"]
    assert [goods[name].text for name in ("序号", "编号", "商品编号", "申请数量")] == ["1", "85123A", "85123A", "2"]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_one_to_begin_with_has_every_place(paper: str) -> None:
    [sheet] = load_workbook(io.BytesIO(sample(paper))).worksheets
    said = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    wanted = {f"{{{name}}}" for name in OF_PAPER[paper]}
    wanted |= {f"{{{group}.{name}}}" for group, names in ROWS[paper].items() for name in names}
    assert wanted <= said


def test_a_place_is_filled_by_what_a_field_was_called_before() -> None:
    [sheet] = sheets_of(replace(FOUND, other_names={"色号": "颜色", "尺寸": "尺码"}), APPLICATION)
    asked = {name: entry.text for name, entry in sheet.plain.items() if name.startswith("填写:")}
    assert asked == {"填写:色号": "红", "填写:颜色": "红"}
