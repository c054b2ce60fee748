"""What is beside a backup: tables of other programs, which are neither saved nor touched, and a disk without room."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backups import service
from bot.backups.archive import BadBackup
from bot.backups.scratch import BATCH
from models import Member
from models.database.connection import database
from tests.bot.test_backups import quiet, settings
from tests.support.postgres import connected
from tests.support.stage import START

if TYPE_CHECKING:
    from pathlib import Path

TIED = "CREATE TABLE theirs (words text, member_id int REFERENCES member (id))"
KEPT = "INSERT INTO theirs (words) VALUES ('keep me')"


async def beside(url: str, *statements: str) -> list[str]:
    """Run statements as another program does; what stands in its table."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as other:
            for each in statements:
                other.execute(each)
            other.commit()
            return [str(row[0]) for row in other.execute("SELECT words FROM theirs")]
    connection = await connected(url.rpartition("/")[2])
    try:
        for each in statements:
            await connection.execute(each)
        return [row["words"] for row in await connection.fetch("SELECT words FROM theirs")]
    finally:
        await connection.close()


async def test_a_backup_leaves_them_out(database_url: str, tmp_path: Path) -> None:
    await beside(database_url, TIED, KEPT)
    made = await service.backup(settings(database_url, tmp_path), tmp_path / "a.bak", START, quiet)
    assert "theirs" not in made.manifest.tables
    assert await beside(database_url) == ["keep me"]


async def test_a_trial_that_finds_no_room_leaves_no_file(sqlite: str, tmp_path: Path) -> None:
    """The disk is full when the backup is there and is being restored beside it."""
    async with database(sqlite):
        await Member.bulk_create(Member(name=f"员工{n}") for n in range(BATCH))

    def full(what: str, *_: object) -> None:
        if what == "恢复":
            raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(BadBackup, match=r"没有地方试着恢复一遍.*没有留下备份"):
        await service.backup(settings(sqlite, tmp_path), tmp_path / "a.bak", START, full)
    assert not (tmp_path / "a.bak").exists()


async def test_a_restore_leaves_them_alone_even_where_it_replaces(postgres: str, tmp_path: Path) -> None:
    """SQLite has one file for all: what is replaced there is kept whole beside the new one."""
    async with database(postgres):
        await Member.create(name="林晓")
    await service.backup(settings(postgres, tmp_path), tmp_path / "a.bak", START, quiet)
    await beside(postgres, TIED, KEPT)
    async with database(postgres):
        await Member.create(name="何佳")
    await service.restore(settings(postgres, tmp_path), tmp_path / "a.bak", quiet, replace=True)
    assert await beside(postgres) == ["keep me"]
    async with database(postgres):
        assert [each.name for each in await Member.all()] == ["林晓"]
