"""What people say while something else is asked: it is worked on, and the question stays open and is said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event
from tests.support.stage import sell
from tests.support.stories import approved, news, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

LIN, WANG, LI, ZHOU = "林晓", "王建国", "李敏", "周仓"
SHOP = {"85123A": ("白色心形烛台", 60, "2.55"), "71053": ("金属灯笼", 60, "3.39")}
STILL = "还在等你回答（退货 880004）：退哪一件？"
WAYBILL = "SF1234567890"

pytestmark = pytest.mark.homes("dingtalk")

SAID = [
    (WAYBILL, "{W} 退货"),
    (f"{WAYBILL}是哪单的", "{W} 退货"),
    ("客户电话138-0013-8000查下有没有别的单", "订单 536365 还没有售后单"),
    ("先查一下客户137 0013 7000之前退过没", "{W} 退货"),
    ("{W}到哪了", "{W} 退货"),
    ("我刚提交的那单到谁那了", "{W} 退货"),
    ("退款什么时候到", "你开的单"),
    ("我开的单", "你开的单"),
    ("待办", "没有待办"),
    ("待办有多少", "没有待办"),
    ("帮助", "你可以说"),
    ("谢谢", "不客气"),
    ("你好", "我是回旋镖"),
    ("怎么撤单", "写法：撤单"),
    ("库存还有多少85123A", "库存这里没有记"),
    ("查 999888777", "没有找到 999888777"),
]


async def test_a_sentence_of_its_own_is_worked_on_while_a_draft_asks(desk: Stage) -> None:
    await sell("880004", SHOP, mobile="13700137000", customer_name="张三")
    no = await approved(desk, "退货 880004 85123A×1 质量问题")
    await says(desk, LIN, f"运单 {no} {WAYBILL}")
    await says(desk, LIN, "退货 880004")
    wrong = {}
    for typed, right in SAID:
        before = len(news(desk, LIN))
        await says(desk, LIN, typed.replace("{W}", no))
        told = "\n".join(news(desk, LIN)[before:])
        if right.replace("{W}", no) not in told or STILL not in told:
            wrong[typed] = told[:200]
    assert not wrong
    await says(desk, LIN, "1")
    assert "退几件？" in news(desk, LIN)[-1], "the question was open all the time"
    assert await Case.all().count() == 1


@pytest.mark.parametrize("typed", ["不用了刚才那个", "算啦不开了", "刚才那个不要了", "那个不要了，先看看待办"])
async def test_a_draft_is_left_in_other_words(desk: Stage, typed: str) -> None:
    await says(desk, LIN, "退货 536365")
    told = await says(desk, LIN, typed)
    assert "已取消" in told
    assert ("没有待办" in told) is ("待办" in typed), "what follows is done"
    assert "没有在等你回答" in await says(desk, LIN, "取消")
    await the_cards_are_true(desk)


@pytest.mark.parametrize("typed", ["好的，提交吧", "嗯提交", "提交谢谢"])
async def test_politeness_beside_the_last_word_is_no_other_word(desk: Stage, typed: str) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert "已提交" in await says(desk, LIN, typed)


@pytest.mark.parametrize("typed", ["好的", "可以", "不提交", "嗯"])
async def test_nothing_is_submitted_by_less(desk: Stage, typed: str) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert "草稿还在：核对无误回复“提交”" in await says(desk, LIN, typed)
    assert await Case.all().count() == 0


async def test_another_return_is_drafted_first_and_the_one_before_it_next(desk: Stage) -> None:
    await sell("880004", SHOP)
    await says(desk, LIN, "退货 880004 71053×2 质量问题 掉漆")
    told = await says(desk, LIN, "退货 536365 85123A×1 质量问题")
    assert "还有 1 单等着" in told
    await taps(desk, LIN, "提交")
    await taps(desk, LIN, "提交")
    cases = await Case.all().order_by("id")
    assert [(case.order_no, case.note) for case in cases] == [("536365", ""), ("880004", "掉漆")]


async def test_the_same_return_said_again_takes_its_place(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert "等着" not in await says(desk, LIN, "退货 536365 85123A×1 质量问题")


async def test_a_draft_that_another_question_takes_the_place_of_is_kept(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, "退货 536365 71053×1 质量问题")
    assert "刚才的草稿先放下了，没有保存" in await says(desk, WANG, f"同意 {no} 转给李敏")
    await says(desk, WANG, "取消")
    assert "金属灯笼 ×1" in await says(desk, WANG, "接着开")


# -- where any words are an answer -------------------------------------------------------------------------------------

ANY = [
    (f"{WAYBILL}是哪单的", False),
    ("13800138000查下", False),
    ("这单是谁提交的", False),
    ("谢谢", False),
    ("照片看不清", True),
    ("理由：客户问什么时候到，照片也看不清", True),
]


@pytest.mark.parametrize(("typed", "is_reason"), ANY)
async def test_a_reason_that_must_be_given_is_told_from_what_is_none(
    desk: Stage, typed: str, *, is_reason: bool
) -> None:
    no = await submitted(desk)
    await taps(desk, WANG, "驳回")
    await says(desk, WANG, typed)
    kept = "；".join(str(event.data) for event in await Event.filter(case__no=no))
    assert (typed.removeprefix("理由：").replace("，", ",")[-6:] in kept.replace("，", ",")) is is_reason, kept


PART = [(f"等下，{WAYBILL}是哪单的", "没有找到"), ("明天会到几个件", "没有人登记"), ("今天天气不错", "部件 金额")]


@pytest.mark.parametrize(("typed", "told"), PART)
async def test_what_is_no_part_and_fee_is_asked_again(desk: Stage, typed: str, told: str) -> None:
    no = await approved(desk)
    await taps(desk, ZHOU, "配件缺失")
    answer = await says(desk, ZHOU, typed)
    assert told in answer or "部件 金额" in answer
    await says(desk, ZHOU, "滤网组件 3")
    assert await stand(no) == "处理中 缺件协商"


async def test_a_name_is_still_waited_for(desk: Stage) -> None:
    no = await submitted(desk)
    await taps(desk, WANG, "转交")
    told = await says(desk, WANG, "536365到哪了")
    assert f"{no} 退货" in told
    assert "还在等你回答：转交给谁？" in told
    await says(desk, WANG, "李敏 你来审")
    assert "李敏" in await says(desk, LIN, f"查 {no}")


async def test_a_correction_is_still_waited_for(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"{no}的数量填错了，应该是1个")
    assert "卡片上的改动还没有办" in await says(desk, LIN, "退款什么时候到")
    await taps(desk, LIN, "确认修改")
    assert (await (await Case.get(no=no)).lines.all())[0].requested == 1
