"""A backup holds the whole database of one moment, goes back into either engine, and is never half of anything."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from click.testing import CliRunner
from tortoise.migrations.api import migrate as run_migrations

from bot.app import running
from bot.backups import service
from bot.backups.archive import BadBackup, Reader
from bot.backups.source import reading
from bot.checkup import examine
from bot.cli.main import cli
from bot.jobs.retention import Pruner
from bot.outbox.renderer import ChartRenderer
from bot.store.photos import PhotoFolder
from config.settings import KeepSettings, Settings
from flow.cases.photos import keep_photo
from flow.records.verification import broken_cases
from models import Case, Event, Member, Photo, Refund, RefundState
from models.database.connection import SQLITE_PRAGMAS, DatabaseError, config, database, disconnect
from models.seals import key_file
from models.views.case import Person
from tests.support.postgres import SERVER
from tests.support.stage import START, sell, sqlite_url, stage
from tests.support.stories import LAMP, inspected, play, submitted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.support.postgres import Databases

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
KEY = "k" * 32
Rows = dict[str, list[list[Any]]]


def settings(url: str, folder: Path) -> Settings:
    return Settings.load({"DATABASE_URL": url, "PHOTO_STORE": str(folder / "photos"), "AUDIT_KEY": KEY})


def quiet(_: str, __: int, ___: int | None) -> None:
    """Progress that nobody looks at."""


async def lived_in(url: str, folder: Path, key: str = KEY) -> None:
    """A shop after a day: a case that is paid, one under way, a photo in the database and one outside."""
    async with stage(url, AUDIT_KEY=key) as desk:
        await sell("536365", LAMP)
        no = await inspected(desk)
        await play(desk, "钱芳 确认退款")
        await submitted(desk, "退货 536365 71053×1 质量问题")
        who, case = Person(1, "林晓", frozenset()), await Case.get(no=no)
        await keep_photo(case.id, "照片", PNG, who, START)
        store = PhotoFolder(folder / "photos")
        assert await Pruner(KeepSettings(), store, desk.clock.now, 0).move_photos() == 1
        await keep_photo(case.id, "照片", PNG + b"\0", who, START)


async def content(url: str) -> Rows:
    """Every row of every table, as SQLite would keep it; JSON as what it says."""
    async with reading(url) as source:
        found: Rows = {}
        for name, columns in (await source.tables()).items():
            rows = [list(row) async for page in source.rows(name, sorted(columns)) for row in page]
            found[name] = sorted(([_plain(value) for value in row] for row in rows), key=repr)
        return found


def _plain(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


@pytest.fixture
async def empty(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> AsyncIterator[str]:
    """A place to restore into, of the engine that is named."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "there")
        return
    name = await databases.take()
    yield f"{SERVER}/{name}"
    await databases.give_back(name)


@pytest.mark.parametrize("empty", ["sqlite", "postgres"], indirect=True)
async def test_everything_comes_back_on_either_engine(database_url: str, empty: str, tmp_path: Path) -> None:
    await lived_in(database_url, tmp_path)
    before = await content(database_url)
    made = await service.backup(settings(database_url, tmp_path), tmp_path / "a.bak", START, quiet)
    assert (made.broken, made.missing, len(made.manifest.photos)) == ([], 0, 1)
    there = tmp_path / "there"
    await service.restore(settings(empty, there), tmp_path / "a.bak", quiet)
    assert await content(empty) == before
    there_now = PhotoFolder(there / "photos")
    assert {await there_now.read(place) for place in made.manifest.photos} == {PNG}
    async with database(empty):
        assert [sentence async for sentence in broken_cases()] == []
        newest = max(await Member.all().values_list("id", flat=True))
        assert (await Member.create(name="新来的")).id > newest  # type: ignore[operator]
        await Photo.all().delete()
        assert (await Photo.create(case_id=1, at=START, digest="d", size=0, data=b"")).id == 3, "no number comes twice"


async def test_a_bot_starts_on_what_was_restored(sqlite: str, tmp_path: Path) -> None:
    await lived_in(sqlite, tmp_path)
    await service.backup(settings(sqlite, tmp_path), tmp_path / "a.bak", START, quiet)
    there = settings(sqlite_url(tmp_path / "there"), tmp_path)
    await service.restore(there, tmp_path / "a.bak", quiet)
    async with running(there, renderer=ChartRenderer()) as bot:
        assert bot.channels == {}
        assert (await Refund.get()).state is RefundState.PAID


