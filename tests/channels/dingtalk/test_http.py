"""Http mode against the fake platform, and everything that is not the platform's and must be refused."""

from __future__ import annotations

import asyncio
import io
import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bot.channels.dingtalk.envelope import Envelope, Forged
from bot.channels.dingtalk.sign import card_sign, event_sign, is_fresh, robot_sign
from bot.runtime.clock import Clock
from bot.store.base import StoreDown
from handlers.chat.events import StaffChanged
from sandbox.dingtalk.crypto import EventCrypto
from tests.peers.dingtalk.desk import CLIENT, KEY, SECRET, until
from tests.support.dingtalk_bot import RECORD, Bot, http_bot, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

HOUR, MINUTE = 3600, 60
REGISTER = "/v1.0/card/callbacks/register"


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with http_bot() as bot:
        await bot.channel.start()
        await until(lambda: bot.channel.problem is None)
        yield bot


# -- what people do ----------------------------------------------------------------------------------------------------


async def test_a_message_is_stored_and_answered_with_nothing_to_say(bot: Bot) -> None:
    await bot.desk.fake.phones.say("lin", "待办")
    assert (bot.inbox.texts, bot.desk.fake.problems, bot.desk.shown("lin", "text")) == (["待办"], [], [])


async def test_a_message_that_was_not_stored_comes_again(bot: Bot) -> None:
    bot.inbox.broken = 1
    await bot.desk.fake.phones.say("lin", "待办")
    await until(lambda: bool(bot.inbox.texts))
    assert (bot.inbox.texts, bot.inbox.knocks) == (["待办"], 2)


async def test_a_tap_is_answered_with_the_new_card(bot: Bot) -> None:
    bot.inbox.card = RECORD
    card = await bot.approval()
    tapped = await bot.desk.fake.phones.tap(card.id, "同意")
    assert (tapped.body["params"]["title"], tapped.state["dead"]) == (RECORD.title, True)
    assert (bot.inbox.taps[0].payload, bot.desk.fake.problems) == ("a:7:1", [])


async def test_a_tap_that_is_not_decided_in_time_shows_an_error(bot: Bot) -> None:
    card = await bot.approval()
    bot.inbox.ready.clear()
    assert (await bot.desk.fake.phones.tap(card.id, "同意")).state["error"]
    bot.inbox.ready.set()
    await until(lambda: bool(bot.inbox.taps))
    assert len(bot.inbox.taps) == 1


async def test_the_event_url_is_checked_and_events_arrive(bot: Bot) -> None:
    assert await bot.desk.fake.phones.check_url()
    await bot.desk.fake.phones.event("user_leave_org", {"userId": ["lin"]})
    [event] = bot.inbox.events
    assert isinstance(event, StaffChanged)
    assert (event.userid, bot.desk.fake.problems) == ("lin", [])


async def test_an_event_brought_twice_has_one_id(bot: Bot) -> None:
    bot.desk.faults.arm("duplicate", "push:dingtalk")
    await bot.desk.fake.phones.event("user_leave_org", {"userId": ["lin"]})
    await until(lambda: bot.inbox.knocks == 2)
    assert (bot.inbox.knocks, len(bot.inbox.events)) == (2, 1)


async def test_the_bot_is_not_ready_before_its_callback_is_registered() -> None:
    async with http_bot() as bot:
        bot.desk.faults.arm("error", REGISTER)
        await bot.channel.start()
        await until(lambda: "登记" in str(bot.channel.problem))
        assert "登记" in str(bot.channel.problem)
        await until(lambda: bot.channel.problem is None)
        assert (bot.channel.problem, bot.desk.fake.calls[REGISTER]) == (None, 2)


async def test_stream_mode_listens_on_nothing() -> None:
    async with http_bot(mode="stream") as bot:
        assert bot.channel.routes() == []


# -- strangers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """A request as somebody may send it."""

    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes


def robot(*, secret: str = SECRET, age: float = 0, body: bytes = b"{}", at: float | None = None) -> Letter:
    stamp = str(int(((time.time() if at is None else at) - age) * 1000))
    return Letter("/dingtalk/robot", {"timestamp": stamp, "sign": robot_sign(secret, stamp)}, {}, body)


