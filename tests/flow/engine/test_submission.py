"""What a flow asks for at the opening: which answers count, which are still to be given, what blocks the opening."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.flow_reader import read_flow
from flow.engine.submission import ensure_answered, given, lacking, shown
from flow.engine.values import Rules
from flow.errors import PolicyRefused
from flow.simulation.past import noted_by
from flow.validation.policies import parse_policy

POLICY = parse_policy("政策: p\n审批表: [{规则: 全部, 审批: 客服组长}]", "p")
FLOW = read_flow(
    """
流程: 小
开始: 完
提交表单:
  - {名: 渠道, 填: 单选, 选项: [直播间, 店铺], 必填: true}
  - {名: 主播, 填: 文本, 必填: true, 当: {渠道: 直播间}}
  - {名: 发票, 填: 文本, 必填当: {金额: ">500"}}
节点:
  完: {类型: 结束, 状态: 已完成}
"""
)
RULES = Rules(FLOW, POLICY)

#: what is known; what is asked now, with * where it must be answered; what blocks the opening, "" for nothing
ASKED: list[tuple[dict[str, Any], list[str], str]] = [
    ({}, ["渠道*", "发票"], "提交前要填渠道"),
    ({"渠道": "店铺"}, ["发票"], ""),
    ({"渠道": "店铺", "金额": "600"}, ["发票*"], "提交前要填发票"),
    ({"渠道": "直播间"}, ["主播*", "发票"], "提交前要填主播"),
    ({"渠道": "直播间", "主播": "小美", "发票": None}, [], ""),
    ({"渠道": "店铺", "发票": None, "金额": "600"}, [], "提交前要填发票"),  # left out while the amount was smaller
    ({"渠道": None}, ["发票"], "提交前要填渠道"),
]


@pytest.mark.parametrize(("known", "asked", "blocked"), ASKED)
def test_what_is_asked_and_what_blocks(known: dict[str, Any], asked: list[str], blocked: str) -> None:
    facts = {"金额": "100", **known}
    assert [f"{each.name}{'*' * each.required}" for each in lacking(RULES, facts)] == asked
    if not blocked:
        ensure_answered(RULES, facts)
        return
    with pytest.raises(PolicyRefused) as refused:
        ensure_answered(RULES, facts)
    assert str(refused.value).startswith(blocked)
    assert "还没有开单" in str(refused.value)


def test_only_answers_to_what_is_asked_count() -> None:
    told = {"渠道": "店铺", "主播": "小美", "金额": "1"}
    assert given(RULES, told) == {"渠道": "店铺", "主播": "小美"}
    assert shown(RULES, {"金额": "100", **told}) == {"渠道": "店铺", "金额": "1"}
    assert shown(RULES, {**told, "渠道": "直播间"})["主播"] == "小美"


def test_a_past_case_knows_what_was_said_at_its_opening() -> None:
    assert not {"渠道", "主播"} & noted_by(FLOW)
