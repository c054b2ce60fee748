"""Days in the sheets: a column for them, days among the conditions of a way, and what is wrong by its cell."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from flow.definitions import yamlfile
from flow.definitions.conditions import CellError
from flow.workbook import WorkbookError, read_workbook
from flow.workbook.values import CONDITIONS
from tests.support import workbooks as w

if TYPE_CHECKING:
    from openpyxl import Workbook

CLAUSES = [
    ("金额>1000；从 2027-06-01 到 2027-08-31", {"金额": ">1000", "日期": "2027-06-01~2027-08-31"}),
    ("提交日期=2027-06-01~2027-08-31；类型=质量问题", {"提交日期": "2027-06-01~2027-08-31", "类型": "质量问题"}),
    ("日期>=2027-06-01", {"日期": ">=2027-06-01"}),
    ("从2027年6月1日到2027年8月31日", {"日期": "2027-06-01~2027-08-31"}),
]


@pytest.mark.parametrize(("text", "cells"), CLAUSES)
def test_the_conditions_of_a_way_may_name_days(text: str, cells: dict[str, str]) -> None:
    assert CONDITIONS.read(text) == cells
    assert CONDITIONS.read(CONDITIONS.show(cells)) == cells


def test_days_that_there_are_not_are_told() -> None:
    with pytest.raises(CellError, match="结束在开始以前"):
        CONDITIONS.read("从 2027-08-31 到 2027-06-01")


def with_a_season(cell: str) -> bytes:
    """The sheet 审批表 with a column for days, and a further row of a season above the others."""

    def change(book: Workbook) -> None:
        sheet = book["审批表"]
        heads = {str(each.value): n for n, each in enumerate(sheet[1], 1)}
        new = sheet.max_column + 1
        sheet.cell(1, new, "日期")
        sheet.insert_rows(3)
        for heading, value in {"规则": "大促", "金额": "<=200", "审批": "自动"}.items():
            sheet.cell(3, heads[heading], value)
        sheet.cell(3, new, cell)

    return w.edited(change)


def test_a_column_of_days_comes_into_the_table() -> None:
    found = read_workbook(with_a_season("从 2027-11-01 到 2027-11-15"), w.SHIPPED)
    rows = yamlfile.read(found.texts["policy", "express"])["审批表"]
    assert rows[0] == {"规则": "大促", "金额": "<=200", "审批": "自动", "日期": "2027-11-01~2027-11-15"}
    assert all("日期" not in row for row in rows[1:])
    again = w.written({**w.SHIPPED, **found.texts})
    assert read_workbook(again, {**w.SHIPPED, **found.texts}).texts == {}
    heads = [each.value for each in load_workbook(io.BytesIO(again))["审批表"][1]]
    assert "日期" in heads


def test_what_is_wrong_with_a_day_is_told_by_its_cell() -> None:
    with pytest.raises(WorkbookError) as refused:
        read_workbook(with_a_season("双十一"), w.SHIPPED)
    assert any("第 3 行" in each and "日期" in each for each in refused.value.problems), refused.value.problems
