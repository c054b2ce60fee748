"""Which fields of a form are asked, which must be answered, and what an answer hides; and answers put right later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions import flow as d
from flow.definitions.conditions import When
from flow.definitions.flow import Action, Field, Node
from flow.definitions.flow_reader import read_flow
from flow.engine import form_rules, forms
from flow.engine.exemption import exemption, may_be_passed
from flow.engine.field_changes import FIELDS, PUT_RIGHT, sides
from flow.engine.machine import step
from flow.engine.values import Actor, Marking, Refusal, Rules, Transition
from flow.engine.verbs import decide
from flow.validation.policies import parse_policy
from models.enums import CaseState

TODAY = date(2026, 11, 23)
POLICY = parse_policy("政策: p\n审批表: [{规则: 全部, 审批: 客服组长}]", "p")
FLOW = read_flow(
    """
流程: 小
开始: 质检
节点:
  质检:
    类型: 人工
    负责人: {角色: 质检员}
    时限: 1天
    表单:
      - {名: 缺陷照片, 填: 照片, 必填: true, 当: {外观: 破损}}
      - {名: 外观, 填: 单选, 选项: [完好, 破损], 必填: true, 默认: 完好}
      - {名: 情况, 填: 文本, 必填当: {金额: ">500"}}
      - {名: 修法, 填: 单选, 选项: [换件, 焊接], 必填: true, 当: {情况: 能修}}
    动作:
      合格: {去: 财务}
      次品: {去: 完, 样式: 危险}
  财务:
    类型: 人工
    负责人: {角色: 财务}
    时限: 1天
    字段: {外观: 可改, 修法: 隐藏}
    动作: {退款: {去: 完}}
  完: {类型: 结束, 状态: 已完成}
