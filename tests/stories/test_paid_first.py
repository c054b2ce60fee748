"""Money that goes before the goods come: whoever decides on the goods is told, and no refund grows smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.published import prefer
from tests.support.stage import text_of
from tests.support.stories import news, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LANTERNS = "退货 536365 71053×2 质量问题"


async def test_who_lets_a_parcel_go_back_knows_that_its_money_has_gone(desk: Stage) -> None:
    await prefer("express")
    no = await submitted(desk, LANTERNS)
    assert "款已退" not in news(desk, "周仓")[-1]
    await play(desk, "周仓 拒收")
    assert "款已退 ¥6.78，货还没收到" in news(desk, "王建国")[-1]
    assert "款已退 ¥6.78，货还没收到" in await taps(desk, "王建国", "同意")
    assert "款已退 ¥6.78，货还没收到" in await says(desk, "林晓", f"查 {no}")


async def test_what_is_missing_is_no_part_of_a_refund_that_has_gone(desk: Stage) -> None:
    """It can only be had back from the customer; what is on record stays what the shop has paid."""
    await prefer("express")
    no = await submitted(desk, LANTERNS)
    await play(desk, "周仓 配件缺失")
    await says(desk, "周仓", "提手 1")
    assert "款已退 ¥6.78，扣款要另向客户收" in news(desk, "林晓")[-1]
    await play(desk, "林晓 同意", "许静 合格入库")
    assert await stand(no) == "已完成"
    told = await says(desk, "林晓", f"查 {no}")
    assert "款已退 ¥6.78，多退了 ¥1.00（缺 提手 ¥1.00），请向客户收回" in told
    paid = [refund.amount for refund in desk.sandbox.shop.refunds]
    assert [(await Case.get()).amount] == paid


async def test_units_that_never_came_are_told_as_money_to_be_had_back(desk: Stage) -> None:
    await prefer("express")
    no = await submitted(desk, LANTERNS)
    await says(desk, "周仓", f"确认收货 {no} 只有1件")
    assert "多退了 ¥3.39（没收到的 ¥3.39），请向客户收回" in news(desk, "林晓")[-1]


async def test_a_change_is_no_longer_asked_about_once_the_case_is_over(desk: Stage) -> None:
    no = await submitted(desk, LANTERNS)
    await says(desk, "林晓", f"改 {no} 数量 1")
    await says(desk, "王建国", f"驳回 {no} 不合规定")
    card = desk.card(desk.person("林晓"), "确认修改")
    assert f"没有改动，{no} 已关闭，不能再改" in text_of(await desk.tap(desk.person("林晓"), "确认修改", card))
    assert "确认修改" not in await says(desk, "林晓", f"查 {no}")


async def test_another_case_is_never_taken_for_a_remark(desk: Stage) -> None:
    no = await submitted(desk, LANTERNS)
    apart, asked = "不会跟着同意一起办", "对不上，要点一下才算，现在什么都没有做"
    rows = ("同意 {} 另一单也同意", apart), ("{} 同意，其他单也都过", apart), ("同意 {} 和 3，2 先不要", asked)
    for words, heard in rows:
        assert heard in await says(desk, "王建国", words.format(no))
        await says(desk, "王建国", "取消")
    assert await stand(no) == "处理中 客服审核"
    assert "已加签：郑瑞" in await says(desk, "王建国", f"前加签 {no} 郑瑞 看看是不是骗子")


async def test_whoever_has_asked_another_to_sign_first_sees_who_has_it(desk: Stage) -> None:
    no = await submitted(desk, LANTERNS)
    card = desk.card(desk.person("王建国"), "同意")
    await says(desk, "王建国", f"加签 {no} 郑瑞 看看")
    told = text_of(desk.sandbox.world.items[card.id])
    assert "等郑瑞先签" in told
    assert "客服审核 · 郑瑞" in told


async def test_a_unit_that_another_case_has_taken_is_left_out_in_words_that_help(desk: Stage) -> None:
    no = await submitted(desk, LANTERNS)
    await play(desk, "王建国 同意", "李敏 同意")
    await says(desk, "周仓", f"确认收货 {no} 1件")
    await play(desk, "许静 合格入库", "钱芳 确认退款")
    await submitted(desk, "退货 536365 71053×5 质量问题")
    await says(desk, "林晓", f"重开 {no} 另一件也寄了")
    await play(desk, "王建国 同意", "李敏 同意")
    refused = await says(desk, "周仓", f"确认收货 {no} 2件")
    assert f"请写明件数，例如：确认收货 {no} 71053 1件" in refused
    assert "已收货（71053 ×1）" in await says(desk, "周仓", f"确认收货 {no} 71053 1件")


async def test_the_history_of_a_customer_says_of_when_it_is(desk: Stage) -> None:
    no = await submitted(desk, LANTERNS)
    await submitted(desk, "退货 536365 85123A×1 质量问题")
    assert "客户历史：开单时 半年 1 单退 0\n" in await says(desk, "林晓", f"查 {no}")
