"""Fixtures: an empty database per test on each engine, and nothing patched."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.runtime.log import hide, trace
from flow.publishing.release import publish_shipped
from models.database.connection import database, migrate
from tests.support.stage import START, sell, sqlite_url, stage
from tests.support.stories import LAMP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.stage import Home, Stage


# How fast the machine draws examples says nothing of the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# As in service, where an error went wrong is logged without the values around it: structlog's own way of showing those
# takes seconds for an error deep in a story.
structlog.configure(processors=[trace, hide, structlog.processors.KeyValueRenderer()])

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SERVER = POSTGRES.rpartition("/")[0]
ENGINES = ("sqlite", "postgres")


def absent(service: str) -> None:
    """Skip by name where a server is absent; in CI that is a failure, never a silence."""
    message = f"{service} 不在，跳过了需要它的测试"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def ran_on(request: pytest.FixtureRequest, engine: str) -> None:
    """Put on record which database a test ran against; the last lines of the run add it up."""
    request.node.user_properties.append(("engine", engine))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what ran against which database, and name everything that was skipped."""
    ran: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        ran.update(engine for name, engine in report.user_properties if name == "engine")
    counts = "，".join(f"{engine} {count} 个" for engine, count in sorted(ran.items())) or "没有用到数据库"
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"各数据库上跑过的测试：{counts}；跳过 {len(skipped)} 个")
    for report in skipped:
        terminalreporter.write_line(f"跳过：{report.nodeid}：{report.longrepr[2]}")


def admin_url() -> str:
    """The PostgreSQL server's own database, in asyncpg's spelling."""
    return POSTGRES.replace("postgres://", "postgresql://", 1)


async def on_postgres(*statements: str) -> None:
    """Run statements on the server; its absence is said by name."""
    import asyncpg

    try:
        connection = await asyncpg.connect(admin_url())
    except OSError:
        absent("PostgreSQL")
        raise
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every migration applied, once: copies of it cost a millisecond, migrating a second."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    asyncio.run(migrate(f"sqlite://{path}"))
    return path


@pytest.fixture(scope="session")
def open_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The same with the shipped rules in force, which a bot then need not check again at every start."""
    path = tmp_path_factory.mktemp("open") / "desk.db"
    shutil.copy2(sqlite_template, path)
    asyncio.run(_open(f"sqlite://{path}"))
    return path


async def _open(url: str) -> None:
    async with database(url):
        await publish_shipped("standard", START)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a PostgreSQL database with every migration applied, once."""
    name = f"boomerang_template_{secrets.token_hex(6)}"
    asyncio.run(on_postgres(f'CREATE DATABASE "{name}"'))
    asyncio.run(migrate(f"{SERVER}/{name}"))
    yield name
    asyncio.run(on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of an empty SQLite database."""
    ran_on(request, "SQLite")
    shutil.copy2(sqlite_template, tmp_path / "desk.db")
    return sqlite_url(tmp_path)


@pytest.fixture
async def postgres(request: pytest.FixtureRequest, postgres_template: str) -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database."""
    ran_on(request, "PostgreSQL")
    name = f"boomerang_test_{secrets.token_hex(6)}"
    await on_postgres(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    yield f"{SERVER}/{name}"
    await on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def ready(sqlite: str) -> str:
    """The URL of an empty SQLite database that is up to date."""
    return sqlite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play a story in each of the shops that it, or its file, is marked for: ``homes("both", "dingtalk")``."""
    mark = metafunc.definition.get_closest_marker("homes")
    if mark and "home" in metafunc.fixturenames:
        metafunc.parametrize("home", mark.args)


@pytest.fixture
def home() -> Home:
    """Where the staff are: the demo's cast is on both platforms, and everybody on WeCom reads there first."""
    return "both"


@pytest.fixture
async def desk(sqlite: str, open_template: Path, tmp_path: Path, home: Home) -> AsyncIterator[Stage]:
    """A shop at work on SQLite that has sold order 536365."""
    shutil.copy2(open_template, tmp_path / "desk.db")
    async with stage(sqlite, home=home) as found:
        await sell("536365", LAMP)
        yield found
