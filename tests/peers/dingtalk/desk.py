"""A fake DingTalk on a free port, and small bots on its other end, for the tests of the fake."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer

from sandbox.dingtalk import DingTalk, DingTalkApp, Limits, Timing
from sandbox.faults import Faults
from sandbox.world import Item, Person, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

CLIENT, SECRET, GROUP, KEY = "dingapp", "this is a secret", "cidRISK", "a" * 43
TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"
CARD, EVENT, ROBOT = "/v1.0/card/instances/callback", "*", "/v1.0/im/bot/messages/get"
EVERYTHING = [{"type": "EVENT", "topic": "*"}, *({"type": "CALLBACK", "topic": t} for t in (ROBOT, CARD))]
PEOPLE = [
    Person("林晓", ("客服",), dingtalk="lin", manager="王建国"),
    Person("王建国", ("客服组长",), dingtalk="wang", manager="zhao"),
    Person("赵卫东", ("运营总监", "管理员"), dingtalk="zhao"),
    Person("周仓", ("仓管员",), wecom="zhou"),
]
FAST = Timing(redeliver_after=0.4, card=0.5, event_stream=0.4, closing=0.3, ping=0.3)
Answer = dict[str, Any] | None


def polite(frame: dict[str, Any]) -> Answer:
    """The data of a right acknowledgement for every kind of frame; None sends none."""
    if frame["type"] == "EVENT":
        return {"status": "SUCCESS", "message": "ok"}
    if frame["type"] == "SYSTEM":
        return json.loads(frame["data"]) if frame["headers"]["topic"] == "ping" else None
    return {"response": None if frame["headers"]["topic"] == ROBOT else {}}


def card_answer(**params: str) -> Callable[[dict[str, Any]], Answer]:
    """Politely, but taps change these parameters of the card."""
    reply = {"cardUpdateOptions": {"updateCardDataByKey": True}, "cardData": {"cardParamMap": params}}
    return lambda frame: {"response": reply} if frame["headers"]["topic"] == CARD else polite(frame)


@dataclass(slots=True)
class StreamBot:
    """One Stream connection that answers by ``answer`` and keeps what it heard."""

    socket: ClientWebSocketResponse
    answer: Callable[[dict[str, Any]], Answer]
    frames: list[dict[str, Any]] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        async for message in self.socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                self.frames.append(frame)
                await self._ack(frame, self.answer(frame))
        self.closed.set()

    async def _ack(self, frame: dict[str, Any], data: Answer) -> None:
        if data is None:
            return
        headers = {"messageId": frame["headers"]["messageId"], "contentType": "application/json"}
        await self.socket.send_json({"code": 200, "message": "OK", "headers": headers, "data": json.dumps(data)})

    def heard(self, topic: str) -> list[dict[str, Any]]:
        """The data of every frame of one topic."""
        return [json.loads(f["data"]) for f in self.frames if f["headers"]["topic"] == topic]

    def texts(self) -> list[str]:
        return [body["text"]["content"] for body in self.heard(ROBOT)]


@dataclass(slots=True)
class Desk:
    """Everything a test touches; ``closing`` ends what it opens."""

    world: World
    fake: DingTalk
    faults: Faults
    url: str
    http: ClientSession
    closing: AsyncExitStack

    async def token(self) -> str:
        _, body = await self.post("/v1.0/oauth2/accessToken", {"appKey": CLIENT, "appSecret": SECRET}, token="")
        return str(body["accessToken"])

    async def post(
        self, path: str, body: Any, *, method: str = "POST", token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        token = await self.token() if token is None else token
        headers = {"x-acs-dingtalk-access-token": token, "Accept": "application/json"}
        url = f"{self.url}{path}" + (f"?access_token={token}" if path.startswith("/topapi") else "")
        async with self.http.request(method, url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def oto(self, key: str, param: Any, users: tuple[str, ...] = ("lin",)) -> tuple[int, dict[str, Any]]:
        text = param if isinstance(param, str) else json.dumps(param)
        body = {"robotCode": CLIENT, "userIds": list(users), "msgKey": key, "msgParam": text}
        return await self.post("/v1.0/robot/oToMessages/batchSend", body)

    async def card(self, **changes: Any) -> tuple[int, dict[str, Any]]:
        return await self.post("/v1.0/card/instances/createAndDeliver", a_card(**changes))

    async def update(self, **body: Any) -> tuple[int, dict[str, Any]]:
        return await self.post("/v1.0/card/instances", {"outTrackId": "ret-1", **body}, method="PUT")

    async def ticket(self, subscriptions: Any = EVERYTHING, **changes: str) -> tuple[int, dict[str, Any]]:
        body = {"clientId": CLIENT, "clientSecret": SECRET, "subscriptions": subscriptions, **changes}
        return await self.post("/v1.0/gateway/connections/open", body, token="")

    async def bot(self, answer: Callable[[dict[str, Any]], Answer] = polite) -> StreamBot:
        _, opened = await self.ticket()
        socket = await self.http.ws_connect(f"{opened['endpoint']}?ticket={opened['ticket']}")
        bot = StreamBot(socket, answer)
        task = asyncio.create_task(bot.run())
        self.closing.push_async_callback(asyncio.wait, {task}, timeout=2)
        self.closing.push_async_callback(socket.close)
        return bot

    def shown(self, chat: str, kind: str = "card") -> list[Item]:
        return [i for i in self.world.phone("dingtalk", chat) if i.kind == kind and i.sender == "bot"]

    async def serve(self, app: web.Application) -> str:
        """Serve a bot's HTTP side; returns its base URL."""
        server = TestServer(app)
        await server.start_server()
        self.closing.push_async_callback(server.close)
        return str(server.make_url("")).rstrip("/")


