"""The page of phones as its script sees it: the sandbox's own API, and messages that a bot has sent."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.clock import Clock
from sandbox.people import staff
from sandbox.server import Sandbox, demo_dingtalk, demo_wecom

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.world import Item

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 10
TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"
CARD: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "审批：退款 ¥329.00"},
    "task_id": "case-7-approval",
    "button_selection": {"question_key": "reason", "option_list": [{"id": "ok", "text": "符合政策"}]},
    "button_list": [{"text": "同意", "style": 1, "key": "agree"}, {"text": "驳回", "style": 4, "key": "reject"}],
    "action_menu": {"desc": "更多", "action_list": [{"text": "为什么是我", "key": "why"}]},
}


class Bot:
    """Answers every WeCom callback with an empty 200 and counts them."""

    def __init__(self) -> None:
        self.heard: Counter[str] = Counter()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._hear)
        self.server = TestServer(app)

    async def _hear(self, request: web.Request) -> web.Response:
        self.heard[request.path] += 1
        return web.Response()


class Page:
    """A browser's view: the API with its answers read."""

    def __init__(self, sandbox: Sandbox, bot: Bot, session: aiohttp.ClientSession) -> None:
        self.sandbox, self.bot, self.session = sandbox, bot, session

    async def act(self, name: str, **given: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(f"/sandbox/api/{name}", json=given) as answer:
            return answer.status, await answer.json()

    async def state(self) -> dict[str, Any]:
        async with self.session.get("/sandbox/api/state") as answer:
            state: dict[str, Any] = await answer.json()
            return state

    async def photo(self, data: bytes, **fields: str) -> int:
        return (await self.attach("photo", "photo.jpg", data, **fields))[0]

    async def attach(self, what: str, name: str, data: bytes, **fields: str) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData(fields, quote_fields=False)  # as a browser writes Chinese names
        form.add_field("file", io.BytesIO(data), filename=name)
        async with self.session.post(f"/sandbox/api/{what}", data=form) as answer:
            return answer.status, await answer.json()

    def chat(self, platform: Any, chat: str) -> list[Item]:
        return self.sandbox.world.phone(platform, chat)

    async def wecom_card(self, userid: str) -> Item:
        """A card that the bot sent over the wire."""
        return await self.wecom(userid, "template_card", CARD)

    async def wecom(self, userid: str, msgtype: str, content: dict[str, Any]) -> Item:
        """A message of the bot."""
        message = {"touser": userid, "agentid": demo_wecom("").agent_id, "msgtype": msgtype, msgtype: content}
        token = await self.wecom_token()
        sent = self.session.post("/cgi-bin/message/send", params={"access_token": token}, json=message)
        async with sent as answer:
            assert (await answer.json())["errcode"] == 0
        return self.chat("wecom", userid)[-1]

    async def wecom_token(self) -> str:
        app = demo_wecom("")
        query = {"corpid": app.corp_id, "corpsecret": app.secret}
        async with self.session.get("/cgi-bin/gettoken", params=query) as answer:
            return str((await answer.json())["access_token"])

    async def dingtalk_card(self, space: str, chat: str) -> Item:
        app = demo_dingtalk("")
        headers = {"x-acs-dingtalk-access-token": await self.dingtalk_token()}
        full = json.dumps({"msgButtons": [{"text": "同意", "id": "agree", "request": True}]})
        card = {
            "cardTemplateId": TEMPLATE,
            "outTrackId": f"case-7-{chat}",
            "callbackType": "STREAM",
            "cardData": {"cardParamMap": {"markdown": "**审批**", "sys_full_json_obj": full}},
            "openSpaceId": f"dtv1.card//{space}.{chat}",
            "imRobotOpenDeliverModel": {"robotCode": app.robot_code},
            "imGroupOpenDeliverModel": {"robotCode": app.robot_code},
        }
        async with self.session.post("/v1.0/card/instances/createAndDeliver", headers=headers, json=card) as answer:
            assert answer.status == 200
        return self.chat("dingtalk", chat)[-1]

    async def dingtalk_token(self) -> str:
        app = demo_dingtalk("")
        secrets = {"appKey": app.client_id, "appSecret": app.client_secret}
        async with self.session.post("/v1.0/oauth2/accessToken", json=secrets) as answer:
            return str((await answer.json())["accessToken"])


@asynccontextmanager
async def open_page() -> AsyncIterator[Page]:
    """The sandbox and a bot that it can reach."""
    bot = Bot()
    async with bot.server:
        url = str(bot.server.make_url(""))
        sandbox = Sandbox(staff().world(Clock(START)), wecom_app=demo_wecom(url), dingtalk_app=demo_dingtalk(url))
        await sandbox.start()
        async with aiohttp.ClientSession(sandbox.url) as session:
            yield Page(sandbox, bot, session)
        await sandbox.close()
