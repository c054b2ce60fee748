"""Payloads as events, and frames as acknowledgements: tables of what the platform sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.dingtalk import frames, parse
from bot.channels.dingtalk.frame_handler import FrameHandler
from bot.channels.dingtalk.frames import BadFrame, Frame
from bot.channels.dingtalk.parse import Skipped
from handlers.chat.events import Media

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
BASE = {"msgId": "msg1", "senderStaffId": "lin", "conversationType": "1", "conversationId": "cid1", "createAt": 1}


def said(**body: Any) -> dict[str, Any]:
    return BASE | body


PICTURE = {"downloadCode": "d1", "pictureDownloadCode": "p1"}
RICH = {"richText": [{"text": "退货 53"}, {"text": "6365"}, PICTURE | {"type": "picture"}, {"text": "破了"}]}


@pytest.mark.parametrize(
    ("body", "text", "media"),
    [
        (said(msgtype="text", text={"content": " 你好 "}), "你好", ()),  # the mention leaves a blank
        (said(msgtype="text"), "", ()),  # no text at all
        (said(msgtype="picture", content=PICTURE), "", (Media("image", "d1"),)),
        (said(msgtype="picture", content={"pictureDownloadCode": "p1"}), "", (Media("image", "p1"),)),
        (said(msgtype="richText", content=RICH), "退货 536365 破了", (Media("image", "d1"),)),
        (said(msgtype="richText", content={"richText": "?"}), "", ()),
        (said(msgtype="richText", content=json.dumps(RICH)), "退货 536365 破了", (Media("image", "d1"),)),
        (
            said(msgtype="audio", content={"downloadCode": "d", "recognition": "待办"}),
            "待办",
            (Media("voice", "d"),),
        ),
        (said(msgtype="audio", content={"downloadCode": "d", "recognition": None}), "", (Media("voice", "d"),)),
        (said(msgtype="audio", content={"downloadCode": "d"}), "", (Media("voice", "d"),)),
        (
            said(msgtype="file", content={"downloadCode": "d", "fileName": "单.pdf"}),
            "",
            (Media("file", "d", "单.pdf"),),
        ),
        (
            said(msgtype="video", content={"downloadCode": "d", "videoType": "mp4"}),
            "",
            (Media("file", "d", "video.mp4"),),
        ),
        (said(msgtype="interactiveCard"), "", ()),  # a kind that nobody has told us of
        (said(), "", ()),
    ],
)
def test_messages(body: dict[str, Any], text: str, media: tuple[Media, ...]) -> None:
    message = parse.message(body, AT)
    assert (message.text, message.media, message.event_id, message.at) == (text, media, "dingtalk:msg1", AT)


ROBOT = {"conversationType": "2", "chatbotUserId": "$:R", "msgtype": "richText"}
WANG = {"dingtalkId": "$:W", "staffId": "wang"}


@pytest.mark.parametrize(
    ("runs", "users", "text"),
    [
        (["@回旋镖", "待办"], [], "待办"),
        (["@回旋镖", " 退货 53", "6365"], [], "退货 536365"),
        (["@回旋 镖", "待办"], [], "@回旋 镖 待办"),  # for the reader, who knows what words mean something
        (["@回旋镖 退货 53", "6365"], [], "@回旋镖 退货 536365"),
        (["@回旋镖 同意", "R20261123-0001"], [], "@回旋镖 同意 R20261123-0001"),
        (["退货 536365", "@回旋镖"], [], "退货 536365"),
        (["@回旋镖", "转交 R1", "@王哥"], [{"dingtalkId": "$:R"}, WANG], "转交 R1 @王哥"),
        (["待办"], [], "待办"),
    ],
)
def test_the_mention_of_the_robot_is_no_word(runs: list[str], users: list[dict[str, str]], text: str) -> None:
    content = {"richText": [{"text": run} for run in runs]}
    message = parse.message(said(**ROBOT, content=content, atUsers=users), AT)
    assert (message.text, message.mentions) == (text, ("wang",) if len(users) > 1 else ())


@pytest.mark.parametrize(
    "replied",
    [
        {"msgType": "text", "content": {"content": "单号 R1"}},
        {"msgType": "text", "content": {"text": "单号 R1"}},
        {"msgType": "text", "content": json.dumps({"text": "单号 R1"})},
        {"msgType": "richText", "content": {"richText": [{"msgType": "text", "content": "单号 R1"}]}},
        {"msgType": "interactiveCard", "content": {"cardContent": {"children": [{"value": "单号 R1"}]}}},
        {"msgType": "interactiveCard", "cardData": json.dumps({"cardParamMap": {"markdown": "单号 R1"}})},
    ],
)
def test_every_text_of_what_is_quoted_comes_along(replied: dict[str, Any]) -> None:
    text = {"content": "同意", "isReplyMsg": True, "repliedMsg": replied}
    assert "单号 R1" in parse.message(said(msgtype="text", text=text), AT).quoted


def test_what_quotes_nothing_quotes_nothing() -> None:
    assert parse.message(said(msgtype="text", text={"content": "同意"}), AT).quoted == ()


@pytest.mark.parametrize(
    ("changes", "chat"),
    [({}, None), ({"conversationType": "2"}, "cid1"), ({"conversationType": 2}, "cid1")],
)
def test_only_a_group_is_a_chat(changes: dict[str, Any], chat: str | None) -> None:
    assert parse.message(said(**changes), AT).chat == chat


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({"sessionWebhookExpiredTime": 1708332604316}, datetime(2024, 2, 19, 8, 50, 4, 316000, UTC)),
        ({"sessionWebhookExpiredTime": "1708332604316"}, datetime(2024, 2, 19, 8, 50, 4, 316000, UTC)),
        ({"sessionWebhookExpiredTime": None}, None),  # an end that nobody knows is over
        ({"sessionWebhook": ""}, None),
    ],
)
def test_where_to_answer(changes: dict[str, Any], until: datetime | None) -> None:
    given = {"sessionWebhook": "https://oapi.dingtalk.com/s", "sessionWebhookExpiredTime": 1} | changes
    reply = parse.message(said(**given), AT).reply
    assert (reply.until if reply else None) == until


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (said(errorCode=20001, errorMessage="超限", msgtype="text"), "over-quota"),
        (said(errorCode="20001", senderStaffId=""), "over-quota"),
        (said(senderStaffId=""), "no-staff-id"),  # an outsider, or a robot that is not published
        (said(senderStaffId=None), "no-staff-id"),
        (said(msgId=None), "no-msg-id"),
    ],
)
def test_what_is_no_message(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(Skipped, match=reason):
        parse.message(body, AT)


# -- taps --------------------------------------------------------------------------------------------------------------


def private(params: Any = None, ids: Any = ("0",)) -> dict[str, Any]:
    return {"cardPrivateData": {"actionIds": list(ids), "params": params}}


@pytest.mark.parametrize(
    ("content", "payload"),
    [
        (json.dumps(private({"action": "a:7:1"})), "a:7:1"),  # the documentation's form
        (private({"action": "a:7:1"}), "a:7:1"),  # as an object
        (private(json.dumps({"action": "a:7:1"})), "a:7:1"),  # params as a string
        (private({"payload": "a:7:1"}), "a:7:1"),
        (private(None, ["agree"]), "agree"),  # only the id
        ({"params": {"action": "a:7:1"}}, "a:7:1"),  # params beside cardPrivateData
    ],
)
@pytest.mark.parametrize("name", ["content", "value"])
def test_taps(content: Any, payload: str, name: str) -> None:
    tap = parse.tap({"outTrackId": "t-1", "userId": "lin", name: content}, "key", AT)
    assert (tap.token, tap.userid, tap.payload, tap.selected) == ("t-1", "lin", payload, {})


def test_nobody_has_chosen_what_no_drop_down_showed() -> None:
    params = {"action": "a", "select": "opinion", "option": "ok"}  # a card from before, which sent its default along
    tap = parse.tap({"outTrackId": "t", "userId": "lin", "content": private(params)}, "key", AT)
    assert tap.selected == {}


@pytest.mark.parametrize(
    "body",
    [
        {"userId": "lin", "content": private({"action": "a"})},
        {"outTrackId": "t", "content": private({"action": "a"})},
        {"outTrackId": "t", "userId": "lin", "content": private(None, [])},
        {"outTrackId": "t", "userId": "lin", "content": "not JSON"},
        {"outTrackId": "t", "userId": "lin", "content": {"cardPrivateData": "x", "params": 5}},
        {},
    ],
)
def test_taps_that_name_no_card_person_or_button(body: dict[str, Any]) -> None:
    with pytest.raises(Skipped, match="incomplete-tap"):
        parse.tap(body, "key", AT)


def test_a_click_over_http_is_known_by_card_person_button_and_moment() -> None:
    click = {"outTrackId": "t", "userId": "lin", "content": json.dumps(private({"action": "a"}))}
    others = [click | {"outTrackId": "u"}, click | {"userId": "wang"}, click | {"content": "{}"}]
    keys = {parse.tap_key(click, "1"), parse.tap_key(click, "2"), *(parse.tap_key(other, "1") for other in others)}
    assert (len(keys), parse.tap_key(dict(click), "1") in keys) == (5, True)


def test_event_ids_fit_a_column() -> None:
    assert (
        len(parse.tap({"outTrackId": "t", "userId": "u", "content": private({"action": "a"})}, "k", AT).event_id) < 80
    )


# -- events ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "userid"),
    [
        ("user_modify_org", {"userId": ["lin", "wang"]}, "lin"),
        ("user_leave_org", {"UserId": ["lin"]}, "lin"),  # over HTTP
        ("user_add_org", {"userId": "lin"}, "lin"),
        ("org_dept_modify", {"deptId": [2]}, ""),
    ],
)
def test_changes_of_the_address_book(kind: str, data: dict[str, Any], userid: str) -> None:
    event = parse.staff(kind, "e1", data, AT)
    assert event
    assert (event.event_id, event.userid) == ("dingtalk:e:e1", userid)


def test_other_events_are_nobodys() -> None:
    assert parse.staff("bpms_instance_change", "e1", {}, AT) is None


# -- frames ------------------------------------------------------------------------------------------------------------


def test_a_frame_is_read_and_acknowledged_with_its_id() -> None:
    frame = frames.parse('{"type":"CALLBACK","headers":{"topic":"t","messageId":"m"},"data":"{\\"a\\":1}"}')
    assert (frame.type, frame.topic, frame.data()) == ("CALLBACK", "t", {"a": 1})
    assert json.loads(frames.ack(frame, {"response": None})) == {
        "code": 200,
        "message": "OK",
        "headers": {"messageId": "m", "contentType": "application/json"},
        "data": '{"response":null}',
    }


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"type":"EVENT","header":{"topic":"*"},"data":"{}"}', {}),  # the documentation's own slip
        ('{"type":"SYSTEM","headers":{"topic":"ping"},"data":{"opaque":"x"}}', {"opaque": "x"}),  # data as an object
        ('{"type":"SYSTEM","headers":{"topic":"CONNECTED"}}', {}),  # system frames lack much
    ],
)
def test_frames_are_read_tolerantly(text: str, data: dict[str, Any]) -> None:
    assert frames.parse(text).data() == data


@pytest.mark.parametrize("text", ["", "hello", "[]", "null", "{}", '{"headers":"x"}'])
def test_what_is_no_frame(text: str) -> None:
    with pytest.raises(BadFrame):
        frames.parse(text)


class Broken:
    """Pushes of which none can be stored."""

    async def message(self, body: dict[str, Any]) -> None:
        raise ConnectionError

    async def event(self, event_type: str, event_id: str, data: dict[str, Any]) -> None:
        raise ConnectionError

    async def tap(self, body: dict[str, Any], key: str, stamp: str) -> dict[str, Any]:
        raise TimeoutError


@pytest.mark.parametrize(
    ("kind", "topic", "raw", "code", "data"),
    [
        ("CALLBACK", frames.ROBOT_TOPIC, "{}", 500, {}),
        ("CALLBACK", frames.ROBOT_TOPIC, "[", 500, {}),  # no object inside
        ("CALLBACK", "/v1.0/graph/api/invoke", "{}", 404, {}),
        ("SOMETHING", "x", "{}", 404, {}),
        ("EVENT", "*", "{}", 200, {"status": "LATER", "message": "not stored"}),
    ],
)
async def test_what_could_not_be_done_is_said(kind: str, topic: str, raw: str, code: int, data: Any) -> None:
    said = await FrameHandler(Broken()).answer(Frame(kind, topic, "m", raw))  # type: ignore[arg-type] # a stand-in
    answer = json.loads(said or "{}")
    assert (answer["code"], json.loads(answer["data"])) == (code, data)


async def test_a_tap_out_of_time_is_not_acknowledged() -> None:
    assert await FrameHandler(Broken()).answer(Frame("CALLBACK", frames.CARD_TOPIC, "m")) is None  # type: ignore[arg-type]