def buttons(*words: str) -> str:
    """``sys_full_json_obj`` with one callback button per word; its id is the word."""
    return json.dumps({"msgButtons": [{"text": w, "id": w, "request": True, "params": {"do": w}} for w in words]})


def a_card(**changes: Any) -> dict[str, Any]:
    params = {"title": "审批", "markdown": "退款", "sys_full_json_obj": buttons("同意", "驳回")}
    return {
        "cardTemplateId": TEMPLATE,
        "outTrackId": "ret-1",
        "callbackType": "STREAM",
        "cardData": {"cardParamMap": params},
        "openSpaceId": "dtv1.card//IM_ROBOT.lin",
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": CLIENT},
        "imGroupOpenDeliverModel": {"robotCode": CLIENT},
    } | changes


def an_app(mode: Any = "stream", bot_url: str = "") -> DingTalkApp:
    return DingTalkApp(CLIENT, SECRET, CLIENT, "dingcorp", "123456", KEY, mode, bot_url)


@asynccontextmanager
async def open_desk(
    app: DingTalkApp | None = None, limits: Limits | None = None, timing: Timing = FAST
) -> AsyncIterator[Desk]:
    world, faults = World(PEOPLE, {GROUP: "风控群"}), Faults()
    fake = DingTalk(world, app or an_app(), faults, timing=timing, limits=limits)
    application = web.Application()
    application.add_routes(fake.routes())
    server = TestServer(application)
    await server.start_server()
    async with AsyncExitStack() as closing, ClientSession() as http:
        yield Desk(world, fake, faults, str(server.make_url("")).rstrip("/"), http, closing)
        await closing.aclose()
        await fake.close()
    await server.close()


async def until(true: Callable[[], bool], seconds: float = 3.0, every: float = 0.01) -> None:
    """Wait for the outside world, for ``every`` 0 at each turn of the loop; the assertion after it says what for."""
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:  # noqa: ASYNC110  # there is nothing to be told by
        await asyncio.sleep(every)
