"""Photos out of the database: in a folder or in storage that speaks S3, signed for real, the same in all they do."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import aiohttp
import pytest

from bot.backups import service
from bot.checkup import examine
from bot.jobs.retention import Pruner
from bot.store.photos import PhotoFolder, drop_unnamed, outside, put
from config.settings import KeepSettings, Settings
from flow.cases.erasure import erase, whose
from flow.cases.photos import FILES, PLACES, keep_photo
from models import Case, CaseState, Inbox, Order, Outbox, Photo, WorkState
from models.database.connection import database
from models.views.case import Person
from tests.support.buckets import storage
from tests.support.doomed_pruner import MUCH_LATER, walk
from tests.support.stage import START, sell, stage
from tests.support.stories import LAMP, submitted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store.photos import PhotoStore
    from sandbox.s3 import Bucket

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
WHO = Person(1, "林晓", frozenset())


@pytest.fixture
async def bucket() -> AsyncIterator[tuple[Bucket, dict[str, str]]]:
    async with storage() as found:
        yield found


@pytest.fixture(params=["folder", "bucket"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PhotoStore]:
    """Each kind in turn."""
    async with AsyncExitStack() as stack:
        environ = {"PHOTO_STORE": str(tmp_path / "photos")}
        if request.param == "bucket":
            environ = (await stack.enter_async_context(storage()))[1]
        yield outside(Settings.load(environ))


async def test_what_is_put_is_there_until_it_is_dropped(store: PhotoStore) -> None:
    place = await put(store, PNG)
    assert await put(store, PNG) == place, "the same picture is kept once"
    assert (await store.has(place), await store.read(place)) == (True, PNG)
    await store.drop(place)
    assert (await store.has(place), await store.read(place)) == (False, None)
    await store.drop(place)
    await store.look()


@pytest.mark.parametrize("place", ["../../etc/passwd", "ab/../../x", "", "AB/" + "A" * 64, "ab/" + "a" * 63])
async def test_no_name_leads_out_of_the_store(store: PhotoStore, place: str) -> None:
    for attempt in (store.put_back(place, b"x"), store.read(place), store.has(place), store.drop(place)):
        with pytest.raises(ValueError, match="no place of a photo"):
            await attempt


async def test_a_write_that_fails_leaves_nothing_half_done(tmp_path: Path) -> None:
    full = PhotoFolder(Path("/dev/full"))
    with pytest.raises(OSError, match="Not a directory"):
        await put(full, PNG)
    (tmp_path / "photos").write_text("a file")
    with pytest.raises(OSError, match=r"exists|directory"):
        await put(PhotoFolder(tmp_path / "photos"), PNG)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        pytest.param({"S3_SECRET_KEY": "another"}, "S3_SECRET_KEY", id="a key that does not sign"),
        pytest.param({"S3_ACCESS_KEY": "nobody"}, "S3_ACCESS_KEY", id="a key that nobody knows"),
        pytest.param({"PHOTO_STORE": "s3://elsewhere"}, "没有这个桶", id="a bucket that is not there"),
        pytest.param({"S3_API_BASE": "http://127.0.0.1:9"}, "没有回答", id="nobody listens"),
    ],
)
async def test_what_is_wrong_with_the_bucket_is_said_and_no_secret_with_it(
    bucket: tuple[Bucket, dict[str, str]], wrong: dict[str, str], words: str, tmp_path: Path
) -> None:
    url = f"sqlite://{tmp_path / 'desk.db'}"
    problems = await examine(Settings.load({"DATABASE_URL": url, **bucket[1], **wrong}))
    [said] = [problem for problem in problems if "PHOTO_STORE" in problem]
    assert words in said
    assert bucket[0].secret_key not in said
    assert not [
        problem for problem in await examine(Settings.load({"DATABASE_URL": url, **bucket[1]})) if "照片" in problem
    ]


async def test_who_does_not_use_it_needs_no_library_and_who_does_is_told_which(
    bucket: tuple[Bucket, dict[str, str]], tmp_path: Path
) -> None:
    with patch.dict(sys.modules, {"obstore": None, "obstore.store": None}):
        assert isinstance(outside(Settings.load({})), PhotoFolder)
        said = await examine(Settings.load({"DATABASE_URL": f"sqlite://{tmp_path / 'desk.db'}", **bucket[1]}))
    assert any("没有安装 obstore" in problem for problem in said)


async def test_storage_that_is_away_keeps_nobody_waiting_and_is_told(
    sqlite: str, bucket: tuple[Bucket, dict[str, str]]
) -> None:
    """Photos stay in the database meanwhile, and the bot is ready; what is wrong stands where operators look."""
    kept, environ = bucket
    async with stage(sqlite, None, "stream", "both", **environ) as desk, aiohttp.ClientSession() as session:
        await sell("536365", LAMP)
        case = await Case.get(no=await submitted(desk))
        await keep_photo(case.id, "照片", PNG, WHO, desk.clock.now())
        kept.down = True
        await desk.bot.ticks.prune()
        photo = await Photo.get()
        assert (photo.data, photo.place) == (PNG, "")
        kept.down = False
        await desk.bot.ticks.prune()
        photo = await Photo.get()
        assert (photo.data, list(kept.objects)) == (b"", [f"desk/photos/{photo.place}"])
        async with session.get(f"http://127.0.0.1:{desk.bot.settings.bot_port}/readyz") as answer:
            assert (answer.status, (await answer.json())["photos"]) == (200, "ok")


async def test_a_backup_takes_the_bucket_along_and_restores_into_another(
    sqlite: str, bucket: tuple[Bucket, dict[str, str]], tmp_path: Path
) -> None:
    kept, environ = bucket
    settings = Settings.load({"DATABASE_URL": sqlite, **environ})
    async with database(sqlite):
        case = await Case.create(no="R20261122-0001", kind="退货", opened_at=START)
        await keep_photo(case.id, "照片", PNG, WHO, START)
        await Pruner(KeepSettings(), outside(settings), lambda: START, 0).move_photos()
    made = await service.backup(settings, tmp_path / "a.bak", START, lambda *_: None)
    assert (made.missing, len(made.manifest.photos)) == (0, 1)
    async with storage() as (other, there):
        elsewhere = Settings.load({"DATABASE_URL": f"sqlite://{tmp_path / 'there' / 'desk.db'}", **there})
        await service.restore(elsewhere, tmp_path / "a.bak", lambda *_: None)
        assert other.objects == kept.objects


# -- killed in between -------------------------------------------------------------------------------------------------


async def past(url: str) -> None:
    """Of two cases one is long over; two photos each, one of them the same; one event done, one not."""
    async with database(url):
        for no, state in (("R20201122-0001", CaseState.DONE), ("R20201122-0002", CaseState.OPEN)):
            over = START if state is CaseState.DONE else None
            case = await Case.create(no=no, kind="退货", opened_at=START, state=state, closed_at=over)
            for picture in (PNG, PNG + no.encode()):
                await keep_photo(case.id, "照片", picture, WHO, START)
        for work in (WorkState.DONE, WorkState.NEW):
            await Inbox.create(
                event_id=str(work), kind="message", payload={}, state=work, received_at=START, run_at=START
            )


async def pictures(store: PhotoStore) -> dict[str, set[bytes | None]]:
    """By case what can be seen of its photos, wherever they stand."""
    found: dict[str, set[bytes | None]] = {}
    for photo in await Photo.all():
        no = (await Case.get(id=photo.case_id)).no
        found.setdefault(no, set()).add(photo.data or await store.read(photo.place))
    return found


async def test_killed_anywhere_on_its_walk_nothing_is_lost_doubled_or_left_behind(
    database_url: str, bucket: tuple[Bucket, dict[str, str]]
) -> None:
    """SIGKILL before every write and every request, one after the other on the same database, until one lives on."""
    kept, environ = bucket
    store, second = outside(Settings.load(environ)), {PNG, PNG + b"R20201122-0002"}
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.support.doomed_pruner"])
    await past(database_url)
    deaths = 0
    for nth in (1, 2, 3) * 20:
        doomed = processes.Process(target=walk, args=({"DATABASE_URL": database_url, **environ}, nth))
        doomed.start()
        await asyncio.to_thread(doomed.join)
        async with database(database_url):
            found = await pictures(store)
            assert found["R20201122-0002"] == second
            assert found.get("R20201122-0001", set()) <= {PNG, PNG + b"R20201122-0001"}
            assert await Inbox.filter(state=WorkState.NEW).count() == 1
        if not doomed.exitcode:
            break
        assert doomed.exitcode == -9
        deaths += 1
    assert deaths >= 6
    async with database(database_url):
        for row in await Outbox.filter(kind=FILES):
            await drop_unnamed(store, row.payload[PLACES])
        assert {f"desk/photos/{photo.place}" for photo in await Photo.all()} == set(kept.objects)
        assert set(kept.objects.values()) == second
        assert await Inbox.all().count() == 1


@pytest.mark.parametrize("forget", ["the customer asks", "its time is over"])
async def test_a_picture_that_was_put_but_not_yet_written_down_is_forgotten_too(
    sqlite: str, bucket: tuple[Bucket, dict[str, str]], forget: str
) -> None:
    """The bot is killed between the upload and its row: the row still has the bytes, and nobody knows of the object."""
    kept, environ = bucket
    store = outside(Settings.load(environ))
    async with database(sqlite):
        await sell("536365", LAMP)
        order = await Order.get(no="536365")
        case = await Case.create(
            no="R20201122-0001", kind="退货", order=order, order_no=order.no, opened_at=START, state=CaseState.DONE,
            closed_at=START,
        )  # fmt: skip
        await keep_photo(case.id, "照片", PNG, WHO, START)
        await put(store, PNG)
        if forget == "its time is over":
            await Pruner(KeepSettings(), None, lambda: MUCH_LATER, 0).run()
        else:
            await erase(await whose("536365"), None, START + timedelta(days=1))
        for row in await Outbox.filter(kind=FILES):
            await drop_unnamed(store, row.payload[PLACES])
        assert (await Photo.all().count(), kept.objects) == (0, {})
