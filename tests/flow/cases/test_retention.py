"""What has had its time is taken away a little at a time, and what anybody still needs stays."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.jobs.retention import Pruner
from bot.store.photos import PhotoFolder, PhotoStore, drop_unnamed, store_of
from config.settings import KeepSettings, Settings, SettingsError
from flow import imports
from flow.cases import retention
from flow.cases.photos import FILES, PLACES, keep_photo
from flow.imports import ImportRefused
from models import (
    Case,
    CaseState,
    Dialog,
    Event,
    HookCall,
    ImportBatch,
    Inbox,
    Member,
    Outbox,
    Photo,
    Refund,
    RefundState,
    Refusal,
    SentCard,
    Task,
    TaskState,
    WorkState,
)
from models.database.connection import database
from models.views.case import Person
from tests.support.sealed_cases import told
from tests.support.stage import START
from tests.support.stories import inspected, play

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from tests.support.stage import Stage

NOW = START
OLD, YOUNG = NOW - timedelta(days=2000), NOW - timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\nx"
WHO = Person(1, "林晓", frozenset())


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[str]:
    async with database(database_url):
        await Member.create(id=1, name="林晓")
        yield database_url


def pruner(folder: Path, **keep: int) -> Pruner:
    return Pruner(KeepSettings(**keep), PhotoFolder(folder / "photos"), lambda: NOW, 0)


async def taken_away(store: PhotoStore) -> None:
    """The bot's worker does what the walk has left to it."""
    for row in await Outbox.filter(kind=FILES):
        await drop_unnamed(store, row.payload[PLACES])


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "photos").rglob("*") if path.is_file()]


async def case(no: str, state: CaseState = CaseState.DONE, closed: datetime | None = OLD) -> Case:
    return await Case.create(no=no, kind="退货", opened_at=OLD, state=state, closed_at=closed)


async def inbox(state: WorkState, at: datetime) -> Inbox:
    return await Inbox.create(
        event_id=f"{state}{at}", kind="message", payload={}, state=state, received_at=at, run_at=at
    )


@pytest.mark.parametrize(
    ("state", "at", "stays"),
    [
        (WorkState.DONE, OLD, False),
        (WorkState.FAILED, OLD, False),
        (WorkState.NEW, OLD, True),  # nobody has handled it yet
        (WorkState.TAKEN, OLD, True),
        (WorkState.DONE, NOW - timedelta(days=29), True),
        (WorkState.DONE, NOW - timedelta(days=31), False),
    ],
)
async def test_of_what_came_in_only_what_was_handled_long_ago_goes(
    db: str, tmp_path: Path, state: WorkState, at: datetime, stays: bool
) -> None:
    await inbox(state, at)
    await pruner(tmp_path).run()
    assert await Inbox.all().count() == stays


Open = CaseState.OPEN, None
Over = CaseState.CLOSED, OLD
Lately = CaseState.CLOSED, YOUNG


@pytest.mark.parametrize(
    ("of", "state", "refund", "stays"),
    [
        pytest.param(Open, WorkState.DONE, None, True, id="its case is open"),
        pytest.param((CaseState.HELD, None), WorkState.DONE, None, True, id="its case is put aside"),
        pytest.param(Over, WorkState.DONE, None, False, id="its case is over"),
        pytest.param(Lately, WorkState.DONE, None, True, id="its case is over since yesterday"),
        pytest.param(Over, WorkState.NEW, None, True, id="it has not been said yet"),
        pytest.param(Over, WorkState.DONE, RefundState.SENDING, True, id="money may be on its way"),
        pytest.param(Over, WorkState.DONE, RefundState.PENDING, True, id="money is to be confirmed"),
        pytest.param(Over, WorkState.DONE, RefundState.PAID, False, id="the money has arrived"),
        pytest.param(None, WorkState.DONE, None, False, id="it is about no case"),
        pytest.param(None, WorkState.FAILED, None, False, id="it was given up"),
    ],
)
@pytest.mark.parametrize("named", [False, True], ids=["by its case", "by its key"])
async def test_what_was_said_stays_as_long_as_its_case_needs_it(
    db: str, tmp_path: Path, of: Any, state: WorkState, refund: RefundState | None, stays: bool, named: bool
) -> None:
    about = await case("R20201122-0001", *of) if of else None
    if about and refund:
        await Refund.create(case=about, no="R20201122-0001-T1", amount="1.00", state=refund)
    key = "owner:R20201122-0001:v2" if named else "k"
    case_id = about.id if about and not named else None
    await Outbox.create(key=key, kind="group", case_id=case_id, state=state, run_at=OLD, created_at=OLD)
    await pruner(tmp_path).run()
    assert await Outbox.all().count() == stays


@pytest.mark.parametrize(
    ("of", "task", "stays"),
    [
        (Open, TaskState.DONE, True),
        (Over, TaskState.OPEN, True),
        (Over, TaskState.DONE, False),
        (Lately, TaskState.DONE, True),
    ],
)
async def test_a_card_stays_while_something_can_be_done_on_it(
    db: str, tmp_path: Path, of: Any, task: TaskState, stays: bool
) -> None:
    about = await case("R20201122-0001", *of)
    work = await Task.create(case=about, node="客服审核", owner_id=1, state=task, opened_at=OLD, due_at=OLD)
    await SentCard.create(
        token="t", platform="wecom", userid="u", member_id=1, name="task", case=about, task=work, sent_at=OLD
    )
    await pruner(tmp_path).run()
    assert await SentCard.all().count() == stays


