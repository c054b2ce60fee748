"""Many at once: a tap finds a way to the database beside others, and what everybody waits for is held briefly."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tortoise import connections
from tortoise.transactions import in_transaction

from flow.views.case import case_view
from models import Case, Counter
from models.database import postgres_engine
from models.database.connection import CONNECTIONS, database
from models.database.precedence import BEHIND, hands, stand_behind
from tests.support.stage import sell, stage
from tests.support.stories import LAMP, says, submitted, taps

if TYPE_CHECKING:
    import pytest
    from tortoise.queryset import QuerySet

HELD = 8  #: transactions under way: more than Tortoise's own pool has connections
FEW = 14  #: statements from the number of a case to the end of the tap, at most


@dataclass(slots=True)
class Heard:
    """Every statement in its order, on all connections that the open database has."""

    said: list[str] = field(default_factory=list)

    def note(self, query: Any) -> None:
        self.said.append(query.query)

    async def begin(self) -> None:
        pool = connections.get("default")._pool
        taken = [await pool.acquire() for _ in range(pool.get_max_size())]
        for connection in taken:
            connection._con.add_query_logger(self.note)
            await connection.fetch("SELECT ARRAY(SELECT ROW(1))")  # so that it knows what a record is
        for connection in taken:
            await pool.release(connection)
        self.said.clear()


async def test_a_tap_is_decided_while_others_hold_their_transactions(postgres: str) -> None:
    async with stage(postgres) as desk, AsyncExitStack() as others:
        await sell("536365", LAMP)
        no = await submitted(desk)
        over, begun = asyncio.Event(), asyncio.Semaphore(0)

        async def slow() -> None:
            async with in_transaction() as connection:
                await connection.execute_query("SELECT 1")
                begun.release()
                await over.wait()

        async def end() -> None:
            over.set()
            await asyncio.gather(*held)

        held = [asyncio.create_task(slow()) for _ in range(HELD)]
        others.push_async_callback(end)
        async with asyncio.timeout(5):  # less than anybody waits for a connection
            for _ in held:
                await begun.acquire()
        await taps(desk, "王建国", "同意")
        assert (await Case.get(no=no)).nodes != ["客服审核"]


async def test_little_is_asked_while_all_wait_for_the_number(postgres: str) -> None:
    """Every opening of a day takes the next number, and has it to itself until its transaction is through."""
    heard = Heard()
    async with stage(postgres) as desk:
        await sell("536365", LAMP)
        await submitted(desk)  # the day's first has a counter more
        await sell("536366", LAMP)
        await says(desk, "林晓", "退货 536366 85123A×2 质量问题 外壳破裂")
        await heard.begin()
        await taps(desk, "林晓", "提交")
    taken = next(n for n, sql in enumerate(heard.said) if sql.startswith("INSERT INTO counter"))
    end = next(n for n, sql in enumerate(heard.said) if n > taken and sql.startswith("COMMIT"))
    assert end - taken <= FEW, "\n".join(heard.said[taken : end + 1])


async def test_a_case_is_read_in_one_visit(postgres: str) -> None:
    heard = Heard()
    async with stage(postgres) as desk:
        await sell("536365", LAMP)
        no = await submitted(desk)
        case = await Case.get(no=no)
        await case_view(desk.bot.desk, case.id, events=True)  # its rules are known then
        await heard.begin()
        view = await case_view(desk.bot.desk, case.id, events=True)
        said = [sql for sql in heard.said if '"parcel"' in sql]
    assert (view.no, len(view.lines), [owner.node for owner in view.owners]) == (no, 1, ["客服审核"])
    assert len(said) == 1
    assert all(f'"{table}"' in said[0] for table in ("return_case", "case_line", "task", "refund", "case_event"))


async def test_the_counter_of_a_day_stays_sealed(database_url: str) -> None:
    async with stage(database_url) as desk:
        await sell("536365", LAMP)
        await submitted(desk)
        seals = await Counter.filter(name__startswith="case").values_list("seal", flat=True)
    assert len(seals) == 2
    assert all(seals)


async def test_who_waits_behind_for_a_second_connection_waits_in_vain_and_not_for_ever(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "POOL_SECONDS", 0.2)

    async def nested(outside: QuerySet[Case]) -> None:
        stand_behind()
        async with in_transaction():
            await began.wait()
            await outside.count()

    async with database(postgres):
        began = asyncio.Barrier(BEHIND)
        # Model.all() belongs to where it is called, which is outside of the transactions
        tasks = [asyncio.create_task(nested(Case.all())) for _ in range(BEHIND)]
        async with asyncio.timeout(30):
            found = await asyncio.gather(*tasks, return_exceptions=True)
        assert any(isinstance(each, TimeoutError) for each in found)
        assert await Case.all().count() == 0, "whoever comes next is answered"


async def test_what_goes_on_behind_leaves_connections_to_whoever_waits() -> None:
    free = asyncio.Semaphore(0)

    async def behind() -> None:
        stand_behind()
        place = hands()
        assert place
        await place.acquire()
        free.release()

    tasks = [asyncio.create_task(behind()) for _ in range(BEHIND + 3)]
    for _ in range(BEHIND):
        await free.acquire()
    assert [task.done() for task in tasks].count(True) == BEHIND < CONNECTIONS
    assert hands() is None, "whoever taps goes first"
    for task in tasks:
        task.cancel()
