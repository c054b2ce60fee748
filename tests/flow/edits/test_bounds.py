"""A bound that moves takes along what begins there of the same cases, and no other row. A table and a property."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow import edits
from flow.definitions import yamlfile
from flow.definitions.business import POLICY, shipped
from flow.definitions.yamlfile import write
from flow.errors import FlowError, PolicyRefused
from flow.validation.policies import parse_policy
from tests.support.editing import BUNDLE, said

if TYPE_CHECKING:
    from flow.definitions.policy import Policy

SHIPPED = shipped()
HEAD: dict[str, Any] = {"政策": "express", "名称": "快速", "退款时机": "质检合格", "双人金额": 1000}
AMOUNTS = [Decimal(n) / 2 for n in range(0, 2200, 7)]
CATEGORIES = ("家电", "服装", "食品", "")


def row(name: str, who: str, **cells: str) -> dict[str, str]:
    return {"规则": name, **cells, "审批": who}


SHOP = [
    row("家电小额", "客服组长", 品类="家电", 金额="<=500"),
    row("家电大额", "运营总监", 品类="家电", 金额=">500"),
    row("小额", "客服组长", 金额="<=500"),
    row("大额", "客服主管", 金额=">500"),
]
CLOTHES = [
    row("服装小额", "客服组长", 品类="服装", 金额="<=500"),
    row("服装大额", "客服主管", 品类="服装", 金额=">500"),
]


def bundle(rows: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    return {**SHIPPED, (POLICY, "express"): write({**HEAD, "审批表": rows})}


def moved(rows: list[dict[str, str]], sentence: str) -> tuple[Policy, Policy, str]:
    before = bundle(rows)
    edit = edits.apply(sentence.split(), before, "退货", "express")
    key = (POLICY, "express")
    return parse_policy(before[key]), parse_policy(edit.texts[key]), edit.said


def approver(policy: Policy, category: str, amount: Decimal) -> str:
    return str(policy.facts({"品类": category, "金额": str(amount)})["审批"])


def touched(old: Policy, new: Policy) -> set[str]:
    points = product(CATEGORIES, AMOUNTS)
    return {
        category for category, amount in points if approver(old, category, amount) != approver(new, category, amount)
    }


MOVES = [
    (
        SHOP,
        "规则 家电小额 500→800",
        {"家电"},
        "界限相同，跟着移动：家电大额",
        "没有动：大额（金额 >500，审批 客服主管）",
    ),
    (SHOP, "规则 家电小额 金额 <=800", {"家电"}, "家电大额", "没有动：大额"),
    (SHOP, "规则 家电大额 500→800", {"家电"}, "跟着移动：家电小额", "没有动：小额"),
    (SHOP, "规则 小额 500→800", {"服装", "食品", ""}, "跟着移动：大额", "没有动：家电大额"),
    ([*CLOTHES, *SHOP], "规则 家电小额 500→800", {"家电"}, "家电大额", "服装大额"),
    (SHOP[:1] + SHOP[2:], "规则 家电小额 500→800", {"家电"}, "家电小额 金额：<=500 → <=800", "没有动：大额"),
]


@pytest.mark.parametrize(("rows", "sentence", "categories", "says", "left"), MOVES)
def test_only_rows_about_the_same_cases_move_along(
    rows: list[dict[str, str]], sentence: str, categories: set[str], says: str, left: str
) -> None:
    old, new, said = moved(rows, sentence)
    assert touched(old, new) == categories
    assert says in said
    assert left in said


def test_of_rows_that_ask_for_nothing_else_nothing_is_said_to_have_stayed() -> None:
    assert "没有动" not in moved(SHOP[2:], "规则 小额 500→800")[2]


@given(
    st.sampled_from([*SHOP, *CLOTHES]),
    st.integers(1, 1000),
    st.permutations(("家电", "服装")),
)
def test_no_other_category_is_ever_touched(named: dict[str, str], bound: int, order: tuple[str, ...]) -> None:
    by = {"家电": SHOP[:2], "服装": CLOTHES}
    rows = [*by[order[0]], *by[order[1]], *SHOP[2:]]
    try:
        old, new, _ = moved(rows, f"规则 {named['规则']} 500→{bound}")
    except FlowError:
        return
    mine = {named["品类"]} if "品类" in named else {"食品", ""}
    assert touched(old, new) <= mine


RANGES = [
    row("小额", "客服组长", 金额="<=50"),
    row("中额", "客服主管", 金额="50~500"),
    row("大额", "运营总监", 金额=">500"),
]


def test_a_bare_number_in_place_of_a_range_is_asked_back() -> None:
    with pytest.raises(FlowError) as asked:
        moved(RANGES, "规则 中额 金额 600")
    assert "600 是 50~600、600~500，还是正好 600？" in str(asked.value)


BANDS = """
政策: 分段
审批表:
  - {规则: 小额, 金额: "<=50", 审批: 自动}
  - {规则: 中额, 金额: 50~500, 审批: 客服组长}
  - {规则: 大额, 金额: ">500", 审批: 客服主管}
自主额度:
  - {角色: 客服, 每单: 30, 每天: 300}
  - {角色: 客服组长, 每单: 30, 每天: 30}
"""
SPAN = ("policy", "分段")


@pytest.mark.parametrize(
    ("sentence", "cells"),
    [
        ("规则 小额 50→80", ["<=80", "80~500", ">500"]),  # the range begins where the row before ends
        ("规则 中额 50→30", ["<=30", "30~500", ">500"]),
        ("规则 中额 500→800", ["<=50", "50~800", ">800"]),
        ("规则 大额 500→800", ["<=50", "50~800", ">800"]),
    ],
)
def test_a_bound_that_rows_share_moves_in_all_of_them(sentence: str, cells: list[str]) -> None:
    made = said(sentence, texts={**BUNDLE, SPAN: BANDS}, policy="分段")
    assert [row["金额"] for row in yamlfile.read(made[SPAN])["审批表"]] == cells


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (
            "规则 小额 50→600",
            "这样改不成立：分段 审批表第 2 行 金额：范围 600~500 的左边比右边大",
        ),  # past its neighbour
        ("规则 中额 600→700", "没有 600"),
        ("规则 客服组长 30→50", "有几处 30：每单、每天，请写明哪一样"),
    ],
)
def test_a_bound_that_cannot_move_says_why(sentence: str, why: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        said(sentence, texts={**BUNDLE, SPAN: BANDS}, policy="分段")
    assert why in str(refused.value)


def test_own_limits_are_rows_like_others() -> None:
    made = said("规则 客服组长 每天 30→500", "规则 客服 每单 50", texts={**BUNDLE, SPAN: BANDS}, policy="分段")
    limits = yamlfile.read(made[SPAN])["自主额度"]
    assert limits == [{"角色": "客服", "每单": 50, "每天": 300}, {"角色": "客服组长", "每单": 30, "每天": 500}]
