"""Whole flows, roles, buttons and settings as sentences set them: what stands there then, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.edits import apply, verb_of
from flow.errors import FlowError, NotFound, PolicyRefused

TEXTS = shipped()
GONE = object()  #: the key stands there no more

#: sentence; file and name; the way to the value; the value then
SET: list[tuple[str, str, str, tuple[str, ...], Any]] = [
    ("流程 退货 说明 先看货", "flow", "退货", ("说明",), "先看货"),
    ("流程 退货 说明 无", "flow", "退货", ("说明",), GONE),
    ("流程 退货 开始 客服审核", "flow", "退货", ("开始",), "客服审核"),
    ("流程 退货 撤单 超期", "flow", "退货", ("撤单",), "超期"),
    ("流程 退货 撤单 无", "flow", "退货", ("撤单",), GONE),
    ("流程 退货 重开 14天", "flow", "退货", ("重开", "期限"), "14天"),
    ("流程 退货 重开 到 客服审核 期限 10天", "flow", "退货", ("重开", "到"), "客服审核"),
    ("流程 退货 重开 无", "flow", "退货", ("重开",), GONE),
    ("流程 退货 预计退款 否", "flow", "退货", ("预计退款",), False),
    ("角色 客服 能 导出 团队", "roles", "roles", ("角色", "客服", "能", "导出"), "团队"),
    ("角色 管理员 不能 导出", "roles", "roles", ("角色", "管理员", "能", "导出"), GONE),
    ("角色 客服 看 金额 无", "roles", "roles", ("角色", "客服", "看", "金额"), "无"),
    ("角色 客服 先说 待办、我的单", "roles", "roles", ("角色", "客服", "先说"), ["待办", "我的单"]),
    ("角色 客服 说明 接待客户", "roles", "roles", ("角色", "客服", "说明"), "接待客户"),
    ("增加按钮 质检 返修 去 仓库收货", "flow", "退货", ("节点", "质检", "动作", "返修", "去"), "仓库收货"),
    (
        "增加按钮 质检 返修 去 仓库收货 理由 必填 样式 危险 办 登记收货 记 已修=是", "flow", "退货",
        ("节点", "质检", "动作", "返修", "样式"), "危险",
    ),
    ("流程 客服审核 驳回 结果 不同意", "flow", "退货", ("节点", "客服审核", "动作", "驳回", "结果"), "不同意"),
    ("流程 客服审核 驳回 结果 无", "flow", "退货", ("节点", "客服审核", "动作", "驳回", "结果"), GONE),
    ("流程 客服审核 驳回 样式 普通", "flow", "退货", ("节点", "客服审核", "动作", "驳回", "样式"), GONE),
    ("流程 客服审核 驳回 理由 必填", "flow", "退货", ("节点", "客服审核", "动作", "驳回", "理由"), "必填"),
    ("设置 紧急照发 否", "calendar", "calendar", ("免打扰", "紧急照发"), False),
    ("设置 运输天数 无", "choices", "choices", ("运输天数",), GONE),
    ("设置 体检最多几样 10", "choices", "choices", ("体检最多几样",), 10),
    ("设置 体检最多几样 无", "choices", "choices", ("体检最多几样",), GONE),
    ("设置 紧急用语 加 火急", "choices", "choices", ("紧急用语",), ["紧急", "加急", "火急"]),
    ("设置 紧急用语 去掉 加急", "choices", "choices", ("紧急用语",), ["紧急"]),
]  # fmt: skip

REFUSED: list[tuple[str, type[FlowError], str]] = [
    ("流程 退货 开始 无", PolicyRefused, "流程总要有“开始”"),
    ("流程 退货 撤单 火星", NotFound, "没有节点“火星”"),
    ("流程 退货 退回 到 火星", NotFound, "没有节点“火星”"),
    ("流程 退货 退回 客服审核", PolicyRefused, "这样改不成立"),
    ("流程 退货 重开 理由 随便", PolicyRefused, "时限“理由 随便”看不懂"),
    ("流程 退货 预计退款 也许", PolicyRefused, "请写 是 或 否"),
    ("流程 火星 说明 先看货", NotFound, "没有节点“火星”"),
    ("角色 客服 能 导出", PolicyRefused, "能对哪些单"),
    ("角色 客服 能 导出 火星", NotFound, "没有范围“火星”"),
    ("角色 客服 不能 发布", PolicyRefused, "本来就不能 发布"),
    ("角色 客服 看 金额", PolicyRefused, "看什么、看到多少"),
    ("角色 客服 看 金额 火星", NotFound, "没有金额的看法“火星”"),
    ("角色 客服 看 火星 全", NotFound, "没有看得到的内容“火星”"),
    ("角色 客服 火星 3", PolicyRefused, "没有看懂"),
    ("角色 客服", PolicyRefused, "没有看懂"),
    ("增加按钮 质检", PolicyRefused, "没有看懂"),
    ("增加按钮 质检 返修 结果 送去返修", PolicyRefused, "要写点了去哪里"),
    ("增加按钮 质检 返修 什么 去 仓库收货", PolicyRefused, "“什么”没有看懂"),
    ("增加按钮 质检 返修 去 仓库收货 记 乱写", PolicyRefused, "“乱写”看不懂"),
    ("增加按钮 质检 返修 去 火星", NotFound, "没有节点“火星”"),
    ("增加按钮 分流 返修 去 仓库收货", PolicyRefused, "只有人工节点可以加按钮"),
    ("删除按钮 质检", PolicyRefused, "没有看懂"),
    ("删除按钮 质检 火星", NotFound, "没有按钮“火星”"),
    ("删除按钮 质检 次品处理", PolicyRefused, "这样改不成立"),
    ("流程 客服审核 驳回 结果", PolicyRefused, "改成什么"),
    ("设置 运输天数 很多", PolicyRefused, "应像 运输天数 5"),
    ("设置 体检最多几样 很多", PolicyRefused, "应像 体检最多几样 20"),
    ("设置 紧急用语 一二三四五六七八九十一二三四五六七八九十一", PolicyRefused, "太长"),
    ("设置 免打扰 25:00 到 8:00", PolicyRefused, "不是一天里的时间"),
    ("增加行 维修分派", PolicyRefused, "没有看懂"),
    ("增加行 分派表", PolicyRefused, "没有看懂"),
    ("增加行 维修分派 夜班 派给 维修主管 火星", NotFound, "没有角色"),
    ("移动行 资格 允许名单 最前", PolicyRefused, "没有看懂"),
]


def _at(data: Any, way: tuple[str, ...]) -> Any:
    for key in way:
        if key not in (data or {}):
            return GONE
        data = data[key]
    return data


@pytest.mark.parametrize(("text", "kind", "name", "way", "value"), SET, ids=[row[0] for row in SET])
def test_a_sentence_sets_it(text: str, kind: str, name: str, way: tuple[str, ...], value: Any) -> None:
    verb, rest = verb_of(text)
    made = apply([verb, *rest], TEXTS, "退货", "standard")
    assert _at(yamlfile.read(made.texts[kind, name]), way) == value


@pytest.mark.parametrize(("text", "kind", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_is_refused_by_name(text: str, kind: type[FlowError], words: str) -> None:
    verb, rest = verb_of(text)
    with pytest.raises(kind, match=words):
        apply([verb, *rest], TEXTS, "退货", "standard")
