"""What would go wrong with the tables around the flows is said before they are published."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.errors import DefinitionError
from flow.publishing.release import check_bundle

SHIPPED = shipped()
STANDARD, ASSIGNMENTS = ("policy", "standard"), ("assignments", "assignments")
REASONS, CHOICES, NOTICES = ("reasons", "reasons"), ("choices", "choices"), ("notices", "notices")
COMPLAINT = ("flow", "投诉")
TIER = '{规则: 主管审批, 金额: "<=5000", 审批: 客服主管}'

WRONG = [
    (STANDARD, "审批: 客服主管}\n  - {规则: 经理", "审批: 皇上}\n  - {规则: 经理", "政策“standard” 角色“皇上”不存在"),
    (STANDARD, TIER, f'{{规则: 试, 金饿: "<=50", 审批: 自动}}\n  - {TIER}', "“金饿”没有人知道"),
    (STANDARD, TIER, f"{{规则: 试, 金额: 五十, 审批: 自动}}\n  - {TIER}", "“金额”是数字"),
    (STANDARD, TIER, f'{TIER}\n  - {{规则: 再审, 金额: "<=50", 审批: 客服组长}}', "第 2 行（再审）永远轮不到：第 1 行"),
    (
        STANDARD,
        TIER,
        f'{{规则: 试, 金额: "<=-1", 审批: 自动}}\n  - {TIER}',
        "审批表第 1 行 金额：“<=-1”什么时候都不成立",
    ),
    (
        STANDARD,
        TIER,
        f"{{规则: 试, 类型: 质量, 审批: 自动}}\n  - {TIER}",
        "第 1 行（试）：类型没有“质量”，可选 七天无理由",
    ),
    (STANDARD, TIER, f"{{规则: 试, 种类: 退火, 审批: 自动}}\n  - {TIER}", "种类没有“退火”，可选 仅退款"),
    (
        STANDARD,
        "资格:\n",
        "资格:\n  - {规则: 都行, 结果: 允许}\n",
        "资格第 2 行（禁止名单）永远轮不到：第 1 行（都行）",
    ),
    (
        STANDARD,
        "资格:\n",
        "资格:\n  - {规则: 都不行, 结果: 拒绝}\n",
        "资格第 1 行（都不行）没有条件就拒绝，什么都退不了",
    ),
    (
        CHOICES,
        "政策选择: []",
        "政策选择: [{规则: 试, 种类: 退火, 政策: express}]",
        "政策选择第 1 行（试）：种类没有“退火”",
    ),
    (
        CHOICES,
        "政策选择: []",
        "政策选择: [{规则: 甲, 政策: express}, {规则: 乙, 店铺: 天猫, 政策: express}]",
        "政策选择第 2 行（乙）永远轮不到：第 1 行（甲）",
    ),
    (STANDARD, "规则: 经理审批", "规则: 主管审批", "规则“主管审批”有 2 行"),
    (STANDARD, "双人金额: 1000", "双人金额: -5", "双人金额“-5”不能小于 0"),
    (STANDARD, "政策: standard", "政策:", "要有“政策”和“审批表”两项"),
    (ASSIGNMENTS, "角色: 客服组长", "角色: 皇上", "分派表“客服分派”第 1 行（紧急先给组长）：角色“皇上”不存在"),
    (ASSIGNMENTS, "派法: 最少待办", "派法: 抽签", "派法“抽签”不认识"),
    (ASSIGNMENTS, "{规则: 紧急先给组长, 紧急: 是,", "{规则: 紧急先给组长, 紧鸡: 是,", "“紧鸡”没有人知道"),
    (ASSIGNMENTS, "{规则: 紧急先给组长, 紧急: 是,", "{规则: 紧急先给组长,", "第 2 行（按区域）永远轮不到"),
    (REASONS, "别名: [质量, 质量有问题,", "别名: [质量, 漏发,", "退货类型里“漏发”写了 2 次"),
    (REASONS, "成本: 质量成本, 次品: 退款, 别名: [质量,", "金额: 5, 次品: 退款, 别名: [质量,", "“金额”由程序记"),
    (REASONS, "路由: 质检部, 责任: 供应商", "路由: {甲: 乙}, 责任: 供应商", "“路由”只能写一个词"),
    (REASONS, "  七天无理由: {", "  试一试: 5\n  七天无理由: {", "退货类型“试一试”：要写成"),
    (CHOICES, "政策选择: []", "政策选择: [{规则: 试, 政策: 没有}]", "政策“没有”不存在，可选 express、standard"),
    (
        COMPLAINT,
        "选项: [质量问题, 发货错误, 物流损坏]",
        "选项: [质量问题, 保修维修]",
        "流程“投诉”转为 退货 时，表单“转单类型”里的“保修维修”那边不收，可以用 七天无理由",
    ),
    (COMPLAINT, "{名: 转单类型, ", "{名: 怎么转, ", "没有问“转单类型”，自己的退货类型“商品投诉、服务投诉”那边不收"),
    (NOTICES, "您的退款已处理完成，请注意查收", '""', "通知“已完成退款”没有写内容"),
]


def problems(key: tuple[str, str], was: str, typed: str) -> str:
    assert was in SHIPPED[key], was
    try:
        check_bundle({**SHIPPED, key: SHIPPED[key].replace(was, typed, 1)})
    except DefinitionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("key", "was", "typed", "told"), WRONG)
def test_what_would_never_work_is_told(key: tuple[str, str], was: str, typed: str, told: str) -> None:
    assert told in problems(key, was, typed)
