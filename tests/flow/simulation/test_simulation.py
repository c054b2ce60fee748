"""A past case under other rules: the way it takes, and that remembering ways changes nothing."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import Policy
from flow.definitions.vocabulary import PATH
from flow.engine.values import Rules
from flow.simulation import Hints, Outcome, Unfit, replay
from flow.simulation.comparison import Group
from flow.simulation.memo import Twins, cells_of
from flow.simulation.past import OwnFlow, PastCase, Row, amounts, is_disputed, past_case, stated
from flow.simulation.replay import AMOUNT, ASKED, COUNTED, chosen
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy
from models.fields import yuan
from tests import ROOT
from tests.support.shipped import FLOW, POLICIES, PRESETS, TYPES, opening, rules

NOTHING = Hints({}, {})
PACKAGE = ROOT / "flow"

FORKED = read_flow(
    """
流程: 大件
开始: 一起办
节点:
  一起办: {类型: 分叉, 分支: [验货, 补证], 汇合: 齐了}
  验货:
    类型: 人工
    负责人: {角色: 质检员}
    时限: 1天
    表单: [{名: 责任方, 填: 单选, 选项: [物流, 商家], 必填: true}]
    分级: [{名: 初检}, {名: 复检, 当: {金额: ">500"}}]
    动作:
      完好: {去: 齐了, 记: {质检结果: 合格}}
      损坏: {去: 齐了, 记: {质检结果: 次品}, 样式: 危险}
  补证:
    类型: 人工
    负责人: {角色: 客服}
    时限: 2天
    动作:
      已补: {去: 齐了, 问: {凭证: 单号是多少？}}
  齐了: {类型: 汇合, 等: 全部, 去: 审批}
  审批:
    类型: 人工
    负责人: {审批表: true}
    回避: [提交人]
    时限: 1天
    动作:
      同意: {去: 付款, 记: {已审批: 是}}
      驳回: {去: 不退, 样式: 危险}
  付款:
    类型: 自动
    办: [确认退款]
    去:
      - {当: {责任方: 物流}, 去: 索赔, 规则: 找物流赔}
      - {去: 完成, 规则: 自己承担}
  索赔:
    类型: 等待
    等: 物流
    动作:
      已赔: {去: 完成}
  完成: {类型: 结束, 状态: 已完成}
  不退: {类型: 结束, 状态: 已关闭, 原因: 拒绝}
""",
)  # published before a refund had to be waited for
BY_FINDING = parse_policy("""
政策: 看验货
审批表:
  - {规则: 坏的要看, 质检结果: 次品, 审批: 客服主管}
  - {规则: 小额, 金额: "<=50", 审批: 自动}
  - {规则: 其余, 金额: ">50", 审批: 客服组长}
