"""What 办 cannot be done without is missed at the check, and not when somebody taps."""

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
    {form}
    动作:
      好: {{去: {to}, {does}}}
  转: {{类型: 自动, 办: [{passes}], 去: 完}}
  完: {{类型: 结束, 状态: 已完成}}
"""
ASKED = "表单: [{名: 补偿金额, 填: 金额, 必填: true}]"
WORDS = "表单: [{名: 补偿金额, 填: 文本, 必填: true}]"
KINDS = "表单: [{名: 转为, 填: 单选, 选项: [退货, 换货], 必填: true}]"


def problems(form: str = "", does: str = "", passes: str = "放开占用") -> str:
    text = FLOW.format(form=form, does=does or "结果: 好", to="转", passes=passes)
    try:
        parse_flow(text)
    except DefinitionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("form", "does"),
    [
        pytest.param("", "办: [登记缺件], 问: {缺件: 缺什么？}", id="the part is asked for"),
        pytest.param(ASKED, "办: [登记补偿]", id="the sum is asked for"),
        pytest.param("", "办: [转单], 记: {转为: 退货}", id="the flow is named"),
        pytest.param(KINDS, "办: [转单]", id="the flow is chosen"),
    ],
)
def test_what_is_asked_for_can_be_done(form: str, does: str) -> None:
    assert problems(form, does) == ""


@pytest.mark.parametrize(
    ("form", "does", "heard"),
    [
        pytest.param("", "办: [登记缺件]", "要写 问: {缺件", id="no part"),
        pytest.param("", "办: [登记补偿]", "没有一张表单问“补偿金额”", id="no sum"),
        pytest.param(WORDS, "办: [登记补偿]", "没有一张表单问“补偿金额”（填 金额）", id="a sum in words"),
        pytest.param("", "办: [转单]", "要写 记: {转为", id="no flow"),
    ],
)
def test_what_nobody_asks_for_cannot(form: str, does: str, heard: str) -> None:
    assert f"动作“好”办“{does.split('[')[1].split(']')[0]}”" in problems(form, does)
    assert heard in problems(form, does)


@pytest.mark.parametrize("effect", ["登记收货", "质检合格", "登记补偿"])
def test_nobody_counts_at_an_automatic_node(effect: str) -> None:
    assert f"自动节点不能办“{effect}”" in problems(passes=effect)


def test_an_automatic_node_that_passes_over_says_where_to() -> None:
    assert "要写 记: {转为" in problems(passes="转单")


SHORT = """
流程: 试
开始: 收
节点:
  收: {{类型: 人工, 负责人: {{角色: 客服}}, 时限: 1小时, 动作: {{{receive}}}}}
  谈: {{类型: 人工, 负责人: {{角色: 客服}}, 时限: 1小时, 动作: {{同意: {{去: 完, 办: [确认扣款]}}, 补寄: {{去: 收}}}}}}
  完: {{类型: 结束, 状态: 已完成}}
"""
NOTED = "缺件: {去: 谈, 办: [登记缺件], 问: {缺件: 缺什么？}}"


@pytest.mark.parametrize(
    ("receive", "heard"),
    [
        pytest.param(f"收到: {{去: 完}}, {NOTED}", "", id="only who noted a shortage talks about it"),
        pytest.param("收到: {去: 谈}", "没有登记过缺件也走得到：收 → 谈", id="nobody notes one"),
        pytest.param(f"收到: {{去: 谈}}, {NOTED}", "没有登记过缺件也走得到：收 → 谈", id="a way around it"),
    ],
)
def test_a_deduction_needs_a_shortage(receive: str, heard: str) -> None:
    found = ""
    try:
        parse_flow(SHORT.format(receive=receive))
    except DefinitionError as error:
        found = str(error)
    assert (heard in found) if heard else found == ""
