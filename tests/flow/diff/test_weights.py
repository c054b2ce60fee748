"""What people read first of a change: money, then ways, then who does it, time limits and texts last."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.diff.differences import differences
from flow.diff.weights import MONEY, OTHERS, OWNERS, WAYS, WORDS
from flow.edits import apply

BASE = shipped()


@pytest.mark.parametrize(
    ("sentence", "weight"),
    [
        ("规则 自动通过 50→80", MONEY),
        ("规则 双人金额 2000", MONEY),
        ("规则 自动上限 每单 300", MONEY),
        ("规则 超过无理由期 说明 超过七天了", WORDS),
        ("流程 财务退款 负责人 客服", MONEY),
        ("流程 金额审批 否则 客服", MONEY),
        ("流程 客服审核 同人免审 是", MONEY),
        ("流程 质检 负责人 仓管员", OWNERS),
        ("流程 质检 时限 4小时", WORDS),
        ("流程 质检 标题 验一验", WORDS),
        ("流程 金额审批 驳回 理由 必填", WORDS),
        ("流程 次品协商 到时 3天 去 审批或退款", WAYS),
        ("增加级别 金额审批 运营总监", WAYS),
        ("增加字段 质检 说明 文本", OTHERS),
        ("停用规则 连续退货", MONEY),
        ("停用规则 大额提醒", OTHERS),
        ("增加原因 色差 像 质量问题", OTHERS),
        ("增加行 政策选择 直营 政策 standard 当 店铺=直营店", MONEY),
        ("增加行 风险客户 退得多 当 半年退货次数=9", MONEY),
        ("通知 已完成退款 钱到了", OTHERS),
    ],
)
def test_how_near_to_money_a_change_lies(sentence: str, weight: int) -> None:
    made = apply(sentence.split(), BASE, "退货", "express").texts
    told = differences({key: BASE[key] for key in made}, made)
    assert {change.weight for change in told} == {weight}, told