""")
LOOKED = "验货 补证"


ROADS = [  # preset, type, asked, decisions, facts in the end; who approves, the stops, what goes out, how it ends
    ("standard", "质量问题", "30.00", {}, {},
     "客服主管", "客服审核 金额审批 仓库收货 质检 财务退款 退款中", ASKED, "已完成"),
    ("express", "质量问题", "30.00", {}, {}, "自动", "退款中 仓库收货 质检", ASKED, "已完成"),
    # the team lead reviews and would approve as well: one signature does
    ("express", "质量问题", "329.00", {}, {},
     "客服组长", "客服审核 仓库收货 质检 财务退款 退款中", ASKED, "已完成"),
    # history's decisions are taken wherever the node is still come to
    ("standard", "质量问题", "30.00", {"客服审核": "驳回"}, {}, "", "客服审核", "", "已关闭拒绝"),
    ("express", "质量问题", "30.00", {"客服审核": "驳回"}, {}, "自动", "退款中 仓库收货 质检", ASKED, "已完成"),
    ("standard", "质量问题", "30.00", {"金额审批": "驳回"}, {}, "客服主管", "客服审核 金额审批", "", "已关闭拒绝"),
    # a decision that is no way on (转交), or that these rules do not know, is none
    ("standard", "七天无理由", "30.00", {"质检": "退回", "金额审批": "转交"}, {},
     "客服主管", "仓库收货 质检 金额审批 财务退款 退款中", ASKED, "已完成"),
    # nobody's decision is on record, but how it ended is
    ("standard", "七天无理由", "30.00", {"次品协商": "驳回"}, {"质检结果": "次品", "已质检": True},
     "", "仓库收货 质检 次品协商", "", "已关闭拒绝"),
    # the counted amount is what is approved and paid after the goods have come, the asked one before
    ("standard", "七天无理由", "5001.00", {}, {"金额": "4999.00"},
     "客服主管", "仓库收货 质检 金额审批 财务退款 退款中", COUNTED, "已完成"),
    ("standard", "质量问题", "5001.00", {}, {"金额": "4999.00"},
     "销售经理", "客服审核 金额审批 仓库收货 质检 财务退款 退款中", COUNTED, "已完成"),
    ("express", "质量问题", "50.00", {}, {"金额": "20.00"}, "自动", "退款中 仓库收货 质检", ASKED, "已完成"),
    ("standard", "七天无理由", "90.00", {"仓库收货": "配件缺失"}, {"缺件": "滤网", "扣款": "35.00", "金额": "55.00"},
     "客服主管", "仓库收货 缺件协商 质检 金额审批 财务退款 退款中", COUNTED, "已完成"),
]  # fmt: skip


@pytest.mark.parametrize(("preset", "kind", "asked", "did", "final", "approver", "stops", "paid", "end"), ROADS)
def test_a_case_takes_the_way_that_history_would_have_led_it(
    preset: str, kind: str, asked: str, did: dict[str, str], final: dict[str, Any],
    approver: str, stops: str, paid: str, end: str,
) -> None:  # fmt: skip
    outcome = replay(rules(preset), opening(asked, kind), Hints(did, final))
    assert isinstance(outcome, Outcome)
    assert (outcome.approver, " ".join(outcome.path), outcome.paid, outcome.end) == (approver, stops, paid, end)
    assert outcome.automatic == (approver == "自动")
    assert outcome.signed == len([stop for stop in outcome.path if stop != "退款中"])


BRANCHES = [  # asked, decisions, answers; the stops after both branches, the approver
    ("40.00", {}, {}, f"{LOOKED}", "自动"),
    ("40.00", {}, {"责任方": "物流"}, f"{LOOKED} 索赔", "自动"),
    ("40.00", {"验货": "损坏"}, {"责任方": "物流"}, f"{LOOKED} 审批", "客服主管"),  # 损坏 does not ask who is liable
    ("40.00", {}, {"质检结果": "次品"}, f"{LOOKED} 审批", "客服主管"),
    ("600.00", {}, {}, "验货 验货 补证 审批", "客服组长"),  # two levels look, one after the other
]


@pytest.mark.parametrize(("asked", "did", "final", "stops", "approver"), BRANCHES)
def test_branches_levels_and_forms_are_gone_through(
    asked: str, did: dict[str, str], final: dict[str, Any], stops: str, approver: str
) -> None:
    outcome = replay(Rules(FORKED, BY_FINDING), {"金额": asked}, Hints(did, final))
    assert isinstance(outcome, Outcome)
    assert (" ".join(outcome.path), outcome.approver) == (stops, approver)


CIRCLING = """
流程: 绕圈
开始: 甲
节点:
  甲: {类型: 人工, 负责人: {角色: 客服}, 时限: 1天, 动作: {好: {去: 乙}}}
  乙: {类型: 人工, 负责人: {角色: 客服}, 时限: 1天, 动作: {再来: {去: 甲}, 够了: {去: 完}}}
  完: {类型: 结束, 状态: 已完成}
"""
CIRCLE = parse_flow(CIRCLING)
ONE_TIER = Policy("一档", "质检合格", POLICIES["standard"].two_person_above, POLICIES["standard"].tiers[1:])
UNDECIDED = read_flow("""
流程: 直付
开始: 付
节点:
  付: {类型: 自动, 办: [确认退款], 去: 完}
  完: {类型: 结束, 状态: 已完成}
