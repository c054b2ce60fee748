"""Statements put aside reach the engine in order, once, together with the transaction, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError, ValidationError
from tortoise.transactions import in_transaction

from flow.cases import siblings
from flow.definitions.business import CONFIG
from flow.definitions.policy import read_policy
from models import Case, Event, Inbox, Order, Outbox, SentCard, Task, WorkState
from models.database.connection import database
from models.ledger import Counter
from models.pipeline import session
from models.pipeline.postgres import _may_share
from models.pipeline.rows import inserts, reading, to_models, unsaved

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tortoise.models import Model

NOW = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))


class Late(Exception):
    """Somebody else was first."""


class Twice(Exception):
    """It is there already."""


@pytest.fixture
async def base(database_url: str) -> AsyncIterator[str]:
    """An open database: which engine."""
    async with database(database_url):
        yield database_url.partition(":")[0]


@pytest.fixture
async def on_sqlite(sqlite: str) -> AsyncIterator[None]:
    async with database(sqlite):
        yield


@pytest.fixture
async def on_postgres(postgres: str) -> AsyncIterator[None]:
    async with database(postgres):
        yield


def said(key: str, kind: str = "text", **fields: Any) -> Outbox:
    return unsaved(Outbox, key=key, kind=kind, run_at=NOW, created_at=NOW, **fields)


def once(key: str) -> session.Statement:
    [statement] = inserts([said(key)])
    return replace(statement, clash=Twice())


def raised(name: str, seen: int) -> session.Statement:
    """A claim of a counter that was read at ``seen``."""
    sql = "UPDATE counter SET value = value + 1 WHERE name = ? AND value = ?"
    return session.claim(sql, (name, seen), Late())


async def keys() -> list[str]:
    return [str(key) for key in await Outbox.all().order_by("id").values_list("key", flat=True)]


async def value(name: str = "n") -> int:
    return int((await Counter.get(name=name)).value)


async def fails(after: Exception | None = None, *parts: Sequence[session.Statement]) -> None:
    """A transaction that puts the parts aside, looks at the table between them, and then goes wrong."""
    async with session.transaction():
        for n, part in enumerate(parts):
            if n:
                await keys()
            await session.defer(*part)
        if after:
            raise after


async def test_what_waits_is_there_for_the_next_statement_and_for_everybody_after_the_commit(base: str) -> None:
    async with session.transaction():
        await session.defer(*inserts([said("a"), said("b")]))
        assert await keys() == ["a", "b"]
        await session.insert([said("c")])
    assert await keys() == ["a", "b", "c"]


async def test_what_waits_goes_with_a_transaction_that_fails(base: str) -> None:
    with pytest.raises(Late):
        await fails(Late(), inserts([said("a")]), inserts([said("b")]))
    assert await keys() == []


async def test_outside_a_transaction_nothing_waits(base: str) -> None:
    await session.defer(*inserts([said("a")]))
    assert await keys() == ["a"]
    async with in_transaction():
        await session.defer(*inserts([said("b")]))
        assert await keys() == ["a", "b"]


async def test_an_empty_transaction_ends_in_peace(base: str) -> None:
    async with session.transaction():
        await session.defer()
    assert await keys() == []


async def test_a_key_that_is_there_is_left_alone_when_asked(base: str) -> None:
    await session.insert([said("a", kind="first")])
    async with session.transaction():
        await session.insert([said("a"), said("b")], ignore=True)
    assert await Outbox.all().order_by("id").values_list("key", "kind") == [("a", "first"), ("b", "text")]


@pytest.mark.parametrize("more", [(), (said("z"),)], ids=["alone", "with more"])
async def test_a_clash_at_the_commit_undoes_everything(base: str, more: tuple[Outbox, ...]) -> None:
    await session.insert([said("a")])
    with pytest.raises(Twice):
        await fails(None, inserts([said("b")]), [once("a"), *inserts(more)])
    assert await keys() == ["a"]


async def test_a_clash_comes_before_what_the_next_statement_would_say(base: str) -> None:
    await session.insert([said("a")])
    async with session.transaction():
        await session.defer(once("a"))
        with pytest.raises(Twice):
            await session.batch(reading(Inbox, "id = ?", 1), reading(Outbox, "key = ?", "a"))


async def test_a_clash_that_nobody_expected_is_told_as_one(base: str) -> None:
    await session.insert([said("a")])
    with pytest.raises(IntegrityError):
        await fails(None, inserts([said("b"), said("a")]))
    assert await keys() == ["a"]


async def test_a_broken_statement_undoes_everything(base: str) -> None:
    with pytest.raises(OperationalError):
        await fails(None, [*inserts([said("a")]), session.Statement("UPDATE nowhere SET x = ?", (1,))])
    assert await keys() == []


async def test_a_savepoint_that_is_undone_takes_only_its_own_along(base: str) -> None:
    async with session.transaction():
        await session.defer(*inserts([said("a")]))
        with pytest.raises(Late):
            await fails(Late(), inserts([said("b")]))
        async with session.transaction():
            await session.defer(*inserts([said("c")]))
    assert await keys() == ["a", "c"]


async def test_a_claim_holds_and_what_hangs_on_it_is_done(base: str) -> None:
    await Counter.create(name="n", value=1)
    async with session.transaction():
        await session.defer(raised("n", 1), *inserts([said("a"), said("b")]))
        await session.claims_settled()
    assert (await value(), await keys()) == (2, ["a", "b"])


async def test_of_two_claims_on_postgres_the_loser_has_done_nothing_and_may_go_on(on_postgres: None) -> None:
    await Counter.create(name="n", value=1)

    async def attempt(name: str) -> None:
        async with session.transaction():
            [seen] = await session.rows("SELECT value FROM counter WHERE name = ?", "n")
            await both.wait()
            await session.defer(raised("n", seen["value"]), *inserts([said(f"{name} won")]))
            try:
                await session.claims_settled()
            except Late:
                await session.insert([said("lost")])

    both = asyncio.Barrier(2)
    await asyncio.gather(attempt("one"), attempt("two"))
    assert await value() == 2
    assert sorted(await keys()) in (["lost", "one won"], ["lost", "two won"])


async def test_a_write_that_can_not_hang_on_a_claim_waits_for_it_on_postgres(on_postgres: None) -> None:
    await Counter.create(name="n", value=2)
    async with session.transaction():
        await session.defer(raised("n", 1), session.Statement("UPDATE counter SET value = ? WHERE name = ?", (99, "n")))
        with pytest.raises(Late):
            await session.claims_settled()
    assert await value() == 2


async def test_a_claim_missed_at_the_commit_undoes_everything_on_sqlite(on_sqlite: None) -> None:
    await Counter.create(name="n", value=2)
    with pytest.raises(Late):
        await fails(None, [*inserts([said("a")]), raised("n", 1), *inserts([said("b")])])
    assert (await value(), await keys()) == (2, [])


async def test_on_sqlite_nobody_writes_between_the_reading_and_the_claim(on_sqlite: None) -> None:
    await Counter.create(name="n", value=1)

    async def count() -> None:
        async with session.transaction():
            [seen] = await session.rows("SELECT value FROM counter WHERE name = ?", "n")
            await asyncio.sleep(0)
            await session.defer(raised("n", seen["value"]))

    await asyncio.gather(*(count() for _ in range(12)))
    assert await value() == 13


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(base: str) -> None:
    async def dawdle() -> None:
        async with session.transaction():
            await session.insert([said("a")])
            await keys()
            reached.set()
            await asyncio.Event().wait()

    reached = asyncio.Event()
    task = asyncio.create_task(dawdle())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await session.insert([said("b")])
    assert await keys() == ["b"]


async def test_a_value_too_long_is_refused_before_it_is_sent(base: str) -> None:
    with pytest.raises(ValidationError):
        inserts([said("k" * 192)])


@pytest.mark.parametrize("model", [Case, Event, Inbox, Outbox, SentCard, Task], ids=lambda model: model.__name__)
async def test_a_fresh_row_has_the_defaults_that_tortoise_gives(base: str, model: type[Model]) -> None:
    names = model._meta.fields_db_projection
    ours, theirs = unsaved(model), model()
    assert {name: getattr(ours, name) for name in names} == {name: getattr(theirs, name) for name in names}


async def test_a_row_is_read_as_tortoise_reads_it(base: str) -> None:
    payload = {"词": ["甲", {"n": 1, "无": None}], "quote": "'\"\\"}
    await session.insert([said("a", payload=payload, member_id=7, state=WorkState.FAILED, in_doubt=True)])
    await Outbox.create(key="b", kind="text", run_at=NOW, created_at=NOW)
    [found] = await session.batch(reading(Outbox, "attempts = ? ORDER BY id", 0))
    for ours, theirs in zip(to_models(Outbox, found), await Outbox.all().order_by("id"), strict=True):
        names = Outbox._meta.fields_db_projection
        assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
        assert type(ours.state) is WorkState
        assert ours.run_at == NOW
        assert ours.run_at.tzinfo is UTC


async def test_a_row_that_was_read_can_be_saved(base: str) -> None:
    await session.insert([said("a")])
    [row] = to_models(Outbox, (await session.batch(reading(Outbox, "key = ?", "a")))[0])
    row.attempts = 3
    await row.save()
    assert await Outbox.all().values_list("key", "attempts") == [("a", 3)]


async def test_what_an_approval_looks_at_again_is_one_round_trip(on_postgres: None) -> None:
    policy = read_policy((CONFIG / "policies" / "standard.yaml").read_text(encoding="utf-8"))
    counting = siblings._counting("536365", "", "", policy, NOW, 1)
    reads = [reading(Order, "id = ?", 1), counting, siblings._ANY_ENTRY]
    assert _may_share([*inserts([said("a")]), *reads])
    async with session.transaction():
        assert [outcome.rows for outcome in await session.batch(*reads)] == [[], [], []]
