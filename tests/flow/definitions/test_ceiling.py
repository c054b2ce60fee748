"""自动上限 as a policy writes it, what it makes of a case, and what lifts it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from flow.definitions.business import shipped
from flow.definitions.ceiling import NONE, OVER, Ceiling, loosest, over_words, raised, read
from flow.definitions.policy import read_policy
from flow.errors import DefinitionError, Problem

EXPRESS = shipped()["policy", "express"]
LOOSE = EXPRESS.replace('"<=50"', '"<=9000"')
CALM = {"风险客户": False, "未签收": False}


def of(*parts: int | None) -> Ceiling:
    return Ceiling(*(None if part is None else Decimal(part) for part in parts))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, ""),
        ({"每单": 500}, "每单 500"),
        ({"每单": "500", "每天": 5000, "每客户": 1000}, "每单 500，每天 5000，每客户 1000"),
        ({"每客户": 99.5}, "每客户 99.5"),
    ],
)
def test_it_is_read_as_it_is_written(raw: Any, words: str) -> None:
    problems: list[Problem] = []
    assert (read(raw, "政策", problems).words(), problems) == (words, [])


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (500, "要写成"),
        ({}, "要写成"),
        ({"每周": 500}, "没有“每周”，可选 每单、每天、每客户、客户天数"),
        ({"每客户": 500, "客户天数": 0}, "客户天数“0”要是不小于 1 的整数"),
        ({"每单": "很多"}, "每单“很多”要是不小于 0 的金额"),
        ({"每单": -1}, "要是不小于 0 的金额"),
        ({"每单": 500, "每天": 100}, "每天 100 比每单的 500 还少"),
        ({"每单": 500, "每客户": 100}, "每客户 100 比每单的 500 还少"),
    ],
)
def test_what_cannot_be_meant_is_said(raw: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        read_policy(EXPRESS.replace("{每单: 500, 每天: 5000, 每客户: 1000, 客户天数: 183}", str(raw)))


@pytest.mark.parametrize(
    ("facts", "approver", "over"),
    [
        ({"金额": "500"}, "自动", ""),
        ({"金额": "500.01"}, "运营总监", "每单自动上限 ¥500"),
        ({"金额": "300", "同单已有": "250"}, "运营总监", "每单自动上限 ¥500"),  # with the others of its order
        ({"金额": "30", OVER: "每天自动上限 ¥5000"}, "客服组长", "每天自动上限 ¥5000"),  # noted before
        ({"金额": "600", "风险客户": True}, "运营总监", ""),
    ],
)
def test_beyond_it_the_next_row_that_names_a_person_decides(facts: dict[str, Any], approver: str, over: str) -> None:
    said = read_policy(LOOSE).facts({**CALM, **facts})
    assert (said["审批"], said.get(OVER, "")) == (approver, over)


def test_the_reason_is_said_in_words() -> None:
    assert over_words({OVER: "每单自动上限 ¥500"}) == "，超过每单自动上限 ¥500"
    assert over_words({}) == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (of(500, 5000, 1000), of(500, 5000, 1000), []),
        (of(500, 5000, 1000), of(300, 4000, 900), []),
        (of(500, 5000, 1000), of(800, 5000, None), ["自动上限 每单 500 → 800", "自动上限 每客户 1000 → 不限"]),
        (NONE, of(800, None, None), []),
        (of(0, None, None), of(1, None, None), ["自动上限 每单 0 → 1"]),
        (of(500, 5000, 1000, 183), of(500, 5000, 1000, 90), ["自动上限 客户天数 183 → 90"]),
        (of(500, 5000, 1000), of(500, 5000, 1000, 183), ["自动上限 客户天数 全部 → 183"]),
        (of(500, 5000, 1000, 90), of(500, 5000, 1000, 183), []),
        (of(500, 5000, 1000, 90), of(500, 5000, 1000), []),
        (of(500, 5000, None, 183), of(500, 5000, 1000, 90), []),
    ],
)
def test_what_lets_more_through_lifts_it(old: Ceiling, new: Ceiling, told: list[str]) -> None:
    assert raised(old, new) == told


@pytest.mark.parametrize(
    ("several", "most"),
    [
        ([], NONE),
        ([of(500, 5000, 1000), of(800, 100, 1000)], of(800, 5000, 1000)),
        ([of(500, 5000, 1000), of(800, None, 1000)], of(800, None, 1000)),
        ([of(0, 0, 0)], of(0, 0, 0)),
        ([of(500, 5000, 1000, 90), of(500, 5000, 1000)], of(500, 5000, 1000, 90)),
    ],
)
def test_the_loosest_of_several(several: list[Ceiling], most: Ceiling) -> None:
    assert loosest(several) == most
