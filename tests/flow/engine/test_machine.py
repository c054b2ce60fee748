"""Where a return goes: every route of the shipped flow, and what holds on all of them."""

from __future__ import annotations

import ast
import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions import flow as d
from flow.definitions.conditions import When
from flow.engine.machine import begin
from flow.engine.values import Actor, Marking, Rules
from flow.engine.verbs import WITHDRAW, decide
from flow.engine.waits import goes_by_itself
from tests import ROOT
from tests.support.shipped import CREATOR, FLOW, PRESETS, SYSTEM_ACTOR, TYPES, Play, opening, rules, worker

ROUTES = [
    # the main road: two people agree, the goods come, the money goes
    ("standard", "质量问题", "329.00", "同意 同意 确认收货 合格入库 确认退款 退款成功",
     "客服审核 金额审批 仓库收货 质检 财务退款 退款中 已完成"),
    # no reason asked: the warehouse waits first, the money is approved after the inspection
    ("standard", "七天无理由", "329.00", "确认收货 合格入库 同意 确认退款 退款成功",
     "仓库收货 质检 金额审批 财务退款 退款中 已完成"),
    # our mistake and the courier's go to review like a fault does
    ("standard", "发货错误", "329.00", "同意 同意", "客服审核 金额审批 仓库收货"),
    ("standard", "物流损坏", "6000.00", "同意 同意", "客服审核 金额审批 仓库收货"),
    # 9.9 does not queue behind anybody: paid at once, the goods are still checked
    ("express", "质量问题", "9.90", "退款成功 确认收货 合格入库", "退款中 仓库收货 质检 已完成"),
    ("express", "七天无理由", "9.90", "退款成功 确认收货 合格入库", "退款中 仓库收货 质检 已完成"),
    # 2880 walks past the director
    ("express", "质量问题", "2880.00", "同意 同意 确认收货 合格入库 确认退款 退款成功",
     "客服审核 金额审批 仓库收货 质检 财务退款 退款中 已完成"),
    # a no on either desk ends it
    ("standard", "质量问题", "329.00", "驳回", "客服审核 已关闭拒绝"),
    ("standard", "质量问题", "329.00", "同意 驳回", "客服审核 金额审批 已关闭拒绝"),
    # a refused parcel: agreed, or sent back to the dock
    ("standard", "七天无理由", "329.00", "拒收 同意", "仓库收货 拒收处理 已关闭拒绝"),
    ("standard", "七天无理由", "329.00", "拒收 驳回 确认收货", "仓库收货 拒收处理 仓库收货 质检"),
    # a missing part: the fee is accepted, or the customer sends the part
    ("standard", "七天无理由", "329.00", "配件缺失 同意 合格入库", "仓库收货 缺件协商 质检 金额审批"),
    ("standard", "七天无理由", "329.00", "配件缺失 驳回 确认收货", "仓库收货 缺件协商 仓库收货 质检"),
    # damaged by the customer: talked over; damaged as claimed: refunded
    ("standard", "七天无理由", "329.00", "确认收货 次品处理 驳回", "仓库收货 质检 次品协商 已关闭拒绝"),
    ("standard", "七天无理由", "329.00", "确认收货 次品处理 同意 同意", "仓库收货 质检 次品协商 金额审批 财务退款"),
    ("standard", "质量问题", "329.00", "同意 同意 确认收货 次品处理", "客服审核 金额审批 仓库收货 质检 财务退款"),
    # paid already: a damaged return is no reason to talk, the case is over
    ("express", "七天无理由", "9.90", "退款成功 确认收货 次品处理", "退款中 仓库收货 质检 已完成"),
    # finance sends it back; the shop refuses the payment
    ("standard", "七天无理由", "329.00", "确认收货 合格入库 同意 驳回 同意",
     "仓库收货 质检 金额审批 财务退款 金额审批 财务退款"),
    ("standard", "七天无理由", "329.00", "确认收货 合格入库 同意 确认退款 退款失败 确认退款 退款成功",
     "仓库收货 质检 金额审批 财务退款 退款中 财务退款 退款中 已完成"),
    ("express", "质量问题", "9.90", "退款失败 确认退款 退款成功", "退款中 财务退款 退款中 仓库收货"),
]  # fmt: skip


@pytest.mark.parametrize(("preset", "kind", "amount", "script", "stops"), ROUTES)
def test_the_route(preset: str, kind: str, amount: str, script: str, stops: str) -> None:
    play = Play.open(preset, amount, kind)
    for action in script.split():
        play.does(action)
    assert " ".join(play.stops) == stops


