"""The schema that migrations make is the models' own, and no version of a full database is lost on the way to it."""

from __future__ import annotations

import asyncio
import fcntl
import pkgutil
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest
from tortoise import Tortoise, connections
from tortoise.migrations.api import migrate as run_migrations
from tortoise.migrations.autodetector import MigrationAutodetector

import models.migrations
from models import Case
from models.database.connection import SQLITE_PRAGMAS, DatabaseError, config, copy_sqlite, database, migrate
from tests import ROOT
from tests.conftest import ENGINES
from tests.support.stage import sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

VERSIONS = sorted(name for _, name, _ in pkgutil.iter_modules(models.migrations.__path__))
SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
OWN = "tortoise_migrations"  #: where the migrations themselves are on record
Row = dict[str, Any]


# ---- one schema


def schema(path: Path) -> dict[str, Any]:
    """Every table of a SQLite file: columns by name with type, null, default and key; indexes; references."""
    with closing(sqlite3.connect(path)) as connection:
        ask = connection.execute
        tables = [
            name for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        ]
        return {
            table: (
                sorted((row[1:] for row in ask(f'PRAGMA table_info("{table}")')), key=itemgetter(0)),
                sorted(
                    (unique, _columns(connection, name))
                    for _, name, unique, *_ in ask(f'PRAGMA index_list("{table}")')
                    if not name.startswith("tail_")  # of expressions, which models cannot declare: see models/tails.py
                ),
                sorted(row[2:] for row in ask(f'PRAGMA foreign_key_list("{table}")')),
            )
            for table in tables
            if table != OWN
        }


def _columns(connection: sqlite3.Connection, index: str) -> list[str]:
    return [row[2] for row in connection.execute(f'PRAGMA index_info("{index}")')]


async def test_migrations_make_the_schema_of_the_models(sqlite_template: Path, tmp_path: Path) -> None:
    by_models = tmp_path / "made.db"
    async with database(f"sqlite://{by_models}"):
        await Tortoise.generate_schemas()
    assert schema(sqlite_template) == schema(by_models)
    assert len(schema(by_models)) > 15


async def test_no_change_of_a_model_waits_for_its_migration(tmp_path: Path) -> None:
    async with database(sqlite_url(tmp_path)):
        apps = config(sqlite_url(tmp_path))["apps"]
        assert Tortoise.apps
        pending = await MigrationAutodetector(Tortoise.apps, apps).changes()
    assert [writer.name for writer in pending] == []


async def test_migrating_twice_changes_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    shutil.copy(sqlite_template, path)
    await migrate(f"sqlite://{path}")
    assert schema(path) == schema(sqlite_template)


# ---- full databases of every version


@dataclass(frozen=True, slots=True)
class Column:
    """What a row of a table must give."""

    name: str
    type: str
    refers: str = ""  #: to this table

    def literal(self, table: str, number: int) -> str:
        """Some value for row ``number``, as SQL that both engines read."""
        if self.refers:
            return "NULL" if self.refers == table else str(number)
        kind = self.type.upper()
        if "BOOL" in kind or kind == "INT4BOOL":
            return "TRUE"
        if "INT" in kind:
            return str(number)
        if "TIME" in kind:
            return f"'2026-11-2{number} 06:03:04.500000+00:00'"
        return "'{}'" if "JSON" in kind else f"'v{number}'"


async def tables() -> dict[str, list[Column]]:
    """Every table of the open database with its columns."""
    connection = connections.get("default")
    ask = connection.execute_query_dict
    if connection.capabilities.dialect == "sqlite":
        return {
            row["name"]: await _sqlite_columns(row["name"]) for row in await ask(SQLITE_TABLES) if row["name"] != OWN
        }
    found: dict[str, list[Column]] = {}
    refers = {(row["child"], row["name"]): row["parent"] for row in await ask(POSTGRES_REFERENCES)}
    for row in await ask(POSTGRES_COLUMNS):
        column = Column(row["name"], row["type"], refers.get((row["child"], row["name"]), ""))
        found.setdefault(row["child"], []).append(column)
    found.pop(OWN)
    return found


POSTGRES_COLUMNS = """
SELECT table_name AS child, column_name AS name, data_type AS type FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY ordinal_position
"""
POSTGRES_REFERENCES = """
SELECT k.table_name AS child, k.column_name AS name, u.table_name AS parent
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r USING (constraint_name)
JOIN information_schema.constraint_table_usage u ON u.constraint_name = r.constraint_name
"""


async def _sqlite_columns(table: str) -> list[Column]:
    ask = connections.get("default").execute_query_dict
    refers = {row["from"]: row["table"] for row in await ask(f'PRAGMA foreign_key_list("{table}")')}
    return [
        Column(row["name"], row["type"], refers.get(row["name"], ""))
        for row in await ask(f'PRAGMA table_info("{table}")')
    ]


