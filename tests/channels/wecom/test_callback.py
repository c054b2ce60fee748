"""What comes in through /wecom/callback: stored, then acknowledged; refused without a word when it is not ours."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.channels.base import CardRef
from bot.channels.wecom.xml import root_of
from cards.types import Button
from handlers.chat.events import Joined, Message, Scan
from sandbox.wecom.crypto import Crypto
from tests.support.stage import until
from tests.support.wecom_desk import (
    AES_KEY,
    AGENT,
    APPROVAL,
    CORP,
    PNG,
    RECORD,
    START,
    TOKEN,
    Desk,
    desk,
    hangs_up_once,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def here() -> AsyncIterator[Desk]:
    async with desk() as running:
        yield running
        assert running.wecom.problems == []


async def a_card(here: Desk) -> int:
    await here.channel.send("WangWu", APPROVAL, token="rt-7-1")
    return here.last("WangWu").id


async def test_the_console_accepts_the_url(here: Desk) -> None:
    assert await here.phones.verify_url()


async def test_words_are_stored_and_acknowledged_once(here: Desk) -> None:
    delivery = await here.phones.say("WangWu", "退货 😀 ]]> 1")
    (message,) = here.inbox.events
    assert isinstance(message, Message)
    assert (message.text, message.userid, message.chat) == ("退货 😀 ]]> 1", "wangwu", None)
    assert (delivery.attempts, message.event_id.startswith("wecom:7300")) == (1, True)
    assert 0 <= (message.at - START).total_seconds() < 60


async def test_a_picture_comes_with_its_key(here: Desk) -> None:
    await here.phones.send_image("lin", PNG)
    (message,) = here.inbox.events
    assert isinstance(message, Message)
    assert [media.kind for media in message.media] == ["image"]


async def test_scans_menus_and_visits(here: Desk) -> None:
    await here.phones.scan("lin", "dock", "CODE_128,SF1234567890", "barcode")
    await here.phones.menu("lin", "待办")
    await here.phones.enter("lin")
    scan, menu, visit = here.inbox.events
    assert (isinstance(scan, Scan) and scan.code, isinstance(visit, Joined)) == ("SF1234567890", True)
    assert isinstance(menu, Message)
    assert menu.text == "待办"


async def test_not_stored_is_not_acknowledged(here: Desk) -> None:
    here.inbox.broken = 2
    delivery = await here.phones.say("lin", "退货")
    assert (delivery.attempts, here.inbox.words) == (3, ["退货"])


async def test_a_message_delivered_twice_has_one_id(here: Desk) -> None:
    here.arm("duplicate", "push:wecom")
    await here.phones.say("lin", "退货")
    assert (here.inbox.knocks, here.inbox.words) == (2, ["退货"])


async def test_a_tap_is_answered_with_the_record(here: Desk) -> None:
    here.inbox.card = RECORD
    await here.phones.tap(await a_card(here), "同意", {"opinion": "no"})
    card = here.last("WangWu")
    assert (card.state["dead"], card.body["replace_text"], card.body["sub_title_text"]) == (
        True,
        "已同意",
        RECORD.lead.replace("<b", "＜b"),
    )


async def test_a_tap_says_who_what_and_where(here: Desk) -> None:
    await here.phones.tap(await a_card(here), "驳回", {"opinion": "no"})
    (tap,) = here.inbox.taps
    assert (tap.userid, tap.token, tap.payload) == ("wangwu", "rt-7-1", "r:7:1")
    assert (tap.selected, bool(tap.code)) == ({"opinion": "no"}, True)


async def test_a_tap_that_changes_nothing_leaves_the_card(here: Desk) -> None:
    delivery = await here.phones.tap(await a_card(here), "转交")
    assert (delivery.answered, here.last("WangWu").state["revision"]) == (True, 1)


@pytest.mark.parametrize(
    ("selected", "travelled"),
    [
        pytest.param(None, "ok", id="left alone, the one that it shows"),
        pytest.param({"opinion": "no"}, "no", id="another one"),
    ],
)
async def test_what_the_drop_down_says_travels_with_any_button(
    here: Desk, selected: dict[str, str | list[str]] | None, travelled: str
) -> None:
    await here.phones.tap(await a_card(here), "转交", selected)
    assert [tap.selected for tap in here.inbox.taps] == [{"opinion": travelled}]


# -- the corner menu (D/90240: template_card_menu_event) ---------------------------------------------------------------


async def a_card_with_menu(here: Desk) -> int:
    await here.channel.send("WangWu", replace(APPROVAL, menu=(Button("为什么是我", "w:7:1"),)), token="rt-7-1")
    return here.last("WangWu").id


async def test_an_entry_of_the_menu_is_a_tap_without_a_selection(here: Desk) -> None:
    await here.phones.tap(await a_card_with_menu(here), "为什么是我")
    (tap,) = here.inbox.taps
    assert (tap.userid, tap.token, tap.payload) == ("wangwu", "rt-7-1", "w:7:1")
    assert (tap.selected, bool(tap.code)) == ({}, True)


async def test_an_entry_that_is_answered_in_words_leaves_card_and_menu(here: Desk) -> None:
    item = await a_card_with_menu(here)
    for _ in range(2):
        assert (await here.phones.tap(item, "为什么是我")).answered
    assert (len({tap.event_id for tap in here.inbox.taps}), here.last("WangWu").state["revision"]) == (2, 1)


async def test_an_entry_may_be_answered_with_the_card_as_it_is_now(here: Desk) -> None:
    here.inbox.card = RECORD
    await here.phones.tap(await a_card_with_menu(here), "为什么是我")
    card = here.last("WangWu")
    assert (card.state["dead"], "action_menu" in card.body, card.body["replace_text"]) == (True, False, "已同意")


async def test_the_code_of_a_menu_tap_redraws_the_card_later(here: Desk) -> None:
    await here.phones.tap(await a_card_with_menu(here), "为什么是我")
    tap, now = here.inbox.taps[0], here.wecom.desk.world.clock.now()
    await here.channel.update(CardRef(tap.token, "WangWu", tap.code, now), RECORD)
    assert (here.last("WangWu").state["dead"], "action_menu" in here.last("WangWu").body) == (True, False)


async def test_a_menu_tap_that_comes_twice_is_one(here: Desk) -> None:
    item = await a_card_with_menu(here)
    here.arm("duplicate", "push:wecom")
    await here.phones.tap(item, "为什么是我")
    assert (here.inbox.knocks, len(here.inbox.taps)) == (2, 1)


async def test_a_menu_tap_that_was_not_decided_in_time_comes_again(here: Desk) -> None:
    item = await a_card_with_menu(here)
    here.inbox.broken = 1
    assert (await here.phones.tap(item, "为什么是我")).attempts == 2
    assert len(here.inbox.taps) == 1


async def test_an_old_menu_tap_played_again_is_refused(here: Desk) -> None:
    inner = (
        f"<xml><FromUserName>lin</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        f"<Event>template_card_menu_event</Event><EventKey>w:7:1</EventKey><TaskId>rt-7-1</TaskId>"
        f"<CardType>button_interaction</CardType><ResponseCode>RC</ResponseCode><AgentID>{AGENT}</AgentID></xml>"
    )
    assert [(await Letter(inner, age=age).post(here))[0] for age in (601, 0)] == [403, 200]
    assert [tap.payload for tap in here.inbox.taps] == ["w:7:1"]


async def test_a_tap_may_lead_to_the_next_question(here: Desk) -> None:
    here.inbox.card = replace(APPROVAL, title="转交给谁")
    await here.phones.tap(await a_card(here), "转交")
    await here.phones.tap(here.last("WangWu").id, "同意")
    assert [tap.payload for tap in here.inbox.taps] == ["t:7:1", "a:7:1"]


async def test_a_slow_tap_is_not_acknowledged_and_its_retry_gets_the_answer() -> None:
    async with desk() as here:
        here.inbox.card, card = RECORD, await a_card(here)
        hangs_up_once(here)
        delivery = await here.phones.tap(card, "同意")
        assert (delivery.answered, delivery.attempts, here.last("WangWu").state["dead"]) == (True, 2, True)
        assert (here.inbox.knocks, len(here.inbox.taps)) == (1, 1)


async def test_a_tap_that_fails_is_tried_again(here: Desk, caplog: pytest.LogCaptureFixture) -> None:
    here.inbox.card, here.inbox.broken = RECORD, 1
    delivery = await here.phones.tap(await a_card(here), "同意")
    assert (delivery.attempts, here.last("WangWu").state["dead"]) == (2, True)
    assert "failed" in caplog.text


async def test_a_tap_under_way_ends_before_the_bot_does(here: Desk) -> None:
    item = await a_card(here)
    here.inbox.ready.clear()
    tapping = asyncio.create_task(here.phones.tap(item, "同意"))
    await until(lambda: here.inbox.knocks == 1)
    stopping = asyncio.create_task(here.channel.stop())
    await asyncio.sleep(0)
    here.inbox.ready.set()
    await stopping
    assert len(here.inbox.taps) == 1
    await tapping


@dataclass(frozen=True)
class Letter:
    """A callback as somebody might forge it."""

    inner: str = (
        f"<xml><FromUserName>lin</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
        f"<Content>hi</Content><MsgId>7</MsgId><AgentID>{AGENT}</AgentID></xml>"
    )
    corp: str = CORP
    agent: str = str(AGENT)
    age: int = 0
    token: str = TOKEN
    body: str | None = None  #: in place of the sealed one
    query: dict[str, str] | None = None

    async def post(self, here: Desk) -> tuple[int, str]:
        crypto = Crypto(self.token, AES_KEY, self.corp)
        timestamp, sealed = str(here.wecom.desk.world.clock.seconds() - self.age), crypto.encrypt(self.inner)
        query = {"timestamp": timestamp, "nonce": "n", "msg_signature": crypto.sign(timestamp, "n", sealed)}
        body = self.body or f"<xml><Encrypt>{sealed}</Encrypt><AgentID>{self.agent}</AgentID></xml>"
        url, query = f"{here.base}/wecom/callback", query if self.query is None else self.query
        async with ClientSession() as session, session.post(url, params=query, data=BytesIO(body.encode())) as answer:
            return answer.status, await answer.text()


async def test_a_genuine_letter_is_taken(here: Desk) -> None:
    assert await Letter().post(here) == (200, "")
    assert here.inbox.words == ["hi"]


async def test_a_letter_may_be_stamped_by_the_machines_clock(here: Desk) -> None:
    age = here.wecom.desk.world.clock.seconds() - round(time.time())
    assert await Letter(age=age).post(here) == (200, "")


WITHOUT = Letter().inner.replace


@pytest.mark.parametrize(
    ("letter", "reason"),
    [
        pytest.param(Letter(token="other"), "signature", id="signed with another token"),
        pytest.param(Letter(query={}), "signature", id="not signed at all"),
        pytest.param(Letter(query={"msg_signature": "签名"}), "signature", id="a signature that is no ASCII"),
        pytest.param(Letter(corp="wwother"), "InvalidCorpId", id="for another corp"),
        pytest.param(Letter(agent="1"), "AgentID on the envelope", id="for another app, outside"),
        pytest.param(Letter(WITHOUT(str(AGENT), "1")), "AgentID", id="for another app, inside"),
        pytest.param(Letter(age=601), "window", id="an old letter played again"),
        pytest.param(Letter(age=-630), "window", id="from the future"),
        pytest.param(Letter(body="<xml>"), "malformed", id="broken XML"),
        pytest.param(Letter(body="<xml><A/></xml>"), "malformed", id="nothing sealed"),
        pytest.param(Letter(body="<a/>"), "malformed", id="another root"),
        pytest.param(Letter(body=f"<xml>{'<a/>' * 16_000}</xml>"), "malformed", id="elements without end"),
        pytest.param(Letter(body=f"{'<xml>' * 12_000}"), "malformed", id="without a bottom"),
        pytest.param(Letter(body='<!DOCTYPE a [<!ENTITY b "c">]><xml>&b;</xml>'), "malformed", id="entities"),
        pytest.param(Letter("<xml><a>"), "malformed", id="broken XML, sealed"),
        pytest.param(Letter("{}"), "malformed", id="no XML, sealed"),
        pytest.param(Letter(WITHOUT("<MsgId>7</MsgId>", "")), "no MsgId", id="no MsgId"),
        pytest.param(Letter(WITHOUT("lin", "")), "no FromUserName", id="from nobody"),
        pytest.param(Letter(WITHOUT("<CreateTime>1", "<CreateTime>soon")), "ValueError", id="no time"),
    ],
)
async def test_what_is_not_ours_is_refused_in_silence(
    here: Desk, letter: Letter, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    status = 400 if reason in ("malformed", "ValueError") else 403
    assert await letter.post(here) == (status, "")
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert (reason in line, "hi" in line, here.inbox.knocks) == (True, False, 0)


async def test_a_huge_body_is_not_read_to_its_end(here: Desk) -> None:
    assert await Letter(body="x" * ((64 << 10) + 1)).post(here) == (413, "")


def test_an_envelope_costs_no_more_than_it_may_hold() -> None:
    with pytest.raises(ValueError, match="too many"):
        root_of("<xml>" + "<a/>" * 17 + "<not even looked at", 16)


async def test_a_forged_verification_is_refused(here: Desk) -> None:
    query = {"msg_signature": "a", "timestamp": "1", "nonce": "1", "echostr": "e"}
    async with ClientSession() as session, session.get(f"{here.base}/wecom/callback", params=query) as answer:
        assert (answer.status, await answer.text()) == (403, "")
