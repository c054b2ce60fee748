"""SQLite's own dangers: a table that is rebuilt keeps what hangs on it, and a second bot is told to stay away."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from tortoise import Tortoise
from tortoise.migrations.api import migrate as run_migrations

from models.database import sqlite_guard
from models.database.connection import DatabaseError, sqlite_path
from models.database.solo import only_bot

if TYPE_CHECKING:
    from pathlib import Path

ROWS = """
INSERT INTO tiny_shop (id, name, code, region, rank, city)
VALUES (1, '一店', 'A', '华东', 1, '杭州'), (2, '二店', 'B', '华东', 2, '上海');
INSERT INTO tiny_item (id, shop_id) VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO tiny_remark (id, shop_id) VALUES (1, 1), (2, NULL);
"""


async def migrate(path: Path, target: str, *, foreign_keys: str = "OFF") -> None:
    """Bring the tiny shop to a version."""
    sqlite_guard.install()
    config: dict[str, Any] = {
        "connections": {"default": f"sqlite://{path}?foreign_keys={foreign_keys}"},
        "apps": {"tiny": {"models": ["tests.tiny_shop"], "migrations": "tests.tiny_shop.migrations"}},
    }
    try:
        await run_migrations(config=config, target=f"tiny.{target}")
    finally:
        await Tortoise.close_connections()


@pytest.fixture
async def shop(tmp_path: Path) -> Path:
    """Two shops with their items and remarks, as they were before the rebuild."""
    path = tmp_path / "tiny.db"
    await migrate(path, "first")
    ask(path, ROWS)
    return path


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Run statements with foreign keys enforced; the rows of a single one."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if sql.count(";") > 1:
            connection.executescript(sql)
            return []
        with connection:
            return connection.execute(sql).fetchall()
    finally:
        connection.close()


def indexes(path: Path) -> set[tuple[tuple[str, ...], int]]:
    """Indexed columns of the shop's table, and whether they are unique."""
    found = ask(path, "SELECT name, \"unique\" FROM pragma_index_list('tiny_shop')")
    return {
        (tuple(column for (column,) in ask(path, f"SELECT name FROM pragma_index_info('{name}')")), unique)
        for name, unique in found
    }


async def test_a_rebuild_keeps_every_child(shop: Path) -> None:
    await migrate(shop, "second")
    assert ask(shop, "SELECT id, shop_id FROM tiny_item ORDER BY id") == [(1, 1), (2, 1), (3, 2)]
    assert ask(shop, "SELECT id, shop_id FROM tiny_remark ORDER BY id") == [(1, 1), (2, None)]
    assert ask(shop, "SELECT id, name, code, region, rank FROM tiny_shop ORDER BY id") == [
        (1, "一店", "A", "华东", 1), (2, "二店", "B", "华东", 2),
    ]  # fmt: skip
    assert ask(shop, "PRAGMA foreign_key_check") == []


async def test_children_still_know_their_parent_afterwards(shop: Path) -> None:
    await migrate(shop, "second")
    ask(shop, "DELETE FROM tiny_shop WHERE id = 1")
    assert ask(shop, "SELECT id FROM tiny_item") == [(3,)]
    assert ask(shop, "SELECT id, shop_id FROM tiny_remark ORDER BY id") == [(1, None), (2, None)]
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        ask(shop, "INSERT INTO tiny_item (shop_id) VALUES (99)")


async def test_a_rebuild_keeps_every_index_but_those_of_the_lost_column(shop: Path) -> None:
    before = indexes(shop)
    await migrate(shop, "second")
    assert before - indexes(shop) == {(("city",), 0)}
    assert indexes(shop) == {(("code",), 1), (("name", "region"), 1), (("region",), 0), (("region", "rank"), 0)}


@pytest.mark.parametrize(
    "row",
    [
        "(9, '三店', 'A', '华南', 9)",  # the code is taken
        "(9, '一店', 'C', '华东', 9)",  # name and region together are taken
    ],
)
async def test_what_was_unique_stays_unique(shop: Path, row: str) -> None:
    await migrate(shop, "second")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        ask(shop, f"INSERT INTO tiny_shop (id, name, code, region, rank) VALUES {row}")


async def test_with_foreign_keys_on_nothing_is_rebuilt(shop: Path) -> None:
    with pytest.raises(RuntimeError, match="foreign_keys=OFF"):
        await migrate(shop, "second", foreign_keys="ON")
    assert ask(shop, "SELECT count(*) FROM tiny_item") == [(3,)]
    assert ask(shop, "SELECT city FROM tiny_shop ORDER BY id") == [("杭州",), ("上海",)]


async def test_a_refused_migration_can_be_done_later(shop: Path) -> None:
    with pytest.raises(RuntimeError):
        await migrate(shop, "second", foreign_keys="ON")
    await migrate(shop, "second")
    assert ask(shop, "SELECT count(*) FROM tiny_item") == [(3,)]


# ---- one bot per file


def test_a_second_bot_on_one_file_is_told_why_and_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'desk.db'}"
    with only_bot(url), pytest.raises(DatabaseError) as refused, only_bot(url):
        pytest.fail("two bots on one file")
    assert str(refused.value) == (
        f"{tmp_path / 'desk.db'} 已经有一个机器人在用。SQLite 只能一个进程使用；要开多个请改用 PostgreSQL 和 Redis"
    )


def test_the_next_bot_may_start_when_the_first_is_gone(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'new' / 'desk.db'}"
    for _ in range(2):
        with only_bot(url):
            assert (tmp_path / "new" / "desk.db.lock").exists()


@pytest.mark.parametrize("url", ["postgres://u:p@db/desk", "sqlite://:memory:"])
def test_elsewhere_there_is_nothing_to_hold(url: str) -> None:
    with only_bot(url), only_bot(url):
        assert sqlite_path(url) is None


def test_two_files_two_bots(tmp_path: Path) -> None:
    with only_bot(f"sqlite://{tmp_path / 'a.db'}"), only_bot(f"sqlite://{tmp_path / 'b.db'}"):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db.lock", "b.db.lock"]
