"""Sentences that can mean nothing, or more than one thing: what is said back, and what is done all the same."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.edits.working_copy import Unchanged
from flow.errors import NotFound, PolicyRefused
from tests.support.editing import FLOW, POLICY, said

REFUSED = [
    ("流程 客服审核 时限 30秒", "时限“30秒”看不懂，应像 24小时、30分钟、2天"),
    ("流程 客服审核 时限 1.5分钟", "时限“1.5分钟”不是整分钟，请写成整数，例如 90分钟"),
    ("流程 质检 时限 0.2分钟", "时限“0.2分钟”太短了，最短 1分钟"),
    ("流程 质检 时限 1个工作日", "时限按钟表时间算，没有工作日"),
    ("规则 政策 x", "政策的代号不能改，可以改它的 名称"),
    ("规则 合并天数 一会儿", "“一会儿”看不懂，合并天数应像 7 或 7天，不看就写 0"),
    ("删除节点 完成", "“完成”是结束，删掉后走到这里的单没有去处"),
    ("删除节点 分流", "“分流”是流程的入口，它后面按条件有几条路"),
    ("删除节点 仓库收货", "“缺件协商”的“驳回”通到“仓库收货”，删掉后不能替人决定它去哪里"),
    ("删除级别 客服审核", "没有看懂，例如：删除级别 金额审批 2"),
    ("删除字段 客服审核", "没有看懂，例如：删除字段 质检 缺陷等级"),
    ("删除原因", "没有看懂，例如：删除原因 色差"),
    ("增加分支 复核", "没有看懂，例如：增加分支 客服补证 与 仓库收货 同时 负责人 客服"),
    ("增加分支 复核 与 质检 同时 随便什么", "“随便什么”没有看懂"),
    ("规则 小额自动通过 风险客户 50→60", "“小额自动通过”的 风险客户 里没有 50，金额 里才有"),
    ("规则 组长审批 风险客户 5→6", "“组长审批”里没有 5，现在是 金额 <=500，审批 客服组长"),
    ("规则 组长审批 500→600；总监审批 >600", "这几句都没有改"),
    ("规则 组长审批 500→600 总监审批 500→600", "一句里有几处改动，请用 ； 隔开"),
    ("流程 质检 时限 4小时，仓库收货时限 1天", "第 2 句“流程 仓库收货时限 1天”：没有看懂"),
    ("流程 质检 标题 验一下，负责人 仓管员", "“负责人 仓管员”是前面那句话的一部分，还是另一处改动？"),
    ("流程 客服审核", "没有看懂，例如：流程 质检 时限 4小时"),
    ("规则 金额 50→80", "要写是哪一条规则，请写 规则 小额自动通过 50→80"),
    ("规则 组长审批 审批 无", "“组长审批”总要有人审批，请写角色，或者写 自动"),
    ("规则 大额提醒 数量 5→6", "“大额提醒”的条件里没有“数量”，现在是 金额>5000"),
    ("规则 大额提醒 金额 5→6", "“大额提醒”里没有 5，现在是 金额 >5000"),
    ("删除节点 缺件协商", "登记了缺件或拒收，没有人决定就会退款"),
]
NOWHERE = [
    ("规则 小额自动通过 审批 无此人", "没有角色“无此人”"),
    ("规则 组长审批 备注 好", "审批表里没有“备注”这一样"),
    ("流程 客服审核 超时 无", "“客服审核”没有“超时”这一样，是不是“时限”？"),
    ("删除级别 金额审批 2", "“金额审批”没有级别“2”，有：（还没有）"),
    ("删除规则 没有的", "没有自动规则“没有的”，有：大额提醒、连续退货、次品告警"),
]
RULES = ("rules", "rules")
DONE: list[tuple[str, tuple[str, str], tuple[str | int, ...], Any]] = [
    ("规则 合并天数 10天", POLICY, ("合并天数",), 10),
    ("规则 合并天数 无", POLICY, ("合并天数",), 0),
    ("规则 双人金额 3000", POLICY, ("双人金额",), 3000),
    ("规则 名称 新名", POLICY, ("名称",), "新名"),
    ("规则 小额自动通过 改成 60", POLICY, ("审批表", 0, "金额"), "<=60"),
    ("规则 组长审批 500→600，审批 客服主管", POLICY, ("审批表", 1, "审批"), "客服主管"),
    ("规则 组长审批 500→600，双人金额 2000", POLICY, ("双人金额",), 2000),
    ("流程 客服审核 驳回 理由 可填", FLOW, ("节点", "客服审核", "动作", "驳回", "理由"), "可填"),
    ("增加规则 超大额（已停用） 当 提交 就 告警 管理群 超大额", RULES, ("自动规则", -1, "停用"), True),
    ("规则 大额提醒 类型 质量问题", RULES, ("自动规则", 0, "条件"), {"金额": ">5000", "类型": "质量问题"}),
    ("规则 自动通过 50→80，；规则 组长审批 500→600", POLICY, ("审批表", 1, "金额"), "<=600"),
    ("增加节点 新 在 分流 之前 负责人 客服 时限 2天", FLOW, ("开始",), "新"),
    ("流程 仓库收货 到时 30天 去 撤销", FLOW, ("节点", "仓库收货", "动作", "到时", "去"), "撤销"),
    (
        "流程 质检 时限 4小时；负责人 角色 仓管员",
        FLOW,
        ("节点", "质检", "负责人"),
        {"角色": "仓管员", "否则": "仓管员"},
    ),
    ("流程 质检 时限 4小时，仓库收货 时限 1天", FLOW, ("节点", "仓库收货", "时限"), "1天"),
]


@pytest.mark.parametrize(("sentence", "words"), REFUSED)
def test_what_can_not_be_done_is_said_back(sentence: str, words: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        said(sentence)
    assert words in str(refused.value)


@pytest.mark.parametrize(("sentence", "words"), NOWHERE)
def test_what_is_nowhere_is_named(sentence: str, words: str) -> None:
    with pytest.raises(NotFound) as refused:
        said(sentence)
    assert words in str(refused.value)


@pytest.mark.parametrize(("sentence", "key", "place", "value"), DONE)
def test_what_is_done(sentence: str, key: tuple[str, str], place: tuple[str | int, ...], value: Any) -> None:
    found = yamlfile.read(said(sentence)[key])
    for step in place:
        found = found[step]
    assert str(found) == str(value)


@pytest.mark.parametrize("sentence", ["流程 客服审核 驳回 理由 无", "流程 仓库收货 到时 无"])
def test_what_is_so_already_is_no_change(sentence: str) -> None:
    with pytest.raises(Unchanged):
        said(sentence)


def test_a_rule_without_its_last_condition_holds_always() -> None:
    assert "条件" not in yamlfile.read(said("规则 大额提醒 金额 无")[RULES])["自动规则"][0]
