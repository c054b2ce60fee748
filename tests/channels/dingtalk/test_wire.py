"""Answers that are not the API's: bans, proxies, silence, and a shared store that is away."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.channels.base import ChannelError, Meter, Rejected, Retryable
from bot.channels.dingtalk.app import App
from bot.channels.dingtalk.errors import SOON, Unsure
from bot.channels.dingtalk.frame_handler import FrameHandler
from bot.channels.dingtalk.health import Health
from bot.channels.dingtalk.media import MediaStore
from bot.channels.dingtalk.namespace import Namespace
from bot.channels.dingtalk.pace import Pace
from bot.channels.dingtalk.stream import StreamClient, Timings
from bot.channels.dingtalk.wire import Wire, needed
from bot.runtime.clock import Clock
from bot.store.base import StoreDown
from bot.store.memory import MemoryStore
from bot.store.redis import RedisStore
from tests.peers.dingtalk.desk import until
from tests.support.dingtalk_bot import Inbox, settings, spent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.channels.dingtalk.api import Call

CLOCK = Clock(lambda: datetime.now(UTC), time.time)
METER = Meter(lambda platform, api, counted: None, spent)
BANNED = '{"status":1111,"wait":5,"source":"x5","punish":"deny"}'


@asynccontextmanager
async def platform(status: int, text: str) -> AsyncIterator[tuple[Wire, str, list[str]]]:
    """Answers everything alike; also gives the paths that were asked for."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status, text=text)

    app = web.Application()
    app.add_routes([web.route("*", "/{tail:.*}", answer)])
    async with TestServer(app) as server, ClientSession() as session:
        yield Wire(session, Health()), str(server.make_url("/x?access_token=hidden")), asked


@pytest.mark.parametrize(
    ("status", "text", "kind", "wait"),
    [
        (200, "<html>punish</html>", Retryable, 300),
        (403, BANNED, Retryable, 300),
        (200, BANNED, Retryable, 300),
        (200, "[]", Retryable, 300),
        (502, "<html>bad gateway</html>", Unsure, SOON),
    ],
)
async def test_answers_of_somebody_else(status: int, text: str, kind: type[Retryable], wait: float) -> None:
    async with platform(status, text) as (wire, url, _):
        with pytest.raises(Retryable) as raised:
            await wire.ask("POST", url)
        assert (type(raised.value), raised.value.retry_after, "hidden" in str(raised.value)) == (kind, wait, False)


async def test_a_banned_machine_stays_quiet() -> None:
    async with platform(200, BANNED) as (wire, url, asked):
        for _ in range(3):
            with pytest.raises(Retryable, match="封禁"):
                await wire.ask("POST", url)
        assert len(asked) == 1


async def test_nobody_at_home_is_no_doubt() -> None:
    async with ClientSession() as session:
        with pytest.raises(Retryable, match="连不上") as raised:
            await Wire(session, Health()).ask("POST", "http://127.0.0.1:9/x?ticket=hidden")
        assert (isinstance(raised.value, Unsure), "hidden" in str(raised.value)) == (False, False)


@pytest.mark.parametrize("body", [{}, {"accessToken": None}, {"accessToken": ""}, {"accessToken": 7}])
def test_an_answer_without_what_was_asked_for(body: dict[str, object]) -> None:
    with pytest.raises(Retryable, match="accessToken"):
        needed(body, "accessToken")


class Away(MemoryStore):
    """A store that does not answer."""

    async def get(self, key: str) -> str | None:
        raise StoreDown("ConnectionError")


async def test_a_store_that_is_away_is_worth_a_retry() -> None:
    with pytest.raises(Retryable, match="共享存储"):
        await Namespace(Away()).get("x")


async def test_counters_that_are_away_are_worth_a_retry() -> None:
    with pytest.raises(Retryable, match="共享存储"):
        await Pace(RedisStore("redis://127.0.0.1:9").counters, "dingapp").wait("/x")


class Downloads:
    """An API whose every download stands at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def call(self, call: Call) -> dict[str, str]:
        assert call.body == {"downloadCode": "code", "robotCode": "robot"}
        return {"downloadUrl": self.url}


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, Rejected, "过期"),
        (404, Rejected, "过期"),
        (503, Retryable, "503"),
    ],
)
async def test_storage_that_gives_no_file(status: int, kind: type[ChannelError], words: str) -> None:
    async with platform(status, "") as (_, url, _), ClientSession() as session:
        store = MediaStore(Downloads(url), Namespace(MemoryStore()), session, "robot")  # type: ignore[arg-type] # a stand-in
        with pytest.raises(kind, match=words):
            await store.download("code")


async def test_storage_that_is_away() -> None:
    async with ClientSession() as session:
        store = MediaStore(Downloads("http://127.0.0.1:9/"), Namespace(MemoryStore()), session, "robot")  # type: ignore[arg-type]
        with pytest.raises(Retryable, match="下载文件失败"):
            await store.download("code")


async def test_a_gateway_that_leads_nowhere_is_asked_ever_more_slowly(caplog: pytest.LogCaptureFixture) -> None:
    async with platform(200, '{"endpoint":"ws://127.0.0.1:9/connect","ticket":"hidden"}') as (wire, url, asked):
        app = App(settings(url.partition("/x?")[0]), Inbox(), wire, CLOCK, METER, Health(), "")
        async with ClientSession() as session:
            client = StreamClient(app, session, FrameHandler(None).answer, Timings(first=0.05))  # type: ignore[arg-type] # unused
            client.start()
            await until(lambda: len(asked) == 3)
            await client.stop()
    assert ("重连：ClientConnectorError" in str(app.health.summary), "hidden" in caplog.text) == (True, False)
