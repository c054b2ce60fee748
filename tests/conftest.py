"""Fixtures: an empty database per test on each engine, and nothing patched."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
import uvloop
from hypothesis import HealthCheck, settings

from bot.runtime.log import hide, trace
from flow.publishing.release import publish_shipped
from flow.records.anchors import begin_empty
from models.database.connection import database, migrate
from tests.checks.floors import is_among, pure_tests
from tests.support.postgres import SERVER, Databases
from tests.support.stage import PAINTER, START, cast_of, hire, sell, sqlite_url, stage
from tests.support.stories import LAMP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

    from tests.support.stage import Home, Stage


# How fast the machine draws examples says nothing of the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# As in service, where an error went wrong is logged without the values around it: structlog's own way of showing those
# takes seconds for an error deep in a story.
structlog.configure(processors=[trace, hide, structlog.processors.KeyValueRenderer()])

ENGINES = ("sqlite", "postgres")

#: what a test writes is gone with it: where there is room in memory, no commit needs to wait for a disk
MEMORY, ROOM = Path("/dev/shm"), 2 << 30
if "PYTEST_DEBUG_TEMPROOT" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def absent(service: str) -> None:
    """Skip by name where a server is absent; in CI that is a failure, never a silence."""
    message = f"{service} 不在，跳过了需要它的测试"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def ran_on(request: pytest.FixtureRequest, engine: str) -> None:
    """Put on record which database a test ran against; the last lines of the run add it up."""
    request.node.user_properties.append(("engine", engine))


def pytest_sessionfinish() -> None:
    """Send the painter home."""
    asyncio.run(PAINTER.stop())


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
    asyncio.run(_written(path, publish_shipped("standard", START)))
    return path


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory, open_template: Path) -> Callable[[Home], Path]:
    """The same with the staff of a shop hired and order 536365 sold, by where the staff are."""

    async def opened(home: Home) -> None:
        await begin_empty(START)
        await hire(cast_of(home).people)
        await sell("536365", LAMP)

    @cache
    def of(home: Home) -> Path:
        path = tmp_path_factory.mktemp(home) / "desk.db"
        shutil.copy2(open_template, path)
        asyncio.run(_written(path, opened(home)))
        return path

    return of


async def _written(path: Path, what: Coroutine[Any, Any, Any]) -> None:
    async with database(f"sqlite://{path}"):
        await what


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Databases of the PostgreSQL server; its absence is said by name."""
    try:
        found = asyncio.run(Databases.made())
    except OSError:
        absent("PostgreSQL")
        raise
    yield found
    asyncio.run(found.drop())


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of an empty SQLite database."""
    ran_on(request, "SQLite")
    shutil.copy2(sqlite_template, tmp_path / "desk.db")
    return sqlite_url(tmp_path)


@pytest.fixture
async def postgres(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database."""
    ran_on(request, "PostgreSQL")
    name = await databases.take()
    yield f"{SERVER}/{name}"
    await databases.give_back(name)


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--part``: with both parts, every test has run once."""
    parser.addoption(
        "--part", choices=("pure", "rest"),
        help="pure: the pure packages' own tests, as make coverage records them; rest: all other ones",
    )  # fmt: skip


@pytest.hookimpl(trylast=True)  # Hypothesis marks its tests here too
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the part that is asked for, and of a table's rows one shop each."""
    if part := config.getoption("part"):
        own = pure_tests()
        items[:] = [item for item in items if (_is_fixed(item) and is_among(item.nodeid, own)) == (part == "pure")]
    _play_in_turn(items)


def _is_fixed(item: pytest.Item) -> bool:
    """Whether nothing of a test is drawn at random, which takes other ways each time, and under a recorder for long."""
    return item.get_closest_marker("hypothesis") is None


def _play_in_turn(items: list[pytest.Item]) -> None:
    """Play the rows of a table in one shop and the next in turn: rows differ in words, shops in the wire."""
    rows: dict[str, list[str]] = {}
    for item in items:
        if "home" in getattr(item, "fixturenames", ()) and (row := _row(item)) not in rows.setdefault(_story(item), []):
            rows[_story(item)].append(row)
    items[:] = [item for item in items if _in_turn(item, rows.get(_story(item), []))]


def pytest_collection_finish() -> None:
    """Ten thousand tests are no garbage: without this each full collection walks through all of them again."""
    gc.freeze()


def _in_turn(item: pytest.Item, rows: list[str]) -> bool:
    """Whether this is the shop in which the item's row is played; a story with few rows is played in every shop."""
    mark, spec = item.get_closest_marker("homes"), getattr(item, "callspec", None)
    if mark is None or spec is None or len(rows) < len(mark.args):
        return True
    return bool(mark.args[rows.index(_row(item)) % len(mark.args)] == spec.params["home"])


def _story(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _row(item: pytest.Item) -> str:
    """Which row of its table an item plays, whatever the shop."""
    spec = getattr(item, "callspec", None)
    return spec.id.replace(str(spec.params.get("home")), "", 1) if spec else ""


def pytest_asyncio_loop_factories(config: Any, item: Any) -> Any:
    """The loop on which the bot runs in service."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def home() -> Home:
    """Where the staff are: the demo's cast is on both platforms, and everybody on WeCom reads there first."""
    return "both"


@pytest.fixture
def hired(sqlite: str, shops: Callable[[Home], Path], tmp_path: Path, home: Home) -> str:
    """The URL of a shop's SQLite file. Made outside of any loop, for the first one is written in a loop of its own."""
    for name in ("desk.db", "desk.db.key"):  # the key, for what was written in the shop is sealed with it
        shutil.copy2(shops(home).with_name(name), tmp_path / name)
    return sqlite


@pytest.fixture
async def desk(hired: str, home: Home) -> AsyncIterator[Stage]:
    """A shop at work on SQLite that has sold order 536365."""
    async with stage(hired, home=home) as found:
        yield found
