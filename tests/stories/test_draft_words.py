"""What agents type into a draft is used, kept where the next person sees it, or said back before anything is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, CaseLine, Refund
from tests.support.proof import rows
from tests.support.stage import START, buttons, sell
from tests.support.stories import news, play, says, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN = "林晓"
SPEAKER = {"AB-1": ("蓝牙音箱", 2, "24.95")}
SEVERAL = {"LS-002": ("Lamp Shade", 3, "10.00"), "M1": ("马克杯 大", 2, "12.00"), "M2": ("马克杯 小", 2, "9.00")}


async def saved() -> list[tuple[str, int]]:
    """Products and units of all cases, in their order."""
    lines = await CaseLine.all().order_by("id").values_list("sku", "requested")
    return [(str(sku), int(str(units))) for sku, units in lines]


# -- counts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        pytest.param("退货 536365 85123A 2件 质量问题", [("85123A", 2)], id="with a measure word"),
        pytest.param("退货 536365 85123A两个 质量问题", [("85123A", 2)], id="glued, in words"),
        pytest.param("退货 536365 2×85123A 质量问题", [("85123A", 2)], id="the count first"),
        pytest.param("退货 536365 三个85123A和71053一个 坏了。", [("85123A", 3), ("71053", 1)], id="two lines"),
        pytest.param("退货 536365 85123A、71053各两个 不想要了", [("85123A", 2), ("71053", 2)], id="so many of each"),
        pytest.param("退货 536365 71053 全部 质量问题", [("71053", 6)], id="all of one"),
        pytest.param("退货 536365 全部 质量问题", [("85123A", 6), ("71053", 6)], id="all there is"),
        pytest.param("退货 536365 那个灯笼两个 质量问题", [("71053", 2)], id="by a word of its title"),
        pytest.param("退货 536365 烛台坏了两个", [("85123A", 2)], id="with its reason in the middle"),
    ],
)
async def test_counts_as_people_say_them(desk: Stage, line: str, kept: list[tuple[str, int]]) -> None:
    assert "核对无误后点提交" in await says(desk, LIN, line)
    await taps(desk, LIN, "提交")
    assert await saved() == kept


async def test_a_product_that_was_told_by_its_title_is_shown(desk: Stage) -> None:
    assert "“那个灯笼两个”＝金属灯笼" in await says(desk, LIN, "退货 536365 那个灯笼两个 质量问题")


async def test_a_title_that_fits_several_is_asked_with_its_count(desk: Stage) -> None:
    await sell("7", SEVERAL)
    asked = await says(desk, LIN, "退货 7 马克杯两个 质量问题")
    assert "“马克杯”有 2 种。说的是 2 件。退哪一件？" in asked
    assert "LS-002" not in asked
    assert "马克杯 小 ×2" in await says(desk, LIN, "2")


async def test_a_count_without_its_product_is_kept_for_the_answer(desk: Stage) -> None:
    assert "说的是 2 件。退哪一件？" in await says(desk, LIN, "退货 536365 两个 质量问题")
    assert "金属灯笼 ×2" in await says(desk, LIN, "71053。")


@pytest.mark.parametrize("typed", ["半个85123A", "85123A 几个", "85123A 两三个", "一对 85123A"])
async def test_what_is_no_count_is_asked(desk: Stage, typed: str) -> None:
    asked = await says(desk, LIN, f"退货 536365 {typed} 质量问题")
    assert "不是整件数" in asked
    assert "退几件？" in asked
    assert "白色心形烛台 ×2" in await says(desk, LIN, "两个。")


async def test_more_than_may_be_returned_is_refused_with_what_may(desk: Stage) -> None:
    before = await rows()
    assert "买了 6 件，最多还能退 6 件，请改数量" in await says(desk, LIN, "退货 536365 85123A七个 质量问题")
    assert await rows() == before


@pytest.mark.parametrize(
    ("words", "shown"),
    [("２件。", "×2"), ("两个", "×2"), ("全部", "×3"), ("就三件吧", "×3")],
)
async def test_the_question_how_many_takes_words(desk: Stage, words: str, shown: str) -> None:
    await sell("7", {"W1": ("自动喂食器", 3, "99.00")})
    await says(desk, LIN, "退货 7 质量问题")
    assert f"自动喂食器 {shown}" in await says(desk, LIN, words)


async def test_what_is_no_answer_is_said_back_with_the_question(desk: Stage) -> None:
    await sell("7", {"W1": ("自动喂食器", 3, "99.00")})
    await says(desk, LIN, "退货 7 质量问题")
    again = await says(desk, LIN, "看情况")
    assert "没看懂这个回答“看情况”。退几件？" in again
    assert "2. 2 件" in again


# -- what the order does not have --------------------------------------------------------------------------------------


async def test_another_product_is_said_back_before_anything(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    asked = await says(desk, LIN, "退货 700001 AB-2 质量问题")
    assert "这单没有 AB-2，买的是 AB-1 蓝牙音箱 ×2。退哪一件？" in asked
    assert "确认退货" not in asked
    assert "退几件？" in await says(desk, LIN, "1")
    assert "蓝牙音箱 ×1" in await says(desk, LIN, "1")


async def test_another_product_beside_one_that_was_bought_is_said_back_too(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    asked = await says(desk, LIN, "退货 700001 AB-1×1 AB-2 质量问题")
    assert "这单没有 AB-2，买的是 AB-1 蓝牙音箱 ×2。" in asked
    assert "备注 AB-2" in await taps(desk, LIN, "写进备注")


async def test_a_product_that_the_shop_has_sold_elsewhere_is_said_back(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    assert "这单没有 71053，买的是 AB-1" in await says(desk, LIN, "退货 700001 71053 质量问题")


async def test_every_other_word_is_kept_and_shown(desk: Stage) -> None:
    draft = await says(desk, LIN, "退货 536365 85123A×1 质量问题 加急 12-30前 13800138000")
    assert "备注 加急 12-30前 13800138000" in draft
    await taps(desk, LIN, "提交")
    assert (await Case.get()).note == "加急 12-30前 13800138000"


async def test_two_types_are_asked_about(desk: Stage) -> None:
    asked = await says(desk, LIN, "退货 536365 85123A×1 质量问题 物流损坏")
    assert "写了质量问题、物流损坏，以哪个为准？" in asked
    [card] = desk.live(desk.person(LIN))
    assert buttons(card) == ["质量问题", "物流损坏", "取消"]


async def test_a_mistyped_order_is_offered(desk: Stage) -> None:
    asked = await says(desk, LIN, "退货 536356 85123A×2 质量问题")
    assert "没有订单 536356" in asked
    [card] = desk.live(desk.person(LIN))
    assert buttons(card) == ["536365", "取消"]
    await taps(desk, LIN, "536365")
    await taps(desk, LIN, "提交")
    assert await saved() == [("85123A", 2)]
    await the_cards_are_true(desk)


async def test_an_order_like_no_other_is_said_to_be_none(desk: Stage) -> None:
    assert "没有找到订单 999000" in await says(desk, LIN, "退货 999000 85123A×2 质量问题")


# -- money -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "paid"),
    [
        pytest.param("只退20元", "20.00", id="so much"),
        pytest.param("退20", "20.00", id="more than there are units"),
        pytest.param("退一半", "24.95", id="half"),
        pytest.param("赔10块", "10.00", id="in other words"),
        pytest.param("", "49.90", id="all of it"),
        pytest.param("全额退", "49.90", id="all of it, said"),
    ],
)
async def test_what_was_asked_for_is_what_is_paid(desk: Stage, words: str, paid: str) -> None:
    await sell("700001", SPEAKER)
    draft = await says(desk, LIN, f"仅退款 700001 AB-1×2 质量问题 {words}")
    assert f"预计退款 ¥{paid}" in draft
    await taps(desk, LIN, "提交")
    await taps(desk, "王建国", "同意")
    approval = next(text for text in reversed(news(desk, "李敏")) if "审批：退款" in text)
    assert f"审批：退款 ¥{paid}" in approval
    assert words in approval
    await play(desk, "李敏 同意", "钱芳 确认退款")
    assert f"{(await Refund.get()).amount:.2f}" == paid


async def test_more_than_the_goods_cost_is_refused(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    assert "这几件商品实付 ¥49.90" in await says(desk, LIN, "仅退款 700001 AB-1×2 质量问题 退60元")


async def test_a_number_that_may_be_units_or_money_is_asked(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    assert "是件数，还是金额？" in await says(desk, LIN, "仅退款 700001 质量问题 退2")
    assert "蓝牙音箱 ×2" in await taps(desk, LIN, "2 件")


async def test_part_of_the_money_follows_the_goods_that_came(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    no = await submitted(desk, "退货 700001 AB-1×2 质量问题 只退20元")
    await play(desk, "王建国 同意", "李敏 同意")
    await says(desk, "周仓", f"确认收货 {no} AB-1×1")
    assert f"{(await Case.get()).amount:.2f}" == "10.00"


async def test_part_of_the_money_is_split_to_the_cent(desk: Stage) -> None:
    await sell("700001", {"A1": ("甲", 1, "10.00"), "B1": ("乙", 1, "20.00")})
    no = await submitted(desk, "仅退款 700001 A1×1 B1×1 质量问题 只退10元")
    await says(desk, "王建国", f"拆分 {no} A1×1")
    amounts = sorted(f"{case.amount:.2f}" for case in await Case.all())
    assert amounts == ["3.33", "6.67"]


async def test_what_was_agreed_is_not_asked_again(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    assert "补偿 ¥10.00" in await says(desk, LIN, "补偿 700001 AB-1×1 质量问题 赔10块")
    await taps(desk, LIN, "提交")
    assert "补偿金额 ¥10.00" in await taps(desk, LIN, "报审批")
    await says(desk, LIN, "退款")
    assert f"{(await Case.get()).amount:.2f}" == "10.00"


@pytest.mark.parametrize(
    ("line", "back"),
    [
        ("退货 536365 85123A×1 质量问题 运费10元也退", "“运费10元也退”不算进退款，只写在备注"),
        ("换货 536365 85123A×1 质量问题 退2元", "换货不退钱，“¥2.00”用不上，只写在备注"),
    ],
)
async def test_money_that_has_no_place_is_said_back(desk: Stage, line: str, back: str) -> None:
    assert back in await says(desk, LIN, line)


async def test_two_amounts_are_refused(desk: Stage) -> None:
    assert "写了几个金额：退1元、退2元" in await says(desk, LIN, "仅退款 536365 85123A×1 质量问题 退1元 退2元")


# -- several returns ---------------------------------------------------------------------------------------------------


async def test_two_orders_are_two_returns_one_after_the_other(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    first = await says(desk, LIN, "退货 536365 85123A×2 700001 AB-1×1 质量问题")
    assert "还有 1 单等着" in first
    assert "是什么原因？" in first
    await taps(desk, LIN, "发货错误")
    await desk.restart()
    await taps(desk, LIN, "提交")
    assert "蓝牙音箱 ×1" in desk.last(desk.person(LIN))
    await taps(desk, LIN, "提交")
    assert await saved() == [("85123A", 2), ("AB-1", 1)]
    assert [case.return_type for case in await Case.all().order_by("id")] == ["发货错误", "质量问题"]
    await the_cards_are_true(desk)


async def test_what_stands_behind_bare_orders_holds_for_each(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    await says(desk, LIN, "退货 536365 700001 质量问题")
    await says(desk, LIN, "85123A×1")
    await taps(desk, LIN, "取消")
    await says(desk, LIN, "2件")
    await taps(desk, LIN, "提交")
    case = await Case.get()
    assert (case.order_no, case.return_type, await saved()) == ("700001", "质量问题", [("AB-1", 2)])


async def test_two_lines_of_one_message_are_two_returns(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    first = await says(desk, LIN, "退货 536365 85123A×2 质量问题\n仅退款 700001 AB-1×1 发货错误")
    assert "前一单提交或取消以后接着问" in first
    await taps(desk, LIN, "提交")
    assert "确认仅退款" in desk.last(desk.person(LIN))
    await taps(desk, LIN, "提交")
    cases = await Case.all().order_by("id")
    assert [(case.kind, case.order_no, case.return_type) for case in cases] == [
        ("退货", "536365", "质量问题"),
        ("仅退款", "700001", "发货错误"),
    ]


async def test_one_of_several_that_is_refused_does_not_stop_the_next(desk: Stage) -> None:
    await sell("700001", SPEAKER)
    said = await says(desk, LIN, "退货 536365 85123B×9 700001 AB-1×1 质量问题")
    assert "订单 536365 里没有商品 85123B" in said
    assert "蓝牙音箱 ×1" in said


# -- a draft is corrected ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("数量 1", "白色心形烛台 ×1"),
        ("改数量 1", "白色心形烛台 ×1"),
        ("改成3个", "白色心形烛台 ×3"),
        ("数量改成三件。", "白色心形烛台 ×3"),
        ("类型 物流损坏", "类型 物流损坏"),
        ("类型改成物流损坏", "类型 物流损坏"),
        ("备注 角磕破了", "备注 角磕破了"),
        ("71053×2", "金属灯笼 ×2"),
        ("全部", "白色心形烛台 ×6"),
        ("只退3元", "预计退款 ¥3.00"),
        ("85123A×1 类型 物流损坏 备注 2 号箱", "类型 物流损坏 备注 2 号箱"),
    ],
)
async def test_an_open_draft_is_corrected_without_retyping(desk: Stage, words: str, shown: str) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert shown in await says(desk, LIN, words)
    await the_cards_are_true(desk)
    await taps(desk, LIN, "提交")
    assert await Case.all().count() == 1


async def test_a_correction_that_cannot_be_leaves_the_draft(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert "最多还能退 6 件" in await says(desk, LIN, "数量 9")
    assert "没看懂这个回答“数量看着办”" in await says(desk, LIN, "数量看着办")
    await taps(desk, LIN, "提交")
    assert await saved() == [("85123A", 2)]


async def test_a_long_draft_shows_what_fits_and_the_rest_in_words(desk: Stage) -> None:
    await sell("7", {f"K{n:02}": (f"马克杯 特别大的 {n} 号", 2, "10.00") for n in range(1, 13)})
    draft = await says(desk, LIN, "退货 7 全部 质量问题")
    assert "马克杯 特别大的 1 号 ×2" in draft
    assert "……还有 " in draft
    assert "· 马克杯 特别大的 12 号 ×2" in draft
    assert "· 马克杯 特别大的 12 号 ×2" in await says(desk, LIN, "明细")


# -- goods that have not come yet --------------------------------------------------------------------------------------


async def test_goods_on_their_way_may_be_stopped(desk: Stage) -> None:
    await sell("7", {"W1": ("自动喂食器", 1, "99.00")}, ordered_at=START - timedelta(days=1))
    draft = await says(desk, LIN, "退货 7 质量问题")
    assert "11-22 下单，还没签收，要拦截吗？" in draft
    assert "是什么原因？" in await taps(desk, LIN, "改成拦截")
    await taps(desk, LIN, "取消订单")
    await taps(desk, LIN, "提交")
    assert (await Case.get()).kind == "拦截"
    await the_cards_are_true(desk)


@pytest.mark.parametrize(
    "fields", [{"ordered_at": START - timedelta(days=4)}, {"delivered_at": START - timedelta(hours=2)}]
)
async def test_goods_that_have_come_are_not_stopped(desk: Stage, fields: dict[str, object]) -> None:
    await sell("7", {"W1": ("自动喂食器", 1, "99.00")}, **fields)
    assert "拦截" not in await says(desk, LIN, "退货 7 质量问题")


# -- one number in two shops -------------------------------------------------------------------------------------------


async def test_a_number_of_two_shops_is_asked_about_whatever_else_was_said(desk: Stage) -> None:
    await sell("1001", SPEAKER, shop="天猫")
    await sell("1001", {"AB-1": ("蓝牙音箱", 1, "30.00")}, shop="京东")
    assert "订单 1001 是哪家店的？" in await says(desk, LIN, "退货 1001 AB-1 质量问题")
    assert "预计退款 ¥30.00" in await says(desk, LIN, "退货 1001 京东 AB-1 质量问题")
