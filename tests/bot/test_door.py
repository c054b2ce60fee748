"""Whoever knocks while the database is held or away waits; who waits in vain hears so once, and nothing is done."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import Retryable, Sent
from bot.inbox.door import Door
from cards.types import Text
from handlers.chat.events import Message, StaffChanged, Tap
from tests.support.stage import until
from tests.support.wecom_desk import RECORD, START

if TYPE_CHECKING:
    from cards.types import Card, Content
    from handlers.chat.events import Event

MESSAGE = Message("m1", "wecom", "lin", START, "退货")
TAP = Tap("t1", "wecom", "lin", START, "token", "payload")
STAFF = StaffChanged("s1", "wecom", "lin", START)


def locked() -> sqlite3.OperationalError:
    """As SQLite says that another program has the file."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


@dataclass(slots=True)
class Ill:
    """An intake that fails with each of these in turn, and then for as long as ``always`` says."""

    errors: list[Exception] = field(default_factory=list)
    always: Exception | None = None
    tries: int = 0
    taken: list[str] = field(default_factory=list)

    async def accept(self, event: Event | Tap) -> None:
        self.tries += 1
        if error := self.errors.pop(0) if self.errors else self.always:
            raise error
        self.taken.append(event.event_id)

    async def tap(self, tap: Tap) -> Card | None:
        await self.accept(tap)
        return RECORD

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        assert face is None


@dataclass(slots=True)
class Phone:
    """A channel that shows what it was asked to send."""

    seen: list[str] = field(default_factory=list)
    is_off: bool = False

    async def send(self, userid: str, content: Content, **_: Any) -> Sent:
        if self.is_off:
            raise Retryable("away")
        assert isinstance(content, Text)
        self.seen.append(f"{userid} {content.body}")
        return Sent()


def a_door(intake: Ill, phone: Phone, patience: float = 0.35) -> Door:
    return Door(intake, {"wecom": phone}, patience)  # type: ignore[dict-item]


async def test_a_tap_waits_until_the_database_is_there() -> None:
    intake, phone = Ill([locked(), ConnectionRefusedError(), TimeoutError()]), Phone()
    assert await a_door(intake, phone, patience=5).tap(TAP) is RECORD
    assert (intake.tries, phone.seen) == (4, [])


async def test_deliveries_of_one_event_wait_together_and_are_refused_once() -> None:
    intake, phone = Ill(always=locked()), Phone()
    door = a_door(intake, phone)
    await asyncio.gather(*(door.accept(MESSAGE) for _ in range(3)))
    assert phone.seen == ["lin 刚才发的没有收下：数据库被别的程序占着。没有改动任何单据，请稍后再发一次"]
    tries, intake.always = intake.tries, None
    await door.accept(MESSAGE)
    assert intake.tries == tries, "what was refused is not done after all when the platform brings it again"


async def test_a_tap_in_vain_is_told_and_not_done_later() -> None:
    intake, phone = Ill(always=ConnectionRefusedError()), Phone()
    door = a_door(intake, phone)
    assert await door.tap(TAP) is None
    assert phone.seen == ["lin 刚才点的没有做成：数据库没有回答。没有改动任何单据，请稍后再点一次"]
    intake.always = None
    assert await door.tap(TAP) is None


@pytest.mark.parametrize(
    ("event", "is_off"), [(MESSAGE, True), (STAFF, False)], ids=["nobody heard it", "nobody to be told"]
)
async def test_what_could_not_be_refused_is_left_to_the_platform(event: Event, is_off: bool) -> None:
    intake, phone = Ill(always=locked()), Phone(is_off=is_off)
    door = a_door(intake, phone)
    with pytest.raises(sqlite3.OperationalError):
        await door.accept(event)
    intake.always = None
    await door.accept(event)
    assert phone.seen == []


async def test_what_one_person_says_is_taken_in_as_it_came_though_the_first_had_to_wait() -> None:
    intake, phone = Ill([locked(), locked()]), Phone()
    door = a_door(intake, phone, patience=5)
    said = [replace(MESSAGE, event_id=f"m{n}", text=f"第 {n} 句") for n in range(1, 4)]
    await asyncio.gather(*(door.accept(message) for message in said))
    assert (intake.taken, phone.seen) == (["m1", "m2", "m3"], [])


async def test_who_waits_behind_their_own_words_waits_no_longer_than_others() -> None:
    intake, phone = Ill(always=locked()), Phone()
    door = a_door(intake, phone, patience=0.5)
    await asyncio.gather(*(door.accept(replace(MESSAGE, event_id=f"m{n}")) for n in range(6)))
    assert len(phone.seen) == 6
    assert intake.tries < 6 * 3, "they waited while the first was tried three times"


async def test_another_person_is_not_behind_anybody() -> None:
    intake, phone = Ill([locked()]), Phone()
    door = a_door(intake, phone, patience=5)
    await asyncio.gather(door.accept(MESSAGE), door.accept(replace(MESSAGE, event_id="m2", userid="wang")))
    assert intake.taken == ["m2", "m1"]


async def test_a_fault_of_ours_is_not_waited_for() -> None:
    intake = Ill([KeyError("no")])
    with pytest.raises(KeyError):
        await a_door(intake, Phone()).accept(MESSAGE)
    assert intake.tries == 1


async def test_the_end_of_the_bot_ends_the_waiting() -> None:
    door = a_door(Ill(always=locked()), Phone(), patience=60)
    waiting = asyncio.create_task(door.accept(MESSAGE))
    await until(lambda: bool(door._waiting))
    await door.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
