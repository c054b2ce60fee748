"""One number, several owners: an order number of two shops, a tail of several customers, an order with no case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.stage import sell
from tests.support.stories import LAMP, news, play, says, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN = "林晓"
HAT = {"H1": ("草帽", 2, "30.00")}


async def in_two_shops() -> None:
    await sell("9001", HAT, shop="天猫店")
    await sell("9001", {"H1": ("草帽", 2, "50.00")}, shop="京东店", mobile="13911112222")


async def test_an_order_number_of_two_shops_asks_which(desk: Stage) -> None:
    await in_two_shops()
    asked = await says(desk, LIN, "退货 9001 H1×1 质量问题")
    assert "订单 9001 是哪家店的？" in asked
    assert "天猫店" in asked
    assert "京东店" in asked
    assert await Case.all().count() == 0
    await taps(desk, LIN, "2 退货 京东店")
    draft = news(desk, LIN)[-1]
    assert "预计退款 ¥50.00" in draft
    assert "订单 9001 · 京东店" in draft
    await taps(desk, LIN, "提交")
    case = await Case.get()
    assert (case.shop, f"{case.amount:.2f}") == ("京东店", "50.00")
    assert "京东店" in news(desk, "王建国")[-1]
    await the_cards_are_true(desk)


async def test_the_shop_may_be_typed_anywhere_behind_the_number(desk: Stage) -> None:
    await in_two_shops()
    assert "预计退款 ¥30.00" in await says(desk, LIN, "退货 9001 天猫店 H1×1 质量问题")
    assert "预计退款 ¥50.00" in await says(desk, LIN, "退货 9001 H1×1 质量问题 京东店")


async def test_of_two_shops_that_which_sold_the_product_is_offered(desk: Stage) -> None:
    await sell("9001", HAT, shop="天猫店")
    await sell("9001", LAMP, shop="京东店")
    offered = await says(desk, LIN, "退货 9001 H1×1 质量问题")
    assert "退货 9001 天猫店 H1×1 质量问题" in offered
    assert "退货 9001 京东店 H1×1 质量问题" not in offered


async def test_an_order_without_a_shop_can_be_told_from_one_with(desk: Stage) -> None:
    await sell("9001", HAT)
    await sell("9001", {"H1": ("草帽", 2, "50.00")}, shop="京东店")
    assert "没写店铺" in await says(desk, LIN, "退货 9001 H1×1 质量问题")
    assert "预计退款 ¥30.00" in await says(desk, LIN, "退货 9001 没写店铺 H1×1 质量问题")


async def test_cases_of_two_shops_are_listed_with_their_shops(desk: Stage) -> None:
    await in_two_shops()
    one = await submitted(desk, "退货 9001 天猫店 H1×1 质量问题")
    assert "另外 京东店 也有订单 9001，还没有售后单" in await says(desk, LIN, "查 9001")
    two = await submitted(desk, "退货 9001 京东店 H1×1 质量问题")
    told = await says(desk, LIN, "查 9001")
    assert f"1. {two}" in told
    assert f"2. {one}" in told
    assert "天猫店" in told
    assert f"{one} 退货 · 质量问题" in await says(desk, LIN, "查 9001 天猫店")
    assert "订单：9001 · 天猫店" in await says(desk, LIN, f"查 {one}")


async def test_a_link_for_an_order_of_two_shops_names_the_shops(desk: Stage) -> None:
    await in_two_shops()
    one = await submitted(desk, "退货 9001 天猫店 H1×1 质量问题")
    two = await submitted(desk, "退货 9001 京东店 H1×1 质量问题")
    asked = await says(desk, LIN, "链接 9001")
    assert all(f"链接 {no}" in asked for no in (one, two))
    assert one in await says(desk, LIN, "链接 9001 天猫店")


async def test_the_same_number_in_another_shop_is_no_duplicate(desk: Stage) -> None:
    await in_two_shops()
    one = await submitted(desk, "退货 9001 天猫店 H1×1 质量问题")
    assert "是不是重复" not in await says(desk, LIN, "退货 9001 京东店 H1×1 质量问题")
    await taps(desk, LIN, "提交")
    two = (await Case.all().order_by("-id").limit(1))[0].no
    assert "不是同一个订单，不能合并" in await says(desk, "王建国", f"合并 {one} {two}")


async def test_one_of_several_is_chosen_by_its_number(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    told = await says(desk, LIN, "查 8000")
    assert told.startswith("找到 2 单：")
    assert f"1. {second}" in told
    assert f"2. {first}" in told
    assert f"{first} 退货 · 质量问题 · ¥5.10" in await says(desk, LIN, "2")


async def test_a_tail_of_several_customers_says_so(desk: Stage) -> None:
    await sell("536366", LAMP, mobile="13900138000")
    await submitted(desk)
    await submitted(desk, "退货 536366 85123A×1 质量问题")
    assert "手机尾号 8000 是 2 位客户的" in await says(desk, LIN, "查 8000")


async def test_a_number_that_is_an_order_and_a_tail_lists_both(desk: Stage) -> None:
    await sell("8000", HAT, mobile="13911112222")
    await submitted(desk)
    await submitted(desk, "退货 8000 H1×1 质量问题")
    assert "订单号的 1 单，手机尾号的 1 单" in await says(desk, LIN, "查 8000")


SPELLINGS = [
    "+86 138 0013 8000", "138-0013-8000", "8613800138000", "+8613800138000", "１３８００１３８０００", "8000",
]  # fmt: skip


@pytest.mark.parametrize("asked", SPELLINGS)
async def test_a_customer_is_found_by_phone_in_any_spelling(desk: Stage, asked: str) -> None:
    no = await submitted(desk)
    assert f"{no} 退货 · 质量问题" in await says(desk, LIN, f"查 {asked}")


@pytest.mark.parametrize("asked", ["17012345678-8899", "17012345678转8899", "17012345678", "5678", "8899"])
async def test_a_privacy_number_is_found_by_what_is_known_of_it(desk: Stage, asked: str) -> None:
    await sell("9002", HAT, mobile="17012345678-8899")
    no = await submitted(desk, "退货 9002 H1×1 质量问题")
    assert f"{no} 退货 · 质量问题" in await says(desk, LIN, f"查 {asked}")


async def test_a_case_is_found_by_the_tail_of_its_number(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 退货 · 质量问题" in await says(desk, LIN, f"查 {no[-4:]}")


async def test_an_order_with_no_case_is_shown_with_a_button_to_begin(desk: Stage) -> None:
    told = await says(desk, LIN, "查 536365")
    assert "还没有售后单" in told
    assert "可退 白色心形烛台 ×6、金属灯笼 ×6" in told
    await taps(desk, LIN, "退货")
    assert "退哪一件？" in news(desk, LIN)[-1]
    await the_cards_are_true(desk)


async def test_an_order_of_two_shops_with_no_case_is_chosen_by_number(desk: Stage) -> None:
    await in_two_shops()
    told = await says(desk, LIN, "查 9001")
    assert "9001 有 2 个订单，都还没有售后单" in told
    which = next(line[0] for line in told.split("\n") if "京东店" in line)
    assert "订单 9001 · 京东店" in await says(desk, LIN, which)


async def test_a_customer_with_orders_only_is_found_by_phone(desk: Stage) -> None:
    assert "536365" in await says(desk, LIN, "查 13800138000")


async def test_looking_up_leaves_a_draft_as_it_is(desk: Stage) -> None:
    await sell("9002", HAT)
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert "要开单请回复：退货 9002" in await says(desk, LIN, "查 9002")
    await taps(desk, LIN, "提交")
    assert await Case.all().count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("999999", "没有找到 999999：当作订单号、运单号、手机尾号都没有查到"),
        ("13700000000", "没有找到 13700000000：当作订单号、运单号、手机号都没有查到"),
        ("0099", "没有找到 0099：当作订单号、运单号、手机尾号、单号尾数都没有查到"),
        ("SF0000000000", "没有找到 SF0000000000：当作订单号、运单号都没有查到"),
        ("R20261123-0099", "没有找到售后单 R20261123-0099，也可能不在你能看的范围"),
    ],
)
async def test_what_is_not_there_tells_what_it_was_tried_as(desk: Stage, asked: str, said: str) -> None:
    await submitted(desk)
    assert said in await says(desk, LIN, f"查 {asked}")


async def test_a_closed_case_does_not_hide_what_is_left(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    assert f"{no} 退货 · 质量问题" in await says(desk, LIN, "查 536365")