def parents_first(found: dict[str, list[Column]]) -> Iterable[str]:
    """Tables in an order in which no row comes before the one that it refers to."""
    done: set[str] = set()
    while left := [table for table in found if table not in done]:
        ready = [t for t in left if {c.refers for c in found[t]} <= {*done, t, ""}]
        assert ready, f"{left} refer to each other in a circle"
        yield from ready
        done.update(ready)


async def fill(rows: int = 3) -> None:
    """Put rows into every table, each child with a parent of its own."""
    found = await tables()
    for table in parents_first(found):
        names = ", ".join(f'"{column.name}"' for column in found[table])
        for number in range(1, rows + 1):
            values = ", ".join(column.literal(table, number) for column in found[table])
            await connections.get("default").execute_query(f'INSERT INTO "{table}" ({names}) VALUES ({values})')


async def content() -> dict[str, list[Row]]:
    """Everything in the open database."""
    ask = connections.get("default").execute_query_dict
    return {table: [dict(row) for row in await ask(f'SELECT * FROM "{table}" ORDER BY 1')] for table in await tables()}


async def migrate_to(url: str, version: str) -> None:
    """Stop at an earlier version."""
    try:
        off = SQLITE_PRAGMAS.replace("foreign_keys=ON", "foreign_keys=OFF")
        await run_migrations(config=config(url, off), target=f"models.{version}")
    finally:
        await Tortoise.close_connections()