async def test_it_is_one_moment_whatever_is_written_beside_it(database_url: str, tmp_path: Path) -> None:
    """Cases and their events are written in one transaction: a backup never holds one without the other."""
    async with stage(database_url, AUDIT_KEY=KEY) as desk:
        await sell("536365", {"85123A": ("白色心形烛台", 60, "2.55")})
        stop = asyncio.Event()

        async def work() -> None:
            while not stop.is_set():
                await submitted(desk, "退货 536365 85123A×1 质量问题")

        working = asyncio.create_task(work())
        for n in range(3):
            made = await service.backup(
                settings(database_url, tmp_path), tmp_path / f"{n}.bak", START, quiet, verify=False
            )
            with Reader(tmp_path / f"{n}.bak") as reader:
                cases = {row[0] for row in rows_of(reader, "return_case", "id")}
                events = {row[0] for row in rows_of(reader, "case_event", "case_id")}
            assert cases == events
            assert made.manifest.tables["return_case"].rows == len(cases)
        stop.set()
        await working


def rows_of(reader: Reader, table: str, *columns: str) -> list[tuple[Any, ...]]:
    places = [reader.manifest.tables[table].columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in reader.rows(table)]


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def saved(sqlite: str, tmp_path: Path) -> Path:
    """A backup of a shop that has three members and a case that nobody touched."""
    async with database(sqlite):
        await Member.create(name="林晓")
        case = await Case.create(no="R20261123-0001", kind="退货", opened_at=START)
        await keep_photo(case.id, "照片", PNG, Person(1, "林晓", frozenset()), START)
        await Pruner(KeepSettings(), PhotoFolder(tmp_path / "photos"), lambda: START, 0).move_photos()
    file = tmp_path / "a.bak"
    await service.backup(settings(sqlite, tmp_path), file, START, quiet)
    return file


def rewritten(file: Path, name: str, change: Any) -> Path:
    """The same backup with one entry changed, and with checksums of the zip that fit."""
    target = file.with_name("changed.bak")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if not entry.startswith(name):
                new.writestr(entry, data)
            elif (changed := change(data)) is not None:
                new.writestr(entry, changed)
    return target


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def altered(file: Path, change: Callable[[bytes], bytes]) -> None:
    """The same file with other bytes."""
    file.write_bytes(change(file.read_bytes()))


def manifest(**changes: Any) -> Any:
    return lambda data: orjson.dumps(orjson.loads(data) | changes)


CHANGED = [
    pytest.param("tables/member", lambda data: data.replace("林晓".encode(), "李四".encode()), "被改过", id="a name"),
    pytest.param("tables/member", lambda data: data + data, "被改过", id="a row more"),
    pytest.param("tables/member", lambda _: b"", "被改过", id="rows less"),
    pytest.param("tables/member", lambda _: b"{", "被改过", id="no JSON"),
    pytest.param("tables/member", lambda _: None, "被改过", id="a table less"),
    pytest.param("photos/", lambda data: data + b"x", "被改过", id="a photo"),
    pytest.param("photos/", lambda _: None, "被改过", id="no photo"),
    pytest.param("manifest", lambda _: None, "不是回旋镖的备份", id="no manifest"),
    pytest.param("manifest", lambda _: b"[]", "不是回旋镖的备份", id="another manifest"),
    pytest.param("manifest", manifest(format=99), "请先升级程序", id="a newer format"),
    pytest.param("manifest", manifest(migrations=["0001_initial", "9999_later"]), "请先升级程序", id="a newer schema"),
    pytest.param("manifest", manifest(migrations=["0001_initial"]), "对不上", id="another schema than it says"),
    pytest.param("manifest", manifest(migrations=[]), "没有表", id="no schema"),
]


@pytest.mark.parametrize(("name", "change", "words"), CHANGED)
async def test_an_altered_backup_is_refused_and_nothing_touched(
    saved: Path, tmp_path: Path, name: str, change: Any, words: str
) -> None:
    there = tmp_path / "there"
    with pytest.raises(BadBackup, match=words):
        await service.restore(settings(sqlite_url(there), there), rewritten(saved, name, change), quiet)
    assert names(there) <= {"desk.db.lock"}


