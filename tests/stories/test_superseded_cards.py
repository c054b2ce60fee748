"""A tap on a card whose case has changed since: the card as it is now, and nothing done, however it came to that."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Outbox, WorkState
from tests.support.stage import buttons, text_of
from tests.support.stories import news, says, stand, submitted, the_cards_are_true
from tests.support.wire import late_tap

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "wecom", "dingtalk")

FOUR = "退货 536365 85123A×3 71053×1 质量问题"
CHANGED = "刚才点的没有执行"
#: what changes a case under an open task of 王建国's, said by whom; what its card says then
WAYS: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "split": ((("王建国", "拆分 {no} 71053×1"),), "¥7.65"),
    "split twice": ((("王建国", "拆分 {no} 71053×1"), ("王建国", "拆分 {no} 85123A×1")), "¥5.10"),
    "another note": ((("林晓", "改 {no} 备注 客户说是运输摔的"), ("林晓", "确认")), "客户说是运输摔的"),
    "put aside and back": ((("王建国", "挂起 {no} 等客户回复"), ("王建国", "恢复 {no}")), "¥11.04"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_tap_on_what_a_card_said_before_does_nothing(desk: Stage, way: str) -> None:
    steps, now = WAYS[way]
    no = await submitted(desk, FOUR)
    before = desk.card(desk.person("王建国"), "同意")
    as_read = deepcopy(before)
    for name, words in steps:
        await says(desk, name, words.format(no=no))
    steps_then = await Event.filter(case__no=no).count()
    await late_tap(desk, as_read, "同意")
    assert await Event.filter(case__no=no).count() == steps_then
    assert await stand(no) == "处理中 客服审核"
    assert CHANGED in "\n".join(news(desk, "王建国"))
    [*_, card] = [card for card in desk.live(desk.person("王建国")) if no in text_of(card)]
    assert now in text_of(card)
    await desk.tap(desk.person("王建国"), "同意", card)
    assert await stand(no) == "处理中 金额审批"
    await the_cards_are_true(desk)


@pytest.mark.homes("wecom")
async def test_the_tapped_card_is_alive_again_with_what_is_now(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    card = desk.card(desk.person("王建国"), "同意")
    as_read = deepcopy(card)
    await says(desk, "王建国", f"拆分 {no} 71053×1")
    assert buttons(desk.sandbox.world.items[card.id]) in ([], ["有新卡片"])
    answer = await late_tap(desk, as_read, "同意")
    assert "¥7.65" in answer
    assert "¥11.04" not in answer


@pytest.mark.parametrize(
    ("words", "then"),
    [("转交 {no} 郑瑞", "处理中 客服审核"), ("合并 {other} {no}", "已关闭 重复"), ("改 {no} 数量 1", "")],
)
async def test_a_task_that_is_over_is_not_done_by_its_card(desk: Stage, words: str, then: str) -> None:
    other = await submitted(desk, "退货 536365 85123A×2 质量问题")
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    as_read = deepcopy(next(card for card in desk.live(desk.person("王建国")) if no in text_of(card)))
    await says(desk, "林晓" if words.startswith("改") else "王建国", words.format(no=no, other=other))
    if words.startswith("改"):
        await says(desk, "林晓", "确认")
    where, events = await stand(no), await Event.filter(case__no=no).count()
    await late_tap(desk, as_read, "同意")
    assert await stand(no) == where == (then or where)
    assert await Event.filter(case__no=no).count() == events
    assert await Case.all().count() == 2


@pytest.mark.homes("dingtalk")
async def test_a_card_that_is_tapped_while_it_is_drawn_anew_ends_as_its_record(desk: Stage) -> None:
    await submitted(desk)
    leader = desk.person("王建国")
    card = desk.card(leader, "同意")
    desk.sandbox.faults.arm("delay", "/v1.0/card/instances", seconds=0.5)
    passing = asyncio.create_task(desk.later(timedelta(hours=25)))  # late, which its card says from then on
    async with asyncio.timeout(20):
        while not await Outbox.exists(kind="redraw", state=WorkState.TAKEN):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await desk.tap(leader, "同意", card)
    await passing
    await desk.bot.settled()
    assert buttons(desk.sandbox.world.items[card.id]) == []
    await the_cards_are_true(desk)
