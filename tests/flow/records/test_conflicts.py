"""Transactions that stand in each other's way on PostgreSQL: locked in one order, else begun again; decided once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest
from structlog.testing import capture_logs
from tortoise.transactions import in_transaction

from flow.cases.advance import advance
from flow.cases.command import Command
from flow.cases.erasure import erase, whose
from flow.cases.merge_split import merge
from flow.cases.reminders import sweep
from flow.cases.siblings import hold_of
from flow.imports import undo
from flow.records.claims import release_claims
from flow.records.locks import lock_cases, take_units
from flow.tasks.snooze import put_off
from models import Case, Event, ImportBatch, Order, OrderLine, Refund, Task
from models.case import CaseLine
from models.database.conflicts import TRIES, untangled
from models.enums import CaseState
from tests.support.proof import decisions
from tests.support.stage import sell, stage
from tests.support.stories import LAMP, LINE, inspected, news, says, submitted, taps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.support.stage import Stage

BOTH = "退货 536365 {} 质量问题 外壳破裂"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
#: a deadlock, once: a sequence does not go back with its transaction
TRAP = """
CREATE SEQUENCE trap;
CREATE FUNCTION spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('trap') = 1 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '{state}'; END IF; RETURN NULL;
END $$;
CREATE TRIGGER trap AFTER {event} ON {table} EXECUTE FUNCTION spring();
"""


@pytest.fixture
async def desk(postgres: str) -> AsyncIterator[Stage]:
    async with stage(postgres) as found:
        await sell("536365", LAMP)
        yield found


@asynccontextmanager
async def beside(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else on the same database."""
    connection = await asyncpg.connect(url.replace("postgres://", "postgresql://", 1))
    try:
        yield connection
    finally:
        await connection.close()


async def met(url: str, lock: str, *works: Callable[[], Awaitable[object]]) -> None:
    """Let transactions meet: the row of ``lock`` is held until each of them waits for something."""
    async with beside(url) as other, beside(url) as watch:
        holding = other.transaction()
        await holding.start()
        await other.execute(lock)
        async with asyncio.TaskGroup() as group:
            for number, work in enumerate(works, 1):
                group.create_task(_one(work))
                async with asyncio.timeout(60):
                    while await watch.fetchval(WAITING) < number:  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
            await holding.rollback()


async def _one(work: Callable[[], Awaitable[object]]) -> None:
    async with in_transaction():
        await work()


# -- one order ---------------------------------------------------------------------------------------------------------


async def test_two_returns_with_the_same_goods_in_other_order_end_at_one_instant(desk: Stage) -> None:
    for goods in ("85123A×1 71053×1", "71053×1 85123A×1"):
        await submitted(desk, BOTH.format(goods))
    one, two = await Case.all().order_by("id")
    first = (await OrderLine.all().order_by("id"))[0]
    lock = f"SELECT FROM order_line WHERE id = {first.id} FOR UPDATE"
    await met(desk.bot.settings.database_url, lock, lambda: release_claims(one), lambda: release_claims(two))
    assert await OrderLine.filter(claimed=0).count() == 2


async def test_units_of_several_lines_are_taken_and_given_back_in_one_order(desk: Stage) -> None:
    first, second = await OrderLine.all().order_by("id")
    lock = f"SELECT FROM order_line WHERE id = {first.id} FOR UPDATE"
    there, back = ((first.id, 2), (second.id, 1)), ((second.id, 1), (first.id, 2))
    await met(desk.bot.settings.database_url, lock, lambda: take_units(there), lambda: take_units(back))
    assert [line.claimed for line in await OrderLine.all().order_by("id")] == [4, 2]
    assert await take_units([(second.id, 5)]) == second.id, "it has four left"


async def test_two_cases_are_merged_into_each_other_at_one_instant(desk: Stage) -> None:
    one, two = await submitted(desk, LINE), await submitted(desk, LINE)
    case = await Case.get(no=one)
    chief = (await desk.bot.desk.staff.now()).called("王建国")

    def merged(keep: str, twin: str) -> Callable[[], Awaitable[object]]:
        return lambda: merge(desk.bot.desk, keep, twin, chief, desk.clock.now())

    lock = f"SELECT FROM return_case WHERE id = {case.id} FOR UPDATE"
    with pytest.raises(ExceptionGroup) as lost:
        await met(desk.bot.settings.database_url, lock, merged(one, two), merged(two, one))
    assert [type(error).__name__ for error in lost.value.exceptions] == ["StaleCase"]
    assert await Case.filter(merged_into_id__not_isnull=True).count() == 1


@pytest.mark.parametrize("how", ["in one tap", "in one message"])
async def test_many_cases_of_several_orders_are_taken_back_by_two_at_one_instant(desk: Stage, how: str) -> None:
    """Each lists them in another order; neither is ended for the other's sake."""
    await sell("536366", LAMP)
    mine = [await submitted(desk, f"退货 {no} 71053×1 质量问题") for no in ("536366", "536365")]
    hers = [await submitted(desk, f"退货 {no} 71053×1 质量问题", "何佳") for no in ("536365", "536366")]
    if how == "in one tap":
        for name in ("林晓", "何佳"):
            await says(desk, name, "批量撤单")

    async def takes_back(name: str, numbers: list[str]) -> None:
        if how == "in one tap":
            await taps(desk, name, "批量撤单")
        else:
            await says(desk, name, "，".join(f"撤单 {no}" for no in reversed(numbers)))

    first = await OrderLine.filter(order__no="536365", sku="71053").first()
    lock = f"SELECT FROM order_line WHERE id = {first.id} FOR UPDATE"  # type: ignore[union-attr]
    with capture_logs() as logs:
        await met(
            desk.bot.settings.database_url, lock, lambda: takes_back("林晓", mine), lambda: takes_back("何佳", hers)
        )
    assert not [entry for entry in logs if entry["event"] == "begun again"]
    assert {case.state for case in await Case.all()} == {CaseState.CLOSED}


