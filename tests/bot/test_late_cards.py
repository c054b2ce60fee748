"""Cards that arrive when what they ask is over, on whose way the bot has died: none is left to be tapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Outbox, SentCard, TaskState, WorkState
from tests.support.stage import buttons
from tests.support.stories import approved, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage


@pytest.mark.parametrize("died", ["before its code was written down", "after it"])
async def test_a_card_that_came_too_late_is_retired_by_whoever_sends_it_again(desk: Stage, died: str) -> None:
    """The record was due while nobody knew the code that draws it; then the code came, and the bot died with it."""
    await approved(desk)
    sent = await SentCard.get(member__name="周仓", task__state=TaskState.OPEN)
    code, card = sent.code, desk.card(desk.person("周仓"), "确认收货")
    await SentCard.filter(id=sent.id).update(code="")
    await taps(desk, "刘洋", "确认收货")
    assert buttons(desk.sandbox.world.items[card.id]), "its code is lost, so that only a tap can draw it"
    if died == "after it":
        await SentCard.filter(id=sent.id).update(code=code)
    await Outbox.filter(kind="card", member_id=sent.member_id).update(state=WorkState.NEW)
    desk.bot.outbox.wake()
    await desk.bot.settled()
    shown = desk.sandbox.world.items[card.id]
    assert bool(buttons(shown)) == (died != "after it")
    if buttons(shown):
        await desk.tap(desk.person("周仓"), "确认收货")
    assert not buttons(desk.sandbox.world.items[card.id])
