"""Connections that strangers open: hung up on when they say nothing, say it too slowly, or are too many.

The HTTP server bounds the size of headers but not their time: one byte a second would hold a connection for good.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, cast

import structlog
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aiohttp.web_protocol import RequestHandler

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger("connections")

HEADER_SECONDS = 10.0  #: from opening, or from a request's first byte, to the end of its headers
IDLE_SECONDS = 75.0  #: between two requests, and for taking an answer: as long as nginx keeps its own
SERVING_SECONDS = 120.0  #: for one request; an upload of two megabytes may take sixty
AT_ONCE = 512  #: connections; half of what a process may open where nobody has raised it
PER_ADDRESS = 64  #: of them from one address that is not ours; a platform's server opens a few
SWEEP_SECONDS = 1.0  #: between looks
_OF_A_HOUSE = 64  #: bits that whoever has one IPv6 address has all of


class Line(asyncio.Protocol):
    """One connection: hands everything on to the HTTP server's own protocol, and knows what it waits for."""

    def __init__(self, home: Connections, inner: RequestHandler) -> None:
        self._home, self.inner = home, inner
        self.transport: asyncio.Transport | None = None
        self.source, self.serving = "", False
        self._since, self._allowed = home.now(), HEADER_SECONDS

    @property
    def overdue(self) -> float:
        """Seconds beyond its time; less than none while it has some left."""
        return self._home.now() - self._since - self._allowed

    def wait(self, seconds: float, *, serving: bool = False) -> None:
        """From now on it has so long for what comes next."""
        self._since, self._allowed, self.serving = self._home.now(), seconds, serving

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.source = _source(transport.get_extra_info("peername"))
        self.inner.connection_made(transport)
        self._home.opened(self)

    def data_received(self, data: bytes) -> None:
        if not self.serving and self._allowed != HEADER_SECONDS:
            self.wait(HEADER_SECONDS)
        self.inner.data_received(data)

    def eof_received(self) -> None:
        self.inner.eof_received()

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._home.closed(self)
        self.inner.connection_lost(exc)

    def hang_up(self) -> None:
        """At once: what has not been taken is not waited for."""
        if self.transport:
            self.transport.abort()


@dataclass(slots=True)
class Connections:
    """All of a server that listens."""

    at_once: int = AT_ONCE
    per_address: int = PER_ADDRESS
    now: Callable[[], float] = time.monotonic
    lines: dict[RequestHandler, Line] = field(default_factory=dict)
    hung_up: Counter[str] = field(default_factory=Counter)  #: by why
    _sources: Counter[str] = field(default_factory=Counter)

    def opened(self, line: Line) -> None:
        """Keep it, or not: beyond what one address may have, or in place of another that has waited longest."""
        self.lines[line.inner] = line
        self._sources[line.source] += 1
        if line.source and self._sources[line.source] > self.per_address:
            self._hang_up(line, "too many from one address")
        elif len(self.lines) > self.at_once:
            waiting = [each for each in self.lines.values() if not each.serving]
            self._hang_up(max(waiting, key=lambda each: each.overdue, default=line), "too many")

    def closed(self, line: Line) -> None:
        """It is gone."""
        if self.lines.pop(line.inner, None):
            self._sources[line.source] -= 1
            self._sources += Counter()

    def sweep(self) -> None:
        """Hang up on those whose time is over."""
        for line in [each for each in self.lines.values() if each.overdue > 0]:
            self._hang_up(line, "too slow")

    @asynccontextmanager
    async def listening(self, server: Callable[[], RequestHandler], host: str, port: int) -> AsyncIterator[int]:
        """Take connections for ``server``, the port at which. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        socket = await loop.create_server(lambda: Line(self, server()), host, port, backlog=128, reuse_address=True)
        sweeping = asyncio.create_task(self._sweep())
        try:
            yield socket.sockets[0].getsockname()[1]
        finally:
            sweeping.cancel()
            socket.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep()

    def _hang_up(self, line: Line, why: str) -> None:
        if not self.hung_up[why]:
            log.warning("hung up", reason=why, source=line.source)
        self.hung_up[why] += 1
        self.closed(line)
        line.hang_up()


CONNECTIONS = web.AppKey("connections", Connections)


@web.middleware
async def at_work(request: web.Request, handler: Handler) -> web.StreamResponse:
    """While a request is being answered, its connection waits for us."""
    line = request.app[CONNECTIONS].lines.get(request.protocol)
    if line is None:
        return await handler(request)
    line.wait(SERVING_SECONDS, serving=True)
    try:
        return await handler(request)
    finally:
        line.wait(IDLE_SECONDS)


def _source(peer: object) -> str:
    """Whose connection it is, as far as it counts against them; "" for our own network, where the proxy is."""
    try:
        address = ip_address(cast("tuple[str, int]", peer)[0].partition("%")[0])
    except (TypeError, ValueError, IndexError, AttributeError):
        return ""
    if not address.is_global:
        return ""
    return str(ip_network(f"{address}/{_OF_A_HOUSE}", strict=False) if isinstance(address, IPv6Address) else address)
