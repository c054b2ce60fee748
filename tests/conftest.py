"""Fixtures: an empty database per test on each engine, and nothing patched."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from typing import TYPE_CHECKING

import pytest

from models.database import migrate
from tests.stage import sell, sqlite_url, stage
from tests.stories import LAMP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.stage import Stage

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
ENGINES = ("sqlite", "postgres")


def absent(service: str) -> None:
    """Skip by name where a server is absent; in CI that is a failure, never a silence."""
    message = f"{service} 不在，跳过了需要它的测试"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


async def fresh_postgres() -> str:
    """Make an empty database on the local PostgreSQL; its URL."""
    import asyncpg

    server, _, _ = POSTGRES.rpartition("/")
    name = f"boomerang_test_{secrets.token_hex(6)}"
    try:
        connection = await asyncpg.connect(POSTGRES.replace("postgres://", "postgresql://", 1))
    except OSError:
        absent("PostgreSQL")
        raise
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return f"{server}/{name}"


async def drop_postgres(url: str) -> None:
    """Remove a database made by ``fresh_postgres``, and whoever still hangs on it."""
    import asyncpg

    connection = await asyncpg.connect(POSTGRES.replace("postgres://", "postgresql://", 1))
    await connection.execute(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')
    await connection.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return sqlite_url(tmp_path)


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every migration applied and nothing in it; made once, because it takes longer than a story."""
    folder = tmp_path_factory.mktemp("schema")
    asyncio.run(migrate(sqlite_url(folder)))
    return folder / "desk.db"


@pytest.fixture
def ready(schema: Path, tmp_path: Path) -> str:
    """The URL of an empty SQLite database that is up to date."""
    shutil.copy(schema, tmp_path / schema.name)
    return sqlite_url(tmp_path)


@pytest.fixture
async def postgres() -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database."""
    url = await fresh_postgres()
    yield url
    await drop_postgres(url)


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Each engine in turn."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    url = await fresh_postgres()
    yield url
    await drop_postgres(url)


@pytest.fixture
async def desk(ready: str) -> AsyncIterator[Stage]:
    """A shop at work on SQLite that has sold order 536365."""
    async with stage(ready) as found:
        await sell("536365", LAMP)
        yield found
