"""Queues shared by replicas: whose turn a row is, who has it in hand, and what becomes of it when they die."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.channels.base import InDoubt, Rejected, Retryable
from bot.inbox.attachments import Attachments
from bot.inbox.intake import Intake
from bot.inbox.worker import InboxWorker
from bot.outbox.worker import OutboxWorker
from bot.runtime.clock import Clock
from bot.runtime.lanes import Lanes
from bot.runtime.leases import INBOX, MISSED, OUTBOX, Replicas
from flow.desk import Desk
from flow.publishing.release import publish_shipped
from flow.records import outbox
from handlers.chat.events import Media, Message, pack
from models import Inbox, Member, MemberRole, Outbox, WorkState
from models.database.connection import database
from tests.support.stage import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from bot.runtime.leases import Queue
    from handlers.chat.context import Upload

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[None]:
    async with database(database_url):
        yield


async def joined() -> Replicas:
    """One more replica, at work."""
    replica = Replicas()
    await replica.join(alone=False)
    return replica


async def put(which: Queue, *lanes: str) -> list[int]:
    """A row for each lane, in this order; their ids."""
    moments = (NOW - timedelta(seconds=len(lanes) - n) for n in range(len(lanes)))
    rows: list[Any] = [
        Inbox(event_id=f"{lane}{n}", kind="message", payload={}, received_at=at, run_at=at, lane=lane)
        if which is INBOX
        else Outbox(key=f"{lane}{n}", kind="text", run_at=at, created_at=at, lane=lane)
        for n, (lane, at) in enumerate(zip(lanes, moments, strict=True))
    ]
    for row in rows:
        await row.save()
    return [row.id for row in rows]


async def taken(which: Queue, replica: Replicas, limit: int = 50, now: datetime = NOW) -> list[int]:
    return [row.id for row in await which.take(replica.name, now, limit)]


# -- whose turn it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [INBOX, OUTBOX], ids=["inbox", "outbox"])
async def test_the_first_of_each_lane_is_taken_and_the_next_when_that_is_done(db: None, which: Queue) -> None:
    one, other = await joined(), await joined()
    first, second, alone, free, free_too = await put(which, "a", "a", "b", "", "")
    [held, *rest] = await which.take(one.name, NOW, 50)
    assert [held.id, *(row.id for row in rest)] == [first, alone, free, free_too]
    assert await taken(which, other) == [], "what is in other hands, and what waits for it"
    assert await which.finish(held, state=WorkState.DONE)
    assert await taken(which, other) == [second]


@pytest.mark.parametrize(("which", "passes"), [(INBOX, False), (OUTBOX, True)], ids=["inbox", "outbox"])
async def test_what_is_put_off_holds_what_the_same_person_said_next_and_nothing_that_is_said_to_them(
    db: None, which: Queue, passes: bool
) -> None:
    replica = await joined()
    first, second = await put(which, "a", "a")
    [held] = await which.take(replica.name, NOW, 50)
    await which.finish(held, state=WorkState.NEW, run_at=LATER)
    assert await taken(which, replica) == ([second] if passes else [])
    assert first in await taken(which, replica, now=LATER) or passes


async def test_two_that_take_in_the_same_moment_never_share_a_row_or_a_lane(postgres: str) -> None:
    async with database(postgres):
        both = [await joined(), await joined()]
        await put(OUTBOX, *(f"m{n % 10}" for n in range(60)))
        done: list[int] = []
        while len(done) < 60:
            found = [row for rows in await asyncio.gather(*(OUTBOX.take(r.name, NOW, 7) for r in both)) for row in rows]
            assert len({row.lane for row in found}) == len(found)
            for row in found:
                assert await OUTBOX.finish(row, state=WorkState.DONE)
            done += [row.id for row in found]
        assert sorted(set(done)) == sorted(done)


# -- in whose hands ----------------------------------------------------------------------------------------------------


async def test_a_dead_replica_s_rows_are_taken_over_and_a_living_one_s_are_not(db: None) -> None:
    alive, dead, other = await joined(), await joined(), await joined()
    [kept] = await put(OUTBOX, "a")
    assert await taken(OUTBOX, other) == [kept]
    [lost] = await put(OUTBOX, "b")
    assert await taken(OUTBOX, dead) == [lost]
    for _ in range(MISSED):
        await other.beat()
        assert await alive.beat() == 0
    assert await other.beat() + await alive.beat() == 1
    rows = {row.id: row for row in await Outbox.all()}
    assert (rows[kept].state, rows[kept].in_doubt) == (WorkState.TAKEN, False)
    assert (rows[lost].state, rows[lost].in_doubt, rows[lost].attempts) == (WorkState.NEW, True, 1)


async def test_a_row_is_held_for_as_long_as_the_work_lasts(db: None) -> None:
    """Ten minutes by the clock that rows are due by: what counts is that the holder beats."""
    slow, other = await joined(), await joined()
    await put(OUTBOX, "a", "a")
    [held] = await OUTBOX.take(slow.name, NOW, 50)
    for _ in range(2 * MISSED):
        await slow.beat()
        assert await other.beat() == 0
    assert await taken(OUTBOX, other, now=NOW + timedelta(minutes=10)) == []
    assert await OUTBOX.finish(held, state=WorkState.DONE)


async def test_who_was_only_paused_finds_the_rows_in_other_hands_and_changes_nothing(db: None) -> None:
    paused, other = await joined(), await joined()
    await put(OUTBOX, "a", "b")
    [held] = await OUTBOX.take(paused.name, NOW, 1)
    for _ in range(MISSED + 1):
        await other.beat()
    assert await taken(OUTBOX, paused) == [], "it was given up for dead, and does not know yet"
    assert held.id in await taken(OUTBOX, other)
    assert not await OUTBOX.finish(held, state=WorkState.DONE)
    assert (await Outbox.get(id=held.id)).state is WorkState.TAKEN
    before = paused.name
    await paused.beat()
    [more] = await put(OUTBOX, "c")
    assert paused.name != before
    assert await taken(OUTBOX, paused) == [more]


async def test_who_stops_in_good_order_is_followed_at_once(db: None) -> None:
    leaving, other = await joined(), await joined()
    [row] = await put(INBOX, "a")
    assert await taken(INBOX, leaving) == [row]
    await leaving.leave()
    assert await other.beat() == 1
    assert await taken(INBOX, other) == [row]


# -- side by side ------------------------------------------------------------------------------------------------------


async def test_lanes_run_side_by_side_and_no_more_of_them_than_is_good(db: None) -> None:
    gate, begun, ended = asyncio.Event(), list[str](), list[str]()

    async def work(row: Outbox) -> None:
        begun.append(row.key)
        if row.lane == "a":
            await gate.wait()
        ended.append(row.key)
        await OUTBOX.finish(row, state=WorkState.DONE)

    await put(OUTBOX, "a", "a", "a", "b", "b", "c")
    lanes = Lanes(OUTBOX, await joined(), work, lambda: NOW, at_once=2)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(lanes.run())
        await until(lambda: len(ended) == 3)
        assert (begun[0], ended) == ("a0", ["b3", "b4", "c5"])
        gate.set()
        await until(lambda: len(ended) == 6)
        running.cancel()
    assert ended[3:] == ["a0", "a1", "a2"]


class Hands:
    """A delivery that waits at a gate with rows of some kinds, or meets trouble."""

    def __init__(self, *slow: str, trouble: Exception | None = None) -> None:
        self.gate, self.slow, self.trouble = asyncio.Event(), slow, trouble
        self.said: list[str] = []

    def begin(self, rows: Sequence[Outbox]) -> None:
        """Nothing goes together here."""

    async def deliver(self, row: Outbox) -> None:
        if row.kind in self.slow:
            await self.gate.wait()
        self.said.append(row.key)
        if self.trouble:
            raise self.trouble

    def waited_for(self, row: Outbox) -> bool:
        return False

    async def given_up(self, row: Outbox, reason: str) -> None:
        self.said.append(f"given up: {row.key}")


@pytest.mark.parametrize("kind", sorted(outbox.SLOW))
async def test_what_is_slow_to_make_holds_nobody_s_cards_and_texts(db: None, kind: str) -> None:
    hands = Hands(kind)
    await outbox.put([outbox.row(kind, f"{kind}{n}", NOW, member_id=n % 3) for n in range(1, 9)])
    await outbox.put([outbox.row("refresh", f"card{n}", NOW, member_id=n) for n in range(1, 4)])
    worker = OutboxWorker(hands, lambda: NOW, await joined())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(worker.run())
        await until(lambda: len(hands.said) == 3)
        assert sorted(hands.said) == ["card1", "card2", "card3"]
        hands.gate.set()
        await until(lambda: len(hands.said) == 11)
        running.cancel()


@pytest.mark.parametrize(
    ("trouble", "in_doubt"),
    [
        (None, False),
        (Retryable("45009"), False),  # refused: it is on nobody's phone
        (InDoubt("the line broke"), True),
        (Rejected("x", "y"), False),
    ],
)
async def test_a_row_remembers_that_it_may_have_come_through(
    db: None, trouble: Exception | None, in_doubt: bool
) -> None:
    await put(OUTBOX, "a")
    replica = await joined()
    worker = OutboxWorker(Hands(trouble=trouble), lambda: NOW, replica)
    for row in await OUTBOX.take(replica.name, NOW, 1):
        await worker.attempt(row)
    assert (await Outbox.get()).in_doubt is in_doubt


# -- messages ----------------------------------------------------------------------------------------------------------


class Photos(Attachments):
    """Pictures that come when the gate is opened; how often each was fetched."""

    def __init__(self) -> None:
        super().__init__({})
        self.gate, self.fetched = asyncio.Event(), list[str]()

    async def attached(self, message: Message, kinds: Collection[str]) -> Upload | None:
        for item in message.media:
            self.fetched.append(item.ref)
            await self.gate.wait()
        return None


async def unnoticed(event: Any) -> None:
    return None


def an_inbox(photos: Photos, replica: Replicas) -> InboxWorker:
    clock = Clock(lambda: NOW, lambda: NOW.timestamp())
    return InboxWorker(Desk(ZoneInfo("Asia/Shanghai")), clock, lambda: None, photos, replica)


def a_message(userid: str, number: int, *media: Media) -> Message:
    return Message(f"{userid}-{number}", "wecom", userid, NOW, "" if media else "帮助", media=media)


async def test_someone_s_words_never_wait_for_another_s_photos_and_no_photo_is_fetched_twice(database_url: str) -> None:
    async with database(database_url):
        await publish_shipped("standard", NOW)
        for userid in ("lin", "wang"):
            member = await Member.create(name=userid, wecom=userid)
            await MemberRole.create(member=member, role="客服")
        photos = Photos()
        workers = [an_inbox(photos, await joined()) for _ in range(2)]
        clock, desk = Clock(lambda: NOW, lambda: NOW.timestamp()), Desk(ZoneInfo("Asia/Shanghai"))
        door = Intake(desk, clock, lambda: None, unnoticed, lambda: None)
        for n in range(3):
            await door.accept(a_message("lin", n, Media("file", f"photo{n}")))
        await door.accept(a_message("lin", 3))
        await door.accept(a_message("wang", 1))
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(worker.run()) for worker in workers]
            await _done("wang-1")
            assert photos.fetched == ["photo0"], "hers are heard in order"
            photos.gate.set()
            await _done("lin-3")
            for task in running:
                task.cancel()
        assert photos.fetched == ["photo0", "photo1", "photo2"]
        answers = await Outbox.filter(key__startswith="reply:lin").order_by("id").values_list("key", flat=True)
        assert str(answers[-1]) == "reply:lin-3:0"


class Broken(Photos):
    """Something goes wrong before a message is handled."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def attached(self, message: Message, kinds: Collection[str]) -> Upload | None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "before", "seconds"),
    [
        (ConnectionResetError(), 0, 0.5), (ConnectionResetError(), 2, 2.0), (ConnectionResetError(), 50, 5.0),
        (ValueError(), 0, 5.0),
    ],
)  # fmt: skip
async def test_words_that_met_a_broken_line_are_looked_at_again_at_once(
    database_url: str, error: Exception, before: int, seconds: float
) -> None:
    """One that has broken is mostly mended by the next try, and somebody waits."""
    async with database(database_url):
        await publish_shipped("standard", NOW)
        member = await Member.create(name="lin", wecom="lin")
        await MemberRole.create(member=member, role="客服")
        replica = await joined()
        kind, payload = pack(a_message("lin", 1))
        await Inbox.create(
            event_id="lin-1", kind=kind, payload=payload, attempts=before, received_at=NOW, run_at=NOW, lane="wecom:lin"
        )
        [row] = await INBOX.take(replica.name, NOW, 1)
        await an_inbox(Broken(error), replica).handle(row)
        assert (await Inbox.get()).run_at - NOW == timedelta(seconds=seconds)


async def _done(event_id: str) -> None:
    async with asyncio.timeout(60):
        while not await Inbox.filter(event_id=event_id, state=WorkState.DONE).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
