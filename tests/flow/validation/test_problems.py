"""A finding keeps its place on the way up, whatever is said before it."""

from __future__ import annotations

import pytest

from flow.errors import DefinitionError, Place, Problem
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy

FLOW = """
流程: 退货
开始: 审
节点:
  审: {类型: 人工, 负责人: {角色: 客服}, 时限: 0小时, 动作: {同意: {去: [{当: {金额: 5}, 去: 完}]}}, 不许: 发呆}
  完: {类型: 结束, 状态: 已完成}
"""
POLICY = """
政策: 标准
审批表:
- {规则: 小额, 金额: <=50, 审批: 自动}
- {规则: 中额, 金额: <=20, 审批: 组长}
- {规则: 大额, 金额: ">=80", 审批: 总监}
"""


def found(parse: object, text: str) -> list[Problem]:
    assert callable(parse)
    with pytest.raises(DefinitionError) as refused:
        parse(text, "甲.yaml")
    return refused.value.problems


def test_a_problem_of_a_node_says_which_and_where_in_it() -> None:
    limit, verb, way = found(parse_flow, FLOW)
    assert str(limit) == "甲.yaml 节点“审”：时限要大于 0"
    assert (limit.words, limit.place) == ("时限要大于 0", Place(kind="flow", node="审", column="时限"))
    assert verb.place == Place(kind="flow", node="审", column="不许")
    assert way.place == Place(kind="flow", node="审", action="同意", way=-1)
    assert way.words == "动作“同意”的最后一条去向不能带条件，否则可能没有去处"


def test_a_problem_of_a_policy_says_which_row_and_names_others_as_another_table_counts_them() -> None:
    late, gap = found(parse_policy, POLICY)
    assert str(late) == "甲.yaml 审批表第 2 行（中额）永远轮不到：第 1 行（小额）已经包含它"
    assert late.place == Place(kind="policy", table="审批表", row=2)
    assert late.renumbered(lambda row: row + 2) == "（中额）永远轮不到：第 3 行（小额）已经包含它"
    assert gap.place == Place(kind="policy", table="审批表", column="金额")


def test_what_is_said_before_goes_to_the_name_of_the_place_or_to_the_words() -> None:
    wrong = (
        Problem("不存在", Place(column="去")).after("动作“甲”", action="甲").at_node("审").under("退货 ", kind="flow")
    )
    assert (str(wrong), wrong.words) == ("退货 节点“审”：动作“甲”不存在", "动作“甲”不存在")
    assert wrong.place == Place(kind="flow", node="审", action="甲", column="去")
    assert Problem.of(wrong) is wrong
    assert Problem.of("什么").place == Place()
