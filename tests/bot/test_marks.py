"""The lock that says on PostgreSQL that a replica lives: whose is gone is missed sooner, and nobody wrongly."""

from __future__ import annotations

import asyncio

import pytest
from tortoise import connections

from bot.runtime.leases import MISSED, OUTBOX, UNMARKED, Replicas
from models import Replica
from models.database import sessions
from models.database.connection import database
from models.database.sessions import Mark
from tests.bot.test_lanes import joined, put, taken

HANG_UP = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND datname = current_database()
"""


async def marked(url: str) -> Replicas:
    """One more replica, at work and seen by the server."""
    replica = Replicas(mark=Mark(url))
    await replica.join(alone=False)
    return replica


async def looks_until_free(looker: Replicas, *living: Replicas) -> int:
    """How many looks of ``looker`` it takes until what somebody had in hand is given back; the living beat between."""
    for looks in range(1, 3 * MISSED):
        for each in living:
            await each.beat()
        if await looker.beat():
            return looks
    return 0


@pytest.mark.parametrize(
    ("killed", "seeing", "looks"),
    [
        pytest.param(True, True, UNMARKED + 1, id="killed: the server has closed its session"),
        pytest.param(False, True, MISSED + 1, id="paused: it may go on in a moment"),
        pytest.param(True, False, MISSED + 1, id="who is not seen there itself takes no mark for gone"),
    ],
)
async def test_who_is_killed_is_followed_sooner_than_who_stands_still(
    postgres: str, killed: bool, seeing: bool, looks: int
) -> None:
    """The first look only learns how far the other has beaten."""
    async with database(postgres):
        gone, other = await marked(postgres), await (marked(postgres) if seeing else joined())
        [row] = await put(OUTBOX, "a")
        assert await taken(OUTBOX, gone) == [row]
        if killed:
            drop(gone)
        assert await looks_until_free(other) == looks
        assert await taken(OUTBOX, other) == [row]
        drop(gone, other)


async def test_who_has_only_lost_a_line_keeps_its_rows_and_is_seen_again(postgres: str) -> None:
    async with database(postgres):
        cut, other = await marked(postgres), await marked(postgres)
        [row] = await put(OUTBOX, "a")
        assert await taken(OUTBOX, cut) == [row]
        unmarked = Replicas(name=cut.name)  # beats as before, on another line
        drop(cut)
        assert await looks_until_free(other, unmarked) == 0
        await cut.beat()
        assert await sessions.marked((cut.name, other.name)) == {cut.name, other.name}
        drop(cut, other)


async def test_a_mark_follows_its_replica_to_a_new_name_and_comes_back_when_the_server_hangs_up(postgres: str) -> None:
    async with database(postgres):
        one = await marked(postgres)
        before = one.name
        await Replica.all().delete()
        await one.beat()
        assert await sessions.marked((before, one.name)) == {one.name}
        await connections.get("default").execute_query(HANG_UP)
        assert await sessions.marked((one.name,)) == set()
        async with asyncio.timeout(30):
            while not await sessions.marked((one.name,)):
                await one.beat()
        drop(one)


async def test_a_replica_beats_on_when_no_mark_can_be_set(postgres: str) -> None:
    async with database(postgres):
        one = Replicas(mark=Mark(f"{postgres}_that_is_not_there"))
        await one.join(alone=False)
        await one.beat()
        assert (await Replica.get()).beats == 1


def drop(*replicas: Replicas) -> None:
    """As the kernel does with the sessions of a process that dies."""
    for each in replicas:
        if each.mark:
            each.mark.drop()