@pytest.mark.parametrize("kind", TYPES)
def test_the_strategy_of_a_type_decides_who_sees_it_first(kind: str) -> None:
    first = Play.open("standard", "329.00", kind)
    expected = "仓库收货" if first.now.facts["路由"] == "仓库" else "客服审核"
    assert first.now.nodes == (expected,)


TRIGGERS = [
    ("审批通过", "退款中 仓库收货 质检 已完成"),  # as soon as it is approved
    ("包裹匹配", "仓库收货 退款中 质检 已完成"),  # when the parcel is there, before the inspection
    ("质检合格", "仓库收货 质检 财务退款 退款中 已完成"),  # after the inspection, by finance
]


@pytest.mark.parametrize(("trigger", "stops"), TRIGGERS)
def test_the_policy_says_when_the_money_goes(trigger: str, stops: str) -> None:
    play = Play.open("standard", "329.00")
    play.rules = Rules(FLOW, replace(play.rules.policy, trigger=trigger))
    play.does("同意")
    while not play.ended:
        play.does(next(iter(play.node.actions)))
    assert " ".join(play.stops).removeprefix("客服审核 金额审批 ") == stops


def test_a_part_that_is_missing_holds_the_money_that_a_parcel_would_release() -> None:
    """The scan that matches the parcel is the one that finds the part missing: contents are looked at first."""
    play = Play.open("standard", "329.00")
    play.rules = Rules(FLOW, replace(play.rules.policy, trigger="包裹匹配"))
    for action in ("同意", "同意", "配件缺失", "同意"):
        assert not any("确认退款" in taken.effects for taken in play.does(action).steps)
    assert play.now.nodes == ("质检",)


def test_a_node_keeps_its_own_time_limit() -> None:
    limits = {name: node.limit for name, node in FLOW.nodes.items() if node.limit}
    assert limits["客服审核"] == timedelta(hours=24)
    assert (limits["质检"], limits["仓库收货"]) == (timedelta(hours=48), timedelta(days=15))


# ---- what the system decides is on record with the rule's name


def test_a_small_amount_passes_by_rule_and_says_so() -> None:
    steps = Play.open("express", "50.00").now.steps
    assert [(step.node, step.action) for step in steps] == [
        ("分流", "金额审批"), ("金额审批", "同意"), ("先退款", "自动退款"), ("自动退款", "退款中"),
    ]  # fmt: skip
    assert [step.rule for step in steps] == ["免审金额不排队", "小额自动通过", "审批通过即退款", "自动退款"]
    assert steps[-1].effects == ("确认退款",)


def test_a_flagged_customer_gets_no_free_pass() -> None:
    play = Play.open("express", "9.90", 风险客户=True)
    assert play.now.nodes == ("客服审核",)
    assert play.does("同意").nodes == ("金额审批",)


SAME_PERSON = [
    ("客服组长", "express", "300.00", "仓库收货"),  # the reviewer is the approver: one signature is enough
    ("客服主管", "express", "300.00", "金额审批"),  # another role signs
    ("客服组长", "express", "500.01", "金额审批"),  # too much for a team leader
    ("客服主管", "standard", "5000.00", "仓库收货"),
]


@pytest.mark.parametrize(("role", "preset", "amount", "stop"), SAME_PERSON)
def test_whoever_agreed_as_reviewer_is_not_asked_again_as_approver(
    role: str, preset: str, amount: str, stop: str
) -> None:
    play = Play.open(preset, amount)
    assert play.does("同意", role).nodes == (stop,)


def test_one_signature_for_two_is_on_record() -> None:
    steps = Play.open("standard", "329.00").does("同意", "客服主管").steps
    assert [(s.node, s.by_system, s.rule) for s in steps][:2] == [
        ("客服审核", False, ""), ("金额审批", True, "同人免审（主管审批）"),
    ]  # fmt: skip


NOT_AN_APPROVAL = [
    ("确认收货 合格入库", "an inspector who is also the approver has looked at goods, not at money"),
    ("确认收货 合格入库 同意 驳回", "finance sent it back, which is a no"),
]


@pytest.mark.parametrize(("script", "reason"), NOT_AN_APPROVAL)
def test_another_decision_is_no_approval(script: str, reason: str) -> None:
    play = Play.open("standard", "329.00", "七天无理由")
    for action in script.split():
        play.does(action, "客服主管", "质检员", "财务")
    assert play.now.nodes == ("金额审批",), reason


# ---- questions


def test_a_missing_part_is_named_before_anything_moves() -> None:
    play = Play.open("standard", "329.00", "七天无理由")
    refusal = play.refused("配件缺失", worker(play.node), said={})
    assert list(refusal.missing) == ["缺件"]
    assert "滤网组件 35" in refusal.missing["缺件"]