@pytest.mark.parametrize(
    ("task", "waits", "stays"),
    [
        (TaskState.OPEN, None, True),
        (TaskState.HELD, None, True),
        (TaskState.DONE, NOW, True),
        (TaskState.DONE, None, False),
    ],
)
async def test_what_was_said_of_a_case_that_a_side_branch_has_outlived_stays(
    db: str, tmp_path: Path, task: TaskState, waits: datetime | None, stays: bool
) -> None:
    about = await case("R20201122-0001")
    await Case.filter(id=about.id).update(resume_at=waits)
    await Task.create(case=about, node="退供应商", owner_id=1, state=task, opened_at=OLD, due_at=OLD)
    await Outbox.create(key="k", kind="group", case_id=about.id, state=WorkState.DONE, run_at=OLD, created_at=OLD)
    await pruner(tmp_path).run()
    assert await Outbox.exists() == stays


async def test_zero_days_are_for_good(db: str, tmp_path: Path) -> None:
    await Refusal.create(at=OLD, member_id=1, action="同意", words="不行")
    await Dialog.create(member_id=1, kind="draft", expires_at=OLD)
    await pruner(tmp_path, refusals=0, dialogs=0).run()
    assert (await Refusal.all().count(), await Dialog.all().count()) == (1, 1)
    assert await pruner(tmp_path).run() == {"refusals": 1, "dialogs": 1}


async def test_what_another_system_has_sent_is_known_again_for_a_month(db: str, tmp_path: Path) -> None:
    for key, at in (("旧", OLD), ("新", YOUNG)):
        await HookCall.create(name="顺丰", key=key, digest="", at=at)
    assert await pruner(tmp_path).run() == {"hooks": 1}
    assert [row.key for row in await HookCall.all()] == ["新"]


async def test_a_long_past_goes_in_short_steps_and_ends_at_the_first_young_row(db: str, tmp_path: Path) -> None:
    many = retention.STEP * 2 + 50
    await Refusal.bulk_create(Refusal(at=OLD, member_id=1, action="同意", words=str(n)) for n in range(many))
    await Refusal.create(at=YOUNG, member_id=1, action="同意", words="young")
    rule, before = retention.RULES["refusals"], NOW - timedelta(days=365)
    steps: list[int] = []
    last: int | None = 0
    while last is not None:
        step = await retention.step(rule, last, before, NOW)
        steps.append(step.gone)
        last = step.last
    assert steps == [retention.STEP, retention.STEP, 50]
    assert [row.words for row in await Refusal.all()] == ["young"]


async def test_two_replicas_share_the_walk(db: str, tmp_path: Path) -> None:
    await Refusal.bulk_create(Refusal(at=OLD, member_id=1, action="同意", words=str(n)) for n in range(500))
    await asyncio.gather(*(pruner(tmp_path).run() for _ in range(3)))
    assert await Refusal.all().count() == 0


async def test_photos_move_out_once_and_go_with_their_last_case(db: str, tmp_path: Path) -> None:
    first, second = await case("R20201122-0001"), await case("R20201122-0002", CaseState.OPEN, None)
    for each in (first, second):
        await keep_photo(each.id, "照片", PNG, WHO, OLD)
    walk, store = pruner(tmp_path, photos=0), PhotoFolder(tmp_path / "photos")
    assert await walk.run() == {"moved": 2}
    place = (await Photo.all().first()).place  # type: ignore[union-attr]
    assert {(photo.data, photo.place) for photo in await Photo.all()} == {(b"", place)}
    assert [await store.read(place), len(files(tmp_path))] == [PNG, 1]
    assert await pruner(tmp_path).run() == {"photos": 1}
    await taken_away(store)
    assert await store.read(place) == PNG, "the open case has the same picture"
    await Case.filter(id=second.id).update(state=CaseState.DONE, closed_at=OLD)
    await pruner(tmp_path).run()
    await taken_away(store)
    assert (await Photo.all().count(), files(tmp_path)) == (0, [])


async def test_what_is_taken_away_breaks_no_record(desk: Stage, tmp_path: Path) -> None:
    """Photos, cards, words and events of a finished case go; its record, and what was paid, hold as before."""
    no = await inspected(desk)
    await keep_photo((await Case.get(no=no)).id, "照片", PNG, WHO, desk.clock.now())
    await play(desk, "钱芳 确认退款")
    before = await Event.all().count()
    keep = KeepSettings(inbox=7, outbox=7, cards=1, photos=1, refusals=1)
    gone = await Pruner(keep, PhotoFolder(tmp_path), lambda: desk.clock.now() + timedelta(days=400), 0).run()
    assert {"inbox", "outbox", "cards", "photos"} <= gone.keys()
    assert await Event.all().count() == before
    assert await told() == []


async def test_where_photos_stay_in_the_database_nothing_moves(db: str, tmp_path: Path) -> None:
    await keep_photo((await case("R20201122-0001")).id, "照片", PNG, WHO, YOUNG)
    store = store_of(Settings.load({"PHOTO_STORE": "database"}))
    assert await Pruner(KeepSettings(), store, lambda: NOW, 0).run() == {}
    assert (await Photo.get()).data == PNG


async def test_an_import_of_long_ago_can_not_be_undone_and_says_so(db: str, tmp_path: Path) -> None:
    before = [{"table": "member", "row": {"id": 1, "name": "以前的名字"}}]
    batch = await ImportBatch.create(kind="members", file="员工.csv", digest="d", before=before, started_at=OLD)
    assert await pruner(tmp_path).run() == {"imports": 1}
    with pytest.raises(ImportRefused, match="KEEP_IMPORTS"):
        await imports.undo(batch.id, now=NOW)
    assert (await Member.get()).name == "林晓"


@pytest.mark.parametrize("key", ["KEEP_INBOX", "KEEP_OUTBOX"])
def test_events_are_kept_as_long_as_a_platform_may_bring_them_again(key: str) -> None:
    with pytest.raises(SettingsError, match=key):
        Settings.load({key: "2"})
