"""A wait that nothing would end, and a refund whose answer nobody would hear, are refused at the check."""

from __future__ import annotations

import pytest

from flow.errors import DefinitionError
from flow.validation.flows import parse_flow

FLOW = """
流程: 试
开始: 办
节点:
  办:
    类型: 人工
    负责人: {{角色: 客服}}
    时限: 1小时
    动作:
      好: {{去: {to}{does}}}
      不好: {{去: 完, 样式: 危险}}
  等: {{类型: 等待, 等: 消息{limit}, 动作: {{{actions}}}}}
  完: {{类型: 结束, 状态: 已完成}}
"""
BOTH = "退款成功: {去: 完}, 退款失败: {去: 办}"
CONFIRM, DAY = ", 办: [确认退款]", ", 时限: 1天"


def problems(actions: str, does: str = "", limit: str = "", to: str = "等") -> str:
    try:
        parse_flow(FLOW.format(actions=actions, does=does, limit=limit, to=to))
    except DefinitionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("actions", "does", "limit"),
    [
        pytest.param(BOTH, CONFIRM, "", id="the shop's answer"),
        pytest.param("到时: {去: 完}", "", DAY, id="time"),
        pytest.param("登记运单: {去: 完}, 到时: {去: 完}", "", DAY, id="a parcel, not for ever"),
    ],
)
def test_what_ends_by_itself_may_be_waited_for(actions: str, does: str, limit: str) -> None:
    assert problems(actions, does, limit) == ""


PEOPLE = """
流程: 试
开始: 办
节点:
  办: {{类型: 人工, 负责人: {{角色: 客服}}, 时限: 1天, 动作: {{{actions}}}}}
  等: {{类型: 等待, 等: 消息, 时限: 1天, 动作: {{到时: {{去: 完}}}}}}
  完: {{类型: 结束, 状态: 已完成}}
"""


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ("好: {去: 等}, 到时: {满: 1天, 去: 完}", ""),
        ("好: {去: 等}, 到时: {去: 完}", "人工节点的“到时”要写满多久"),
        ("好: {去: 等}, 到时: {满: 23小时, 去: 完}", "要不短于时限，先提醒人，再自动走"),
        ("好: {去: 等}, 到时: {满: 3天, 去: 完, 问: {理由: 为什么}}", "没有人点，不能提问，也不能换人"),
        ("好: {去: 等}, 再: {去: 等, 满: 3天}", "“满”只给人工节点的“到时”写"),
        ("好: {去: 等}, 到时: {满: 很久, 去: 完}", "时限“很久”看不懂"),
        ("到时: {满: 3天, 去: 等}", "人工节点要有负责人、时限和动作"),
        ("好: {去: 等}, 到时: {满: 3天, 去: 天边}", "去的节点“天边”不存在"),
    ],
)
def test_how_long_people_have(actions: str, told: str) -> None:
    assert (told in said(actions)) if told else said(actions) == ""


def said(actions: str) -> str:
    try:
        parse_flow(PEOPLE.format(actions=actions))
    except DefinitionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("actions", "does", "limit", "told"),
    [
        pytest.param(
            "客户回复: {去: 完}", "", "", "等不到“客户回复”，等待节点能等的是 退款成功、退款失败、登记运单、到时",
            id="nobody says so",
        ),
        pytest.param(
            f"{BOTH}, 到时: {{去: 办}}", CONFIRM, DAY, "钱可能已经在路上，时间到了也不能自己走", id="money left alone",
        ),
        pytest.param("退款成功: {去: 完}", CONFIRM, "", "退款成功和退款失败要都写", id="a refusal is not heard"),
        pytest.param("登记运单: {去: 完}", "", "", "客户一直不寄就没有人管", id="a parcel that never comes"),
        pytest.param("到时: {去: 完}", "", "", "有动作“到时”，就要写时限", id="no time"),
        pytest.param(BOTH, "", "", "却没有办“确认退款”，永远等不到", id="money that nobody asked for"),
    ],
)  # fmt: skip
def test_what_nothing_ends_is_refused(actions: str, does: str, limit: str, told: str) -> None:
    assert told in problems(actions, does, limit)


def test_a_refund_whose_answer_nobody_hears_is_refused() -> None:
    told = problems("到时: {去: 完}", CONFIRM, DAY)
    assert "节点“办”的“好”：办了“确认退款”，就要去一个等“退款成功”和“退款失败”的等待节点，不能直接去“等”" in told