def test_handing_over_leaves_the_case_where_it_is() -> None:
    play = Play.open("standard", "329.00")
    before = play.now.facts
    assert play.does("转交").nodes == ("客服审核",)
    assert {key: play.now.facts[key] for key in before} == before


# ---- what holds on every road


CHOICES = st.integers(0, 99)
AMOUNTS = st.sampled_from(["0.00", "9.90", "50.00", "50.01", "500.00", "500.01", "2880.00", "5000.01"])


@st.composite
def wandering(draw: st.DrawFn) -> Play:
    """A case that people and the system push about at random, the amount changing as goods are counted."""
    flagged = draw(st.booleans())
    play = Play.open(draw(st.sampled_from(PRESETS)), draw(AMOUNTS), draw(st.sampled_from(TYPES)), 风险客户=flagged)
    for choice in draw(st.lists(CHOICES, max_size=25)):
        if play.ended:
            break
        actions = list(play.node.actions)
        roles = draw(st.sets(st.sampled_from(["客服组长", "客服主管", "销售经理", "运营总监", "财务"])))
        play.does(actions[choice % len(actions)], *roles)
        play.knows(金额=draw(AMOUNTS))
    return play


@given(wandering())
def test_an_open_case_always_has_somebody_or_a_stated_wait(play: Play) -> None:
    for name in play.now.nodes:
        node = FLOW.nodes[name]
        assert node.actions
        assert node.limit
        assert node.owner if node.kind == d.HUMAN else node.waits_for
    assert bool(play.now.nodes) != play.ended


@given(wandering())
def test_no_case_is_ever_stranded(play: Play) -> None:
    for _ in range(12):
        if not play.ended:
            play.does(next(iter(play.node.actions)))
    assert play.ended


@given(wandering(), st.sampled_from([WITHDRAW, *sorted({a for n in FLOW.nodes.values() for a in n.actions})]))
def test_nothing_happens_after_the_end(play: Play, action: str) -> None:
    while not play.ended:
        play.does(next(iter(play.node.actions)))
    for actor in (SYSTEM_ACTOR, Actor(CREATOR, "小林"), Actor(1, "经办", owns=frozenset(FLOW.nodes))):
        assert "不用再处理" in play.refused(action, actor).reason


@given(wandering(), CHOICES)
def test_a_step_is_a_function_of_what_it_is_given(play: Play, choice: int) -> None:
    marking = Marking(play.now.nodes, copy.deepcopy(dict(play.now.facts)), play.now.state)
    before = copy.deepcopy(dict(marking.facts))
    action = [*FLOW.nodes["质检"].actions, "同意", "退款成功", WITHDRAW][choice % 5]
    said = {"缺件": "滤网", "扣款": "1.00"}
    results = [decide(play.rules, marking, action, SYSTEM_ACTOR, said) for _ in range(2)]
    assert results[0] == results[1]
    assert (marking.facts, said) == (before, {"缺件": "滤网", "扣款": "1.00"})


@given(wandering())
def test_every_step_on_record_names_a_node_and_what_decided(play: Play) -> None:
    for taken in play.now.steps:
        assert taken.node in FLOW.nodes
        assert taken.action
        human = FLOW.nodes[taken.node].kind == d.HUMAN and not taken.by_system
        assert human or taken.rule or goes_by_itself(FLOW.nodes[taken.node], taken.action)


@given(wandering())
def test_money_is_asked_for_at_most_once_at_a_time(play: Play) -> None:
    """Each request for money ends in the wait for its answer."""
    asked = sum("确认退款" in taken.effects for taken in play.now.steps)
    assert asked == (play.now.nodes == ("退款中",))


# ---- nothing but the arguments goes in


PURE = [
    "flow/engine/machine.py", "flow/engine/signatures.py", "flow/engine/verbs.py", "flow/definitions/flow.py",
    "flow/definitions/policy.py", "flow/definitions/conditions.py", "flow/engine/amounts.py", "flow/engine/counting.py",
    "flow/records/audit.py",
]  # fmt: skip
HARMLESS = {
    "__future__", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "hashlib", "itertools",
    "json", "orjson", "re", "typing", "unicodedata", "yaml", "flow", "models",
}  # fmt: skip


@pytest.mark.parametrize("path", PURE)
def test_the_pure_files_import_neither_clock_nor_chance_nor_network(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= HARMLESS


def test_an_automatic_circle_is_an_error_of_ours_not_a_hang() -> None:
    """The check refuses such a flow; should one slip through, the step still ends."""
    hop = d.Node("甲", d.AUTOMATIC, branches=(d.Branch(When(), "甲"),))
    with pytest.raises(RuntimeError, match="crosses"):
        begin(Rules(d.Flow("圈", "甲", {"甲": hop}), rules().policy), opening("1.00"))
