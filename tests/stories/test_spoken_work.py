"""Spoken sentences of a day in the shop, sloppy and without blanks: what each is taken for, and no word of it lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stage import sell
from tests.support.stories import inspected, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

LIN, WANG, LI, ZHAO, QIAN = "林晓", "王建国", "李敏", "赵卫东", "钱芳"
SHOP = {"HD-01": ("吊灯", 4, "120.00"), "TB-09": ("玻璃茶杯", 10, "15.00")}

SPOKEN = [
    (LIN, "张三那单退了么", "查 880002"),
    (LIN, "单号发错了 应该是SF123456789012 登一下", "1 运单"),
    (LIN, "我那几单催一下呗", "催办 {no}"),
    (LIN, "退款几天到账", "这里没有记"),
    (LIN, "客户问运费谁出", "“承担”一行写着"),
    (LIN, "这个能退不 买了10天了 536365", "还能退 4 件"),
    (LIN, "880002那个灯罩裂了能修不", "维修 880002"),
    (LIN, "还有几单没弄完", "你开的单"),
    (LIN, "刚才那单改成退1个", "改 {no} 改成退1个"),
    (WANG, "我在开会 让李敏先看", "转交 {no} 李敏 我在开会"),
    (WANG, "这客户退过几次了", "{no} 退货"),
    (WANG, "为啥要我审", "因为 角色 客服组长"),
    (WANG, "他上次也退过 有点可疑", "评论 {no} 他上次也退过 有点可疑"),
    (LI, "王建国那边还剩几个没审", "负责人 王建国"),
    (LI, "{no}让何佳接一下", "转交 {no} 何佳"),
    (LI, "黑名单里有谁", "名单是空的"),
    (LI, "把{no}停一下", "挂起 {no} 停一下"),
    (ZHAO, "谁那压得最多", "总览"),
    (ZHAO, "王建国明天开始休三天 让李敏顶上", "代人请假 王建国 明天 到 2026-11-26 代理 李敏"),
    (ZHAO, "客服审核太慢了 缩到半天", "流程 退货 客服审核 时限 12小时"),
    (ZHAO, "七天改成十五天", "规则 超过无理由期 7→15"),
    (ZHAO, "审批不要超过一天", "流程 退货 金额审批 时限 1天"),
    (ZHAO, "无理由退货运费让客户出", "没看懂，什么都没有做。下面是最接近的，点一下才算 1 规则"),
    (ZHAO, "为什么退货率这么高", "报表 退货原因"),
]


async def test_what_is_spoken_in_passing_is_read(desk: Stage) -> None:
    await sell("880002", SHOP, mobile="13700137000", customer_name="张三")
    no = await submitted(desk)
    wrong = {}
    for name, typed, right in SPOKEN:
        told = await says(desk, name, typed.replace("{no}", no))
        if right.replace("{no}", no) not in told:
            wrong[typed] = told[:200]
        if "点一下" in told or "没有改动" in told:
            await says(desk, name, "都不是")
    assert not wrong


async def test_money_and_drafts_are_corrected_in_passing(desk: Stage) -> None:
    await sell("880002", SHOP)
    assert "补偿 · 订单 880002" in await says(desk, LIN, "赔30块 880002 HD-01 有裂")
    await says(desk, LIN, "取消")
    await says(desk, LIN, "退货 880002 HD-01×1 TB-09×1 质量问题")
    told = await says(desk, LIN, "算了只退茶杯")
    assert "玻璃茶杯 ×1" in told
    assert "吊灯 ×1" not in told


async def test_finance_is_told_of_a_second_payment_and_of_one_that_failed(desk: Stage) -> None:
    no = await inspected(desk)
    assert "店铺会再付一次" in await says(desk, QIAN, "付完了这个单可以关了")
    assert "问退款" in await says(desk, QIAN, f"{no} 打款失败了怎么办")
