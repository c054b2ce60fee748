"""Every way out of a transaction, its beginning too, leaves the database to whoever comes next, on both engines."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from models import Counter
from models.database.connection import ailment, database, passing, sqlite_path
from models.pipeline import session
from tests.support.outages import held, way_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sandbox.way import Way

Begin = Any  #: what gives a transaction
TRANSACTIONS = pytest.mark.parametrize("begin", [in_transaction, session.transaction], ids=["plain", "deferring"])
SOON = 5.0  #: seconds in which whoever comes next must be through


async def write(name: str) -> None:
    await Counter.create(name=name, value=1)


async def next_one_works(begin: Begin = in_transaction) -> None:
    """Outside a transaction, in one, and read again by another: nothing is held, and nothing was left open."""
    async with asyncio.timeout(SOON):
        await write("alone")
        async with begin():
            await write("in one")
        async with begin():
            assert await Counter.filter(name__in=["alone", "in one"]).count() == 2


# -- SQLite ------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def impatient(url: str) -> AsyncIterator[None]:
    """The database with a busy timeout of no length, so that a lock which is held is said at once."""
    async with database(url):
        await connections.get("default").execute_script("PRAGMA busy_timeout=20")
        yield


@TRANSACTIONS
async def test_a_lock_that_another_program_holds_is_said_and_not_kept(sqlite: str, begin: Begin) -> None:
    async with impatient(sqlite):
        with held(sqlite):
            for _ in range(3):
                with pytest.raises(Exception, match="locked") as said:
                    async with begin():
                        await write("never")
                assert (passing(said.value), ailment(said.value)) == (True, "数据库被别的程序占着")
        await next_one_works(begin)
        assert not await Counter.filter(name="never").exists()


@TRANSACTIONS
async def test_who_is_cut_short_in_the_beginning_holds_nothing(sqlite: str, begin: Begin) -> None:
    """Cancelled before the lock of the process is had, while SQLite waits for the file's, and just after."""
    async with database(sqlite):
        await write("there")
        with held(sqlite):
            waiting = [asyncio.create_task(_in(begin)) for _ in range(3)]
            await asyncio.sleep(0.05)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await next_one_works(begin)


async def _in(begin: Begin) -> None:
    async with begin():
        await Counter.filter(name="there").update(value=2)


@TRANSACTIONS
async def test_a_full_disk_is_said_and_the_room_that_comes_is_used(sqlite: str, begin: Begin) -> None:
    async with database(sqlite):
        await full(is_full=True)
        with pytest.raises(Exception, match="full") as said:
            async with begin():
                await Counter.bulk_create(Counter(name=f"{'x' * 50}{n}") for n in range(2000))
        assert (passing(said.value), ailment(said.value)) == (True, "数据库所在的磁盘满了")
        await full(is_full=False)
        await next_one_works(begin)
        assert await Counter.filter(name__startswith="xx").count() == 0


async def full(*, is_full: bool) -> None:
    """As on a disk without room, or with it again: SQLite's own limit is met in the same place."""
    connection = connections.get("default")
    [[pages]] = (await connection.execute_query("PRAGMA page_count"))[1]
    await connection.execute_query(f"PRAGMA max_page_count={pages if is_full else 1 << 30}")


async def test_many_rows_that_are_cut_short_leave_no_transaction_open(sqlite: str) -> None:
    async with database(sqlite):
        writing = asyncio.create_task(many())
        await asyncio.sleep(0.02)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await next_one_works()


async def many() -> None:
    await Counter.bulk_create(Counter(name=str(n)) for n in range(20_000))


async def test_a_file_that_cannot_be_opened_is_said_each_time(sqlite: str) -> None:
    path = sqlite_path(sqlite)
    assert path
    async with database(f"sqlite://{path.parent}"):
        for _ in range(2):
            async with asyncio.timeout(SOON):
                with pytest.raises(OperationalError):
                    await write("never")
    for thread in threading.enumerate():  # aiosqlite's, of a file that did not open, says its last word to this loop
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, SOON)


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def way(postgres: str) -> AsyncIterator[Way]:
    place = urlsplit(postgres)
    async with way_to(str(place.hostname), place.port or 5432) as found, database(_through(postgres, found.port)):
        await write("there")
        yield found


def _through(url: str, port: int) -> str:
    """The same database by another way, with two connections: that many must never be lost."""
    place = urlsplit(url)
    return f"postgres://{place.username}@127.0.0.1:{port}{place.path}?minsize=1&maxsize=2"


async def lost(way: Way) -> None:
    await way.cut()
    await way.mend()


async def cancelled(way: Way) -> None:
    way.open.set()


@TRANSACTIONS
@pytest.mark.parametrize("end", [lost, cancelled])
async def test_a_connection_that_never_began_comes_back(way: Way, begin: Begin, end: Callable[[Way], Any]) -> None:
    for _ in range(3):
        way.block()
        beginning = [asyncio.create_task(_in(begin)) for _ in range(3)]  # two begin, one waits for the pool
        await asyncio.sleep(0.05)
        if end is cancelled:
            for task in beginning:
                task.cancel()
        await end(way)
        async with asyncio.timeout(2 * SOON):
            await asyncio.gather(*beginning, return_exceptions=True)
    await next_one_works(begin)


@TRANSACTIONS
async def test_a_session_that_the_server_ends_is_an_error_that_passes(way: Way, begin: Begin) -> None:
    for _ in range(3):
        with pytest.raises(Exception, match=r".") as said:
            await ended(begin)
        assert (passing(said.value), ailment(said.value)) == (True, "数据库连接断了")
    await next_one_works(begin)
    assert not await Counter.filter(name="never").exists()


async def ended(begin: Begin) -> None:
    async with begin():
        await write("never")
        await connections.get("default").execute_query("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_a_server_that_is_not_there_is_an_error_that_passes(way: Way) -> None:
    await way.cut()
    for _ in range(3):
        with pytest.raises(Exception, match=r".") as said:
            await write("never")
        assert passing(said.value)
    await way.mend()
    await next_one_works()


# -- what passes and what does not -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        KeyError("no"),
        FileNotFoundError("no"),
        IntegrityError("twice"),
        sqlite3.OperationalError("no such table"),
    ],
    ids=repr,
)
def test_a_fault_of_ours_does_not_pass_by_waiting(error: Exception) -> None:
    assert (passing(error), ailment(error)) in [(False, ""), (False, "数据库出错")]
