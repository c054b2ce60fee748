"""How many must agree: in a cell, in the line of a level, in the table as it is read, in the picture and on record."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.conditions import CellError
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import read_policy
from flow.definitions.table_text import table_lines
from flow.diff.sketch import sketch, tier_words
from flow.edits import apply
from flow.edits.working_copy import Unchanged
from flow.errors import DefinitionError, FlowError
from flow.validation.policies import parse_policy
from flow.workbook.owners import LEVELS
from flow.workbook.values import COUNT
from tests.support.editing import BUNDLE, said, words

FLOW, POLICY = ("flow", "退货"), ("policy", "express")
LEVEL_LINES: list[tuple[str, dict[str, Any]]] = [
    ("初检", {"名": "初检"}),
    ("复检｜角色 质检主管｜同意人数=2", {"名": "复检", "负责人": {"角色": "质检主管"}, "同意人数": 2}),
    (
        "复检｜角色 质检主管｜同意人数=3｜金额=>1000",
        {"名": "复检", "负责人": {"角色": "质检主管"}, "同意人数": 3, "当": {"金额": ">1000"}},
    ),
]


@pytest.mark.parametrize(("line", "level"), LEVEL_LINES[:2])
def test_a_level_in_its_cell_and_back(line: str, level: dict[str, Any]) -> None:
    assert LEVELS.show([level]) == line
    assert LEVELS.read(line) == [level]


LINES = [
    ("复检｜同意人数：2人｜角色 质检主管｜金额>1000", {"负责人": {"角色": "质检主管"}, "当": {"金额": ">1000"}}),
    ("复检｜角色 质检主管｜同意人数 2｜类型=甲|乙", {"负责人": {"角色": "质检主管"}, "当": {"类型": "甲|乙"}}),
    ("复检｜同意人数 2", {}),
]


@pytest.mark.parametrize(("line", "others"), LINES)
def test_the_number_stands_behind_the_name_or_the_owner(line: str, others: dict[str, Any]) -> None:
    assert LEVELS.read(line) == [{"名": "复检", "同意人数": 2} | others]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("复检｜角色 质检主管｜同意人数=0", "“0”要是 1 或更大的整数"),
        ("复检｜角色 质检主管｜同意人数=一些", "“一些”要是 1 或更大的整数"),
        ("复检｜角色 质检主管｜同意人数=2｜同意人数=3", "的“同意人数”要写一次，写在条件前面"),
    ],
)
def test_a_level_that_says_too_much_is_refused(line: str, why: str) -> None:
    with pytest.raises(CellError, match=why):
        LEVELS.read(line)


@pytest.mark.parametrize(("cell", "number"), [("2", 2), ("3 人", 3), ("２位", 2)])
def test_a_number_of_people_in_a_cell(cell: str, number: int) -> None:
    assert COUNT.read(cell) == number


@pytest.mark.parametrize("cell", ["0", "-1", "1.5", "两三", ""])
def test_what_is_no_number_of_people_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        COUNT.read(cell)


def test_the_picture_says_how_many() -> None:
    texts = said("流程 金额审批 同意人数 2；增加级别 质检 客服主管 同意人数 3；规则 总监审批 同意人数 2")
    drawn = sketch(read_flow(texts[FLOW]), None, title="", subtitle="")
    lines = {box.name: "".join(box.lines) for box in drawn.boxes}
    assert "2 人同意" in lines["金额审批"]
    assert "初审→复审 3 人同意" in lines["质检"]
    policy = read_policy(texts[POLICY])
    assert "运营总监 2 人同意" in tier_words(policy)
    rows = [{"规则": "总监审批", "审批": "运营总监", "同意人数": 2, "金额": ">500"}]
    assert table_lines("审批表", rows)[1] == "1. 总监审批：金额 >500 → 运营总监，2 人同意"


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("流程 金额审批 同意人数 2", ["金额审批 同意人数：没有 → 2"]),
        ("流程 金额审批 同意人数 两人", ["金额审批 同意人数：没有 → 2"]),
        ("规则 总监审批 同意人数 3位", ["审批表 总监审批 同意人数：没有 → 3"]),
        (
            "增加行 审批表 大额 审批 运营总监 同意人数 2 当 金额>9000",
            ["审批表 增加 大额（金额>9000，审批 运营总监，同意人数 2）"],
        ),
    ],
)
def test_the_change_in_words(sentence: str, told: list[str]) -> None:
    assert words(BUNDLE, said(sentence)) == told


@pytest.mark.parametrize("value", ["0", "许多", "1.5"])
@pytest.mark.parametrize("of", ["流程 金额审批", "规则 总监审批"])
def test_a_sentence_with_no_number_of_people_is_refused(of: str, value: str) -> None:
    with pytest.raises(FlowError, match="不是人数"):
        said(f"{of} 同意人数 {value}")


def test_a_number_is_taken_away_and_what_is_so_is_said() -> None:
    with_two = said("流程 金额审批 同意人数 2")
    assert (
        apply(["流程", "金额审批", "同意人数", "无"], {**BUNDLE, **with_two}, "退货", "express").texts[FLOW]
        != with_two[FLOW]
    )
    with pytest.raises(Unchanged):
        apply(["流程", "金额审批", "同意人数", "2"], {**BUNDLE, **with_two}, "退货", "express")


def test_nobody_signs_where_the_system_decides() -> None:
    text = BUNDLE[POLICY].replace("审批: 自动", "审批: 自动, 同意人数: 2", 1)
    with pytest.raises(DefinitionError, match="审批写自动就没有人签，不能写同意人数"):
        parse_policy(text)


@pytest.mark.parametrize(("amount", "number"), [("400", None), ("501", 2)])
def test_the_row_that_fits_says_how_many(amount: str, number: int | None) -> None:
    policy = read_policy(said("规则 总监审批 同意人数 2")[POLICY])
    assert policy.facts({"金额": amount}).get("同意人数") == number
