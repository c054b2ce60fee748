"""Taps that are decided too late for the platform: what they make of the card is shown all the same, and only once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import CardRef
from bot.channels.dingtalk.callbacks import RECENT, TOO_LATE
from bot.channels.dingtalk.clicks import LOOK
from handlers.chat.events import Tap
from models import Case, Outbox, SentCard, WorkState
from tests.channels.wecom.test_callback import a_card
from tests.support import dingtalk_bot, wecom_desk
from tests.support.stage import buttons, text_of, until
from tests.support.stories import LINE, play, says
from tests.support.walk import A_WHILE

if TYPE_CHECKING:
    from typing import Any

    from sandbox.world import Item
    from tests.support.stage import Stage

DINGTALK_ONLY = pytest.mark.homes("dingtalk")


# -- seen by the channels ----------------------------------------------------------------------------------------------


async def test_dingtalk_brings_a_tap_once_so_that_a_late_answer_is_drawn_by_a_call() -> None:
    async with dingtalk_bot.stream_bot() as bot:
        await bot.channel.start()
        await until(lambda: bot.channel.problem is None)
        card = await bot.approval()
        bot.inbox.card = dingtalk_bot.RECORD
        bot.inbox.ready.clear()
        await bot.desk.fake.phones.tap(card.id, "同意")
        bot.inbox.ready.set()
        await until(lambda: bool(bot.inbox.missed_taps))
        [(event_id, face)] = bot.inbox.missed_taps
        assert (event_id, face) == (bot.inbox.taps[0].event_id, dingtalk_bot.RECORD)


async def test_no_process_draws_a_card_while_another_holds_its_click() -> None:
    async with dingtalk_bot.stream_bot() as holder:
        other = dingtalk_bot.a_bot(holder.desk, shared=holder.store)
        await holder.online()
        card = await holder.approval()
        holder.inbox.card = dingtalk_bot.RECORD
        holder.inbox.ready.clear()
        tap = asyncio.create_task(holder.desk.fake.phones.tap(card.id, "同意"))
        await until(lambda: holder.inbox.knocks == 1)
        drawing = asyncio.create_task(other.channel.update(CardRef("t-1", "lin"), dingtalk_bot.RECORD))
        await asyncio.sleep(3 * LOOK)
        assert not drawing.done()
        holder.inbox.ready.set()
        await asyncio.gather(tap, drawing)
        assert holder.desk.fake.problems == []


@pytest.mark.parametrize(
    ("ages", "drawn"),
    [
        ((0.0, 0.1, 1.0), 0),
        ((0.0, TOO_LATE + 0.2), 1),  # it lay before our door while both cores were busy
        ((90.0, 90.3, 91.0), 0),  # our clock goes a minute and a half ahead
        ((-40.0, -39.9, -38.0), 1),
        ((-40.0, *([5.0] * (RECENT + 1))), RECENT - 1),  # a clock that was set is known again in a while
    ],
)
async def test_a_tap_that_was_long_on_its_way_is_answered_and_drawn(ages: tuple[float, ...], drawn: int) -> None:
    """By the platform's own stamp, whatever the two clocks make of each other."""
    async with dingtalk_bot.stream_bot() as bot:
        bot.inbox.card = dingtalk_bot.RECORD
        pushes, now = bot.channel._callbacks, 1_800_000_000.0
        object.__setattr__(bot.channel._app.clock, "wall", lambda: now)
        for n, age in enumerate(ages):
            assert await pushes.tap(a_click(f"t-{n}"), f"k-{n}", str(int((now - age) * 1000)))
        await asyncio.sleep(0)
        assert len(bot.inbox.missed_taps) == drawn


def a_click(token: str) -> dict[str, Any]:
    content = '{"cardPrivateData": {"actionIds": ["0"], "params": {"action": "a|7|1|同意"}}}'
    return {"type": "actionCallback", "outTrackId": token, "userId": "lin", "content": content}


async def test_wecom_asks_again_and_is_answered_without_a_call() -> None:
    async with wecom_desk.desk() as here:
        here.inbox.card, card = wecom_desk.RECORD, await a_card(here)
        wecom_desk.hangs_up_once(here)
        delivery = await here.phones.tap(card, "同意")
        assert (delivery.answered, delivery.attempts) == (True, 2)
        assert not here.channel._callback._unheard, "nothing is left that a call would have to draw"
        assert here.inbox.missed_taps == []


async def test_wecom_that_asks_no_more_is_called() -> None:
    async with wecom_desk.desk(tap_seconds=0.0) as here:
        here.inbox.card, card = wecom_desk.RECORD, await a_card(here)
        here.channel._callback._asks_again = 0.0
        here.inbox.ready.clear()
        delivery = await here.phones.tap(card, "同意")
        assert not delivery.answered
        here.inbox.ready.set()
        await until(lambda: bool(here.inbox.missed_taps))
        assert here.inbox.missed_taps == [(here.inbox.taps[0].event_id, wecom_desk.RECORD)]


# -- seen on the phone -------------------------------------------------------------------------------------------------


def too_late(desk: Stage) -> None:
    """From now on no tap on DingTalk is decided in time."""
    desk.bot.channels["dingtalk"]._callbacks._tap_seconds = 0.0  # type: ignore[attr-defined]