"""
)
RULES = Rules(FLOW, POLICY)
XU = Actor(1, "许静", frozenset({"质检员"}), frozenset({"质检"}))
QIAN = Actor(2, "钱芳", frozenset({"财务"}), frozenset({"财务"}))
GOOD = {"外观": "完好", "情况": None}


def acted(facts: dict[str, Any], answers: dict[str, Any], action: str = "合格") -> Transition | Refusal:
    return step(RULES, Marking(("质检",), {"金额": "100", **facts}), action, XU, answers)


#: facts, answers so far, what is asked next, and what of it must be answered
ASKED: list[tuple[dict[str, Any], dict[str, Any], list[str], set[str]]] = [
    ({}, {}, ["外观", "情况"], {"外观"}),  # what hangs on an answer waits for it
    ({}, {"外观": "完好"}, ["情况"], set()),
    ({"金额": "500.01"}, {"外观": "完好"}, ["情况"], {"情况"}),
    ({}, {"外观": "破损"}, ["缺陷照片", "情况"], {"缺陷照片"}),
    ({}, {"外观": "破损", "情况": "能修", "缺陷照片": "照片 #1"}, ["修法"], {"修法"}),
    ({"外观": "完好"}, {}, ["情况"], set()),  # another signer has answered
    ({"外观": "完好", "缺陷照片": "照片 #1"}, {}, ["情况"], set()),
]


@pytest.mark.parametrize(("facts", "answers", "names", "must"), ASKED)
def test_what_is_asked_next(facts: dict[str, Any], answers: dict[str, Any], names: list[str], must: set[str]) -> None:
    refused = acted(facts, answers)
    assert isinstance(refused, Refusal)
    assert [field.name for field in refused.fields] == names
    assert {field.name for field in refused.fields if field.required} == must
    assert not any(field.asks_for for field in refused.fields), "a question is as it holds for this case"


#: facts, answers, and the facts of the form when the action is done
KEPT: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({}, GOOD, GOOD),
    ({}, {**GOOD, "缺陷照片": "照片 #1"}, GOOD),  # it was not asked for, as the appearance is
    ({"缺陷照片": "照片 #1"}, GOOD, GOOD),  # an old answer of what is hidden now is no fact
    ({}, {"外观": "破损", "情况": None, "缺陷照片": "照片 #1", "修法": "焊接"},
     {"外观": "破损", "情况": None, "缺陷照片": "照片 #1"}),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "answers", "kept"), KEPT)
def test_only_answers_that_are_shown_become_facts(
    facts: dict[str, Any], answers: dict[str, Any], kept: dict[str, Any]
) -> None:
    done = acted(facts, answers)
    assert isinstance(done, Transition)
    form = {field.name for field in FLOW.nodes["质检"].form}
    assert {name: value for name, value in done.facts.items() if name in form} == kept


def test_a_harmful_action_asks_for_none_of_it() -> None:
    assert isinstance(acted({}, {}, "次品"), Transition)


def field(name: str, **more: Any) -> Field:
    more |= {key: When.parse(more[key]) for key in ("when", "required_when") if key in more}
    return Field(name, d.TEXT, **more)


def test_what_hides_one_field_hides_what_hangs_on_that() -> None:
    form = [field("甲"), field("乙", when={"甲": "是"}), field("丙", when={"乙": "有"})]
    assert form_rules.hidden(form, {"甲": "否", "乙": "有", "丙": "x"}) == {"乙", "丙"}
    assert form_rules.shown(form, {"甲": "是", "乙": "有", "丙": "x", "丁": 1}) == {
        "甲": "是",
        "乙": "有",
        "丙": "x",
        "丁": 1,
    }
    assert form_rules.hidden(form, {"甲": "是"}) == {"丙"}


@given(st.dictionaries(st.sampled_from("甲乙丙丁"), st.sampled_from(["是", "否", None])))
def test_whatever_was_answered_what_is_shown_agrees_with_itself(facts: dict[str, Any]) -> None:
    form = [field(name, when={other: "是"}) for name, other in zip("乙丙丁", "甲乙丙", strict=True)]
    left = form_rules.shown(form, facts)
    assert all(each.when(left) for each in form if each.name in left)
    assert form_rules.shown(form, left) == left


def test_what_may_still_be_asked_is_known_before_the_answers() -> None:
    node, action = FLOW.nodes["质检"], FLOW.nodes["质检"].actions["合格"]
    assert [each.name for each in form_rules.askable(node, action, {"金额": "1"})] == [
        "缺陷照片",
        "外观",
        "情况",
        "修法",
    ]
    assert [each.name for each in form_rules.askable(node, action, {"外观": "完好"})] == ["情况", "修法"]


def test_an_approval_is_passed_by_rule_only_where_nothing_must_be_answered() -> None:
    form = (field("凭证", required=True, when={"金额": ">500"}), field("说明", required_when={"金额": ">900"}))
    node = Node("审批", d.HUMAN, actions={"同意": Action("同意")}, form=form)
    said = {"审批": "自动", "审批规则": "小额"}
    assert may_be_passed(node, {})
    assert [exemption(node, {**said, "金额": amount}, None) is None for amount in ("500", "501", "901")] == [
        False, True, True,
    ]  # fmt: skip
    only = Node(
        "审批", d.HUMAN, actions={"同意": Action("同意")}, form=(field("说明", required_when={"金额": ">900"}),)
    )
    assert [exemption(only, {**said, "金额": amount}, None) is None for amount in ("900", "901")] == [False, True]


# -- what is offered ---------------------------------------------------------------------------------------------------

CHOICE = Field("外观", d.CHOICE, ("完好", "破损"), required=True, default="完好")
SOURCES = {"运单号": "SF1234567890", "金额": "35.5", "外观": "破损", "客户手机": ""}
OFFERED = [
    (CHOICE, "完好"),
    (Field("单号", d.WAYBILL, default="{运单号}"), "SF1234567890"),
    (Field("折价", d.MONEY, default="{金额}"), "35.5"),
    (Field("折价", d.MONEY, default="{金额}", bounds="<30"), ""),  # what is known is no answer here
    (Field("手机", d.TEXT, default="{客户手机}"), ""),  # nobody knows it, or not the asker
    (Field("手机", d.TEXT, default="{不知道的}"), ""),
    (Field("日子", d.DATE, default="今天"), "今天"),
    (Field("说明", d.TEXT), ""),
]


@pytest.mark.parametrize(("asked", "text"), OFFERED)
def test_what_is_offered_is_an_answer(asked: Field, text: str) -> None:
    assert forms.offered(asked, SOURCES, TODAY).default == text


#: the field, what is replied, whether that takes what is offered
TAKEN = [
    (CHOICE, "好", True),
    (CHOICE, "好。", True),
    (CHOICE, "默认", True),
    (CHOICE, "可以", True),
    (CHOICE, "破损", False),
    (Field("等级", d.CHOICE, ("好", "差"), default="差"), "好", False),  # that is an option
    (Field("等级", d.CHOICE, ("好", "差"), default="差"), "默认", True),
    (Field("说明", d.TEXT, default="无"), "好", True),
    (Field("说明", d.TEXT, default="无"), "可以", False),  # which is what somebody may have to say
    (Field("说明", d.TEXT), "好", False),
]


@pytest.mark.parametrize(("asked", "reply", "taken"), TAKEN)
def test_one_word_takes_the_default(asked: Field, reply: str, *, taken: bool) -> None:
    assert forms.takes_default(asked, reply, ("好", "可以")) is taken


def test_the_question_says_what_is_offered_and_how_it_is_taken() -> None:
    assert forms.question(CHOICE) == "外观？\n1. 完好　2. 破损\n请回复序号或文字；默认：完好，回复“好”就用它"
    asked = Field("等级", d.CHOICE, ("好", "差"), default="差")
    assert forms.question(asked).endswith("默认：差，回复“默认”就用它；没有就回复“跳过”")


def test_the_drop_down_is_the_first_choice_that_hangs_on_no_other_answer() -> None:
    hanging = Field("修法", d.CHOICE, ("换件", "焊接"), when=When.parse({"外观": "破损"}))
    rare = Field("责任", d.CHOICE, ("客户", "物流"), when=When.parse({"金额": ">500"}))
    assert forms.drop_down([hanging, CHOICE], {"外观": "破损"}) == CHOICE
    assert forms.drop_down([rare, CHOICE], {"金额": "100"}) == CHOICE
    assert forms.drop_down([rare, CHOICE], {"金额": "501"}) == rare


def test_a_default_that_only_stands_on_the_card_is_no_answer_to_an_action_that_does_not_ask() -> None:
    calm, harmful = Action("合格"), Action("次品", danger=True)
    assert forms.chosen([CHOICE], {"外观": "完好"}, calm) == {"外观": "完好"}
    assert forms.chosen([CHOICE], {"外观": "完好"}, harmful) == {}
    assert forms.chosen([CHOICE], {"外观": "破损"}, harmful) == {"外观": "破损"}, "that one was picked"


# -- answers put right later -------------------------------------------------------------------------------------------

THERE = {"金额": "100", "外观": "破损", "缺陷照片": "照片 #1", "情况": None, "经过": ["质检", "财务"]}


def corrected(new: dict[str, Any], who: Actor = QIAN, **more: Any) -> Transition | Refusal:
    marking = Marking(("财务",), {**THERE, **more.pop("facts", {})}, more.pop("state", CaseState.OPEN))
    return decide(RULES, marking, PUT_RIGHT, who, {FIELDS: new, **more})


def test_a_correction_moves_nothing_and_takes_away_what_it_hides() -> None:
    done = corrected({"外观": "完好"})
    assert isinstance(done, Transition)
    assert (done.nodes, done.entered, done.gone, done.steps[0].node) == (("财务",), (), frozenset(), "财务")
    assert done.steps[0].verdict == "已更正 外观"
    assert "缺陷照片" not in done.facts
    assert sides(FLOW, THERE, done.facts) == {
        "改前": "缺陷照片 照片 #1、外观 破损", "改后": "缺陷照片 没有填、外观 完好",
    }  # fmt: skip


def test_a_correction_asks_for_what_it_makes_necessary() -> None:
    without = {"外观": "完好", "缺陷照片": None}
    asked = corrected({"外观": "破损"}, facts=without)
    assert isinstance(asked, Refusal)
    assert [(each.name, each.required) for each in asked.fields] == [("缺陷照片", True)]
    done = corrected({"外观": "破损"}, facts=without, 缺陷照片="照片 #2")
    assert isinstance(done, Transition)
    assert (done.facts["外观"], done.facts["缺陷照片"]) == ("破损", "照片 #2")


def test_a_correction_asks_nothing_for_a_node_that_the_case_has_not_come_to() -> None:
    later = replace(FLOW.nodes["质检"], name="复检", form=(*FLOW.nodes["质检"].form, field("原因", required=True)))
    rules = Rules(replace(FLOW, nodes={**FLOW.nodes, "复检": later}), POLICY)
    marking = Marking(("财务",), {**THERE, "情况": "脏", "缺陷照片": None, "外观": "完好"})
    refused = decide(rules, marking, PUT_RIGHT, QIAN, {FIELDS: {"外观": "破损"}})
    assert isinstance(refused, Refusal)
    assert [each.name for each in refused.fields] == ["缺陷照片"], "once"


#: who, what, how the case stands, why not
NOT_NOW = [
    (QIAN, {"情况": "能修"}, {}, "现在能改的有：外观"),
    (QIAN, {}, {}, "现在能改的有：外观"),
    (XU, {"外观": "完好"}, {}, "不是你的待办"),
    (QIAN, {"外观": "完好"}, {"state": CaseState.HELD}, "先回复“恢复 单号”再更正"),
    (QIAN, {"外观": "完好"}, {"state": CaseState.DONE}, "不用再处理"),
    (QIAN, {"外观": "完好"}, {"facts": {"经过": ["财务"]}}, "这一步没有能改的字段"),  # nobody has answered it yet
]


@pytest.mark.parametrize(("who", "new", "more", "why"), NOT_NOW)
def test_what_cannot_be_put_right_is_refused(who: Actor, new: dict[str, Any], more: dict[str, Any], why: str) -> None:
    refused = corrected(new, who, **more)
    assert isinstance(refused, Refusal)
    assert why in refused.reason


def test_nobody_is_asked_for_what_their_node_does_not_see() -> None:
    rights = {"情况": d.WRITE, "修法": d.HIDE}
    nodes = {**FLOW.nodes, "财务": Node("财务", d.HUMAN, rights=rights, actions=FLOW.nodes["财务"].actions)}
    flow = d.Flow("小", "质检", nodes)
    refused = decide(Rules(flow, POLICY), Marking(("财务",), THERE), PUT_RIGHT, QIAN, {FIELDS: {"情况": "能修"}})
    assert isinstance(refused, Refusal)
    assert refused.reason == "这样改还要填修法，财务看不到它，请退回去改"