@pytest.mark.parametrize("part", [0, 1, 22, 0.3, 0.9, 0.999])
async def test_a_backup_that_is_cut_short_is_refused(saved: Path, tmp_path: Path, part: float) -> None:
    altered(saved, lambda data: data[: int(part * len(data)) if isinstance(part, float) else part])
    with pytest.raises(BadBackup):
        await service.check(settings(sqlite_url(tmp_path), tmp_path), saved, quiet)


@pytest.mark.parametrize("place", range(0, 100, 9))
async def test_a_flipped_byte_is_refused_or_changes_nothing(saved: Path, tmp_path: Path, place: int) -> None:
    altered(saved, lambda data: flipped(data, len(data) * place // 100))
    there = tmp_path / "there"
    try:
        await service.restore(settings(sqlite_url(there), there), saved, quiet)
    except BadBackup:
        assert "desk.db" not in names(there)
    else:
        assert (await content(sqlite_url(there)))["member"] == (await content(sqlite_url(tmp_path)))["member"]


async def test_a_chain_that_was_touched_is_named_and_restored_only_on_demand(sqlite: str, tmp_path: Path) -> None:
    await lived_in(sqlite, tmp_path)
    async with database(sqlite):
        await Event.filter(action="提交").update(actor="别人")
    made = await service.backup(settings(sqlite, tmp_path), tmp_path / "a.bak", START, quiet)
    assert "被改动过" in made.broken[0]
    there = settings(sqlite_url(tmp_path / "there"), tmp_path)
    with pytest.raises(BadBackup, match=r"被改动过.*--broken-chain"):
        await service.restore(there, tmp_path / "a.bak", quiet)
    await service.restore(there, tmp_path / "a.bak", quiet, broken_chain=True)
    assert await content(there.database_url) == await content(sqlite)


async def test_the_key_is_no_part_of_a_backup_and_where_it_lacks_that_is_told(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key that the bot has made lies beside the database: it is copied by hand, and the seals hold again."""
    await lived_in(sqlite, tmp_path, key="")
    key, there = key_file(sqlite), sqlite_url(tmp_path / "there")
    made = await service.backup(_keyless(sqlite, tmp_path), tmp_path / "a.bak", START, quiet)
    assert (made.broken, made.sealed) == ([], True)
    assert key is not None
    assert key.read_bytes().strip() not in (tmp_path / "a.bak").read_bytes()
    restored = await service.restore(_keyless(there, tmp_path), tmp_path / "a.bak", quiet)
    assert (restored.broken, restored.sealed) == ([], False)
    monkeypatch.setenv("DATABASE_URL", there)
    told = await asyncio.to_thread(CliRunner().invoke, cli, ["restore", str(tmp_path / "a.bak"), "--check"])
    assert "封印用的密钥不在这里" in told.output
    assert str(key_file(there)) in told.output
    assert any("没有给出的密钥" in problem for problem in await examine(_keyless(there, tmp_path)))
    shutil.copy(key, tmp_path / "there" / "desk.db.key")
    assert not any("密钥" in problem for problem in await examine(_keyless(there, tmp_path)))
    async with database(there):
        assert [sentence async for sentence in broken_cases()] == []


def _keyless(url: str, folder: Path) -> Settings:
    return Settings.load({"DATABASE_URL": url, "PHOTO_STORE": str(folder / "photos")})


async def test_an_older_backup_is_brought_up_to_date(sqlite: str, tmp_path: Path) -> None:
    """One that was made before the last migration: its tables are not ours yet."""
    old = tmp_path / "old.db"
    off = SQLITE_PRAGMAS.replace("foreign_keys=ON", "foreign_keys=OFF")
    await run_migrations(config=config(f"sqlite://{old}", off), target="models.0006_parcels_out")
    await disconnect()
    with closing(sqlite3.connect(old)) as made:
        made.execute("INSERT INTO member (name) VALUES ('林晓')")
        made.commit()
    await service.backup(settings(f"sqlite://{old}", tmp_path), tmp_path / "a.bak", START, quiet)
    there = sqlite_url(tmp_path / "there")
    await service.restore(settings(there, tmp_path), tmp_path / "a.bak", quiet)
    async with database(there):
        assert (await Member.get()).name == "林晓"
        assert await Photo.all().count() == 0


# -- the place that it goes to -----------------------------------------------------------------------------------------


async def test_a_database_with_content_is_replaced_only_on_demand(
    saved: Path, database_url: str, tmp_path: Path
) -> None:
    async with database(database_url):
        await Member.create(name="何佳")
    before = await content(database_url)
    with pytest.raises(DatabaseError, match=r"已经有内容.*--replace"):
        await service.restore(settings(database_url, tmp_path), saved, quiet)
    assert await content(database_url) == before
    await service.restore(settings(database_url, tmp_path), saved, quiet, replace=True)
    assert [row for row in (await content(database_url))["member"] if "林晓" in row]
    if database_url.startswith("sqlite"):
        assert await content(f"{database_url}.before-restore") == before


@pytest.mark.parametrize("rights", [None, 0o640], ids=["a new file", "one that a group may read"])
async def test_a_restored_file_has_the_rights_of_the_old_one_or_is_nobody_else_s(
    saved: Path, tmp_path: Path, rights: int | None
) -> None:
    there = tmp_path / "new.db"
    if rights:
        there.touch(rights)
    await service.restore(settings(f"sqlite://{there}", tmp_path), saved, quiet)
    assert there.stat().st_mode & 0o777 == (rights or 0o600)


async def test_a_running_bot_is_never_replaced(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url):
        await service.backup(settings(database_url, tmp_path), tmp_path / "a.bak", START, quiet, verify=False)
        with pytest.raises(DatabaseError, match=r"正在用（(机器人在跑|还有)"):
            await service.restore(settings(database_url, tmp_path), tmp_path / "a.bak", quiet, replace=True)


async def test_another_program_that_has_the_file_open_keeps_it(saved: Path, sqlite: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        other.execute("SELECT count(*) FROM member").fetchone()
        with pytest.raises(DatabaseError, match="别的程序开着"):
            await service.restore(settings(sqlite, tmp_path), saved, quiet, replace=True)


async def test_a_postgres_that_gives_up_half_way_is_as_it_was(saved: Path, postgres: str, tmp_path: Path) -> None:
    """A text that PostgreSQL does not take comes after rows that it did."""
    async with database(f"sqlite://{tmp_path / 'desk.db'}"):
        await Refund.create(case_id=1, no="R1-T1", amount="1.00", account="\0")
    file = tmp_path / "b.bak"
    await service.backup(settings(sqlite_url(tmp_path), tmp_path), file, START, quiet)
    async with database(postgres):
        await Member.create(name="何佳")
    before = await content(postgres)
    with pytest.raises(Exception, match="0x00"):
        await service.restore(settings(postgres, tmp_path), file, quiet, replace=True)
    assert await content(postgres) == before


async def test_what_a_killed_run_has_left_is_taken_away_and_what_another_uses_is_not(
    saved: Path, tmp_path: Path
) -> None:
    dead = tmp_path / f"{service.SCRATCH}dead"
    dead.mkdir()
    (dead / "desk.db").write_bytes(b"half")
    with service._scratch(tmp_path) as living:
        await service.check(settings(sqlite_url(tmp_path), tmp_path), saved, quiet)
        assert living.name in names(tmp_path)
    assert not [name for name in names(tmp_path) if name.startswith(service.SCRATCH)]


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_commands_say_what_they_did(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite)
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    made = run.invoke(cli, ["backup", "a.bak"])
    assert (made.exit_code, "已试着恢复一遍，行数、引用和流水都对得上" in made.output) == (0, True)
    assert (tmp_path / "a.bak").stat().st_mode & 0o777 == 0o600
    assert isinstance(run.invoke(cli, ["backup", "a.bak"]).exception, BadBackup)
    assert "能恢复" in run.invoke(cli, ["restore", "a.bak", "--check"]).output
    monkeypatch.setenv("DATABASE_URL", sqlite_url(tmp_path / "there"))
    restored = run.invoke(cli, ["restore", "a.bak"]).output
    assert "现在可以启动机器人" in restored
    assert re.search(r"（\d{4}-\d\d-\d\d \d\d:\d\d 的备份）", restored), "a moment as people write it"
    assert run.invoke(cli, ["link-key", "drop-old"]).output == "没有旧的链接密钥，什么都没有改\n"
    assert run.invoke(cli, ["restore"]).exit_code == 2
    assert not list(tmp_path.glob("*.part"))


def test_there_is_nothing_to_save_of_a_database_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url(tmp_path))
    monkeypatch.chdir(tmp_path)
    failed = CliRunner().invoke(cli, ["backup", "a.bak"])
    assert "还没有数据库可以备份" in str(failed.exception)
    assert list(tmp_path.iterdir()) == []
