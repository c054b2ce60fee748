"""The chain of a case's events: it recomputes, and whatever is touched is found and named."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from flow.records import audit
from flow.records.events import chain, settle, settle_whole
from flow.records.verification import broken_cases, first_broken
from models import Case, Event
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 22, 6, 3, 4, 567890, tzinfo=UTC)
STEPS: list[dict[str, Any]] = [
    {"actor_id": 7, "actor": "林晓", "action": "提交", "node": "", "data": {"金额": "329.00", "商品": [["85123A", 2]]}},
    {"actor_id": None, "actor": "系统", "action": "客服审核", "node": "分流", "data": {"rule": "先由客服审核"}},
    {"actor_id": 2, "actor": "王建国", "action": "同意", "node": "客服审核", "data": {"意见": "可以"}},
    {"actor_id": 1, "actor": "李敏", "action": "同意", "node": "金额审批", "data": {"意见": "符合政策"}},
]


def story(no: str = "R20261122-0007") -> tuple[Case, list[Event]]:
    """A case, in memory, with its events as they are written."""
    case = Case(id=1, no=no, kind="退货", opened_at=NOW)
    events = chain(case, [dict(said) for said in STEPS], NOW)
    settle(case, events[-1], {})
    return case, events


def test_a_record_that_nobody_touched_holds() -> None:
    case, events = story()
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert first_broken(case.no, events, case.chain) == ""
    assert first_broken(case.no, [], "") == ""


def test_each_event_carries_the_hash_of_the_one_before() -> None:
    case, events = story()
    assert [event.before for event in events] == [audit.GENESIS, *(event.hash for event in events[:-1])]
    assert case.chain == events[-1].hash
    assert len({event.hash for event in events}) == len(events)


TOUCHED: list[tuple[str, Any]] = [
    ("seq", 9),
    ("at", NOW + timedelta(microseconds=1)),
    ("actor_id", 99),  # the name may stay: it is still somebody else
    ("actor", "王建国 "),
    ("action", "驳回"),
    ("node", "质检"),
    ("data", {"金额": "3.29"}),
    ("before", "f" * 64),
    ("hash", "f" * 64),
    ("salt", "0" * 32),
    ("stand", {"case": {}}),
    ("erased", {"盐": {}, "承诺": {"金额": "f" * 40}}),
]


@pytest.mark.parametrize("place", range(len(STEPS)))
@pytest.mark.parametrize(("field", "value"), TOUCHED)
def test_whatever_is_touched_is_found_where_it_is(place: int, field: str, value: Any) -> None:
    case, events = story()
    setattr(events[place], field, value)
    sentence = first_broken(case.no, events, case.chain)
    assert sentence.startswith(f"R20261122-0007 第 {place + 1} 步")


def test_no_field_of_an_event_is_left_out_of_the_chain() -> None:
    kept = set(Event._meta.db_fields) - {"id", "case_id", "seal"}  # the case's number is in the hash; the seal is of it
    assert {field for field, _ in TOUCHED} == kept


@pytest.mark.parametrize("place", range(len(STEPS) - 1))
def test_an_event_that_was_taken_away_is_missed(place: int) -> None:
    case, events = story()
    del events[place]
    assert first_broken(case.no, events, case.chain) == f"R20261122-0007 第 {place + 1} 步不见了"


def test_the_last_event_is_missed_too() -> None:
    case, events = story()
    assert first_broken(case.no, events[:-1], case.chain) == "R20261122-0007 第 4 步起的流水不见了"
    assert first_broken(case.no, [], case.chain) == "R20261122-0007 第 1 步起的流水不见了"


def test_events_of_another_case_do_not_fit() -> None:
    case, _ = story()
    _, others = story("R20261122-0008")
    assert "第 1 步" in first_broken(case.no, others, case.chain)


def test_two_events_that_changed_places_are_found() -> None:
    case, events = story()
    events[1], events[2] = events[2], events[1]
    assert "第 2 步" in first_broken(case.no, events, case.chain)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_the_order_of_what_was_said_does_not_matter(data: dict[str, Any]) -> None:
    turned = dict(reversed(data.items()))
    assert audit.link(audit.GENESIS, {"data": data}) == audit.link(audit.GENESIS, {"data": turned})


def test_a_moment_is_the_same_in_every_zone() -> None:
    """What a database hands back may carry another offset."""
    case, events = story()
    events[0].at = NOW.astimezone(timezone(timedelta(hours=8)))
    assert first_broken(case.no, events, case.chain) == ""


CANONICAL = (
    '{"action":"提交","actor":"林晓","actor_id":7,"at":"2026-11-22T06:03:04.567890+00:00","before":"' + "0" * 64 + '",'
    '"case":"R20261122-0007","data":{"商品":"%s","金额":"%s"},"node":"","seq":1}'
)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_anybody_can_recompute_a_link_with_a_hash_tool() -> None:
    first = story()[1][0]
    salts = [sha(f"{first.salt}|{key}")[:32] for key in ("商品", "金额")]
    said = [sha(f'{salts[0]}|[["85123A",2]]')[:40], sha(f'{salts[1]}|"329.00"')[:40]]
    assert first.hash == sha(CANONICAL % tuple(said))


OLD = (
    '{"action":"提交","actor":"林晓","actor_id":7,"at":"2026-11-22T06:03:04.567890+00:00","before":"' + "0" * 64 + '",'
    '"case":"R20261122-0007","data":{"商品":[["85123A",2]],"金额":"329.00"},"node":"","seq":1}'
)


def test_a_link_from_before_there_were_commitments_is_recomputed_as_it_was_made() -> None:
    _, [first, *_] = story()
    first.salt, first.hash = "", sha(OLD)
    assert first_broken("R20261122-0007", [first], first.hash) == ""
    first.data = {**first.data, "金额": "3.29"}
    assert first_broken("R20261122-0007", [first], first.hash) == "R20261122-0007 第 1 步（林晓 提交）被改动过"


# ---- as the databases keep it


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[list[Case]]:
    """Three cases with their events, written and read by a real engine."""
    await migrate(database_url)
    async with database(database_url):
        for number in (7, 8, 9):
            case = await Case.create(no=f"R20261122-{number:04d}", kind="退货", opened_at=NOW)
            events = chain(case, [dict(said) for said in STEPS], NOW)
            await settle_whole(case, events[-1])
            await Event.bulk_create(events)
            await case.save()
        yield await Case.all().order_by("id")


async def told() -> list[str]:
    return [sentence async for sentence in broken_cases()]


async def test_it_recomputes_from_the_database(kept: list[Case]) -> None:
    assert await Event.all().count() == len(kept) * len(STEPS)
    assert await told() == []


async def test_touched_and_deleted_rows_among_many_are_named(kept: list[Case]) -> None:
    await Event.filter(case_id=kept[1].id, seq=3).update(actor="李敏")
    await Event.filter(case_id=kept[2].id, seq=4).delete()
    assert await told() == ["R20261122-0008 第 3 步（李敏 同意）被改动过", "R20261122-0009 第 4 步起的流水不见了"]


async def test_two_events_cannot_take_one_place(kept: list[Case]) -> None:
    twice = Event(case_id=kept[0].id, seq=1, at=NOW, actor="李敏", action="同意", before="", hash="")
    with pytest.raises(IntegrityError):
        await twice.save()
