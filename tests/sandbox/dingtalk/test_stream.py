"""Stream mode of the fake: tickets, acknowledgements, coming again, and lines that end (dingtalk.md §1)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSServerHandshakeError

from sandbox.dingtalk import Limits, Timing
from tests.peers.dingtalk.desk import CLIENT, EVENT, EVERYTHING, GROUP, ROBOT, Answer, Desk, open_desk, polite, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sandbox.faults import Trouble


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


def silent_at_first(times: int, topic: str = ROBOT) -> Callable[[dict[str, Any]], Answer]:
    left = [None] * times
    return lambda f: left.pop() if left and f["headers"]["topic"] == topic else polite(f)


# -- opening -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"clientId": "dingother"}, 400, "authFailed"),
        ({"clientSecret": "wrong"}, 401, "authFailed"),
        ({"subscriptions": []}, 400, "invalidParameter"),  # nothing to listen to
        ({"subscriptions": [{"type": "EVENT", "topic": "user_add_org"}]}, 400, "invalidParameter"),  # only * (PROTO)
        ({"subscriptions": [{"type": "CALLBACK", "topic": "/v1.0/made/up"}]}, 400, "invalidParameter"),
    ],
)
async def test_the_gateway_refuses(desk: Desk, changes: dict[str, Any], status: int, code: str) -> None:
    body = {"clientId": CLIENT, "clientSecret": "this is a secret", "subscriptions": EVERYTHING} | changes
    got, answer = await desk.post("/v1.0/gateway/connections/open", body, token="")
    assert (got, answer["code"]) == (status, code)


async def test_without_accept_json_the_gateway_speaks_xml(desk: Desk) -> None:
    body = {"clientId": CLIENT, "clientSecret": "this is a secret", "subscriptions": EVERYTHING}
    async with desk.http.post(f"{desk.url}/v1.0/gateway/connections/open", json=body) as response:
        assert response.content_type == "application/xml"


async def connect(desk: Desk, opened: dict[str, Any]) -> None:
    async with desk.http.ws_connect(f"{opened['endpoint']}?ticket={opened['ticket']}"):
        assert len(desk.fake.connections) == 1


async def test_a_ticket_opens_one_connection(desk: Desk) -> None:
    _, opened = await desk.ticket()
    await connect(desk, opened)
    with pytest.raises(WSServerHandshakeError, match="401"):
        await connect(desk, opened)


async def test_a_ticket_lives_ninety_seconds(desk: Desk) -> None:
    _, opened = await desk.ticket()
    desk.world.clock.advance(timedelta(seconds=90))
    with pytest.raises(WSServerHandshakeError, match="401"):
        await connect(desk, opened)


# -- frames ------------------------------------------------------------------------------------------------------------


async def test_a_frame_has_the_documented_shape(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.say("lin", "待办")
    [frame] = bot.frames
    headers = frame["headers"]
    assert (frame["specVersion"], frame["type"], headers["topic"]) == ("1.0", "CALLBACK", ROBOT)
    assert isinstance(frame["data"], str)
    assert headers["time"].isdigit()
    assert headers["connectionId"] == desk.fake.connections[0].id


async def test_a_private_message_tells_who_and_where_to_answer(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.say("zhao", "待办")
    [body] = bot.heard(ROBOT)
    assert (body["conversationType"], body["senderStaffId"], body["senderNick"]) == ("1", "zhao", "赵卫东")
    assert (body["isAdmin"], body["msgtype"], body["text"]) == (True, "text", {"content": "待办"})
    assert body["sessionWebhookExpiredTime"] - body["createAt"] == pytest.approx(5_400_700, abs=100)
    assert body["senderId"].startswith("$:LWCP")


async def test_before_the_robot_is_published_nobody_is_named(desk: Desk) -> None:
    bot = await desk.bot()
    desk.fake.inbound.published = False
    await desk.fake.phones.say("lin", "待办")
    assert {"senderStaffId", "isAdmin"}.isdisjoint(bot.heard(ROBOT)[0])


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("@回旋镖 待办", [" 待办"]),  # the mention goes, its blank stays
        ("待办", []),  # nobody is mentioned
        ("@王建国 看一下", []),  # a colleague is
        ("@所有人 开会", []),
    ],
)
async def test_in_a_group_only_mentions_arrive(desk: Desk, typed: str, heard: list[str]) -> None:
    bot = await desk.bot()
    bubble = await desk.fake.phones.say("lin", typed, group=GROUP)
    assert bot.texts() == heard
    assert (bubble.place.chat, bubble.body["content"]) == (GROUP, typed)


async def test_a_group_message_names_the_conversation_to_send_to(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.say("lin", "@回旋镖 待办", group=GROUP)
    [body] = bot.heard(ROBOT)
    assert (body["conversationType"], body["conversationId"], body["conversationTitle"]) == ("2", GROUP, "风控群")


async def test_pictures_voice_and_files_carry_codes_to_download(desk: Desk) -> None:
    bot, phones = await desk.bot(), desk.fake.phones
    await phones.send_picture("lin", b"\x89PNG")
    await phones.send_picture("lin", b"jpeg", group=GROUP)
    await phones.send_voice("lin", "查一下")
    await phones.send_file("lin", "运单.xlsx", b"rows")
    bodies = bot.heard(ROBOT)
    assert [b["msgtype"] for b in bodies] == ["picture", "richText", "audio", "file"]
    assert bodies[2]["content"]["recognition"] == "查一下"
    body = {"downloadCode": bodies[0]["content"]["downloadCode"], "robotCode": CLIENT}
    _, answer = await desk.post("/v1.0/robot/messageFiles/download", body)
    async with desk.http.get(answer["downloadUrl"]) as response:
        assert (await response.read(), response.content_type) == (b"\x89PNG", "image/png")


async def test_a_download_address_ends(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.phones.send_picture("lin", b"jpeg")
    body = {"downloadCode": bot.heard(ROBOT)[0]["content"]["downloadCode"], "robotCode": CLIENT}
    _, answer = await desk.post("/v1.0/robot/messageFiles/download", body)
    desk.world.clock.advance(timedelta(hours=2))
    async with desk.http.get(answer["downloadUrl"]) as response:
        assert response.status == 403


async def test_over_quota_a_message_arrives_without_its_text() -> None:
    async with open_desk(limits=Limits(monthly_webhooks=1)) as desk:
        bot = await desk.bot()
        await desk.fake.phones.say("lin", "一")
        await desk.fake.phones.say("lin", "二")
        first, second = bot.heard(ROBOT)
        assert first["text"] == {"content": "一"}
        assert ("text" in second, second["errorCode"], desk.fake.webhook_uses) == (False, 20001, 2)


# -- acknowledgements --------------------------------------------------------------------------------------------------


async def test_an_unanswered_message_comes_again_under_the_same_id(desk: Desk) -> None:
    bot = await desk.bot(silent_at_first(1))
    await desk.fake.phones.say("lin", "待办")
    await until(lambda: len(bot.frames) == 2)
    first, second = bot.heard(ROBOT)
    assert first["msgId"] == second["msgId"]
    assert bot.frames[0]["headers"]["messageId"] != bot.frames[1]["headers"]["messageId"]


async def test_a_message_that_is_never_answered_is_lost(desk: Desk) -> None:
    bot = await desk.bot(silent_at_first(9))
    await desk.fake.phones.say("lin", "待办")
    await until(lambda: bool(desk.fake.lost))
    assert desk.fake.lost == [bot.heard(ROBOT)[0]["msgId"]]
    assert len(bot.frames) == 3


async def test_what_is_said_while_the_bot_is_away_comes_when_it_is_back(desk: Desk) -> None:
    await desk.fake.phones.say("lin", "待办")
    bot = await desk.bot()
    await until(lambda: bool(bot.frames))
    assert bot.texts() == ["待办"]


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        ({"status": "LATER", "message": "busy"}, 0),  # allowed, and brings it again
        ({"message": "ok"}, 1),  # a status is required
        ({"status": "DONE"}, 1),
    ],
)
async def test_an_event_comes_again_until_it_is_a_success(desk: Desk, answer: Answer, problems: int) -> None:
    answers = [answer]
    bot = await desk.bot(lambda f: answers.pop() if answers else polite(f))
    event_id = await desk.fake.phones.event("user_modify_org", {"userId": ["lin"]})
    await until(lambda: len(bot.frames) == 2)
    assert {f["headers"]["eventId"] for f in bot.frames} == {event_id}
    assert bot.heard(EVENT) == [{"userId": ["lin"]}] * 2
    assert len(desk.fake.problems) == problems


@pytest.mark.parametrize(
    "text",
    [
        "{",  # not JSON
        '{"code": 200}',  # no headers
        '{"code": 200, "headers": {"messageId": "1", "contentType": "application/json"}, "data": {}}',  # not a string
        '{"code": "200", "headers": {"messageId": "1", "contentType": "application/json"}, "data": "{}"}',
    ],
)
async def test_a_malformed_acknowledgement_is_a_problem(desk: Desk, text: str) -> None:
    bot = await desk.bot()
    await bot.socket.send_str(text)
    await until(lambda: bool(desk.fake.problems))
    assert desk.fake.problems[0].startswith("stream: bad acknowledgement")


async def test_a_ping_wants_its_echo_and_a_keepalive_nothing(desk: Desk) -> None:
    bot = await desk.bot(lambda f: None)
    await desk.fake.stream.keepalive()
    await desk.fake.stream.ping()
    assert [f["headers"]["topic"] for f in bot.frames] == ["KEEPALIVE", "ping"]
    assert desk.fake.problems == ["stream: ping not echoed"]


async def test_pings_come_by_themselves() -> None:
    async with open_desk(timing=Timing(ping_every=0.05)) as desk:
        bot = await desk.bot()
        await until(lambda: len(bot.heard("ping")) > 1)
        assert (len(bot.heard("ping")) > 1, desk.fake.problems) == (True, [])


# -- lines -------------------------------------------------------------------------------------------------------------


async def test_one_connection_gets_each_push(desk: Desk) -> None:
    bots = [await desk.bot(), await desk.bot()]
    for number in range(24):
        await desk.fake.phones.say("lin", str(number))
    assert sorted(int(t) for b in bots for t in b.texts()) == list(range(24))
    assert all(b.texts() for b in bots)


async def test_a_connection_gets_only_what_it_subscribed_to(desk: Desk) -> None:
    _, opened = await desk.ticket([{"type": "EVENT", "topic": "*"}])
    async with desk.http.ws_connect(f"{opened['endpoint']}?ticket={opened['ticket']}") as socket:
        await desk.fake.phones.say("lin", "待办")
        await desk.fake.phones.event("user_add_org", {})
        assert (await socket.receive_json())["type"] == "EVENT"


async def test_after_disconnect_the_line_closes_in_silence(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.disconnect("connection is expired")
    await asyncio.wait_for(bot.closed.wait(), 2)
    assert bot.heard("disconnect") == [{"reason": "connection is expired"}]
    assert desk.fake.connections == []


async def test_what_is_said_in_the_closing_window_is_lost(desk: Desk) -> None:
    bot = await desk.bot()
    await desk.fake.disconnect()
    await desk.fake.phones.say("lin", "待办")
    assert (bot.texts(), len(desk.fake.lost)) == ([], 1)


async def test_an_event_of_the_closing_window_comes_again(desk: Desk) -> None:
    await desk.bot()
    await desk.fake.disconnect()
    await desk.fake.phones.event("user_modify_org", {"userId": ["lin"]})
    new = await desk.bot()
    await until(lambda: bool(new.frames))
    assert (new.heard(EVENT), desk.fake.lost) == ([{"userId": ["lin"]}], [])


async def test_a_warm_reconnect_loses_nothing(desk: Desk) -> None:
    old = await desk.bot()
    await desk.fake.disconnect()
    new = await desk.bot()
    await desk.fake.phones.say("lin", "待办")
    assert (old.texts(), new.texts(), desk.fake.lost) == ([], ["待办"], [])


@pytest.mark.parametrize("abruptly", [True, False])
async def test_lines_can_end_without_a_word(desk: Desk, abruptly: bool) -> None:
    bot = await desk.bot()
    if abruptly:
        desk.fake.stream.cut()
    else:
        await desk.fake.stream.hang_up()
    await asyncio.wait_for(bot.closed.wait(), 2)
    assert bot.frames == []


# -- faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "heard"),
    [
        ("duplicate", ["一", "一", "二"]),
        ("reorder", ["二", "一"]),
        ("drop", ["二", "一"]),  # the first try never arrives, so it comes later
        ("delay", ["一", "二"]),
    ],
)
async def test_faults_of_pushes(desk: Desk, trouble: Trouble, heard: list[str]) -> None:
    bot = await desk.bot()
    desk.faults.arm(trouble, "push:dingtalk", seconds=0.05)
    await desk.fake.phones.say("lin", "一")
    await desk.fake.phones.say("lin", "二")
    await until(lambda: len(bot.frames) == len(heard))
    assert bot.texts() == heard


async def test_a_line_cut_before_the_answer_brings_the_message_again(desk: Desk) -> None:
    await desk.bot()
    desk.faults.arm("disconnect", "push:dingtalk")
    await desk.fake.phones.say("lin", "待办")
    again = await desk.bot()
    await until(lambda: bool(again.frames))
    assert (again.texts(), desk.fake.lost) == (["待办"], [])
