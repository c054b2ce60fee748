"""What the system never decides alone: customers at risk, second levels, 会签, answers that must be given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flow.definitions.conditions import When
from flow.definitions.flow import CHOICE, Field, Level, OwnerRule
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import read_policy
from flow.engine.machine import begin
from flow.engine.signatures import standing_level
from flow.engine.values import Rules
from flow.errors import DefinitionError, PolicyRefused
from flow.validation.policies import parse_policy
from tests.support.shipped import Play, opening, rules

TABLE = "金额审批"
AT_RISK = [
    ({"风险客户": True}, "the choices or a rule say so"),
    ({"名单": "禁止"}, "on the list, whatever the choices say"),
    ({"风险提示": "半年内已退货 3 次以上"}, "noted by a rule under the word that it had before"),
]
#: rows that would let the system pay anybody
OPEN_TABLES = [
    "{规则: 全部自动, 审批: 自动, 退款时机: 审批通过}",
    '{规则: 小额自动, 金额: "<=50", 审批: 自动, 退款时机: 审批通过}\n  - {规则: 其余, 审批: 客服主管}',
    '{规则: 小额自动, 金额: "<=50", 审批: 自动, 退款时机: 包裹匹配}'
    "\n  - {规则: 其余, 审批: 客服主管, 退款时机: 包裹匹配}",
]


def policy_of(rows: str, more: str = "") -> Any:
    return read_policy(f"政策: p\n{more}审批表:\n  - {rows}\n")


@pytest.mark.parametrize("rows", OPEN_TABLES)
@pytest.mark.parametrize(("known", "why"), AT_RISK)
def test_no_row_lets_the_system_decide_on_a_customer_at_risk(rows: str, known: dict[str, Any], why: str) -> None:
    said = policy_of(rows).facts({"金额": "30.00", **known})
    assert said["审批"] != "自动", why
    assert said["退款时机"] == "质检合格", "and a person confirms the money"
    assert policy_of(rows).facts({"金额": "30.00"})["审批"] == "自动", "of anybody else it does"


@pytest.mark.parametrize("rows", OPEN_TABLES)
@pytest.mark.parametrize(("known", "why"), AT_RISK)
def test_a_case_of_a_customer_at_risk_waits_for_a_person(rows: str, known: dict[str, Any], why: str) -> None:
    play = begun(replace(rules(), policy=policy_of(rows)), opening("30.00", **known))
    assert play.does("同意", "客服组长").nodes == (TABLE,), why
    assert all("确认退款" not in step.effects for step in play.now.steps)


RISKY_ROWS = ["风险客户: 是", "名单: 禁止", "名单: 禁止, 金额: '<=9'"]


@pytest.mark.parametrize("cells", RISKY_ROWS)
def test_a_row_that_tries_it_is_refused_by_name(cells: str) -> None:
    text = f"政策: p\n审批表:\n  - {{规则: 老赖也退, {cells}, 审批: 自动}}\n  - {{规则: 其余, 审批: 客服主管}}\n"
    with pytest.raises(DefinitionError) as refused:
        parse_policy(text)
    assert "第 1 行（老赖也退）：风险客户的单总要有人批，系统从不自动通过、自动退款" in str(refused.value)


def test_an_own_authority_for_them_is_refused_too() -> None:
    own = "自主额度:\n  - {角色: 客服, 风险客户: 是, 每单: 50, 每天: 100}\n"
    text = f"政策: p\n{own}审批表:\n  - {{规则: 其余, 审批: 客服主管}}\n"
    with pytest.raises(DefinitionError, match="风险客户不能用自主额度"):
        parse_policy(text)


#: a flow that pays by itself whatever the policy says of the moment
PLAIN = """
流程: 退货
开始: 收货
节点:
  收货:
    类型: 人工
    负责人: {角色: 仓管员}
    时限: 1天
    动作:
      确认收货: {去: 自动退款, 办: [登记收货]}
      到时: {满: 2天, 去: 退款中, 办: [确认退款]}
  自动退款: {类型: 自动, 办: [确认退款], 去: 退款中}
  金额审批:
    类型: 人工
    负责人: {审批表: true, 否则: 运营总监}
    同人免审: true
    时限: 1天
    动作:
      同意: {去: 自动退款, 记: {已审批: 是}}
  退款中:
    类型: 等待
    等: 付款
    动作:
      退款成功: {去: 完成, 记: {已退款: 是}}
      退款失败: {去: 金额审批}
  完成: {类型: 结束, 状态: 已完成}
