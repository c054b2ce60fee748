"""What people and operators see while the database, its disk or Redis is away, and when it is back."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from structlog.testing import capture_logs
from tortoise import connections

from tests.support.outages import held, way_to
from tests.support.ports import unused_port
from tests.support.stage import sell, stage, text_of, until
from tests.support.stories import LAMP, LINE
from tests.support.walk import QUICK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sandbox.way import Way
    from tests.support.stage import Stage


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Without its settings structlog draws every traceback in a frame, in which the loop stands still."""
    with capture_logs():
        yield


@asynccontextmanager
async def desk_at(url: str, redis: str = "") -> AsyncIterator[Stage]:
    async with stage(url, QUICK, home="wecom", REDIS_URL=redis) as desk:
        await sell("536365", LAMP)
        yield desk


async def ask(desk: Stage, path: str) -> tuple[int, str]:
    """What an operator's probe gets, which must come within a second."""
    began = time.monotonic()
    async with aiohttp.ClientSession() as session, session.get(f"{desk.bot.settings.public_url}{path}") as answer:
        found = answer.status, await answer.text()
    assert time.monotonic() - began < 1.0
    return found


async def readiness(desk: Stage) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{desk.bot.settings.public_url}/readyz") as answer:
        return answer.status, await answer.json()


async def number(desk: Stage, name: str) -> str:
    """One line of ``/metrics``."""
    status, text = await ask(desk, "/metrics")
    assert status == 200
    return next(line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"boomerang_{name} "))


@asynccontextmanager
async def by_a_way(postgres: str) -> AsyncIterator[tuple[Stage, Way]]:
    place = urlsplit(postgres)
    async with (
        way_to(str(place.hostname), place.port or 5432) as way,
        desk_at(f"postgres://{place.username}@127.0.0.1:{way.port}{place.path}") as desk,
    ):
        yield desk, way
        await way.mend()


async def test_what_is_said_and_tapped_while_postgres_is_away_is_done_when_it_is_back(postgres: str) -> None:
    async with by_a_way(postgres) as (desk, way):
        lin = desk.person("林晓")
        await desk.say(lin, LINE)
        card = desk.card(lin, "提交")
        await way.cut()
        pressing = asyncio.create_task(desk.press(card, "提交"))
        saying = asyncio.create_task(desk.sandbox.wecom.phones.say(str(lin.wecom), "帮助"))
        await until(
            lambda: "intake" in desk.bot.supervisor.workers and bool(desk.bot.supervisor.workers["intake"].problem)
        )
        status, report = await readiness(desk)
        assert (status, report["status"], report["database"] != "ok") == (503, "not ready", True)
        assert await number(desk, "database_up") == "0.0"
        assert await number(desk, "open_cases") == "NaN"
        assert (await ask(desk, "/healthz"))[0] == 200
        async with aiohttp.ClientSession() as session, session.get(f"{desk.bot.settings.public_url}/c/1.x") as page:
            assert page.status == 503
        await way.mend()
        await asyncio.gather(pressing, saying)
        await until(lambda: any("你可以说" in text_of(item) for item in desk.phone(lin)))
        await until(lambda: bool(desk.live(desk.person("王建国"))))
        assert await number(desk, "database_up") == "1.0"


async def test_probes_answer_while_postgres_hangs(postgres: str) -> None:
    async with by_a_way(postgres) as (desk, way):
        way.block()
        assert (await ask(desk, "/readyz"))[0] == 503
        assert await number(desk, "database_up") == "0.0"


async def test_a_full_disk_is_no_readiness(sqlite: str) -> None:
    async with desk_at(sqlite) as desk:
        assert (await ask(desk, "/readyz"))[0] == 200
        connection = connections.get("default")
        await connection.execute_query("PRAGMA query_only=1")  # what cannot be written now, whatever the reason
        status, report = await readiness(desk)
        assert (status, report["database"]) == (503, "数据库文件只能读不能写")
        await connection.execute_query("PRAGMA query_only=0")
        assert (await ask(desk, "/readyz"))[0] == 200


async def test_a_lock_that_lasts_is_waited_for(sqlite: str) -> None:
    async with desk_at(sqlite) as desk:
        lin = desk.person("林晓")
        await desk.say(lin, LINE)
        card = desk.card(lin, "提交")
        await connections.get("default").execute_query("PRAGMA busy_timeout=50")
        with held(sqlite):
            pressing = asyncio.create_task(desk.press(card, "提交"))
            await until(lambda: bool(desk.bot.supervisor.workers["outbox"].problem))
            assert (await ask(desk, "/readyz"))[0] == 503
        await pressing
        await until(lambda: bool(desk.live(desk.person("王建国"))))


async def test_a_redis_that_is_away_is_no_desk_away(sqlite: str) -> None:
    async with desk_at(sqlite, redis=f"redis://127.0.0.1:{unused_port()}/0") as desk:
        lin, wang = desk.person("林晓"), desk.person("王建国")
        await desk.say(lin, LINE)
        await desk.tap(lin, "提交")
        await desk.tap(wang, "同意")
        assert any("你可以说" in text_of(item) for item in await desk.say(lin, "帮助"))
        status, report = await readiness(desk)
        assert (status, "Redis" in report["redis"]) == (200, True)
        assert await number(desk, "redis_up") == "0.0"
