"""A return is drafted: only what is missing is asked, by tap or by word, and nothing is kept before 提交."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, CaseLine
from tests.support.proof import rows
from tests.support.published import SHIPPED_REASONS, publish_reasons
from tests.support.stage import buttons, sell, text_of
from tests.support.stories import LINE, says, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.stage import Stage

    Way = Callable[[Stage, str, str], Awaitable[str]]

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN = "林晓"
REASONS = ["质量问题", "七天无理由", "发货错误", "物流损坏", "取消"]
BOX = {"W1": ("自动喂食器", 3, "99.00")}
ONE = {"W1": ("自动喂食器", 1, "99.00")}
TWELVE = {f"K{n:02}": (f"马克杯 {n} 号", 2, "10.00") for n in range(1, 13)}


async def saved() -> tuple[list[tuple[str, int]], str]:
    """What the only case holds: SKU and units, and its type."""
    case = await Case.get()
    lines = await CaseLine.filter(case_id=case.id).order_by("id").values_list("sku", "requested")
    return [(str(sku), int(str(units))) for sku, units in lines], case.return_type


def offered(desk: Stage) -> list[str]:
    """The buttons of the only card that can be tapped."""
    [card] = desk.live(desk.person(LIN))
    return buttons(card)


# -- asked for what is missing -----------------------------------------------------------------------------------------


async def test_everything_is_asked_one_by_one_and_answered_by_taps(desk: Stage) -> None:
    await sell("7", BOX)
    assert "退几件？" in await says(desk, LIN, "退货 7")
    assert "是什么原因？" in await taps(desk, LIN, "2 件")
    assert offered(desk) == REASONS
    assert "预计退款 ¥198.00" in await taps(desk, LIN, "质量问题")
    await taps(desk, LIN, "提交")
    assert await saved() == ([("W1", 2)], "质量问题")


async def test_one_card_asks_everything_and_becomes_the_record(desk: Stage) -> None:
    await sell("7", BOX)
    await says(desk, LIN, "退货 7")
    for button in ("2 件", "质量问题", "提交"):
        await taps(desk, LIN, button)
    [card] = [item for item in desk.phone(desk.person(LIN)) if item.kind == "card"]
    assert (buttons(card), "R20261123-0001" in text_of(card)) == ([], True)


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        pytest.param(["2×3", "2", "提交"], ([("71053", 3)], "七天无理由"), id="numbers of the lists"),
        pytest.param(["71053×3", "发货错误", "提交"], ([("71053", 3)], "发货错误"), id="names"),
        pytest.param(["７１０５３＊３", "４", "提交"], ([("71053", 3)], "物流损坏"), id="full width"),
        pytest.param(["1", "1", "质量问题", "提交"], ([("85123A", 1)], "质量问题"), id="a number alone, and how many"),
    ],
)
async def test_everything_is_answered_by_words(
    desk: Stage, answers: list[str], kept: tuple[list[tuple[str, int]], str]
) -> None:
    for words in ("退货 536365", *answers):
        await says(desk, LIN, words)
    assert await saved() == kept
    await the_cards_are_true(desk)


async def test_words_and_taps_mix(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365")
    await says(desk, LIN, "1×2")
    await taps(desk, LIN, "发货错误")
    await says(desk, LIN, "提交")
    assert await saved() == ([("85123A", 2)], "发货错误")
    await the_cards_are_true(desk)


@pytest.mark.parametrize(
    ("line", "question"),
    [
        pytest.param("退货 536365", "退哪一件？", id="the product"),
        pytest.param("退货 536365 85123A×2", "是什么原因？", id="the reason"),
        pytest.param("退货 536365 85123A×2 坏了", "核对无误后点提交", id="nothing"),
        pytest.param("退货　５３６３６５　８５１２３Ａ＊２　质量问题", "核对无误后点提交", id="nothing, in full width"),
        pytest.param("退货 536365 质量问题 85123a x2 71053*1", "预计退款 ¥8.49", id="two products, in any order"),
    ],
)
async def test_only_what_is_missing_is_asked(desk: Stage, line: str, question: str) -> None:
    assert question in await says(desk, LIN, line)


async def test_a_product_of_which_one_unit_is_left_is_not_asked_for(desk: Stage) -> None:
    await sell("7", ONE)
    assert "是什么原因？" in await says(desk, LIN, "退货 7")


async def test_more_units_than_there_are_buttons_are_typed(desk: Stage) -> None:
    await sell("7", {"W1": ("自动喂食器", 9, "99.00")})
    await says(desk, LIN, "退货 7")
    assert offered(desk) == ["1 件", "2 件", "3 件", "4 件", "取消"]
    assert "自动喂食器 ×9" in await says(desk, LIN, "9 件")


async def test_twelve_products_are_listed_with_what_is_left_of_each(desk: Stage) -> None:
    await sell("7", TWELVE)
    asked = await says(desk, LIN, "退货 7")
    assert "1. K01 马克杯 1 号（可退 2 件）" in asked
    assert "12. K12 马克杯 12 号（可退 2 件）" in asked
    await says(desk, LIN, "12×2")
    await taps(desk, LIN, "质量问题")
    await taps(desk, LIN, "提交")
    assert await saved() == ([("K12", 2)], "质量问题")


@pytest.mark.parametrize("words", ["13", "0", "好的", "K99", "85123A×"])
async def test_what_is_no_answer_is_said_and_the_question_stands(desk: Stage, words: str) -> None:
    await sell("7", TWELVE)
    await says(desk, LIN, "退货 7")
    assert "没看懂这个回答" in await says(desk, LIN, words)
    assert "K02 马克杯 2 号" in await says(desk, LIN, "2")
    assert "是什么原因？" in await says(desk, LIN, "1")


async def test_too_many_units_are_refused_and_the_question_stands(desk: Stage) -> None:
    await sell("7", BOX)
    await says(desk, LIN, "退货 7")
    assert "买了 3 件，最多还能退 3 件，请改数量" in await says(desk, LIN, "4")
    assert "是什么原因？" in await taps(desk, LIN, "3 件")


async def test_the_draft_shows_what_will_be_kept(desk: Stage) -> None:
    draft = await says(desk, LIN, LINE)
    assert "李雷" not in draft
    for words in ("预计退款 ¥5.10", "客户 李", "白色心形烛台 ×2", "质量问题", "外壳破裂", "客服主管（主管审批）"):
        assert words in draft


async def test_a_kind_without_a_flow_is_refused(desk: Stage) -> None:
    kept = [line for line in SHIPPED_REASONS.splitlines() if "流程: 拦截" not in line]
    await publish_reasons("\n".join(kept))
    assert "现在没有退货类型走“拦截”，开不了这样的单；要开请找 " in await says(desk, LIN, "拦截 536365 85123A×1")


# -- nothing is kept before 提交 ---------------------------------------------------------------------------------------


async def test_nothing_is_kept_before_it_is_submitted(desk: Stage) -> None:
    before = await rows()
    await says(desk, LIN, "退货 536365 85123A×2")
    await taps(desk, LIN, "质量问题")
    assert await rows() == before
    await taps(desk, LIN, "提交")
    assert {**await rows(), "claimed": 0} == before | {"Case": 1, "CaseLine": 1, "Task": 1, "open": 1, "Event": 2}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("退货 536365 85123A×2", id="asked for the reason"),
        pytest.param("退货 536365 85123A×2 质量问题", id="ready to be submitted"),
    ],
)
@pytest.mark.parametrize("way", [says, taps])
async def test_a_draft_is_left_by_tap_or_by_word(desk: Stage, line: str, way: Way) -> None:
    before = await rows()
    await says(desk, LIN, line)
    assert "退货：已取消" in await way(desk, LIN, "取消")
    assert await rows() == before
    await the_cards_are_true(desk)


async def test_a_list_is_left_by_word(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365")
    assert "已取消" in await says(desk, LIN, "取消")
    assert "没有第 2 件" in await says(desk, LIN, "2")


async def test_a_draft_waits_for_half_an_hour(desk: Stage) -> None:
    await says(desk, LIN, LINE)
    await desk.later(timedelta(minutes=29))
    await taps(desk, LIN, "提交")
    assert await Case.all().count() == 1


async def test_a_draft_that_was_left_for_longer_is_not_submitted(desk: Stage) -> None:
    before = await rows()
    await says(desk, LIN, LINE)
    await desk.later(timedelta(minutes=31))
    assert "退货：已过期" in await taps(desk, LIN, "提交")
    assert await rows() == before
    await the_cards_are_true(desk)


async def test_words_to_a_draft_that_has_run_out_are_no_answer(desk: Stage) -> None:
    await says(desk, LIN, LINE)
    await desk.later(timedelta(minutes=31))
    assert "上一份草稿没有提交，已经过期，没有保存" in await says(desk, LIN, "提交")
    assert await Case.all().count() == 0


async def test_a_second_draft_takes_the_place_of_the_first(desk: Stage) -> None:
    await says(desk, LIN, LINE)
    [first] = desk.live(desk.person(LIN))
    await says(desk, LIN, "退货 536365 71053×1 发货错误")
    [second] = desk.live(desk.person(LIN))
    assert (buttons(desk.sandbox.world.items[first.id]), "金属灯笼 ×1" in text_of(second)) == ([], True)
    await the_cards_are_true(desk)


async def test_two_agents_draft_beside_each_other(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365 85123A×2")
    await says(desk, "孙悦", "退货 536365 71053×1")
    await taps(desk, LIN, "质量问题")
    await taps(desk, "孙悦", "发货错误")
    await the_cards_are_true(desk)
    await taps(desk, "孙悦", "提交")
    assert await saved() == ([("71053", 1)], "发货错误")


async def test_another_command_in_between_leaves_the_draft_alone(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365 85123A×2")
    assert "没有待办" in await says(desk, LIN, "待办")
    await taps(desk, LIN, "质量问题")
    await taps(desk, LIN, "提交")
    assert await Case.all().count() == 1


async def test_the_submitted_card_says_what_comes_next(desk: Stage) -> None:
    no = await submitted(desk)
    [card] = [item for item in desk.phone(desk.person(LIN)) if item.kind == "card"]
    for words in ("已提交：退货 ¥5.10", no, "下一步 客服审核 · 王建国"):
        assert words in text_of(card)
