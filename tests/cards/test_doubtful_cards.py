"""Cards whose sending got no answer, or whose question was over before they were shown: none stays live for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Outbox, SentCard, WorkState
from tests.support.stage import buttons
from tests.support.stories import LINE, NO_REASON, group_news, news, on, play, says, submitted, the_cards_are_true

if TYPE_CHECKING:
    from sandbox.faults import Trouble
    from sandbox.world import Item
    from tests.support.stage import Stage

SEND = "/cgi-bin/message/send"


async def untold(token: str) -> None:
    """As if we had died after the card was sent, and before that, or the end of its task, was written down."""
    await SentCard.filter(token=token).update(live=True)
    assert await Outbox.filter(key=f"card:{token}").update(state=WorkState.NEW)


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_a_card_that_may_have_arrived_dies_with_its_task(desk: Stage, platform: str) -> None:
    await on(desk, platform, "王建国")
    no = await submitted(desk)
    [sent] = await SentCard.filter(task__case__no=no)
    await says(desk, "王建国", f"同意 {no}")
    await untold(sent.token)
    await desk.bot.settled()
    assert (await SentCard.get(token=sent.token)).live is False
    assert f"card:{sent.token}" not in {row.key for row in await Outbox.filter(state=WorkState.NEW)}
    await the_cards_are_true(desk)


async def test_a_question_that_was_left_before_it_was_shown_is_not_shown(desk: Stage) -> None:
    desk.sandbox.faults.arm("error", "/cgi-bin/message/send", times=1)
    await says(desk, "林晓", "退货 536365 85123A×1 质量问题", "wecom")
    await says(desk, "林晓", "取消", "wecom")
    await desk.later(timedelta(minutes=1))
    assert desk.live(desk.person("林晓")) == []
    await the_cards_are_true(desk)


@pytest.mark.parametrize("place", ["wecom", "dingtalk"])
async def test_a_draft_that_ran_out_before_it_was_shown_is_said_and_begun_again(desk: Stage, place: str) -> None:
    path = SEND if place == "wecom" else "/v1.0/card/instances/createAndDeliver"
    desk.sandbox.faults.arm("error", path, times=1)
    await says(desk, "林晓", "退货 536365 85123A×1 质量问题", place)
    await desk.later(timedelta(minutes=31))
    [told] = [words for words in news(desk, "林晓") if "没能及时送到" in words]
    assert "· 退货 536365 85123A×1 质量问题" in told
    assert desk.live(desk.person("林晓")) == []
    assert "提交" in await says(desk, "林晓", "接着开", place)
    await the_cards_are_true(desk)


async def test_a_guess_that_ran_out_before_it_was_shown_is_said(desk: Stage) -> None:
    desk.sandbox.faults.arm("error", SEND, times=1)
    await says(desk, "林晓", "我的蛋", "wecom")
    await desk.later(timedelta(minutes=31))
    assert "请再说一次" in news(desk, "林晓")[-1]
    assert desk.live(desk.person("林晓")) == []


@pytest.mark.parametrize("trouble", ["drop", "error"])
async def test_a_card_whose_answer_was_lost_dies_with_its_task_all_the_same(desk: Stage, trouble: Trouble) -> None:
    """On WeCom a name is taken once, and only the answer brings the code by which a card can be redrawn: a tap does."""
    desk.sandbox.faults.arm(trouble, f"{SEND}:after", times=2)
    await submitted(desk, NO_REASON)
    await desk.later(timedelta(minutes=1))
    assert group_news(desk, "管理群") == [], "it arrived: nothing is lost"
    await play(desk, "周仓 确认收货")
    await desk.later(timedelta(minutes=1))
    alive = [item for name in ("周仓", "刘洋") for item in desk.live(desk.person(name))]
    assert len(alive) <= 2, "at most the copies of which nobody told us"
    for item in alive:
        assert buttons(await desk.tap(desk.person(item_owner(desk, item)), "确认收货", item)) == []


async def test_a_refusal_is_no_doubt(desk: Stage) -> None:
    await says(desk, "林晓", LINE)
    desk.sandbox.faults.arm("rate_limit", SEND)
    await play(desk, "林晓 提交")
    await desk.later(timedelta(minutes=10))
    await the_cards_are_true(desk)


def item_owner(desk: Stage, item: Item) -> str:
    return next(person.name for person in desk.sandbox.world.people if person.wecom == item.place.chat)
