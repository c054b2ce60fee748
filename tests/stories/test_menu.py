"""What stands behind 更多 on a task's card: there while the task is open, answered in words, gone with the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stage import buttons, menu
from tests.support.stories import news, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

WHY = "为什么是我"


async def test_asking_why_is_answered_in_words_and_the_card_stays(desk: Stage) -> None:
    await submitted(desk)
    boss = desk.person("王建国")
    asked, before = desk.card(boss, WHY), len(news(desk, "王建国"))
    assert (buttons(asked), menu(asked)) == (["同意", "转交", "驳回"], [WHY])
    after = await desk.tap(boss, WHY)
    assert (buttons(after), menu(after)) == (buttons(asked), menu(asked))
    assert (len(news(desk, "王建国")), "客服审核" in desk.last(boss)) == (before + 1, True)
    await the_cards_are_true(desk)


async def test_after_asking_why_the_task_can_still_be_done(desk: Stage) -> None:
    await submitted(desk)
    card = desk.card(desk.person("王建国"), WHY)
    for button in (WHY, WHY, "同意"):
        await taps(desk, "王建国", button)
    done = desk.sandbox.world.items[card.id]
    assert (buttons(done), menu(done), done.state["dead"]) == ([], [], True)
    await the_cards_are_true(desk)