async def shown(desk: Stage, card: Item, words: str) -> str:
    await until(lambda: words in text_of(desk.sandbox.world.items[card.id]))
    return text_of(desk.sandbox.world.items[card.id])


@DINGTALK_ONLY
async def test_a_late_submission_has_its_number_on_the_agent_s_card(desk: Stage) -> None:
    await says(desk, "林晓", LINE)
    card = desk.card(desk.person("林晓"), "提交")
    too_late(desk)
    await desk.press(card, "提交")
    await until(lambda: not buttons(desk.sandbox.world.items[card.id]))
    assert (await Case.get()).no in await shown(desk, card, "R2026")
    assert await Outbox.filter(kind="missed").count() == 1
    assert desk.sandbox.dingtalk.problems == [], "not before the platform has hung up"


@DINGTALK_ONLY
async def test_a_late_answer_shows_the_case_as_it_is_by_then(desk: Stage) -> None:
    await says(desk, "林晓", LINE)
    card = desk.card(desk.person("林晓"), "提交")
    too_late(desk)
    await desk.press(card, "提交")
    await shown(desk, card, "R2026")
    desk.bot.channels["dingtalk"]._callbacks._tap_seconds = 60.0  # type: ignore[attr-defined]
    await play(desk, "王建国 同意")
    now = text_of(desk.sandbox.world.items[card.id])
    await Outbox.filter(kind="missed").update(state=WorkState.NEW)
    desk.bot.outbox.wake()
    await desk.bot.settled()
    assert text_of(desk.sandbox.world.items[card.id]) == now


@DINGTALK_ONLY
async def test_a_late_answer_to_a_question_brings_the_next_one(desk: Stage) -> None:
    """And where not even the call came through, a tap on the old question does: the draft is never left without."""
    await says(desk, "林晓", "退货 536365 85123A×2")
    card = desk.card(desk.person("林晓"), "质量问题")
    desk.sandbox.faults.arm("error", "/v1.0/card/instances", times=-1)
    too_late(desk)
    await desk.press(card, "质量问题")
    await until(lambda: bool(desk.sandbox.dingtalk.calls["/v1.0/card/instances"]))
    assert "质量问题" in buttons(desk.sandbox.world.items[card.id])
    desk.bot.channels["dingtalk"]._callbacks._tap_seconds = 60.0  # type: ignore[attr-defined]
    await desk.press(card, "质量问题")
    assert "提交" in buttons(desk.sandbox.world.items[card.id])
    desk.sandbox.faults.clear()


async def test_the_answer_to_a_question_is_the_same_however_often_the_tap_is_brought(desk: Stage) -> None:
    await says(desk, "林晓", "退货 536365 85123A×2")
    sent = await SentCard.filter(name="draft").order_by("-id").first()
    assert sent
    item = desk.card(desk.person("林晓"), "质量问题")
    key = next(each["key"] for each in item.body["button_list"] if each["text"] == "质量问题")
    tap = Tap("wecom:again", "wecom", "linxiao", desk.clock.now(), sent.token, key, code="c1")
    first, again = await desk.bot.intake.tap(tap), await desk.bot.intake.tap(tap)
    assert first
    assert [button.text for button in first.buttons][:1] == ["提交"]
    assert again == first


@DINGTALK_ONLY
async def test_two_taps_on_one_question_at_one_instant_make_one_case(desk: Stage) -> None:
    await says(desk, "林晓", LINE)
    card = desk.card(desk.person("林晓"), "提交")
    await asyncio.gather(desk.press(card, "提交"), desk.press(card, "提交"))
    await desk.bot.settled()
    assert await Case.all().count() == 1
    assert (await Case.get()).no in text_of(desk.sandbox.world.items[card.id])


# -- told apart --------------------------------------------------------------------------------------------------------

SEND, TO_SESSION = "/cgi-bin/message/send", "/robot/sendBySession"


@pytest.mark.parametrize(("platform", "where"), [("wecom", SEND), ("dingtalk", TO_SESSION)])
async def test_words_that_may_have_come_say_so_when_they_are_sent_again(desk: Stage, platform: str, where: str) -> None:
    lin = desk.person("林晓")
    await desk.say(lin, "待办", platform)
    before = len(desk.phone(lin))
    desk.sandbox.faults.arm("drop", f"{where}:after")
    await desk.say(lin, "查 000000", platform)
    desk.clock.advance(A_WHILE)
    desk.bot.outbox.wake()
    await desk.bot.settled()
    told = [text_of(item) for item in desk.phone(lin)[before:] if item.sender == "bot"]
    assert len(told) == 2
    assert told[1] == f"（第 2 次发送，前面的可能已收到）\n{told[0]}"
    assert desk.sandbox.wecom.dropped == []


async def test_words_that_were_refused_are_the_same_when_they_are_sent_again(desk: Stage) -> None:
    lin = desk.person("林晓")
    desk.sandbox.faults.arm("error", SEND)
    await desk.say(lin, "查 000000", "wecom")
    desk.clock.advance(A_WHILE)
    desk.bot.outbox.wake()
    await desk.bot.settled()
    [told] = [text_of(item) for item in desk.phone(lin) if item.sender == "bot"]
    assert "次发送" not in told
