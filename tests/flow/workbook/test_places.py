"""Wherever in a workbook something wrong is written, sheet, row and column of that very place are named."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from tests.support import workbooks as w

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

BOOK = load_workbook(io.BytesIO(w.DATA))
WHOLE = "整份政策"
_PLACE = re.compile(r"(\S+?)(?: 第 (\d+) 行)?(?:“(.+?)”列)?：")

#: sheet, column, what is typed there, and the rows in which that is wrong
WRONG: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("节点", "类型", "人功", {}),
    ("节点", "入口", "入口", {}),
    ("节点", "负责人", "角色 质检圆", {"类型": "人工"}),
    ("节点", "派法", "随机", {"类型": "人工"}),
    ("节点", "会签", "也许", {}),
    ("节点", "表单", "责任方", {"类型": "人工"}),
    ("节点", "表单", "责任方｜单选｜商家", {"类型": "人工"}),  # said by the parser: one option is no choice
    ("节点", "分级", "初检\n初检", {"类型": "人工"}),
    ("节点", "分级", "初检\n终检｜｜分歧=是", {"类型": "人工"}),  # said by the check
    ("节点", "标题", "退 {谁}", {}),
    ("节点", "抄送", "老板", {}),
    ("节点", "不许", "发呆", {"类型": "人工"}),
    ("节点", "回避", "老板", {"类型": "人工"}),
    ("节点", "汇合", "没有", {}),
    ("节点", "分支", "没有", {}),
    ("节点", "状态", "完了", {"类型": "结束"}),
    ("流转", "节点", "质捡", {}),
    ("流转", "条件", "金额大于五十", {}),
    ("流转", "条件", "金额=五十", {}),  # said by the check
    ("流转", "去", "无处", {"样式": None}),
    ("流转", "样式", "红色", {"去": ...}),
    ("流转", "办", "质检和格", {"动作": ...}),
    ("流转", "记", "已质检", {"动作": ...}),
    ("审批表", "金额", "500~50", {"审批": ...}),
    ("审批表", "金额", "<0", {"审批": ...}),  # said by the parser
    ("审批表", "审批", "客服祖长", {"审批": ...}),
    ("审批表", "退款时机", "马上", {}),
    ("审批表", "双人金额", "9", {"审批": ...}),
    ("时限", "节点", "质捡", {}),
    ("时限", "分级", "复检", {}),
    ("时限", "时限", "快", {}),
    ("时限", "时限", "0小时", {}),  # said by the check
    ("原因", "流程", "退火", {}),
    ("通知", "时刻", "那时", {}),
    ("通知", "原文", "缺少{部件}", {}),
    ("角色", "查", "本店", {}),
    ("角色", "看 金额", "尾号", {}),
    ("角色", "说明", None, {}),
]  # fmt: skip


def fitting(sheet: Worksheet, where: dict[str, Any]) -> list[int]:
    """Rows whose other cells hold these values, ``...`` being anything."""
    columns = {w.column_of(sheet, name): value for name, value in where.items()}
    rows = range(2, sheet.max_row + 1)
    return [row for row in rows if all(_is(sheet.cell(row, n).value, value) for n, value in columns.items())]


def _is(found: Any, wanted: Any) -> bool:
    return bool(found) if wanted is ... else found == wanted


def some(rows: list[int]) -> Iterator[tuple[str, int]]:
    """The first, one in the middle and the last."""
    places = {rows[-1]: "last", rows[len(rows) // 2]: "middle", rows[0]: "first"}
    yield from ((name, row) for row, name in places.items())


PLANTED = [
    pytest.param(sheet, heading, value, row, blank, id=f"{sheet} {heading} {value} {name}{' after a blank' * blank}")
    for sheet, heading, value, where in WRONG
    for name, row in some(fitting(BOOK[sheet], where))
    for blank in [name == "middle"]
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "heading", "value", "row", "blank"), PLANTED)
def test_the_place_of_what_is_wrong_is_named(sheet: str, heading: str, value: Any, row: int, *, blank: bool) -> None:
    def plant(book: Workbook) -> None:
        book[sheet].cell(row, w.column_of(book[sheet], heading)).value = value
        if blank:
            book[sheet].insert_rows(row)

    found = places(w.problems(w.edited(plant)))
    assert (sheet, row + blank, heading) in found, w.problems(w.edited(plant))
    assert {place[:2] for place in found if place[1]} == {(sheet, row + blank)}, "nothing else is blamed"


def places(problems: list[str]) -> set[tuple[str, int, str]]:
    matches = [match for problem in problems if (match := _PLACE.match(problem))]
    return {(match[1], int(match[2] or 0), match[3] or "") for match in matches}


# ---- what is wrong only beside the rows around it

WAYS = [(n, row[0].value, row[1].value) for n, row in enumerate(BOOK["流转"].iter_rows(min_row=2), 2)]
GROUPS = {(node, action): [n for n, *of in WAYS if of == [node, action]] for _, node, action in WAYS}


@pytest.mark.parametrize("rows", [rows for rows in GROUPS.values() if len(rows) > 1])
def test_the_last_way_is_blamed_for_its_own_condition(rows: list[int]) -> None:
    place = f"流转!{w.find(BOOK['流转'], '条件', 节点='分流').column_letter}{rows[-1]}"
    assert ("流转", rows[-1], "条件") in places(w.problems(w.put({place: "金额>5"})))


@pytest.mark.parametrize("rows", [rows for rows in GROUPS.values() if len(rows) > 1])
def test_of_two_equal_ways_the_second_is_blamed(rows: list[int]) -> None:
    said = w.problems(w.edited(twice("流转", rows[0])))
    assert [place for place in places(said) if place[0] == "流转"] == [("流转", rows[0] + 1, "条件")], said


@pytest.mark.parametrize("sheet", ["节点", "时限", "原因", "通知", "角色"])
def test_of_two_rows_of_one_name_the_second_is_blamed(sheet: str) -> None:
    for row in (2, BOOK[sheet].max_row):
        said = w.problems(w.edited(twice(sheet, row)))
        assert {place[:2] for place in places(said)} == {(sheet, row + 1)}, said
        assert f"在第 {row} 行已经有了" in said[0]


def twice(sheet: str, row: int) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet].insert_rows(row + 1)
        for n in range(1, book[sheet].max_column + 1):
            book[sheet].cell(row + 1, n).value = book[sheet].cell(row, n).value

    return change


def test_a_word_of_the_second_row_of_an_action_is_found_there() -> None:
    second = GROUPS["金额审批", "同意"][1]
    place = w.find(BOOK["流转"], "样式", 节点="金额审批", 动作="同意").column_letter
    assert places(w.problems(w.put({f"流转!{place}{second}": "红色"}))) == {("流转", second, "样式")}


def test_a_refund_that_nobody_waits_for_is_found_where_it_leads() -> None:
    rows = GROUPS["金额审批", "同意"]
    column = w.find(BOOK["流转"], "办", 节点="金额审批", 动作="同意").column_letter
    assert {place[1] for place in places(w.problems(w.put({f"流转!{column}{rows[0]}": "确认退款"})))} == set(rows)


def test_a_gap_is_told_with_the_rows_of_the_sheet() -> None:
    leader, director = (w.find(BOOK["审批表"], "金额", 规则=rule) for rule in ("组长审批", "总监审批"))
    said = w.problems(w.put({f"审批表!{director.coordinate}": ">=800"}))
    between = f"第 {leader.row} 行（组长审批）到 500、第 {director.row} 行（总监审批）从 800 起"
    assert said == [f"审批表“金额”列：{between}：金额 500.01～799.99 没有人审批"]
