"""Stream mode: one-time tickets, the connections of the bot, and pushing frames over them (dingtalk.md §1)."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.dingtalk import frames
from sandbox.dingtalk.connection import Connection
from sandbox.dingtalk.frames import Ack, Frame
from sandbox.dingtalk.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.clock import Clock
    from sandbox.dingtalk.app import Address, DingTalkApp, Timing
    from sandbox.dingtalk.calls import Call
    from sandbox.dingtalk.connection import Subscription

CONNECT_PATH = "/sandbox/dingtalk/connect"
TICKET_LIFE = timedelta(seconds=90)


class Fate(Enum):
    """What became of one pushed frame."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"  #: comes again, if its kind does
    LOST = "lost"  #: written to a line that was already closing; nobody will know


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand something to the bot; ``code`` and ``data`` are its answer."""

    fate: Fate
    code: int = 0
    data: Any = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Opens one connection before it ends."""

    ends: datetime
    subscriptions: frozenset[Subscription]


class Stream:
    """The gateway; ``connections`` are those that stand now, closing ones included."""

    def __init__(self, app: DingTalkApp, clock: Clock, timing: Timing, address: Address, problems: list[str]) -> None:
        self._app, self._clock, self._timing, self._address, self._problems = app, clock, timing, address, problems
        self._tickets: dict[str, Ticket] = {}
        self.connections: list[Connection] = []

    # -- opening -----------------------------------------------------------------------------------------------------

    def open(self, call: Call) -> dict[str, Any] | web.Response:
        """``POST /v1.0/gateway/connections/open``: an endpoint and a ticket of 90 s."""
        if call.body.get("clientId") != self._app.client_id:
            raise Refusal("authFailed", "unknown clientId")
        if call.body.get("clientSecret") != self._app.client_secret:
            raise Refusal("authFailed", "wrong clientSecret", 401)
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = Ticket(self._clock.now() + TICKET_LIFE, _subscriptions(call.body))
        endpoint = "ws" + self._address.url.removeprefix("http") + CONNECT_PATH
        if frames.JSON not in call.headers.get("Accept", ""):
            xml = f"<result><endpoint>{endpoint}</endpoint><ticket>{ticket}</ticket></result>"
            return web.Response(text=xml, content_type="application/xml")
        return {"endpoint": endpoint, "ticket": ticket}

    async def connect(self, request: web.Request) -> web.StreamResponse:
        ticket = self._tickets.pop(request.query.get("ticket", ""), None)
        if ticket is None or self._clock.now() >= ticket.ends:
            return web.Response(status=401)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        line = Connection(socket, request.transport, ticket.subscriptions, self._app.client_id, self._clock)
        self.connections.append(line)
        beat = asyncio.create_task(self._beat(line))
        try:
            async for problem in line.listen():
                self._problems.append(f"stream: {problem}")
        finally:
            beat.cancel()
            self.connections.remove(line)
        return socket

    # -- pushing -----------------------------------------------------------------------------------------------------

    async def push(self, frame: Frame, deadline: float) -> Attempt:
        """Send over one live connection chosen at random, and wait for the answer."""
        fitting = [c for c in self.connections if c.takes(frame)]
        live = [c for c in fitting if not c.closing]
        if not live:
            return Attempt(Fate.LOST if fitting else Fate.UNANSWERED)
        ack = await secrets.choice(live).push(frame, deadline)
        return Attempt(Fate.UNANSWERED) if ack is None else Attempt(Fate.ANSWERED, ack.code, ack.data)

    # -- line conditions ---------------------------------------------------------------------------------------------

    async def ping(self) -> None:
        """A SYSTEM ping on every line; what is not echoed is a problem."""
        await asyncio.gather(*(self._ping(c) for c in self.connections))

    async def keepalive(self) -> None:
        """A KEEPALIVE on every line; it wants no answer."""
        for line in self.connections:
            await line.send(Frame("SYSTEM", "KEEPALIVE", {}))

    async def disconnect(self, reason: str) -> None:
        """Announce the end on every line; each closes once the bot has been silent for ``Timing.closing``."""
        for line in [c for c in self.connections if not c.closing]:
            line.closing = True
            await line.send(Frame("SYSTEM", "disconnect", {"reason": reason}))
            line.end_after(self._timing.closing)

    async def hang_up(self) -> None:
        """Close every line cleanly, without a word before."""
        await asyncio.gather(*(c.close() for c in self.connections))

    def cut(self) -> None:
        """Drop TCP under every line."""
        for line in list(self.connections):
            line.cut()

    async def _beat(self, line: Connection) -> None:
        while True:
            await asyncio.sleep(self._timing.ping_every)
            await self._ping(line)

    async def _ping(self, line: Connection) -> None:
        frame = Frame("SYSTEM", "ping", {"opaque": secrets.token_hex(8)})
        ack = await line.push(frame, self._timing.ping)
        if not _echoes(ack, frame) and not line.ended:
            self._problems.append("stream: ping not echoed")


def _echoes(ack: Ack | None, frame: Frame) -> bool:
    return ack is not None and ack.code == 200 and ack.data == frame.data


def _subscriptions(body: dict[str, Any]) -> frozenset[Subscription]:
    wanted = body.get("subscriptions")
    if not isinstance(wanted, list) or not wanted:
        raise Refusal("invalidParameter", "subscriptions")
    pairs = {(str(s.get("type")), str(s.get("topic"))) for s in wanted if isinstance(s, dict)}
    known = {("EVENT", frames.EVENT_TOPIC)} | {("CALLBACK", topic) for topic in frames.CALLBACK_TOPICS}
    if not pairs <= known:
        raise Refusal("invalidParameter", "unknown topic")
    return frozenset(pairs)
