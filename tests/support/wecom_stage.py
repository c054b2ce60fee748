"""A fake WeCom and a callback that is played by wechatpy, so that the fake is judged by somebody else's code."""

from __future__ import annotations

import asyncio
import io
import json
from collections import deque
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import xmltodict
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from wechatpy.enterprise.crypto import WeChatCrypto

from sandbox.clock import Clock
from sandbox.wecom import WeCom, WeComApp
from sandbox.world import Item, Person, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CORP, AGENT, SECRET = "wwcorp0001", 1000002, "app-secret"
TOKEN, AES_KEY = "callbackToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
AMR = b"#!AMR\n" + bytes(32)

PEOPLE = [
    Person("王组长", ("客服组长",), wecom="WangWu"),
    Person("小林", ("客服",), wecom="lin", manager="王组长"),
    Person("赵总监", ("运营总监",), wecom="zhao"),
    Person("李雷", mobile="13800000000"),
]

BUTTONS: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "审批：退款 ¥329.00"},
    "task_id": "rt-7-approve-1",
    "button_list": [{"text": "同意", "style": 1, "key": "yes:7"}, {"text": "驳回", "style": 4, "key": "no:7"}],
}


class Callback:
    """The app's callback: notes what it heard, and answers what it was told to, else 200 and nothing."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.script: deque[int | float | str] = (
            deque()
        )  #: a status, seconds of silence, a reply's XML to seal, or raw text
        self.crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)

    async def verify(self, request: web.Request) -> web.Response:
        query = request.query
        echo = self.crypto.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        return web.Response(body=echo)

    async def receive(self, request: web.Request) -> web.Response:
        query = request.query
        plain = self.crypto.decrypt_message(
            await request.text(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        self.heard.append(xmltodict.parse(plain)["xml"])
        return await self._answer(self.script.popleft() if self.script else "")

    async def _answer(self, told: float | str) -> web.Response:
        if isinstance(told, float):
            await asyncio.sleep(told)
            return web.Response()
        if isinstance(told, int):
            return web.Response(status=told)
        is_plain = "<Encrypt>" not in told and told.startswith("<xml>")
        text = self.crypto.encrypt_message(told, "n0nce", "1763773200") if is_plain else told
        return web.Response(text=text)


class Stage:
    """The fake, its callback and a client with a token; reads like what a bot and its people do."""

    def __init__(self, wecom: WeCom, bot: Callback, client: TestClient[web.Request, web.Application]) -> None:
        self.wecom = wecom
        self.world: World = wecom.desk.world
        self.bot = bot
        self.client = client
        self._token = ""

    async def token(self) -> str:
        query = {"corpid": CORP, "corpsecret": SECRET}
        return str((await self.get("gettoken", token=False, **query))["access_token"])

    async def post(self, path: str, payload: Any, *, token: bool = True, **query: str) -> dict[str, Any]:
        data = payload if isinstance(payload, FormData) else io.BytesIO(json.dumps(payload).encode())
        params = query | await self._auth(token=token)
        async with self.client.post(f"/cgi-bin/{path}", params=params, data=data) as answer:
            return dict(await answer.json())

    async def get(self, path: str, *, token: bool = True, **query: str) -> dict[str, Any]:
        async with self.client.get(f"/cgi-bin/{path}", params=query | await self._auth(token=token)) as answer:
            return dict(await answer.json())

    async def send(self, msgtype: str, content: Any, to: str = "lin", **more: Any) -> dict[str, Any]:
        payload = {"touser": to, "msgtype": msgtype, "agentid": AGENT, msgtype: content, **more}
        return await self.post("message/send", payload)

    async def card(self, to: str = "lin", **changes: Any) -> str:
        """Send the two-button card; its response_code."""
        answer = await self.send("template_card", BUTTONS | changes, to)
        return str(answer["response_code"])

    async def update(self, code: str, **what: Any) -> dict[str, Any]:
        return await self.post("message/update_template_card", {"agentid": AGENT, "response_code": code, **what})

    async def upload(self, kind: str, data: bytes, field: str = "media", path: str = "media/upload") -> dict[str, Any]:
        form = FormData(quote_fields=False)
        form.add_field(field, io.BytesIO(data), filename="图.bin")
        return await self.post(path, form, type=kind, key="k-risk")

    def later(self, **span: float) -> None:
        """Time passes, and the token with it."""
        self.world.clock.advance(timedelta(**span))
        self._token = ""

    def phone(self, userid: str) -> list[Item]:
        return self.world.phone("wecom", userid)

    def last(self, userid: str) -> Item:
        return self.phone(userid)[-1]

    async def _auth(self, *, token: bool) -> dict[str, str]:
        if token and not self._token:
            self._token = await self.token()
        return {"access_token": self._token} if token else {}


def reply(userid: str, msgtype: str, inner: str) -> str:
    """The XML of a passive reply."""
    head = f"<ToUserName>{userid}</ToUserName><FromUserName>{CORP}</FromUserName><CreateTime>1763773200</CreateTime>"
    return f"<xml>{head}<MsgType>{msgtype}</MsgType>{inner}</xml>"


@asynccontextmanager
async def staged(path: str | None = "/wecom/callback") -> AsyncIterator[Stage]:
    """``path`` is where the app says that its callback is; None is an app without one."""
    bot, app = Callback(), web.Application()
    app.add_routes([web.get("/wecom/callback", bot.verify), web.post("/wecom/callback", bot.receive)])
    async with TestServer(app) as server:
        url = str(server.make_url(path)) if path else ""
        wecom = WeCom(
            World(PEOPLE, clock=Clock(START)),
            WeComApp(CORP, AGENT, SECRET, TOKEN, AES_KEY, url),
            {"k-risk": "风控群"},
        )
        wecom.push.retry_pause = 0.01
        platform = web.Application()
        platform.add_routes(wecom.routes())
        async with TestClient(TestServer(platform)) as client:
            yield Stage(wecom, bot, client)
        await wecom.close()
