"""Sessions of our own: they read an address as the pool does, whatever stands behind its question mark."""

from __future__ import annotations

import pytest

from bot.backups.source import reading
from models import Counter
from models.database.connection import database, migrate
from models.database.sessions import open_session


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("?maxsize=2", id="as docs/operators.md says, for fewer connections"),
        pytest.param("?minsize=1&maxsize=2&max_queries=10", id="all of the pool's"),
        pytest.param("?ssl=", id="asyncpg's own, without"),
        pytest.param("?application_name=boomerang", id="the server's"),
        pytest.param("?timeout=9", id="in place of ours"),
    ],
)
async def test_an_address_with_settings_of_the_pool_opens_everywhere(postgres: str, query: str) -> None:
    url = postgres + query
    await migrate(url)
    async with database(url):
        await Counter.create(name="here", value=1)
    async with reading(url) as source:
        assert await source.count("counter") == 1


async def test_a_session_has_the_name_that_its_address_gives_it(postgres: str) -> None:
    session = await open_session(f"{postgres}?application_name=boomerang")
    try:
        assert await session.fetchval("SHOW application_name") == "boomerang"
    finally:
        await session.close()
