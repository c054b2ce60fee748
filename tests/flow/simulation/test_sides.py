"""Past cases in a flow with a side branch: more work for people, and the same end. Pure."""

from __future__ import annotations

import pytest

from flow.engine.values import Rules
from flow.simulation import Hints, Outcome, replay
from flow.simulation.comparison import load
from flow.validation.flows import parse_flow
from tests.support.shipped import POLICIES

ASIDE = parse_flow("""
流程: 旁支
开始: 验
节点:
  验: {类型: 人工, 负责人: {角色: 客服}, 时限: 1天, 动作: {好: {去: 叉}}}
  叉: {类型: 分叉, 旁支: [寄], 去: 退}
  退: {类型: 人工, 负责人: {角色: 财务}, 时限: 1天, 动作: {退: {去: 完}, 不退: {去: 拒, 样式: 危险}}}
  寄: {类型: 人工, 负责人: {角色: 仓管员}, 时限: 9天, 动作: {寄出: {去: 旁完}, 丢了: {去: 认}}}
  认: {类型: 人工, 负责人: {角色: 财务}, 时限: 9天, 动作: {收到: {去: 旁完}}}
  完: {类型: 结束, 状态: 已完成}
  拒: {类型: 结束, 状态: 已关闭, 原因: 拒绝}
  旁完: {类型: 结束}
""")
BESIDE = [
    ({}, "验 退 寄", "已完成"),  # what goes on beside the case is work, and comes after its end
    ({"寄": "丢了"}, "验 退 寄 认", "已完成"),
    ({"退": "不退"}, "验 退 寄", "已关闭拒绝"),
]


@pytest.mark.parametrize(("did", "stops", "end"), BESIDE)
def test_a_side_branch_is_work_that_does_not_change_how_the_case_ends(
    did: dict[str, str], stops: str, end: str
) -> None:
    outcome = replay(Rules(ASIDE, POLICIES["standard"]), {"金额": "40.00"}, Hints(did, {}))
    assert isinstance(outcome, Outcome)
    assert (" ".join(outcome.path), outcome.signed, outcome.end) == (stops, len(stops.split()), end)
    work, _ = load([(outcome, 1)], ASIDE, {})
    assert (work.signatures, work.seconds) == (len(stops.split()), 2 * 86400)
