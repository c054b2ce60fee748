"""Requests to http mode that bear a good signature, for it does not cover the body, and nothing that is documented."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.channels.dingtalk.sign import event_sign
from sandbox.dingtalk.crypto import EventCrypto
from tests.channels.dingtalk.test_http import Letter, bot, card, clicked, deliver, event, robot, said
from tests.peers.dingtalk.desk import CLIENT, KEY

if TYPE_CHECKING:
    import pytest

    from tests.support.dingtalk_bot import Bot

__all__ = ["bot"]

DEEP = 6000  #: levels, within the size that is taken
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0.5, 10**30, "", " ", "\x00", "\ud800", "a|b", "@all", "../../x", "x" * 9000, [], [None],
    [[[]]], {}, {"": {}},
)  # fmt: skip
MESSAGE: dict[str, Any] = {
    "msgId": "m", "senderStaffId": "lin", "msgtype": "text", "text": {"content": "待办"}, "conversationType": "1",
    "conversationId": "c", "sessionWebhook": "https://oapi.example/x", "sessionWebhookExpiredTime": 1800000000000,
    "atUsers": [{"dingtalkId": "d", "staffId": "s"}], "createAt": 1800000000000, "senderNick": "林", "isAdmin": True,
    "originalMsgId": "o", "robotCode": "", "errorCode": 0, "chatbotCorpId": "", "senderCorpId": "",
}  # fmt: skip
KINDS: tuple[dict[str, Any], ...] = (
    {"msgtype": "picture", "content": {"downloadCode": "d", "pictureDownloadCode": "p"}},
    {"msgtype": "file", "content": {"downloadCode": "d", "fileName": "a.xlsx", "fileId": "f", "spaceId": "s"}},
    {"msgtype": "richText", "content": {"richText": [{"text": "待办"}, {"downloadCode": "d", "type": "picture"}]}},
    {"msgtype": "audio", "content": {"downloadCode": "d", "duration": 1, "recognition": "待办"}},
    {
        "msgtype": "text",
        "text": {"content": "好", "isReplyMsg": True, "repliedMsg": {"msgId": "q", "content": {"text": "x"}}},
    },
)
TAP: dict[str, Any] = {
    "outTrackId": "t", "userId": "lin", "corpId": "", "spaceType": "IM", "spaceId": "s", "userIdType": 1,
    "content": '{"cardPrivateData":{"actionIds":["a"],"params":{"action":"a:7:1"}}}',
}  # fmt: skip
CONTENTS = ("", "{", "[]", "null", "1", '"x"', "[" * DEEP, '{"cardPrivateData":' * DEEP, '{"cardPrivateData":[]}',
            '{"cardPrivateData":{"params":[]}}', '{"cardPrivateData":{"params":{"action":{}}}}',
            '{"cardPrivateData":{"actionIds":{}}}', '{"cardPrivateData":{"params":{"action":"\\u0000a:7:1\\ud800"}}}',
            '{"cardPrivateData":{"params":{"action":"' + "x" * 9000 + '"}}}')  # fmt: skip


def messages() -> list[dict[str, Any]]:
    """Each field of each kind of message in every strange way, one at a time."""
    found = [{**MESSAGE, name: value} for name in MESSAGE for value in STRANGE]
    for kind in KINDS:
        whole = {**MESSAGE, **kind}
        inner = next(name for name in ("content", "text") if name in kind)
        found += [{**whole, inner: value} for value in STRANGE]
        found += [{**whole, inner: {**kind[inner], name: value}} for name in kind[inner] for value in STRANGE]
    return [*found, {**MESSAGE, "msgtype": "unheard-of"}, dict.fromkeys(MESSAGE)]


def taps() -> list[dict[str, Any]]:
    found = [{**TAP, name: value} for name in TAP for value in STRANGE]
    return [*found, *({**TAP, "content": content} for content in CONTENTS), dict.fromkeys(TAP)]


def events() -> list[dict[str, Any]]:
    whole = {"EventType": "user_leave_org", "userId": ["lin"], "eventId": "e", "corpId": "c", "timeStamp": "1"}
    return [{**whole, name: value} for name in whole for value in STRANGE]


def sealed(text: str) -> Letter:
    """An event whose envelope holds these words."""
    stamp, token = str(int(time.time() * 1000)), "123456"
    inside = EventCrypto(token, KEY, CLIENT).seal(text)
    query = {"msg_signature": event_sign(token, stamp, "n", inside), "timestamp": stamp, "nonce": "n"}
    return Letter("/dingtalk/event", {}, query, json.dumps({"encrypt": inside}).encode())


async def test_whatever_is_in_a_signed_body_is_answered_and_never_fails(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = []
    letters = [robot(body=json.dumps(body).encode(), age=n % 40) for n, body in enumerate(messages())]
    letters += [card(body=json.dumps(body).encode(), age=n % 40) for n, body in enumerate(taps())]
    letters += [event(plain=body) for body in events()] + [sealed("[" * DEEP), sealed('{"a":' * DEEP), sealed("no")]
    deep = b'{"text":' + b"[" * DEEP + b"]" * DEEP + b"}"
    letters += [
        make(body=body) for make in (robot, card) for body in (deep, b"{" * DEEP, b'{"msgId":1e999}', b"{}{}", b"")
    ]
    for letter in letters:
        caplog.clear()
        status, _ = await deliver(bot, letter)
        failed = [r.getMessage() for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")]
        if status >= 500 or failed:
            wrong.append(f"{letter.path} {status} {letter.body[:300]!r} {failed}")
    assert wrong == []
    taken = [repr(each) for each in (*bot.inbox.events, *bot.inbox.taps)]
    assert [each for each in taken if "\\x00" in each or "\\ud800" in each] == [], "no database holds such"
    assert len(letters) > 700


async def test_what_is_refused_before_its_body_is_believed_has_changed_nothing(bot: Bot) -> None:
    """Missing headers, other methods and types of content, a replay with another body, another robot."""
    good = robot(body=said("m", "待办"))
    assert (await deliver(bot, good))[0] == 200
    bot.desk.world.clock.advance(timedelta(seconds=3))
    knocks = bot.inbox.knocks
    hostile = [
        *(replace(good, headers={k: v for k, v in good.headers.items() if k != name}) for name in good.headers),
        replace(good, headers={**good.headers, "sign": good.headers["sign"].lower()}),
        replace(good, headers={**good.headers, "timestamp": good.headers["timestamp"][:-3]}),
        replace(good, headers={**good.headers, "timestamp": f" {good.headers['timestamp']}0"}),
        replace(good, body=said("n", "同意 R20261122-0007")),
        replace(good, path="/dingtalk/card"), replace(good, path="/dingtalk/event"),
        robot(body=b'{"robotCode":null}'), robot(body=b'{"robotCode":["other"]}'),
        robot(body=b'{"chatbotCorpId":["x"]}'),
        replace(card(body=clicked("a:7:1")), path="/dingtalk/robot"),
        robot(body=b"PK\x03\x04"), robot(body=b"<xml/>"), robot(body=b"msgId=m&senderStaffId=lin"),
    ]  # fmt: skip
    answers = [(await deliver(bot, letter))[0] for letter in hostile]
    assert [status for status in answers if not 400 <= status < 500] == []
    for method in ("get", "put", "delete", "patch"):
        async with bot.desk.http.request(
            method, bot.url + good.path, headers=good.headers, data=io.BytesIO()
        ) as answer:
            assert answer.status == 405, method
    assert (bot.inbox.knocks, bot.inbox.texts) == (knocks, ["待办"])