""")
REFUSED = [
    (
        Rules(UNDECIDED, POLICIES["standard"]),
        opening("9.90", 风险客户=True),
        "风险客户的款系统不能自己退，流程直付里又没有人审批，请先改流程",
    ),
    (Rules(CIRCLE, POLICIES["standard"]), {"金额": "9.90"}, "走不到结束"),
    (Rules(FLOW, ONE_TIER), opening("9.90"), "审批表里没有合适的一档"),
]


@pytest.mark.parametrize(("given", "facts", "reason"), REFUSED)
def test_what_the_rules_cannot_take_is_said_and_never_guessed(given: Rules, facts: Any, reason: str) -> None:
    assert replay(given, facts, NOTHING) == Unfit(reason)


def test_a_decision_that_wants_a_reason_was_given_one() -> None:
    text = CIRCLING.replace("够了: {去: 完}", "够了: {去: 完, 理由: 必填}")
    outcome = replay(Rules(read_flow(text), POLICIES["standard"]), {"金额": "9.90"}, Hints({"乙": "够了"}, {}))
    assert isinstance(outcome, Outcome)
    assert outcome.path == ("甲", "乙")


def test_without_a_record_the_first_harmless_action_is_taken() -> None:
    node = FLOW.nodes["质检"]
    other_way_round = replace(node, actions=dict(reversed(list(node.actions.items()))))
    good = node.actions["合格入库"]
    assert [chosen(each, NOTHING) for each in (node, other_way_round)] == [good, good]


# --- remembered ways

AMOUNTS = st.sampled_from(["0.01", "49.99", "50", "50.00", "50.01", "500.00", "500.01", "999", "5000.00", "5000.01"])
TRUTHS = st.sampled_from([True, False, None, "是", "否", ""])
DECISIONS = st.dictionaries(
    st.sampled_from([*FLOW.nodes, *FORKED.nodes]),
    st.sampled_from(sorted({a for f in (FLOW, FORKED) for node in f.nodes.values() for a in node.actions} | {"退回"})),
    max_size=5,
)
FINALS = st.fixed_dictionaries(
    {},
    optional={
        "金额": AMOUNTS, "质检结果": st.sampled_from(["合格", "次品"]), "已质检": TRUTHS, "已收货": TRUTHS,
        "已审批": TRUTHS, "已退款": TRUTHS, "缺件": st.just("滤网"), "扣款": AMOUNTS,
        "责任方": st.sampled_from(["物流", "商家"]), "凭证": st.text(max_size=3),
    },
)  # fmt: skip
OPENINGS = st.builds(opening, AMOUNTS, st.sampled_from(TYPES), 风险客户=TRUTHS, 质检结果=st.sampled_from(["", "次品"]))
RULES = [*(rules(preset) for preset in PRESETS), Rules(FORKED, BY_FINDING), Rules(FLOW, BY_FINDING),
         Rules(FORKED, POLICIES["express"])]  # fmt: skip
PAIRS = list(zip(RULES, RULES[1:] + RULES[:1], strict=True))
SWITCHES = st.fixed_dictionaries({}, optional={"路由": st.sampled_from(["仓库", "质检部"]), "次品": st.just("协商")})
CASES = st.lists(st.tuples(OPENINGS, SWITCHES, FINALS), min_size=2, max_size=25)


@pytest.mark.parametrize(("old", "new"), PAIRS)
@settings(max_examples=30, deadline=None)
@given(decisions=st.lists(DECISIONS, min_size=1, max_size=2), cases=CASES)
def test_a_remembered_way_is_the_way_itself(
    old: Rules, new: Rules, decisions: list[dict[str, str]], cases: list[tuple[dict[str, Any], ...]]
) -> None:
    """Many cases share their decisions, so that only what the lens looks at keeps them apart."""
    twins = Twins(old, new)
    for did, (facts, changed, final) in itertools.product(decisions, cases):
        hints = Hints(did, final)
        found = twins.group(facts, changed, hints)
        ways = (found.old, found.new) if isinstance(found, Group) else (found,)
        straight = (replay(old, facts, hints), replay(new, {**facts, **changed}, hints))
        assert ways == next(((way,) for way in straight if isinstance(way, Unfit)), straight)


def test_ten_thousand_amounts_need_a_replay_per_tier() -> None:
    twins = Twins(rules("standard"), rules("express"))
    amounts = [yuan(n) / 10 for n in range(1, 10_001)]
    groups = [twins.group(opening("1.00") | {"金额": each}, {}, Hints({}, {"金额": each})) for each in amounts]
    assert {group.new.approver for group in groups if isinstance(group, Group)} == {"自动", "客服组长", "运营总监"}
    assert len(twins.known) == 3


def test_no_condition_of_the_rules_is_overlooked() -> None:
    found = {(cell.fact, cell.text) for cell in cells_of((FORKED, BY_FINDING))}
    assert {("金额", ">500"), ("责任方", "物流"), ("质检结果", "次品"), ("金额", "<=50")} <= found


# --- what was known at the opening

PLAIN = Row(1, "2026-08-01", "R20260801-0001", "退货", "质量问题", "华东", "天猫", 5550, {}, None, 1, 2, None, 0)


def past(facts: dict[str, Any], *decisions: tuple[str, str], **columns: Any) -> PastCase:
    return past_case(PLAIN._replace(**columns), facts, decisions, OwnFlow(FLOW))


def test_what_nodes_noted_was_not_known_when_the_case_was_opened() -> None:
    final = {"金额": "20.50", "类型": "质量问题", "路由": "质检部", "提交人": 7, "已审批": True, "质检结果": "合格",
             "缺件": "滤网", "扣款": "35.00", "实收件数": 1, PATH: ["客服审核"], "质检人": 3}  # fmt: skip
    case = past(final, submitted='{"金额": "55.50"}')
    assert case.facts == {
        "种类": "退货", "类型": "质量问题", "区域": "华东", "店铺": "天猫", "金额": Decimal("55.50"),
        "路由": "质检部", "提交人": 7,
    }  # fmt: skip
    assert (str(case.facts["金额"]), str(case.hints.final["金额"]), case.imported) == ("55.50", "20.50", False)


def test_an_imported_case_has_only_its_columns() -> None:
    case = past_case(PLAIN._replace(flow_id=None), {}, (), OwnFlow(None))
    assert case.imported
    assert case.facts == {"种类": "退货", "类型": "质量问题", "区域": "华东", "店铺": "天猫", "金额": Decimal("55.50")}


def test_the_last_decision_at_a_node_is_the_one_that_stood() -> None:
    case = past({"金额": "9.90"}, ("财务退款", "驳回"), ("金额审批", "同意"), ("财务退款", "确认退款"))
    assert case.hints.did == {"财务退款": "确认退款", "金额审批": "同意"}


DISPUTES = [
    ({}, (), {}, False),
    ({"质检结果": "合格"}, (("金额审批", "同意"),), {}, False),
    ({}, (), {"close_reason": "拒绝"}, True),
    ({}, (), {"reopened": 1}, True),
    ({"质检结果": "次品"}, (), {}, True),
    ({"扣款项": [{"name": "滤网", "amount": "35"}]}, (), {}, True),
    # the customer sent the part later, and the facts forgot it
    ({"缺件": None}, (("仓库收货", "配件缺失"), ("缺件协商", "驳回"), ("仓库收货", "确认收货")), {}, True),
    ({}, (("仓库收货", "拒收"),), {}, True),
    ({}, (("质检", "次品处理"), ("质检", "合格入库")), {}, True),
]


@pytest.mark.parametrize(("facts", "decisions", "columns", "expected"), DISPUTES)
def test_what_counts_as_disputed(facts: Any, decisions: Any, columns: Any, expected: bool) -> None:
    assert is_disputed(PLAIN._replace(**columns), {"金额": "9.90", **facts}, decisions, OwnFlow(FLOW)) is expected


AMOUNTS_OF = [  # what the case says in the end, what was said at the opening, 分 of the column; asked and left, in 分
    ({"金额": "20.50"}, {"金额": "55.50"}, 2050, (5550, 2050)),
    ({"金额": "55.50"}, {"金额": "55.50"}, 5550, (5550, 5550)),
    ({"金额": "20.50"}, {}, 5550, (2050, 2050)),
    ({}, {}, 5550, (5550, 5550)),  # imported
    ({}, {"金额": "1,200"}, 1, (120_000, 120_000)),
    ({"金额": None}, {"金额": 7}, 5550, (700, 0)),
    ({"金额": 7.5}, {"金额": "没写"}, 5550, (0, 750)),
    ({"金额": None}, {}, 5550, (5550, 5550)),
]


@pytest.mark.parametrize(("final", "submitted", "column", "expected"), AMOUNTS_OF)
def test_what_was_asked_for_and_what_was_left(final: Any, submitted: Any, column: int, expected: Any) -> None:
    said = json.dumps(submitted, ensure_ascii=False)
    for each in (submitted, said, said.encode()):
        assert amounts(PLAIN._replace(fen=column, submitted=each), stated(json.dumps(final))) == expected


ASKING = read_flow(
    """