@pytest.fixture(scope="module")
def olds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The empty SQLite file of every version, each made from the one before: most of the work is in the first."""
    folder = tmp_path_factory.mktemp("versions")

    @cache
    def of(version: str) -> Path:
        path = folder / f"{version}.db"
        if before := VERSIONS[: VERSIONS.index(version)]:
            shutil.copy(of(before[-1]), path)
        asyncio.run(migrate_to(f"sqlite://{path}", version))
        return path

    return of


@pytest.fixture
def old(olds: Callable[[str], Path], tmp_path: Path, version: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of a version, on an engine that is named; on PostgreSQL the version is to come."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite://{shutil.copy(olds(version), tmp_path / 'old.db')}"


#: on SQLite, which rebuilds a table to change it, from every version; PostgreSQL goes through them all from the first
WAYS = [*(("sqlite", version) for version in VERSIONS), ("postgres", VERSIONS[0]), ("postgres", VERSIONS[-2])]


@pytest.mark.parametrize(("old", "version"), WAYS, indirect=["old"])
async def test_a_full_database_of_any_version_arrives_whole(old: str, version: str) -> None:
    await migrate_to(old, version)
    async with database(old):
        await fill()
        before = await content()
    await migrate(old)
    async with database(old):
        after = await content()
    assert all(len(rows) == 3 for rows in before.values())
    for table, rows in before.items():
        shared = before[table][0].keys() & after[table][0].keys()
        kept = [_only(_moved(row, table, version), shared) for row in rows]
        assert [_only(row, shared) for row in after[table]] == kept, table


PRICED_FINER, PRICED = "0005", ("order_line", "case_line")


def _moved(row: Row, table: str, version: str) -> Row:
    """The row as it must read later: prices were whole 分 once."""
    finer = table in PRICED and version < PRICED_FINER
    return row | {"unit_price": row["unit_price"] * 10_000} if finer else row


def _only(row: Row, names: Iterable[str]) -> Row:
    return {name: row[name] for name in sorted(names)}


LIVED = (
    "INSERT INTO member (id, name) VALUES (1, '林晓'), (2, '王建国')",
    "INSERT INTO return_case (id, no, kind, state, nodes, facts, snapshot, creator_id, opened_at, batch_id) VALUES "
    "(1, 'R1', '退货', '处理中', '[]', '{}', '{}', 1, '2026-11-22 01:00:00+00:00', NULL), "
    "(2, 'R2', '退货', '处理中', '[]', '{}', '{}', 1, '2026-11-22 01:00:00+00:00', NULL), "
    "(3, 'R3', '退货', '已完成', '[]', '{}', '{}', NULL, '2026-11-22 01:00:00+00:00', 1)",
    "INSERT INTO task (case_id, node, owner_id, state, opened_at, due_at, closed_at, action) VALUES "
    "(1, '客服审核', 1, 'done', '2026-11-22 01:00:00+00:00', '2026-11-23 01:00:00+00:00', "
    "'2026-11-22 02:00:00+00:00', '同意'), "
    "(1, '客服审核', 2, 'done', '2026-11-22 01:00:00+00:00', '2026-11-23 01:00:00+00:00', "
    "'2026-11-22 03:00:00+00:00', '转交'), "
    "(1, '客服审核', 2, 'done', '2026-11-22 03:00:00+00:00', '2026-11-23 01:00:00+00:00', "
    "'2026-11-22 04:00:00.5+00:00', '同意'), "
    "(2, '仓库收货', 2, 'done', '2026-11-22 01:00:00+00:00', '2026-11-23 01:00:00+00:00', "
    "'2026-11-22 04:00:00+00:00', '确认收货'), "
    "(2, '质检', 2, 'done', '2026-11-22 04:00:00+00:00', '2026-11-23 01:00:00+00:00', "
    "'2026-11-22 05:00:00+00:00', '合格入库')",
    "INSERT INTO case_event (case_id, seq, at, actor, action, data, before, hash) VALUES "
    "(1, 1, '2026-11-22 01:00:00+00:00', '林晓', '提交', '{}', '', ''), "
    "(1, 2, '2026-11-22 06:00:00+00:00', '王建国', '退回', '{}', '', ''), "
    "(1, 3, '2026-11-22 07:00:00+00:00', '王建国', '退回', '{}', '', '')",
)


@pytest.mark.parametrize(("old", "version"), [(each, "0003_refusals") for each in ENGINES], indirect=["old"])
async def test_cases_from_before_are_known_to_have_been_answered_and_given_back(old: str, version: str) -> None:
    await migrate_to(old, version)
    async with database(old):
        for statement in LIVED:
            await connections.get("default").execute_query(statement)
    await migrate(old)
    async with database(old):
        found = await Case.all().order_by("id").values_list("answered_at", "reworked_at")
    known = (datetime(2026, 11, 22, 4, 0, 0, 500_000, UTC), datetime(2026, 11, 22, 6, tzinfo=UTC))
    assert found == [known, (None, None), (None, None)]


def test_versions_are_numbered_without_a_gap() -> None:
    assert [name[:4] for name in VERSIONS] == [f"{number:04d}" for number in range(1, len(VERSIONS) + 1)]


# ---- when a migration leaves something broken


@pytest.fixture
def broken(olds: Callable[[str], Path], tmp_path: Path) -> Path:
    """The files of an older bot that was killed: the last rows stand in the write-ahead log, one refers to nobody."""
    left, path = tmp_path / "left.db", tmp_path / "old.db"
    shutil.copy(olds(VERSIONS[-2]), path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("INSERT INTO counter (name, value) VALUES ('case:20261122', 7)")
        connection.execute("INSERT INTO member_role (id, member_id, role) VALUES (1, 404, '客服')")
        connection.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{left}{end}")
    return left


async def test_references_that_hang_in_the_air_bring_the_old_data_back(broken: Path) -> None:
    with pytest.raises(DatabaseError, match="1 行引用断开，已恢复迁移前的数据"):
        await migrate(f"sqlite://{broken}")
    with closing(sqlite3.connect(broken)) as connection:
        assert connection.execute("SELECT name, value FROM counter").fetchall() == [("case:20261122", 7)]


async def test_a_database_in_memory_is_refused_in_words() -> None:
    with pytest.raises(DatabaseError, match="请给出文件路径"):
        await migrate("sqlite://:memory:")


async def test_no_copy_is_left_behind(sqlite: str, tmp_path: Path) -> None:
    for _ in range(2):
        await migrate(sqlite)
    assert list(tmp_path.glob("*before-migration*")) == []  # noqa: ASYNC240


# ---- one at a time

MIGRATE = "import asyncio, sys; from models.database.connection import migrate; asyncio.run(migrate(sys.argv[1]))"


async def test_commands_beside_the_first_start_wait_for_each_other_and_find_everything(tmp_path: Path) -> None:
    """Each is a process of its own, as a bot that starts and an import that is typed meanwhile."""
    url = sqlite_url(tmp_path)
    many = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, url, cwd=ROOT, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    said = [(await each.communicate())[1].decode() for each in many]
    assert ([each.returncode for each in many], said) == ([0, 0, 0], ["", "", ""])
    async with database(url):
        assert await Case.all().count() == 0


async def test_who_migrates_a_file_holds_others_up_until_it_is_done(tmp_path: Path) -> None:
    url, path = sqlite_url(tmp_path), tmp_path / "desk.db"
    with path.with_suffix(".db.migrating").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = asyncio.create_task(migrate(url))
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert (done, path.exists()) == (set(), False)
    await waiting
    async with database(url):
        assert await Case.all().count() == 0


def _open_to_others(folder: Path) -> list[str]:
    """Names of the database's files that others of the machine may touch."""
    return [each.name for each in folder.glob("*.db*") if each.stat().st_mode & 0o077 and each.suffix != ".migrating"]


async def test_nobody_else_of_the_machine_reads_a_database_that_we_have_made(tmp_path: Path) -> None:
    await migrate(sqlite_url(tmp_path))
    async with database(sqlite_url(tmp_path)):
        await Case.all().count()
        copy_sqlite(tmp_path / "desk.db", tmp_path / "copy.db")
        assert _open_to_others(tmp_path) == []