def card(*, secret: str = SECRET, age: float = 0, body: bytes = b"{}") -> Letter:
    stamp = str(int((time.time() - age) * 1000))
    headers = {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": card_sign(secret, stamp)}
    return Letter("/dingtalk/card", headers, {}, body)


def event(*, token: str = "123456", owner: str = CLIENT, age: float = 0, plain: Any = None, key: str = KEY) -> Letter:
    stamp = str(int((time.time() - age) * 1000))
    sealed = EventCrypto(token, key, owner).seal(json.dumps(plain or {"EventType": "check_url"}))
    query = {"msg_signature": event_sign(token, stamp, "n", sealed), "timestamp": stamp, "nonce": "n"}
    return Letter("/dingtalk/event", {}, query, json.dumps({"encrypt": sealed}).encode())


async def deliver(bot: Bot, letter: Letter) -> tuple[int, bytes]:
    data = io.BytesIO(letter.body)
    sending = bot.desk.http.post(bot.url + letter.path, data=data, headers=letter.headers, params=letter.query)
    async with sending as response:
        return response.status, await response.read()


UNSIGNED = Letter("/dingtalk/robot", {}, {}, b"{}")
DATED = json.dumps(
    {"msgId": "m", "senderStaffId": "lin", "sessionWebhook": "u", "sessionWebhookExpiredTime": "9" * 40}
).encode()
NOT_A_TIME = Letter("/dingtalk/robot", {"timestamp": "now", "sign": robot_sign(SECRET, "now")}, {}, b"{}")


@pytest.mark.parametrize(
    ("made", "status", "why"),
    [
        (lambda: UNSIGNED, 403, "wrong signature"),
        (lambda: robot(secret="other"), 403, "wrong signature"),
        (lambda: robot(age=2 * MINUTE), 403, "stale timestamp"),
        (lambda: robot(age=-2 * MINUTE), 403, "stale timestamp"),  # from the future
        (lambda: robot(body=b'{"robotCode":"other"}'), 403, "another robot"),
        (lambda: robot(body=b'{"chatbotCorpId":"dingother"}'), 403, "another company"),
        (lambda: robot(body=b'{"senderCorpId":"dingother"}'), 403, "another company"),
        (lambda: card(body=b'{"corpId":"dingother"}'), 403, "another company"),
        (lambda: NOT_A_TIME, 403, "stale timestamp"),
        (lambda: robot(body=b"[1]"), 400, "no JSON object"),
        (lambda: robot(body=b"\xff{"), 400, "no JSON object"),
        (lambda: robot(body=b" " * (64 * 1024 + 1)), 413, "too large"),
        (lambda: robot(body=DATED), 400, "malformed"),  # a year that no calendar has
        (lambda: card(secret="other"), 403, "wrong signature"),
        (lambda: card(age=2 * MINUTE), 403, "stale timestamp"),
        (lambda: card(body=b"no"), 400, "no JSON object"),
        (lambda: event(token="other"), 403, "wrong signature"),
        (lambda: event(owner="dingcorp"), 403, "does not open"),  # the corp id is not the owner key
        (lambda: event(key="b" * 43), 403, "does not open"),
        (lambda: event(age=2 * HOUR), 403, "stale timestamp"),
        (lambda: event(plain=["check_url"]), 403, "no object"),
        (lambda: Letter("/dingtalk/event", {}, {}, b"{}"), 403, "wrong signature"),
        (lambda: Letter("/dingtalk/event", {}, {}, b'{"encrypt":"\\ud800"}'), 403, "wrong signature"),  # no text at all
        (lambda: Letter("/dingtalk/robot", {"timestamp": "é", "sign": "é"}, {}, b"{}"), 403, "wrong signature"),
    ],
)
async def test_strangers_are_refused_with_one_line(
    bot: Bot, caplog: pytest.LogCaptureFixture, made: Callable[[], Letter], status: int, why: str
) -> None:
    assert await deliver(bot, made()) == (status, b"")
    [line] = [r.getMessage() for r in caplog.records if r.name.startswith("bot.")]
    assert (why in line, bot.inbox.knocks) == (True, 0)


async def test_a_message_without_a_person_is_taken_and_dropped(bot: Bot) -> None:
    assert await deliver(bot, robot(body=b'{"msgId":"m"}')) == (200, b'{"msgtype": "empty"}')


async def test_a_tap_without_a_button_changes_nothing(bot: Bot) -> None:
    assert await deliver(bot, card(body=b'{"outTrackId":"t","userId":"lin","content":"{}"}')) == (200, b"{}")


async def test_a_replayed_message_meets_its_own_id(bot: Bot) -> None:
    body = json.dumps({"msgId": "m", "senderStaffId": "lin", "msgtype": "text", "text": {"content": "待办"}}).encode()
    await asyncio.gather(*(deliver(bot, robot(body=body, age=age)) for age in (0, 0, 30)))
    assert (bot.inbox.texts, bot.inbox.knocks) == (["待办"], 3)


def said(msg_id: str, text: str) -> bytes:
    body = {"msgId": msg_id, "senderStaffId": "lin", "msgtype": "text", "text": {"content": text}}
    return json.dumps(body).encode()


def clicked(value: str) -> bytes:
    content = json.dumps({"cardPrivateData": {"params": {"action": value}}})
    return json.dumps({"outTrackId": "t", "userId": "lin", "content": content}).encode()


@pytest.mark.parametrize(
    ("made", "first", "second"),
    [
        pytest.param(robot, said("m", "待办"), said("n", "同意 R20261122-0007"), id="a message"),
        pytest.param(card, clicked("a:7:1"), clicked("a:8:1"), id="a click"),
    ],
)
async def test_a_signature_that_was_used_opens_nothing_else_later(
    bot: Bot, made: Callable[..., Letter], first: bytes, second: bytes
) -> None:
    """It does not cover the body: whoever has the headers of one push could sign any other with them."""
    letter = made(body=first)
    assert (await deliver(bot, letter))[0] == 200
    bot.desk.world.clock.advance(timedelta(seconds=3))
    assert (await deliver(bot, replace(letter, body=second))) == (403, b"")
    assert (await deliver(bot, letter))[0] == 200, "the platform may bring the same again"
    assert len({each.event_id for each in bot.inbox.events}) == 1


async def test_two_people_in_the_same_millisecond_are_both_heard(bot: Bot) -> None:
    """Their pushes carry one signature, and both are the platform's."""
    letter = robot(body=said("m", "待办"))
    assert (await deliver(bot, letter))[0] == 200
    assert (await deliver(bot, replace(letter, body=said("n", "总览"))))[0] == 200
    bot.desk.world.clock.advance(timedelta(seconds=3))
    assert (await deliver(bot, replace(letter, body=said("n", "总览"))))[0] == 200, "brought again, it is known"
    assert bot.inbox.texts == ["待办", "总览"]


async def test_while_the_shared_store_is_away_everybody_is_heard(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> bool:
        raise StoreDown("ConnectionError")

    monkeypatch.setattr(bot.store, "add", away)
    assert (await deliver(bot, robot(body=said("m", "待办"))))[0] == 200
    assert bot.inbox.texts == ["待办"]


@pytest.mark.parametrize("secret", [SECRET, "before"])
async def test_while_the_secret_is_changed_both_are_taken(secret: str) -> None:
    async with http_bot(client_secret_old=SecretStr("before")) as bot:
        assert (await deliver(bot, robot(secret=secret, body=said("m", "待办"))))[0] == 200
        assert (await deliver(bot, card(secret=secret, body=clicked("a:7:1"))))[0] == 200
        assert (await deliver(bot, robot(secret="before that")))[0] == 403


@pytest.mark.parametrize(("token", "key"), [("123456", KEY), ("old", KEY), ("123456", "b" * 43), ("old", "b" * 43)])
async def test_while_event_keys_are_changed_both_are_taken_and_answered_alike(token: str, key: str) -> None:
    async with http_bot(token_old=SecretStr("old"), aes_key_old=SecretStr("b" * 43)) as bot:
        status, body = await deliver(bot, event(token=token, key=key))
        answer = json.loads(body)
        signed = (answer["msg_signature"], str(answer["timeStamp"]), answer["nonce"], answer["encrypt"])
        assert (status, EventCrypto(token, key, CLIENT).open(*signed)) == (200, "success")
        assert (await deliver(bot, event(token="third")))[0] == 403


async def test_the_sandbox_clock_is_a_clock_too(bot: Bot) -> None:
    bot.desk.world.clock.advance(timedelta(days=2000))
    later = bot.desk.world.clock.now().timestamp()
    assert (await deliver(bot, robot(at=later)))[0] == 200


# -- vectors -----------------------------------------------------------------------------------------------------------


def test_the_signatures_of_the_documentation() -> None:
    assert robot_sign("this is a secret", "1577262236757") == "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="
    assert card_sign("mySecret", "1577262236757") == "YPRwOACkIyAfSkOByibnXwmticUhkII0vLSQrdNiEPE="


OFFICIAL = (
    "9a95a004dd16f5c307e849b994173f76aa26e5eb",
    "1614767836",
    "A7Co0cJLMzIDtMMI",
    "YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==",
)


def test_the_envelope_of_the_documentation_is_signed_as_we_sign() -> None:
    assert event_sign("123456", *OFFICIAL[1:]) == OFFICIAL[0]


def test_a_sealed_answer_opens_at_the_platform() -> None:
    asked, encrypt = (made := event()).query, json.loads(made.body)["encrypt"]
    letter = Envelope(settings()).open(asked["msg_signature"], asked["timestamp"], "n", encrypt)
    sealed = letter.seal("success", 1614767836000)
    signed = (sealed["msg_signature"], sealed["timeStamp"], sealed["nonce"], sealed["encrypt"])
    assert EventCrypto("123456", KEY, CLIENT).open(*signed) == "success"


def test_without_a_token_nothing_is_believed() -> None:
    signed = (event_sign("", "1", "n", "x"), "1", "n", "x")
    with pytest.raises(Forged, match="signature"):
        Envelope(settings(token=None)).open(*signed)


@pytest.mark.parametrize(
    ("stamp", "fresh"),
    [
        (lambda now: str(int(now)), True),  # seconds, as in the documentation's vector
        (lambda now: str(int(now * 1000)), True),
        (lambda now: str(int(now * 1000) - 59_000), True),
        (lambda now: str(int(now * 1000) + 59_000), True),
        (lambda now: str(int(now * 1000) - 61_000), False),
        (lambda _: "", False),
        (lambda _: "1e9", False),
        (lambda _: "９" * 13, False),  # full-width digits
        (lambda _: "9" * 400, False),
    ],
)
def test_freshness_is_a_minute_either_way(stamp: Callable[[float], str], fresh: bool) -> None:
    now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    clock = Clock(lambda: now, now.timestamp)
    assert is_fresh(stamp(now.timestamp()), clock) is fresh
