"""Not everything came back: a part is missing, some of the units, or some of them are damaged."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, CaseLine, OrderLine, Refund, StockMove
from tests.support.stage import sell
from tests.support.stories import (
    approved,
    finish,
    group_news,
    news,
    play,
    received,
    says,
    stand,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

PHRASE = "您退回的设备缺少滤网组件，是否需要我们补发？若确认遗失，可扣除35元配件费后完成退款。"
BOX = {"W1": ("猫砂机", 1, "329.00")}


async def at_the_dock(desk: Stage) -> str:
    """One box of ¥329.00 that came back without a reason."""
    await sell("7", BOX)
    return await submitted(desk, "退货 7 W1×1 七天无理由")


async def missing(desk: Stage, words: str = "滤网组件 35") -> str:
    """The keeper finds a part missing and says which, and what it costs."""
    no = await at_the_dock(desk)
    await taps(desk, "周仓", "配件缺失")
    await says(desk, "周仓", words)
    return no


async def amount(no: str) -> str:
    return f"{(await Case.get(no=no)).amount:.2f}"


# -- a missing part ----------------------------------------------------------------------------------------------------


async def test_the_keeper_is_asked_what_is_missing(desk: Stage) -> None:
    await at_the_dock(desk)
    await taps(desk, "周仓", "配件缺失")
    assert "缺什么、扣多少？" in news(desk, "周仓")[-1]
    assert "（回复“取消”离开）" in news(desk, "周仓")[-1]


@pytest.mark.parametrize("words", ["灯罩25 螺丝5", "灯罩 25 螺丝 5", "灯罩25元，螺丝5元"])
async def test_several_parts_are_never_taken_for_one(desk: Stage, words: str) -> None:
    no = await missing(desk, words)
    assert "是几样，一次只记一样" in news(desk, "周仓")[-1]
    assert await stand(no) == "处理中 仓库收货"


async def test_the_fee_may_be_said_first(desk: Stage) -> None:
    await missing(desk, "扣35元 滤网组件")
    assert any("缺件：滤网组件 扣 ¥35.00" in words for words in news(desk, "林晓"))


async def test_the_agent_reads_the_phrase_for_the_customer(desk: Stage) -> None:
    no = await missing(desk)
    assert await stand(no) == "处理中 缺件协商"
    card = next(words for words in news(desk, "林晓") if "缺件：滤网组件 扣 ¥35.00" in words)
    assert PHRASE in card
    await the_cards_are_true(desk)


async def test_the_risk_group_hears_that_the_refund_is_held(desk: Stage) -> None:
    no = await missing(desk)
    assert group_news(desk, "风控群") == [f"{no} 缺件：滤网组件，退款已暂停"]


async def test_no_money_can_go_while_a_part_is_missing(desk: Stage) -> None:
    no = await missing(desk)
    assert "不能确认退款" in await says(desk, "钱芳", f"确认退款 {no}")
    assert desk.sandbox.shop.refunds == []


async def test_the_customer_accepts_and_the_fee_is_taken_off(desk: Stage) -> None:
    no = await missing(desk)
    assert "同意扣款：退货 ¥294.00" in await taps(desk, "林晓", "同意")
    assert await finish(desk, no) == ["许静 质检", "李敏 金额审批", "钱芳 财务退款"]
    refund = await Refund.get()
    assert (refund.amount, refund.deductions) == (Decimal("294.00"), [{"name": "滤网组件", "amount": "35.00"}])
    assert [paid.amount for paid in desk.sandbox.shop.refunds] == [Decimal("294.00")]


async def test_finance_sees_what_was_taken_off(desk: Stage) -> None:
    await missing(desk)
    await play(desk, "林晓 同意", "许静 合格入库", "李敏 同意")
    assert "扣款 滤网组件 ¥35.00" in news(desk, "钱芳")[-1]


async def test_the_customer_sends_the_part_and_pays_nothing(desk: Stage) -> None:
    no = await missing(desk)
    assert "等待补寄" in await taps(desk, "林晓", "驳回")
    await the_cards_are_true(desk)
    await finish(desk, no)
    assert [paid.amount for paid in desk.sandbox.shop.refunds] == [Decimal("329.00")]


async def test_two_parts_one_after_the_other_are_both_taken_off(desk: Stage) -> None:
    no = await missing(desk)
    await play(desk, "林晓 驳回", "周仓 配件缺失")
    await says(desk, "周仓", "底盘 20.5")
    await play(desk, "林晓 同意")
    assert await amount(no) == "308.50", "the first was sent after all"


async def test_a_fee_that_eats_the_whole_refund_ends_without_a_payment(desk: Stage) -> None:
    no = await missing(desk, "整机 329")
    await finish(desk, no)
    assert await stand(no) == "已完成"
    assert desk.sandbox.shop.refunds == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("滤网组件", "请回复“部件 金额”，例如：滤网组件 35", id="no fee"),
        pytest.param("35", "请回复“部件 金额”", id="no part"),
        pytest.param("滤网组件 -5", "请回复“部件 金额”", id="less than nothing"),
        pytest.param("滤网组件 329.01", "扣款 ¥329.01 超过了这单的退款，请改小扣款再回复", id="more than the refund"),
    ],
)
async def test_an_answer_that_can_not_be_is_refused_and_the_question_stands(
    desk: Stage, words: str, sentence: str
) -> None:
    no = await at_the_dock(desk)
    await taps(desk, "周仓", "配件缺失")
    assert sentence in await says(desk, "周仓", words)
    await the_cards_are_true(desk)
    await says(desk, "周仓", "滤网组件 35")
    assert await stand(no) == "处理中 缺件协商"


async def test_the_question_is_left_and_nothing_has_changed(desk: Stage) -> None:
    no = await at_the_dock(desk)
    await taps(desk, "周仓", "配件缺失")
    assert "好的，没有改动" in await says(desk, "周仓", "取消")
    assert await stand(no) == "处理中 仓库收货"
    await the_cards_are_true(desk)
    await play(desk, "周仓 确认收货")


async def test_an_answer_for_a_parcel_that_the_other_keeper_received_is_too_late(desk: Stage) -> None:
    no = await at_the_dock(desk)
    await taps(desk, "周仓", "配件缺失")
    await play(desk, "刘洋 确认收货")
    assert "不能配件缺失" in await says(desk, "周仓", "滤网组件 35")
    assert await stand(no) == "处理中 质检"
    assert "没听懂这句话" in await says(desk, "周仓", "滤网组件 35")


# -- some of the units -------------------------------------------------------------------------------------------------


async def test_one_of_two_came_and_one_is_refunded(desk: Stage) -> None:
    no = await approved(desk)
    assert "已收货" in await says(desk, "周仓", f"确认收货 {no} 85123A×1")
    assert "质检：白色心形烛台" in news(desk, "许静")[-1]
    assert "实收 白色心形烛台 ×1" in news(desk, "许静")[-1]
    await finish(desk, no)
    assert [paid.amount for paid in desk.sandbox.shop.refunds] == [Decimal("2.55")]
    assert await StockMove.all().values_list("zone", "quantity") == [("待售区", 1)]


async def test_the_unit_that_did_not_come_may_be_returned_later(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 85123A×6 质量问题")
    await says(desk, "周仓", f"确认收货 {no} 85123A×5")
    await finish(desk, no)
    assert (await OrderLine.get(sku="85123A")).claimed == 5
    assert "预计退款 ¥2.55" in await says(desk, "林晓", "退货 536365 85123A×1 质量问题")


async def test_of_two_products_only_one_came(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 85123A×2 71053×1 质量问题")
    await says(desk, "周仓", f"确认收货 {no} 71053×1")
    assert await amount(no) == "3.39"
    assert await CaseLine.all().order_by("id").values_list("sku", "received") == [("85123A", 0), ("71053", 1)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("85123A×3", "听到的是 3 件，最多 2 件，还没有办", id="more than was announced"),
        pytest.param("85123A×0", "一件都没有收到，请点拒收或等包裹到齐", id="none at all"),
        pytest.param("22423×1", "这单没有商品 22423", id="something else"),
    ],
)
async def test_a_count_that_can_not_be_is_not_booked(desk: Stage, words: str, sentence: str) -> None:
    no = await approved(desk)
    assert sentence in await says(desk, "周仓", f"确认收货 {no} {words}")
    assert await stand(no) == "处理中 仓库收货"
    await the_cards_are_true(desk)


# -- some of them damaged ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["合格入库", "次品处理"])
async def test_one_is_good_and_one_is_not(desk: Stage, word: str) -> None:
    no = await received(desk)
    await says(desk, "许静", f"{word} {no} 85123A×1")
    assert sorted(await StockMove.all().values_list("zone", "quantity")) == [("待售区", 1), ("次品区", 1)]
    assert "质检" in news(desk, "钱芳")[-1]
    assert "合格 1 件 次品 1 件" in news(desk, "钱芳")[-1]


async def test_more_can_not_pass_than_came(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "周仓", f"确认收货 {no} 85123A×1")
    assert "听到的是 2 件，最多 1 件，还没有办" in await says(desk, "许静", f"合格入库 {no} 85123A×2")
    assert await stand(no) == "处理中 质检"


async def test_the_whole_of_it_is_meant_where_no_count_is_said(desk: Stage) -> None:
    no = await received(desk)
    await says(desk, "许静", f"次品处理 {no}")
    assert await StockMove.all().values_list("zone", "quantity") == [("次品区", 2)]
