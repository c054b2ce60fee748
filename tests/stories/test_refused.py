"""Somebody says no: at the review, at the approval, at finance, at the dock, and when the goods turn out damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Inspection, Refund, StockMove
from tests.support.stories import (
    NO_REASON,
    approved,
    finish,
    inspected,
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


async def closed(desk: Stage, no: str) -> None:
    """Over without money, goods or a card that asks."""
    assert await stand(no) == "已关闭 拒绝"
    assert desk.sandbox.shop.refunds == []
    assert not any(desk.live(person) for person in desk.sandbox.world.people)
    await the_cards_are_true(desk)


async def test_the_reviewer_says_no(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已驳回：退货 ¥5.10" in await taps(desk, "王建国", "驳回")
    assert f"{no} 客服审核：王建国 驳回" in news(desk, "林晓")[-1]
    assert "现在：已关闭（拒绝）" in news(desk, "林晓")[-1]
    await closed(desk, no)


async def test_the_approver_says_no(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意", "李敏 驳回")
    assert f"{no} 金额审批：李敏 驳回" in news(desk, "林晓")[-1]
    await closed(desk, no)


async def test_finance_says_no_and_the_approver_looks_again(desk: Stage) -> None:
    no = await inspected(desk)
    assert "退回审批" in await taps(desk, "钱芳", "驳回")
    assert await stand(no) == "处理中 金额审批"
    assert "钱芳 驳回" in news(desk, "李敏")[-1]
    await the_cards_are_true(desk)
    assert await finish(desk, no) == ["李敏 金额审批", "钱芳 财务退款"]
    assert await stand(no) == "已完成"
    assert len(desk.sandbox.shop.refunds) == 1


async def test_finance_and_the_approver_say_no_and_nothing_is_paid(desk: Stage) -> None:
    no = await inspected(desk)
    await play(desk, "钱芳 驳回", "李敏 驳回")
    await closed(desk, no)


# -- the dock says no --------------------------------------------------------------------------------------------------


async def test_a_refused_parcel_that_is_agreed_to_ends_the_return(desk: Stage) -> None:
    no = await approved(desk)
    assert "已拒收" in await taps(desk, "周仓", "拒收")
    assert "仓库拒收：是否关闭" in news(desk, "王建国")[-1]
    await the_cards_are_true(desk)
    await play(desk, "王建国 同意")
    await closed(desk, no)


async def test_a_refused_parcel_may_be_received_after_all(desk: Stage) -> None:
    no = await approved(desk)
    await play(desk, "周仓 拒收")
    assert "请仓库再收" in await taps(desk, "王建国", "驳回")
    await the_cards_are_true(desk)
    assert await finish(desk, no) == ["周仓 仓库收货", "许静 质检", "钱芳 财务退款"]
    assert await stand(no) == "已完成"


async def test_a_refused_parcel_is_received_under_its_number_after_all(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    await play(desk, "周仓 拒收", "王建国 驳回")
    assert "收货：SF1234567890 · 2 件" in await says(desk, "周仓", "收货 SF1234567890")


# -- damaged goods -----------------------------------------------------------------------------------------------------


async def test_goods_that_are_as_faulty_as_was_said_are_refunded(desk: Stage) -> None:
    no = await received(desk)
    assert "下一步 财务退款 · 钱芳" in await taps(desk, "许静", "次品处理")
    assert await StockMove.all().values_list("sku", "zone", "quantity") == [("85123A", "次品区", 2)]
    assert (await Inspection.get()).advice == "转次品处理"
    await play(desk, "钱芳 确认退款")
    assert await stand(no) == "已完成"


async def test_goods_damaged_by_the_customer_are_talked_over(desk: Stage) -> None:
    await submitted(desk, NO_REASON)
    await play(desk, "周仓 确认收货")
    assert "下一步 次品协商 · 王建国" in await taps(desk, "许静", "次品处理")
    card = news(desk, "王建国")[-1]
    for words in ("次品协商：退款 ¥5.10", "仍然退款点同意；不退点驳回", "质检 次品 · 合格 0 件 次品 2 件"):
        assert words in card
    await the_cards_are_true(desk)


@pytest.mark.parametrize(
    ("word", "way", "end"),
    [
        pytest.param("同意", ["李敏 金额审批", "钱芳 财务退款"], "已完成", id="refunded all the same"),
        pytest.param("驳回", [], "已关闭 拒绝", id="not refunded"),
    ],
)
async def test_what_the_talk_comes_to(desk: Stage, word: str, way: list[str], end: str) -> None:
    no = await submitted(desk, NO_REASON)
    await play(desk, "周仓 确认收货", "许静 次品处理", f"王建国 {word}")
    assert await finish(desk, no) == way
    assert await stand(no) == end
    assert await Refund.all().count() == len(way) // 2
    await the_cards_are_true(desk)
