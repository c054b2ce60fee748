"""What waited is said once: by its digest, or by itself where that one is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import Retryable
from bot.outbox.digests import said_already, tick_off, waiting
from flow.records import outbox
from models import Outbox, WorkState
from models.database.connection import database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MORNING = NOW + timedelta(hours=9)


@pytest.fixture(autouse=True)
async def db(database_url: str) -> AsyncIterator[None]:
    async with database(database_url):
        yield


async def hold(*members: int, at: datetime = MORNING) -> list[Outbox]:
    """One text for each of these members, all till the same moment; the rows, digests first."""
    held = await Outbox.all().count()
    for n, member in enumerate(members, held):
        await outbox.put([outbox.tell(f"turn:{n}", member, NOW, "turn", run_at=at, case_id=n, seq=1)])
    return await Outbox.all().order_by("id")


async def test_a_digest_stands_before_what_it_says_and_is_one_per_person_and_morning() -> None:
    rows = await hold(7, 7, 8)
    assert [(row.kind, row.member_id) for row in rows] == [
        ("digest", 7), ("text", 7), ("text", 7), ("digest", 8), ("text", 8),
    ]  # fmt: skip
    assert {row.run_at for row in rows} == {MORNING}
    later = await hold(7, at=MORNING + timedelta(days=1))
    assert [row.kind for row in later].count("digest") == 3


async def test_what_is_said_at_once_has_no_digest() -> None:
    await outbox.put([outbox.tell("turn:1", 7, NOW, "turn", case_id=1, seq=1)])
    [row] = await Outbox.all()
    assert (row.run_at, row.kind, "digest" in row.payload) == (NOW, "text", False)
    assert await said_already(row) is False


async def test_a_digest_says_its_own_and_they_are_done() -> None:
    head, first, second, other, theirs = await hold(7, 7, 8)
    found = await waiting(head)
    assert [row.id for row in found] == [first.id, second.id]
    await tick_off(head, found, 0)
    assert [await said_already(first), await said_already(second)] == [True, True]
    assert [row.id for row in await waiting(other)] == [theirs.id]
    assert await waiting(head) == []


@pytest.mark.parametrize("state", [WorkState.NEW, WorkState.TAKEN])
async def test_while_the_digest_is_under_way_its_texts_wait(state: WorkState) -> None:
    head, text = await hold(7)
    await Outbox.filter(id=head.id).update(state=state)
    with pytest.raises(Retryable):
        await said_already(text)


@pytest.mark.parametrize("state", [WorkState.DONE, WorkState.FAILED])
async def test_what_a_digest_has_left_out_speaks_for_itself(state: WorkState) -> None:
    head, text = await hold(7)
    await Outbox.filter(id=head.id).update(state=state)
    assert await said_already(text) is False
