"""HTTP mode of the fake: signed messages and taps, encrypted events (dingtalk.md §2, §3.2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from dingtalk.crypto import DingTalkCrypto

from sandbox.dingtalk.crypto import card_sign, robot_sign
from tests.peers.dingtalk.desk import CLIENT, KEY, SECRET, Desk, an_app, open_desk, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class HttpBot:
    """The bot's three addresses, checked as the documentation says; ``reply`` is the next robot answer."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.reply: Any = {"msgtype": "empty"}
        self.crypto = DingTalkCrypto("123456", KEY, CLIENT)
        self.app = web.Application()
        self.app.add_routes([web.post(f"/dingtalk/{w}", getattr(self, w)) for w in ("robot", "card", "event")])

    async def robot(self, request: web.Request) -> web.Response:
        stamp = request.headers["timestamp"]
        assert request.headers["sign"] == robot_sign(SECRET, stamp)
        self.heard.append((await request.json())["text"]["content"])
        return web.json_response(self.reply) if self.reply is not None else web.Response(status=500)

    async def card(self, request: web.Request) -> web.Response:
        stamp = request.headers["x-ddpaas-signature-timestamp"]
        assert request.headers["x-ddpaas-signature"] == card_sign("apisecret", stamp)
        self.heard.append((await request.json())["userId"])
        return web.json_response({"cardData": {"cardParamMap": {"title": "已同意"}}})

    async def event(self, request: web.Request) -> web.Response:
        q = request.query
        opened = self.crypto.decrypt_message(await request.json(), q["msg_signature"], q["timestamp"], q["nonce"])
        self.heard.append(json.loads(opened))
        return web.json_response(self.crypto.encrypt_message("success"))


@pytest.fixture
async def both() -> AsyncIterator[tuple[Desk, HttpBot]]:
    bot = HttpBot()
    async with open_desk() as outer:
        url = await outer.serve(bot.app)
        async with open_desk(an_app("http", url)) as desk:
            yield desk, bot


async def test_http_messages_are_signed_and_may_be_answered(both: tuple[Desk, HttpBot]) -> None:
    desk, bot = both
    bot.reply = {"msgtype": "text", "text": {"content": "没有待办"}}
    await desk.fake.phones.say("lin", "待办")
    assert (bot.heard, [i.body["content"] for i in desk.shown("lin", "text")]) == (["待办"], ["没有待办"])


async def test_http_messages_come_again_after_an_error(both: tuple[Desk, HttpBot]) -> None:
    desk, bot = both
    bot.reply = None
    await desk.fake.phones.say("lin", "待办")
    bot.reply = {"msgtype": "empty"}
    await until(lambda: len(bot.heard) == 2)
    assert (bot.heard, desk.shown("lin", "text"), desk.fake.problems) == (["待办"] * 2, [], [])


async def test_an_http_answer_that_is_no_message_is_a_problem(both: tuple[Desk, HttpBot]) -> None:
    desk, bot = both
    bot.reply = {"msgtype": "image"}
    await desk.fake.phones.say("lin", "待办")
    assert desk.fake.problems == ["robot: the answer is not a message"]


async def register(desk: Desk, url: str, **more: Any) -> int:
    body = {"callbackRouteKey": "ret", "callbackUrl": url, "apiSecret": "apisecret", **more}
    return (await desk.post("/v1.0/card/callbacks/register", body))[0]


async def test_http_taps_go_to_the_registered_address(both: tuple[Desk, HttpBot]) -> None:
    desk, bot = both
    url = desk.fake.callbacks.bot_url
    assert await register(desk, f"{url}/dingtalk/card") == 200
    assert await register(desk, f"{url}/dingtalk/card") == 400  # param.callbackRouteKeyExist
    assert await register(desk, f"{url}/dingtalk/card", forceUpdate=True) == 200
    await desk.card(callbackType="HTTP", callbackRouteKey="ret")
    card = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    assert (bot.heard, card.body["params"]["title"]) == (["lin"], "已同意")


async def test_a_card_without_a_route_is_a_problem(both: tuple[Desk, HttpBot]) -> None:
    desk, _ = both
    await desk.card(callbackType="")
    card = await desk.fake.phones.tap(desk.shown("lin")[0].id, "同意")
    assert (len(desk.fake.problems), card.state["error"]) == (1, "操作失败，请稍后重试")


async def test_http_events_are_sealed_for_dingtalk_sdk_after_check_url(both: tuple[Desk, HttpBot]) -> None:
    desk, bot = both
    await desk.fake.phones.event("user_leave_org", {"UserId": ["lin"]})
    first, second = bot.heard
    assert first == {"EventType": "check_url"}
    assert (second["EventType"], second["CorpId"], second["UserId"]) == ("user_leave_org", "dingcorp", ["lin"])
    assert desk.fake.problems == []


async def test_check_url_fails_under_another_owner_key(both: tuple[Desk, HttpBot]) -> None:
    desk, bot = both
    bot.crypto = DingTalkCrypto("123456", KEY, "dingcorp")  # what the library's own client would use
    assert await desk.fake.phones.check_url() is False
