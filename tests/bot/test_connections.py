"""Connections that say nothing, say it too slowly or are too many are hung up on; whoever is being served is not."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.web.connections import (
    AT_ONCE,
    CONNECTIONS,
    HEADER_SECONDS,
    IDLE_SECONDS,
    PER_ADDRESS,
    SERVING_SECONDS,
    Connections,
    _source,
    at_work,
)
from tests.support.stage import stage, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass(slots=True)
class Server:
    """A server whose clock a test turns, and whose answer waits for a word."""

    connections: Connections
    port: int
    moment: list[float]
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def after(self, seconds: float) -> None:
        """So long later, and looked over."""
        await asyncio.sleep(0.02)  # until what was written has come
        self.moment[0] += seconds
        self.connections.sweep()


@asynccontextmanager
async def serving(at_once: int = AT_ONCE, per_address: int = PER_ADDRESS) -> AsyncIterator[Server]:
    moment, answer = [0.0], asyncio.Event()
    answer.set()
    connections = Connections(at_once, per_address, lambda: moment[0])

    async def handler(_: web.Request) -> web.Response:
        await answer.wait()
        return web.Response(text="ok")

    app = web.Application(middlewares=[at_work])
    app[CONNECTIONS] = connections
    app.router.add_get("/", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    assert runner.server
    try:
        async with connections.listening(runner.server, "127.0.0.1", 0) as port:
            yield Server(connections, port, moment, answer)
    finally:
        answer.set()
        await runner.cleanup()


class Caller:
    """Somebody at the other end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def hears(self) -> bytes:
        """The answer; nothing when we were hung up on."""
        try:
            async with asyncio.timeout(5):
                head = await self._reader.readuntil(b"\r\n\r\n")
                return head.split(b"\r\n")[0] + await self._reader.readexactly(2)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def is_gone(self) -> bool:
        try:
            async with asyncio.timeout(0.2):
                return not await self._reader.read(1)
        except ConnectionError:
            return True
        except TimeoutError:
            return False


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Caller(reader, writer)
    finally:
        writer.transport.abort()


OK = b"HTTP/1.1 200 OKok"


async def test_whoever_says_nothing_is_hung_up_on() -> None:
    async with serving() as server, calling(server.port) as caller:
        await server.after(HEADER_SECONDS - 1)
        assert not await caller.is_gone()
        await server.after(1.1)
        assert await caller.is_gone()


async def test_headers_that_come_a_byte_at_a_time_do_not_hold_a_connection() -> None:
    async with serving() as server, calling(server.port) as caller:
        for byte in GET[:9]:
            caller.say(bytes([byte]))
            await server.after(1)
        assert not await caller.is_gone()
        caller.say(GET[9:10])
        await server.after(1.1)
        assert await caller.is_gone()


async def test_a_second_request_has_its_own_time_and_may_be_slow_no_more_than_the_first() -> None:
    async with serving() as server, calling(server.port) as caller:
        caller.say(GET)
        assert await caller.hears() == OK
        await server.after(IDLE_SECONDS - 1)
        caller.say(GET)
        assert await caller.hears() == OK
        await server.after(IDLE_SECONDS - 1)
        caller.say(GET[:5])
        await server.after(HEADER_SECONDS - 1)
        assert not await caller.is_gone()
        caller.say(GET[5:7])
        await server.after(1.1)
        assert await caller.is_gone()


async def test_a_request_that_takes_long_is_answered() -> None:
    async with serving() as server, calling(server.port) as caller:
        server.answer.clear()
        caller.say(GET)
        await until(lambda: any(line.serving for line in server.connections.lines.values()))
        await server.after(SERVING_SECONDS - 1)
        server.answer.set()
        assert await caller.hears() == OK


async def test_too_many_take_the_place_of_who_waits_longest_and_never_of_who_is_served() -> None:
    async with serving(at_once=3) as server, AsyncExitStack() as stack:
        served, idle, last = [await stack.enter_async_context(calling(server.port)) for _ in range(3)]
        server.answer.clear()
        served.say(GET)
        await until(lambda: any(line.serving for line in server.connections.lines.values()))
        await server.after(1)
        newest = await stack.enter_async_context(calling(server.port))
        await until(lambda: server.connections.hung_up["too many"] == 1)
        assert [await each.is_gone() for each in (idle, last)].count(True) == 1
        server.answer.set()
        newest.say(GET)
        assert (await served.hears(), await newest.hears()) == (OK, OK)


async def test_one_address_has_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.connections._source", lambda _: "203.0.113.7")
    async with serving(per_address=2) as server, AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(calling(server.port)) for _ in range(3)]
        assert [await each.is_gone() for each in callers] == [False, False, True]
        callers[0].say(GET)
        assert await callers[0].hears() == OK


@pytest.mark.parametrize(
    ("peer", "source"),
    [
        (("127.0.0.1", 1), ""),  # the proxy on our machine, behind which is everybody
        (("10.0.0.8", 1), ""),
        (("::1", 1, 0, 0), ""),
        (("8.8.8.8", 1), "8.8.8.8"),
        (("2001:4860:4860:1:2:3:4:5", 1, 0, 0), "2001:4860:4860:1::/64"),
        (("fe80::1%eth0", 1, 0, 0), ""),
        (None, ""),
        ("/run/socket", ""),
    ],
)
def test_whose_a_connection_is(peer: object, source: str) -> None:
    assert _source(peer) == source


async def test_the_bot_listens_so(sqlite: str) -> None:
    async with stage(sqlite) as desk, calling(desk.bot.settings.bot_port) as caller:
        caller.say(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await caller.hears()
        connections = desk.bot.web[CONNECTIONS]
        for line in connections.lines.values():
            line.wait(-1)
        connections.sweep()
        await until(lambda: not connections.lines)
        assert connections.hung_up["too slow"]
