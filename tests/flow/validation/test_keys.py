"""A slip of the pen in a definition must not pass in silence: unknown keys, switches that are neither on nor off."""

from __future__ import annotations

import pytest

from flow.definitions.flow_reader import read_flow
from flow.errors import DefinitionError
from flow.validation.flows import parse_flow

FLOW = """
流程: 试
开始: 办
节点:
  办:
    类型: 人工
    负责人: {角色: 客服}
    时限: 1小时
    表单: [{名: 颜色, 填: 文本, 必填: 否}]
    动作:
      好: {去: [{当: {金额: ">5"}, 去: 完, 规则: 大}, {去: 完}]}
      不好: {去: 完, 样式: 危险}
  完: {类型: 结束, 状态: 已完成}
重开: {到: 办, 期限: 7天}
"""

SLIPS = [
    ("流程: 试", "流程: 试\n撤但: 完", "“撤但”不认识，可以写"),
    ("    时限: 1小时", "    时限: 1小时\n    回壁: [提交人]", "节点“办”：“回壁”不认识"),
    ("样式: 危险", "样式: 危险, 结过: 好了", "节点“办”：动作“不好”的“结过”不认识"),
    ("样式: 危险", "样式: 紫色", "样式“紫色”不认识，只有 危险"),
    ("必填: 否", "必须: 是", "表单“颜色”“必须”不认识"),
    ("必填: 否", "必填: 也许", "“必填”要写 是 或 否，不能写“也许”"),
    ("规则: 大", "规责: 大", "动作“好”的去的第 1 条“规责”不认识"),
    ("{角色: 客服}", "{角色: 客服, 同区域: 对}", "负责人“同区域”要写 是 或 否"),
    ("期限: 7天", "期限: 7天, 谁: 客服", "重开：“谁”不认识"),
    ("流程: 试", "流程: [试]", "要有“流程”“开始”“节点”三项"),
    ("流程: 试", "流程: 待办", "流程不能叫“待办”，和聊天里的指令同名"),
    ("流程: 试", "流程: ../../etc/x", "流程的名字要在 16 个字以内"),
    ("      好: {", "      加签: {", "动作“加签”的名字和聊天里的指令相同"),
    ("      好: {", "      提交: {", "动作“提交”的名字和聊天里的指令相同"),
    ("  完: {类型", f"  {'完' * 40}: {{类型: 结束, 状态: 已完成}}\n  完: {{类型", "名字要在 32 个字以内"),
    ("填: 文本, 必填: 否", "填: 金额, 必填: 是, 范围: -5~-1", "范围“-5~-1”里没有能填的金额"),
    ("填: 文本, 必填: 否", "填: 金额, 必填: 是, 范围: 0.001~0.009", "里没有能填的金额"),
    ("填: 文本, 必填: 否", '填: 数字, 必填: 是, 范围: ">=9999999999999"', "里没有能填的数字"),
    ('金额: ">5"', "金额: 五十", "“金额”是数字，要像 <=50、50~500 这样写，不能写“五十”"),
    ('金额: ">5"', "金额: 50元", "不能写“50元”"),
    ("      不好: {去: 完, 样式: 危险}", "      不好: 完", "动作“不好”要写成 不好: {去: 节点}"),
    ("负责人: {角色: 客服}", "负责人: 客服", "负责人要写成 {角色: 客服}"),
    ("不好: {去: 完,", "不好: {去: 5,", "去要写一个节点名，或一串"),
    ("时限: 1小时", "时限: 2026-13-45", "写不成的日期或数字"),
]  # fmt: skip


def problems(text: str) -> str:
    try:
        parse_flow(text)
    except DefinitionError as error:
        return str(error)
    return ""


def test_as_it_stands_it_is_sound() -> None:
    assert problems(FLOW) == ""


@pytest.mark.parametrize(("was", "typed", "told"), SLIPS)
def test_a_slip_is_told(was: str, typed: str, told: str) -> None:
    assert was in FLOW
    assert told in problems(FLOW.replace(was, typed, 1))


@pytest.mark.parametrize(
    ("typed", "on"), [("是", True), ("true", True), ("yes", True), ("否", False), ("false", False), ("no", False)]
)
def test_a_switch_is_on_or_off_in_either_language(typed: str, on: bool) -> None:
    flow = parse_flow(FLOW.replace("必填: 否", f"必填: {typed}"))
    assert flow.nodes["办"].form[0].required is on


def test_a_choice_may_be_called_yes() -> None:
    text = FLOW.replace("填: 文本, 必填: 否", "填: 单选, 选项: [yes, no]").replace('金额: ">5"', "颜色: yes")
    assert problems(text) == ""
    assert parse_flow(text).nodes["办"].form[0].options == ("yes", "no")


def test_the_owner_s_own_notes_may_stand_anywhere() -> None:
    assert problems(FLOW.replace("    时限: 1小时", "    时限: 1小时\n    备忘: 王姐说先这样")) == ""


def test_a_version_that_was_published_before_is_still_read() -> None:
    """Its cases are under way: a stricter check must not strand them."""
    text = FLOW.replace("样式: 危险", "样式: 危险, 结过: 好了")
    assert read_flow(text).nodes["办"].actions["不好"].danger


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", True),
        *((f"预计退款: {word}\n", True) for word in ("是", "yes", "on")),
        *((f"预计退款: {word}\n", False) for word in ("否", "no", "off", '"no"')),
    ],
)
def test_the_expected_refund_is_on_unless_a_word_for_off_stands_there(line: str, *, expected: bool) -> None:
    assert parse_flow(FLOW + line).refunds is expected
