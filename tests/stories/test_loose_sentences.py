"""Sentences that name a case or a customer without its number: by phone, by name, by its order, by what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Refund
from tests.support.stage import sell
from tests.support.stories import inspected, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI, QIAN, ZHAO = "林晓", "王建国", "李敏", "钱芳", "赵卫东"
LAMPS = {"TL-01": ("护眼台灯", 4, "59.00")}
BUYERS = {"700001": "赵七", "700002": "钱七", "700003": "孙七"}


async def shop(desk: Stage) -> list[str]:
    """Three orders, of which the first has a case at 客服审核 and the second has two."""
    for n, (no, name) in enumerate(BUYERS.items(), 1):
        await sell(no, LAMPS, customer=f"C{n}", customer_name=name, mobile=f"1360000135{n}")
    lines = ["退货 700001 TL-01×2 质量问题 不亮", *["退货 700002 TL-01×1 质量问题 不亮"] * 2]
    return [await submitted(desk, line) for line in lines]


#: what is said in turn, what is read then, and what is not
SAID: list[tuple[list[str], list[str], list[str]]] = [
    # a customer by the end of their phone, or by name
    (["尾号1353的客人说灯不亮要退钱不退货"], ["退几件？ 仅退款 · 订单 700003"], ["没有找到订单"]),
    (["尾号1353的客人换个地址 换货寄广州"], ["换几件？ 换货 · 订单 700003", "寄广州"], ["没有找到订单"]),
    (["1353的客户要退一个 质量问题"], ["确认退货", "订单 700003", "护眼台灯 ×1"], []),
    (["手机后四位1353的买家 换一个 质量问题"], ["确认换货", "订单 700003"], []),
    (["退货 尾号1353 TL-01×1 质量问题"], ["这是客户手机的尾号", "700003"], ["没有找到订单"]),
    (["孙七那个台灯退一个 质量问题"], ["确认退货", "订单 700003", "护眼台灯 ×1"], []),
    (["客户孙七要换一个台灯 质量问题"], ["确认换货", "订单 700003"], []),
    (["孙七投诉客服态度差"], ["投诉", "订单 700003", "客服态度差"], []),
    # the case that an order has, and no second one
    (["昨天提的那个700001的单 客户改主意只退一个了"], ["确认修改：{A}", "数量 2 件 → 1 件"], ["是什么原因"]),
    (["700001的单我提的数量多了 是一个"], ["确认修改：{A}", "数量 2 件 → 1 件"], ["是什么原因"]),
    (["700001那单的快递单号SF1234567890123"], ["1 运单 ", "SF1234567890123 2 查 {A}"], ["退货 700001", "换货 700001"]),
    (["700001换地址了 寄到杭州文三路8号 张三 13900001111"], ["1 评论 ", "查 {A}"], ["换货 13900001111", "换货 700001"]),
    (["700001 收货电话换成13800009999"], ["1 评论 ", "收货电话换成13800009999", "查 {A}"], ["换货 700001"]),
    (["我上午开的700002那单 运单号SF1234567890123"], ["1 运单 ", "查 00"], ["退货 700002"]),
    (["刚才提的700002那单 写错了 原因是发错货"], ["1 改 R", "2 改 R", "查 {B}", "查 {C}"], ["退货 700002"]),
    # what one has just looked up
    (["查 {A4}", "催一下"], ["{A} 已催 王建国"], ["{B}"]),
    (["查 {B4}", "客户又来催了"], ["{B} 已催 王建国"], ["{A}"]),
    (["查 {A4}", "数量错了是一个不是两个"], ["改 {A} 数量 1"], ["数量 2"]),
    (["查 {A4}", "备注一下 客户周末在家"], ["{A} 已记下评论（客户周末在家）"], []),
    (["查 {A4}", "等等先别 我看错了"], ["什么都没有做"], ["写法"]),
    (["刚提那个撤了 客人反悔了"], ["撤单 {C}"], ["撤单 {A}", "撤单 {B}"]),
    (["刚开的撤掉"], ["撤单 {C}"], ["撤单 {A}", "撤单 {B}"]),
    (["赵七的单到哪了"], ["{A} 退货"], ["你开的单"]),
    (["钱七的单到哪了"], ["查 {B}", "查 {C}"], ["你开的单"]),
]


@pytest.mark.parametrize("part", [SAID[:8], SAID[8:15], SAID[15:]], ids=["buyers", "orders", "seen"])
async def test_a_sentence_finds_what_it_is_about(
    desk: Stage, part: list[tuple[list[str], list[str], list[str]]]
) -> None:
    numbers = await shop(desk)

    def filled(text: str) -> str:
        for letter, no in zip("ABC", numbers, strict=True):
            text = text.replace(f"{{{letter}}}", no).replace(f"{{{letter}4}}", no[-4:])
        return text

    for said, shown, hidden in part:
        told = ""
        for words in said:
            told = await says(desk, LIN, filled(words))
        assert all(filled(words) in told for words in shown), (said, told)
        assert not any(filled(words) in told for words in hidden), (said, told)
        await says(desk, LIN, "取消")
    assert [(case.no, case.nodes) for case in await Case.all().order_by("id")] == [(no, ["客服审核"]) for no in numbers]


async def test_words_with_their_own_order_never_go_to_another_orders_case(desk: Stage) -> None:
    *_, third = await shop(desk)
    await says(desk, WANG, f"退回 {third} 林晓 照片不清楚")
    told = await says(desk, LIN, "700001退2个 只退一个的钱 另一个客人留着当备用")
    assert "退货 · 订单 700001" in told
    assert third not in told


async def test_a_refusal_without_a_case_is_of_the_one_in_hand(desk: Stage) -> None:
    """Though whoever says it may publish rules, of which none waits."""
    no = await submitted(desk)
    await says(desk, WANG, f"同意 {no}")
    told = await says(desk, LI, "驳回吧 超过七天了")
    assert f"1 驳回 {no} 超过七天了" in told
    assert (await Case.get(no=no)).nodes == ["金额审批"]


PAID = ["已经打了5.10给客户了", "客户那边我转了5.1", "退了 但只退了3 扣2块运费", "给他转了", "支付宝给客户打了5块"]


@pytest.mark.parametrize("typed", PAID)
async def test_money_that_went_another_way_is_never_paid_again_unasked(desk: Stage, typed: str) -> None:
    await inspected(desk)
    told = await says(desk, QIAN, typed)
    assert "店铺会再付一次 ¥5.10" in told
    assert "1 评论 " in told
    assert "驳回" not in told
    assert not await Refund.exists()


async def test_a_place_in_the_list_takes_a_button_in_other_words(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, QIAN, "待办")
    told = await says(desk, QIAN, "第一个退了吧")
    assert f"1 确认退款 {no}" in told
    assert "店铺就付款 ¥5.10" in told
    assert not await Refund.exists()


async def test_a_place_with_another_name_of_a_button_is_asked(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, "待办")
    assert f"1 同意 {no}" in await says(desk, WANG, "第一个可以")
    assert (await Case.get(no=no)).nodes == ["客服审核"]


async def test_returns_that_seem_many_are_a_chart_and_no_case(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"同意 {no}")
    told = await says(desk, LI, "烛台最近退的是不是有点多 看下原因")
    assert "报表 退货原因" in told
    assert no not in told
