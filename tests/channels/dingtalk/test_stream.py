"""Stream mode against the fake platform: stored then acknowledged, warm reconnects, back-off, refusals."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import CardRef
from bot.channels.dingtalk.stream import Timings, backoff
from cards.types import Button
from handlers.chat.events import StaffChanged
from tests.peers.dingtalk.desk import GROUP, until
from tests.support.dingtalk_bot import APPROVAL, RECORD, Bot, stream_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OPEN = "/v1.0/gateway/connections/open"


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with stream_bot() as bot:
        await bot.online()
        yield bot


def is_clean(bot: Bot) -> bool:
    return (bot.desk.fake.problems, bot.desk.fake.lost) == ([], [])


# -- what people do ----------------------------------------------------------------------------------------------------


async def test_a_message_is_stored_and_acknowledged_once(bot: Bot) -> None:
    await bot.desk.fake.phones.say("lin", "退货 536365")
    await asyncio.sleep(0.6)  # longer than the platform waits before it brings a message again
    assert (bot.inbox.texts, bot.inbox.knocks, is_clean(bot)) == (["退货 536365"], 1, True)


async def test_an_entry_of_the_menu_is_a_tap(bot: Bot) -> None:
    await bot.channel.send("lin", replace(APPROVAL, menu=(Button("为什么是我", "w:7:1"),)), token="t-1")
    [card] = bot.cards()
    tapped = await bot.desk.fake.phones.tap(card.id, "为什么是我")
    [tap] = bot.inbox.taps
    assert (tap.userid, tap.token, tap.payload) == ("lin", "t-1", "w:7:1")
    assert (tapped.state["dead"], tapped.body == card.body, is_clean(bot)) == (False, True, True)


async def test_a_redrawn_card_has_lost_its_menu_with_its_buttons(bot: Bot) -> None:
    bot.inbox.card = replace(RECORD, menu=(Button("为什么是我", "w:7:1"),))
    card = await bot.approval()
    assert (await bot.desk.fake.phones.tap(card.id, "同意")).state["dead"]


async def test_a_file_comes_with_its_name_and_can_be_downloaded(bot: Bot) -> None:
    await bot.desk.fake.phones.send_file("lin", "7月退货.xlsx", b"PK rows")
    [message] = bot.inbox.events
    [media] = message.media  # type: ignore[union-attr]
    assert (media.kind, media.name, await bot.channel.download(media)) == ("file", "7月退货.xlsx", b"PK rows")


async def test_a_message_that_was_not_stored_comes_again(bot: Bot) -> None:
    bot.inbox.broken = 1
    await bot.desk.fake.phones.say("lin", "待办")
    await until(lambda: bool(bot.inbox.texts))
    assert (bot.inbox.texts, bot.inbox.knocks, is_clean(bot)) == (["待办"], 2, True)


async def test_a_group_message_carries_the_group(bot: Bot) -> None:
    await bot.desk.fake.phones.say("lin", "@回旋镖 待办", group=GROUP)
    [message] = bot.inbox.events
    assert (message.text, message.chat, message.userid) == ("待办", GROUP, "lin")  # type: ignore[union-attr]


async def test_a_tap_is_answered_with_the_new_card(bot: Bot) -> None:
    bot.inbox.card = RECORD
    card = await bot.approval()
    tapped = await bot.desk.fake.phones.tap(card.id, "同意")
    assert (tapped.body["params"]["title"], tapped.state["dead"]) == (RECORD.title, True)
    [tap] = bot.inbox.taps
    assert (tap.token, tap.payload, tap.selected) == ("t-1", "a:7:1", {})
    assert bot.metered["/v1.0/card/instances"] == 0  # the answer costs no call


async def test_no_card_is_drawn_by_a_call_while_a_tap_on_it_waits_for_its_answer(bot: Bot) -> None:
    card = await bot.approval()
    bot.inbox.card = RECORD
    bot.inbox.ready.clear()
    tapping = asyncio.create_task(bot.desk.fake.phones.tap(card.id, "同意"))
    await until(lambda: bot.inbox.knocks == 1)
    drawing = asyncio.create_task(bot.channel.update(CardRef("t-1", "lin"), RECORD))
    await asyncio.sleep(0)
    bot.inbox.ready.set()
    await tapping
    await drawing
    assert (bot.desk.fake.problems, bot.metered["/v1.0/card/instances"]) == ([], 1)


async def test_a_tap_without_a_new_card_leaves_the_old_one(bot: Bot) -> None:
    card = await bot.approval()
    tapped = await bot.desk.fake.phones.tap(card.id, "转交")
    assert (tapped.body, tapped.state.get("error"), bot.inbox.taps[0].payload) == (card.body, None, "t:7:1")


async def test_two_taps_on_one_button_are_two_events(bot: Bot) -> None:
    card = await bot.approval()
    await bot.desk.fake.phones.tap(card.id, "转交")
    await bot.desk.fake.phones.tap(card.id, "转交")
    assert len({tap.event_id for tap in bot.inbox.taps}) == 2


async def test_a_slow_tap_blocks_no_ping_and_is_decided_after_all(bot: Bot) -> None:
    card = await bot.approval()
    bot.inbox.ready.clear()
    tapping = asyncio.create_task(bot.desk.fake.phones.tap(card.id, "同意"))
    await until(lambda: bot.inbox.knocks == 1)
    await bot.desk.fake.stream.ping()
    assert (await tapping).state["error"]
    bot.inbox.ready.set()
    await until(lambda: bool(bot.inbox.taps))
    assert (len(bot.inbox.taps), bot.inbox.knocks, bot.desk.fake.problems) == (1, 1, [])


async def test_a_tap_that_fails_shows_an_error(bot: Bot) -> None:
    card = await bot.approval()
    bot.inbox.broken = 1
    assert (await bot.desk.fake.phones.tap(card.id, "同意")).state["error"]


async def test_a_change_of_the_address_book_is_an_event(bot: Bot) -> None:
    event_id = await bot.desk.fake.phones.event("user_modify_org", {"userId": ["lin"]})
    [event] = bot.inbox.events
    assert isinstance(event, StaffChanged)
    assert (event.event_id, event.userid, is_clean(bot)) == (f"dingtalk:e:{event_id}", "lin", True)


async def test_an_event_that_was_not_stored_is_asked_for_later(bot: Bot) -> None:
    bot.inbox.broken = 1
    await bot.desk.fake.phones.event("org_dept_modify", {"deptId": [2]})
    await until(lambda: bool(bot.inbox.events))
    assert (bot.inbox.knocks, is_clean(bot)) == (2, True)


async def test_other_events_are_acknowledged_and_dropped(bot: Bot) -> None:
    await bot.desk.fake.phones.event("chat_update_title", {"chatId": "c"})
    assert (bot.inbox.knocks, is_clean(bot)) == (0, True)


async def test_a_message_delivered_twice_has_one_id(bot: Bot) -> None:
    bot.desk.faults.arm("duplicate", "push:dingtalk")
    await bot.desk.fake.phones.say("lin", "待办")
    await until(lambda: bot.inbox.knocks == 2)
    assert (bot.inbox.knocks, bot.inbox.texts) == (2, ["待办"])


async def test_messages_over_the_quota_set_a_flag_and_no_event(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.desk.fake.meters.limits = type(bot.desk.fake.meters.limits)(monthly_webhooks=0)
    await bot.desk.fake.phones.say("lin", "待办")
    assert (bot.inbox.knocks, bot.channel.quota_exhausted, is_clean(bot)) == (0, True, True)
    assert "次数已用完" in str(bot.channel.problem)
    assert "over-quota" in caplog.text


async def test_a_robot_that_is_not_published_is_named_in_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.desk.fake.inbound.published = False
    await bot.desk.fake.phones.say("lin", "待办")
    assert (bot.inbox.knocks, "not published" in caplog.text) == (0, True)


# -- the line ----------------------------------------------------------------------------------------------------------


async def test_a_disconnect_loses_nothing(bot: Bot) -> None:
    [old] = bot.desk.fake.connections
    await bot.desk.fake.disconnect()
    await until(lambda: any(line is not old for line in bot.desk.fake.connections))
    assert old in bot.desk.fake.connections  # the old line is still read
    for number in range(10):
        await bot.desk.fake.phones.say("lin", f"第 {number} 句")
    assert (bot.inbox.texts, is_clean(bot)) == ([f"第 {n} 句" for n in range(10)], True)


async def test_the_old_line_is_read_until_it_ends(bot: Bot) -> None:
    [old] = bot.desk.fake.connections
    await bot.desk.fake.disconnect()
    await until(lambda: old not in bot.desk.fake.connections)
    assert (len(bot.desk.fake.connections), bot.channel.problem) == (1, None)


async def test_a_cut_line_comes_back(bot: Bot) -> None:
    bot.desk.fake.stream.cut()
    await until(lambda: not bot.desk.fake.connections)
    assert "断开" in str(bot.channel.problem)
    await until(lambda: bool(bot.desk.fake.connections))
    await bot.desk.fake.phones.say("lin", "还在吗")
    assert (bot.inbox.texts, bot.channel.problem) == (["还在吗"], None)


async def test_an_acknowledgement_cut_off_brings_the_same_message_again(bot: Bot) -> None:
    bot.desk.faults.arm("disconnect", "push:dingtalk")
    await bot.desk.fake.phones.say("lin", "待办")
    await until(lambda: bot.inbox.knocks == 2)
    assert bot.inbox.texts == ["待办"]


async def test_pings_are_echoed_and_keepalives_are_not_answered(bot: Bot) -> None:
    await bot.desk.fake.stream.ping()
    await bot.desk.fake.stream.keepalive()
    await bot.desk.fake.phones.say("lin", "待办")
    assert (bot.inbox.texts, is_clean(bot)) == (["待办"], True)


@dataclass
class Noise:
    """What is no frame."""

    words: str

    def text(self, **_: object) -> str:
        return self.words


@pytest.mark.parametrize("words", ["hello", "[]", "{}"])
async def test_noise_on_the_line_is_skipped(bot: Bot, words: str, caplog: pytest.LogCaptureFixture) -> None:
    [line] = bot.desk.fake.connections
    await line.send(Noise(words))  # type: ignore[arg-type] # a stand-in
    await bot.desk.fake.phones.say("lin", "待办")
    assert (bot.inbox.texts, bot.desk.fake.connections, "frame skipped" in caplog.text) == (["待办"], [line], True)


async def test_a_silent_line_is_replaced() -> None:
    async with stream_bot(timings=Timings(idle=0.1, first=0.01, longest=0.05)) as bot:
        await bot.online()
        await until(lambda: bot.desk.fake.calls[OPEN] >= 3)
        assert bot.desk.fake.calls[OPEN] >= 3


async def test_clean_closes_slow_down_and_a_frame_speeds_up_again(bot: Bot) -> None:
    ended = time.monotonic() + 1.0
    while time.monotonic() < ended:
        await bot.desk.fake.stream.hang_up()
        await asyncio.sleep(0.005)
    storm = bot.desk.fake.calls[OPEN]
    assert storm <= 8  # 0.02 s doubling to 0.5 s
    await until(lambda: bool(bot.desk.fake.connections))
    await bot.desk.fake.phones.say("lin", "待办")
    bot.desk.fake.stream.cut()
    await until(lambda: bot.desk.fake.calls[OPEN] > storm + 1, 0.3)
    assert bot.desk.fake.calls[OPEN] > storm


async def test_disconnects_without_an_end_do_not_spin(bot: Bot) -> None:
    ended = time.monotonic() + 0.5
    while time.monotonic() < ended:
        await bot.desk.fake.disconnect()
        await asyncio.sleep(0.005)
    assert bot.desk.fake.calls[OPEN] <= 8


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"client_secret": "wrong"}, "401 at the gateway"),
        ({"client_id": "dingother"}, "400 at the gateway"),
    ],
)
async def test_wrong_credentials_are_reported_and_not_repeated(
    changes: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with stream_bot(**changes) as bot:
        await bot.channel.start()
        await until(lambda: "拒绝" in str(bot.channel.problem))
        await asyncio.sleep(0.2)
        assert (bot.desk.fake.calls[OPEN], "DINGTALK_CLIENT_SECRET" in str(bot.channel.problem)) == (1, True), why
        assert "wrong" not in caplog.text


async def test_a_gateway_in_trouble_is_asked_again() -> None:
    async with stream_bot() as bot:
        bot.desk.faults.arm("error", OPEN, times=2)
        bot.desk.faults.arm("drop", OPEN)
        await bot.online()
        assert (bot.desk.fake.calls[OPEN], len(bot.desk.fake.connections)) == (4, 1)


async def test_stop_hangs_up_within_a_second(bot: Bot) -> None:
    bot.inbox.slow = 30.0
    saying = asyncio.create_task(bot.desk.fake.phones.say("lin", "待办"))
    await until(lambda: bot.inbox.knocks == 1)
    started = time.monotonic()
    await bot.channel.stop()
    assert time.monotonic() - started < 1.0
    await until(lambda: not bot.desk.fake.connections)
    assert bot.desk.fake.connections == []
    await saying


@pytest.mark.parametrize("turns", range(4))
async def test_stopped_as_a_line_comes_up_it_hangs_up_all_the_same(bot: Bot, turns: int) -> None:
    await bot.channel.start()
    await until(lambda: bot.channel.problem is None, every=0)
    for _ in range(turns):
        await asyncio.sleep(0)
    await bot.channel.stop()
    assert bot.desk.fake.connections == []


async def test_stop_lets_a_running_tap_be_decided(bot: Bot) -> None:
    card = await bot.approval()
    bot.inbox.ready.clear()
    tapping = asyncio.create_task(bot.desk.fake.phones.tap(card.id, "同意"))
    await until(lambda: bot.inbox.knocks == 1)
    stopping = asyncio.create_task(bot.channel.stop())
    await asyncio.sleep(0)
    bot.inbox.ready.set()
    await stopping
    assert len(bot.inbox.taps) == 1
    await tapping


async def test_a_tap_that_fails_after_its_time_is_in_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    card = await bot.approval()
    bot.inbox.broken = 1
    bot.inbox.ready.clear()
    await bot.desk.fake.phones.tap(card.id, "同意")
    bot.inbox.ready.set()
    await until(lambda: "dingtalk:tap:" in caplog.text)
    assert "the database is away" in caplog.text


async def test_nothing_secret_reaches_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await bot.desk.fake.phones.say("lin", "悄悄话")
    await bot.approval()
    bot.desk.fake.stream.cut()
    await until(lambda: not bot.desk.fake.connections)
    await until(lambda: bool(bot.desk.fake.connections))
    told = [r.getMessage() for r in caplog.records if r.name.startswith("bot.")]
    assert not [line for line in told if any(word in line for word in ("ticket", "悄悄话", "session=", "secret"))]


@pytest.mark.parametrize(
    ("n", "least", "most"),
    [
        (0, 1.0, 1.25),  # the first pause
        (3, 8.0, 10.0),  # 1·2³ and its jitter
        (6, 60.0, 60.0),  # never longer than a minute
        (900, 60.0, 60.0),  # nor an overflow
    ],
)
def test_backoff_doubles_up_to_a_minute(n: int, least: float, most: float) -> None:
    assert least <= backoff(n, Timings()) <= most
