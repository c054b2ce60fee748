"""Stream mode: always one connection, the next one opened before the old one ends (dingtalk.md §1)."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from aiohttp import ClientError, ClientWSTimeout

from bot.channels.base import Retryable
from bot.channels.dingtalk.connection import Connection
from bot.channels.dingtalk.errors import Shut, code_of, refusal
from bot.channels.dingtalk.frames import CARD_TOPIC, EVENT_TOPIC, ROBOT_TOPIC
from bot.channels.dingtalk.wire import needed
from bot.runtime.supervision import Supervisor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import ClientSession

    from bot.channels.dingtalk.app import App
    from bot.channels.dingtalk.frames import Frame

    Answer = Callable[[Frame], Awaitable[str | None]]

OPEN = "/v1.0/gateway/connections/open"
SUBSCRIPTIONS = [
    {"type": "EVENT", "topic": EVENT_TOPIC},
    {"type": "CALLBACK", "topic": ROBOT_TOPIC},
    {"type": "CALLBACK", "topic": CARD_TOPIC},
]
REFUSED = (
    "钉钉拒绝长连接（{code}）：请检查 DINGTALK_CLIENT_ID 和 DINGTALK_CLIENT_SECRET，"
    "并确认应用已发布、机器人已启用、消息接收模式是 Stream"
)
AT_ONCE = 64  #: frames being handled; pings and the reading itself never wait for them
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timings:
    """Waits of the channel in seconds."""

    idle: float = 90.0  #: no frame of any kind for so long: the connection is dead whatever TCP says (dingtalk.md §1.4)
    first: float = 1.0  #: back-off is first·2^n with jitter
    longest: float = 60.0
    refused: float = 300.0  #: after wrong credentials, which no haste repairs
    handshake: float = 10.0
    tap: float = 1.5  #: of the two that a click may take (dingtalk.md §3.2)
    farewell: float = 0.4  #: for acknowledgements under way when the bot stops


class PermanentRefusal(Exception):
    """The gateway will not open a connection for this app before somebody changes something."""


class StreamClient:
    """Keeps the bot connected. ``answer`` gives the acknowledgement of a frame."""

    def __init__(
        self, app: App, session: ClientSession, answer: Answer, timings: Timings | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:  # fmt: skip
        self._app, self._session, self._answer = app, session, answer
        self._supervisor = supervisor or Supervisor()
        self._timings = timings or Timings()
        self._runner: asyncio.Task[None] | None = None
        self._connections: dict[asyncio.Task[None], Connection] = {}
        self._handling: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def start(self) -> None:
        self._app.health.note("stream", "正在连接钉钉")
        worker = self._supervisor.worker("dingtalk-stream", "钉钉长连接的守护")
        self._runner = asyncio.create_task(self._supervisor.keep(worker, self._run))

    async def stop(self) -> None:
        """Hang up within a second; what was not acknowledged will be brought again."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=self._timings.farewell)
        tasks = [*self._handling, *self._connections, *([self._runner] if self._runner else [])]
        connections = list(self._connections.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(
            *(connection.close() for connection in connections)
        )  # one that never came to its first step too

    async def _run(self) -> None:
        """``tries`` counts the connections begun since a frame last came, so that clean closes slow down too."""
        tries = 0
        while True:
            if tries:
                await asyncio.sleep(backoff(tries - 1, self._timings))
            tries += 1
            try:
                connection = await self._dial()
            except PermanentRefusal:
                await asyncio.sleep(self._timings.refused)
            except Retryable as error:
                self._app.health.note("stream", f"钉钉长连接断开，正在重连：{error}")
            else:
                await connection.leaving.wait()
                if connection.heard:
                    # The old connection is read to its end; only a connection that is dead already is worth a pause.
                    tries = 1 if connection.ended else 0

    async def _dial(self) -> Connection:
        """Raises PermanentRefusal or Retryable."""
        url = await self._ticket()
        timeout = ClientWSTimeout(ws_close=0.5)
        try:
            async with asyncio.timeout(self._timings.handshake):
                socket = await self._session.ws_connect(url, timeout=timeout, heartbeat=self._timings.idle / 3)
        except (ClientError, TimeoutError, ValueError) as error:
            # Its text would carry the ticket.
            raise Retryable(type(error).__name__) from None
        connection = Connection(socket, self._take, self._timings.idle)
        task = asyncio.create_task(connection.run())
        self._connections[task] = connection
        task.add_done_callback(self._hung_up)
        self._app.health.clear("stream")
        return connection

    async def _ticket(self) -> str:
        """The address of one connection; its ticket lives 90 s and opens nothing twice."""
        settings = self._app.settings
        self._app.count(OPEN)
        body = {
            "clientId": settings.client_id,
            "clientSecret": self._app.secret,
            "subscriptions": SUBSCRIPTIONS,
            "ua": "boomerang/0.1",
        }
        headers = {"Accept": "application/json"}  # else the gateway may answer XML
        answer = await self._app.wire.ask("POST", settings.api_base + OPEN, json=body, headers=headers)
        if code := code_of(answer.body, answer.status):
            self._refuse(answer.status, code)
        return f"{needed(answer.body, 'endpoint')}?ticket={quote_plus(needed(answer.body, 'ticket'))}"

    def _refuse(self, status: int, code: str) -> None:
        error = refusal(OPEN, status, code, self._app.settings.client_id)
        if isinstance(error, Retryable) and not isinstance(error, Shut) and status not in (400, 401):
            raise error
        log.error("dingtalk gateway refused: HTTP %d %s", status, code)
        sentence = str(error) if isinstance(error, Shut) else REFUSED.format(code=code)
        self._app.health.note("stream", sentence)
        raise PermanentRefusal(code)

    def _take(self, connection: Connection, frame: Frame) -> None:
        task = asyncio.create_task(self._handle(connection, frame))
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)

    async def _handle(self, connection: Connection, frame: Frame) -> None:
        async with self._slots:
            if reply := await self._answer(frame):
                await connection.send(reply)

    def _hung_up(self, task: asyncio.Task[None]) -> None:
        self._connections.pop(task, None)
        if not self._connections:
            self._app.health.note("stream", "钉钉长连接断开，正在重连")


def backoff(n: int, timings: Timings) -> float:
    """Seconds before try ``n`` (0 is the first): ``first``·2^n plus up to a quarter of it, at most ``longest``."""
    jitter = random.uniform(1.0, 1.25)  # noqa: S311 - no secret
    return min(timings.longest, timings.first * float(2 ** min(n, 16)) * jitter)
