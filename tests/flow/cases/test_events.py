"""Every event survives the inbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import orjson
import pytest

from handlers.chat.events import Event, Joined, Media, Message, ReplyTo, Scan, StaffChanged, Tap, pack, unpack

AT = datetime(2026, 11, 22, 6, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        Message("m1", "wecom", "lin", AT, "退货 536365"),
        Message("m2", "dingtalk", "u1", AT, "", "cid1", (Media("image", "code", "a.png"),), ReplyTo("http://x", AT)),
        Message("m3", "dingtalk", "u1", AT, "同意", "cid1", mentions=("u2",), quoted=("审批：退款", "R20261122-0007")),
        Tap("t1", "wecom", "lin", AT, "tok", "b1|7|3|同意", {"意见": "ok"}, "rc"),
        Scan("s1", "wecom", "zhou", AT, "SF123"),
        Joined("j1", "dingtalk", "u1", AT),
        StaffChanged("c1", "dingtalk", "u1", AT),
    ],
)
def test_an_event_comes_back_as_it_went_in(event: Event) -> None:
    kind, data = pack(event)
    assert unpack(kind, json.loads(json.dumps(data))) == event


@pytest.mark.parametrize(("typed", "kept"), [("退货\0 536365", "退货 536365"), ("好\ud83d的", "好的"), ("😀", "😀")])
def test_what_no_database_keeps_is_left_out(typed: str, kept: str) -> None:
    _, data = pack(Message("m1", "dingtalk", "u1", AT, typed, quoted=(typed,)))
    assert (data["text"], data["quoted"]) == (kept, [kept])
    assert orjson.loads(orjson.dumps(data)) == data