async def test_a_reminder_and_a_decision_about_one_task_meet(desk: Stage) -> None:
    no = await submitted(desk)
    case, task = await Case.get(no=no), await Task.get(case__no=no)
    late = task.due_at
    wang = (await desk.bot.desk.staff.now()).called("王建国")
    lock = f"SELECT FROM return_case WHERE id = {case.id} FOR UPDATE"

    async def acts() -> None:
        await lock_cases(case.id)
        await Task.filter(id=task.id).update(seen_at=late)

    await met(desk.bot.settings.database_url, lock, lambda: sweep(desk.bot.desk, late), acts)
    await met(desk.bot.settings.database_url, lock, lambda: put_off(task, None, wang, late), acts)


async def test_money_is_confirmed_while_somebody_else_has_the_case_and_then_its_order(desk: Stage) -> None:
    case = await Case.get(no=await inspected(desk))
    finance = (await desk.bot.desk.staff.now()).called("钱芳")

    async def confirms() -> None:
        await advance(desk.bot.desk, Command(case.id, "确认退款", finance, desk.clock.now(), {}))

    async def corrects() -> None:
        await lock_cases(case.id)
        await hold_of(case)

    lock = f"SELECT FROM return_case WHERE id = {case.id} FOR UPDATE"
    await met(desk.bot.settings.database_url, lock, corrects, confirms)
    assert await Refund.filter(case_id=case.id).exists()


async def test_data_is_erased_while_somebody_else_has_the_case_and_then_its_order(desk: Stage) -> None:
    case = await Case.get(no=await submitted(desk))
    await says(desk, "林晓", f"撤单 {case.no}")

    async def corrects() -> None:
        await lock_cases(case.id)
        await hold_of(case)

    async def erases() -> None:
        await erase(await whose(case.order_no), None, desk.clock.now())

    lock = f"SELECT FROM return_case WHERE id = {case.id} FOR UPDATE"
    await met(desk.bot.settings.database_url, lock, corrects, erases)
    assert (await Order.get(no=case.order_no)).mobile == ""


async def test_an_import_is_taken_back_while_somebody_else_has_a_case_of_it_and_then_its_goods(desk: Stage) -> None:
    line = await OrderLine.all().order_by("id").first()
    assert line
    await OrderLine.filter(id=line.id).update(claimed=2)
    batch = await ImportBatch.create(kind="cases", file="退货.csv", digest="d", started_at=desk.clock.now())
    case = await Case.create(
        no="R20261120-0001", kind="退货", opened_at=desk.clock.now(), state=CaseState.DONE, batch_id=batch.id
    )
    await CaseLine.create(case=case, order_line_id=line.id, sku=line.sku, title="", unit_price=1, paid=1, requested=1)

    async def reopens() -> None:
        await lock_cases(case.id)
        await take_units([(line.id, 1)])

    lock = f"SELECT FROM return_case WHERE id = {case.id} FOR UPDATE"
    undone = lambda: undo(batch.id, now=desk.clock.now())  # noqa: E731
    await met(desk.bot.settings.database_url, lock, reopens, undone)
    assert (await OrderLine.get(id=line.id)).claimed == 2
    assert not await Case.exists(id=case.id)


# -- begun again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["40P01", "40001"])
@pytest.mark.parametrize(("event", "table"), [("UPDATE", "return_case"), ("INSERT", "outbox"), ("UPDATE", "sent_card")])
async def test_a_tap_that_was_ended_for_another_s_sake_is_decided_all_the_same(
    desk: Stage, state: str, event: str, table: str
) -> None:
    no = await submitted(desk)
    async with beside(desk.bot.settings.database_url) as other:
        await other.execute(TRAP.format(state=state, event=event, table=table))
    assert "已同意" in await taps(desk, "王建国", "同意")
    case = await Case.get(no=no)
    assert set((await decisions(case.id)).values()) == {1}
    assert not [words for words in news(desk, "王建国") if "出错" in words]


async def test_a_message_that_was_ended_for_another_s_sake_is_answered_once(desk: Stage) -> None:
    no = await submitted(desk)
    async with beside(desk.bot.settings.database_url) as other:
        await other.execute(TRAP.format(state="40P01", event="INSERT", table="case_event"))
    said = await says(desk, "王建国", f"同意 {no}")
    assert "已同意" in said
    assert "出错" not in said
    assert await Event.filter(action="同意").count() == 1


async def test_a_conflict_without_end_is_no_endless_work() -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    tries: list[int] = []

    async def work() -> None:
        tries.append(1)
        raise RuntimeError from Deadlock()

    with pytest.raises(RuntimeError):
        await untangled(work)
    assert len(tries) == TRIES
    tries.clear()
    with pytest.raises(ZeroDivisionError):
        await untangled(lambda: _broken(tries))
    assert tries == [1], "a fault of ours is no conflict"


async def _broken(tries: list[int]) -> None:
    tries.append(1)
    raise ZeroDivisionError