流程: 小
开始: 质检
节点:
  质检:
    类型: 人工
    负责人: {角色: 质检员}
    时限: 1天
    表单:
      - {名: 外观, 填: 单选, 选项: [完好, 破损], 必填: true}
      - {名: 责任方, 填: 单选, 选项: [物流, 商家], 必填: true, 当: {外观: 破损, 金额: ">50"}}
    动作: {验完: {去: 看责任}}
  看责任: {类型: 自动, 去: [{当: {责任方: 物流}, 去: 索赔}, {去: 完成}]}
  索赔: {类型: 人工, 负责人: {角色: 客服}, 时限: 1天, 动作: {赔了: {去: 完成}}}
  完成: {类型: 结束, 状态: 已完成}
"""
)
#: what was answered, the amount, and the stops
HIDDEN = [
    ({"外观": "破损", "责任方": "物流"}, "51", "质检 索赔"),
    ({"外观": "完好", "责任方": "物流"}, "51", "质检"),  # nobody would have been asked who is liable
    ({"外观": "破损", "责任方": "物流"}, "50", "质检"),
    ({}, "51", "质检"),
]


@pytest.mark.parametrize(("final", "amount", "stops"), HIDDEN)
def test_an_answer_that_would_be_hidden_leads_nowhere(final: dict[str, Any], amount: str, stops: str) -> None:
    small = Rules(ASKING, BY_FINDING)
    outcome = replay(small, {AMOUNT: Decimal(amount)}, Hints({}, final))
    assert isinstance(outcome, Outcome)
    assert " ".join(outcome.path) == stops
    twins = Twins(small, small)
    for again, whole, _ in HIDDEN:  # cases that the conditions of a form tell apart are not one
        facts, hints = {AMOUNT: Decimal(whole)}, Hints({}, again)
        alone = replay(small, facts, hints)
        assert isinstance(alone, Outcome)
        assert twins.group(facts, {}, hints) == Group(alone, alone)