"""


def plain(flow: str = PLAIN, **known: Any) -> Play:
    return begun(Rules(read_flow(flow), policy_of(OPEN_TABLES[0])), opening("30.00", **known))


def begun(own: Rules, facts: dict[str, Any]) -> Play:
    return Play(own, begin(own, facts))


@pytest.mark.parametrize("action", ["确认收货", "到时"])
def test_a_flow_that_pays_by_itself_asks_a_person_first(action: str) -> None:
    play = plain(风险客户=True)
    asked = play.does(action)
    assert asked.nodes == (TABLE,)
    assert asked.steps[-1].rule == "风险客户不自动退款"
    assert play.does("同意").nodes == ("退款中",), "whoever agrees has decided on the money"
    assert plain().does(action).nodes == ("退款中",)


def test_where_nobody_could_decide_nothing_is_paid() -> None:
    nobody = PLAIN.replace("{审批表: true, 否则: 运营总监}", "{角色: 客服主管}")
    with pytest.raises(PolicyRefused, match="风险客户的款系统不能自己退"):
        plain(nobody, 风险客户=True).does("确认收货")


# -- levels, 会签, forms ----------------------------------------------------------------------------------------------

SECOND = (Level("初审"), Level("复审", OwnerRule(role="客服主管"), when=When.parse({"金额": ">100"})))
MUST = Field("依据", CHOICE, ("合同", "聊天"), required=True)
MAY = Field("依据", CHOICE, ("合同", "聊天"))
FOR_NO = Field("依据", CHOICE, ("合同", "聊天"), required=True, actions=("驳回",))


def with_table(preset: str, **changes: Any) -> Rules:
    own = rules(preset)
    nodes = {**own.flow.nodes, TABLE: replace(own.flow.nodes[TABLE], **changes)}
    return replace(own, flow=replace(own.flow, nodes=nodes))


SKIPPED = [
    # preset, amount, what the node has more, where the case stands after 客服组长 has agreed at the review
    ("express", "200.00", {}, "仓库收货"),
    ("express", "200.00", {"levels": SECOND}, "金额审批 复审"),
    ("express", "100.00", {"levels": SECOND}, "仓库收货"),
    ("express", "200.00", {"all_must_agree": True}, "金额审批"),
    ("express", "200.00", {"form": (MUST,)}, "金额审批"),
    ("express", "200.00", {"form": (MAY,)}, "仓库收货"),
    ("express", "200.00", {"form": (FOR_NO,)}, "仓库收货"),
    ("express", "200.00", {"form": (MUST,), "levels": SECOND}, "金额审批"),
]


@pytest.mark.parametrize(("preset", "amount", "more", "stands"), SKIPPED)
def test_one_signature_stands_only_for_what_it_was_given_to(
    preset: str, amount: str, more: dict[str, Any], stands: str
) -> None:
    play = begun(with_table(preset, **more), opening(amount))
    assert marking(play, play.does("同意", "客服组长")) == stands


AUTOMATIC = [
    ("200.00", {}, "退款中"),
    ("200.00", {"levels": SECOND}, "金额审批 复审"),
    ("100.00", {"levels": SECOND}, "退款中"),
    ("200.00", {"all_must_agree": True}, "金额审批"),
    ("200.00", {"form": (MUST,)}, "金额审批"),
    ("200.00", {"form": (MAY,)}, "退款中"),
]


@pytest.mark.parametrize(("amount", "more", "stands"), AUTOMATIC)
def test_a_row_that_needs_nobody_stands_for_the_first_level_alone(
    amount: str, more: dict[str, Any], stands: str
) -> None:
    own = replace(with_table("express", **more), policy=policy_of(OPEN_TABLES[0]))
    play = begun(own, opening(amount))
    assert marking(play, play.now) == stands


def test_whoever_agreed_before_is_not_the_second_pair_of_eyes() -> None:
    play = begun(with_table("express", levels=SECOND), opening("200.00"))
    now = play.does("同意", "客服组长")
    node = play.rules.flow.nodes[TABLE]
    level, said = standing_level(node, now.facts)
    assert (level, [(n, action) for n, action, _ in said]) == (1, [(0, "同意")])
    assert said[0][2] is not None, "by name: 复审 goes to somebody else"
    assert [(s.node, s.by_system, s.rule) for s in now.steps][-1] == (TABLE, True, "同人免审（组长审批）")


def marking(play: Play, now: Any) -> str:
    [name] = now.nodes
    node = play.rules.flow.nodes[name]
    level = standing_level(node, now.facts)[0] if node.levels else 0
    return f"{name} {node.levels[level].name}" if level else str(name)
