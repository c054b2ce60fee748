"""Any change of any column that the chain covers is found, and the columns that it does not cover are named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flow.records import snapshot
from flow.records.events import chain, settle
from flow.records.verification import Record, faults, record_of
from models import Case, CaseLine, Inspection, Parcel, Refund, StockMove, Task, seals
from tests.support.sealed_cases import NO, NOW, STEPS

LINKS: list[dict[str, Any]] = [dict(said) for said in STEPS]
VALUES = st.none() | st.integers(-9, 9) | st.text(max_size=3) | st.lists(st.integers(0, 3), max_size=2)


def in_memory() -> Record:
    case = Case(id=1, no=NO, kind="退货", opened_at=NOW, amount=Decimal("329.00"))
    hung: dict[str, list[Any]] = {
        snapshot.LINES: [CaseLine(sku="85123A", unit_price=Decimal(1), paid=Decimal(2), requested=2)],
        snapshot.REFUNDS: [Refund(no=f"{NO}-T1", amount=Decimal(2))],
        snapshot.INSPECTIONS: [Inspection(no=f"{NO}-Q1", result="合格", at=NOW)],
        snapshot.STOCK: [StockMove(key="k", sku="85123A", zone="待售区", quantity=2, at=NOW)],
        snapshot.PARCELS: [Parcel(waybill="SF1", announced_at=NOW)],
        snapshot.TASKS: [Task(node="质检", owner_id=5, opened_at=NOW, due_at=NOW)],
    }
    events = chain(case, LINKS, NOW)
    settle(case, events[-1], snapshot.whole(case, hung, events[-1].salt))
    return record_of(case, events, hung)


PLACES = [
    *((part, row, column) for part in snapshot.ROWS for row in (0,) for column in range(len(snapshot.COLUMNS[part]))),
    *((snapshot.CASE, 0, name) for name, _, _ in snapshot.CASE_COLUMNS),
]


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(st.sampled_from(PLACES), VALUES)
def test_any_change_of_any_covered_column_of_any_row_is_found_and_named(place: Any, value: Any) -> None:
    record, (part, row, column) = in_memory(), place
    where = record.stands[part] if part == snapshot.CASE else record.stands[part][row]
    changed = repr(where[column]) != repr(value)  # false is another word than 0
    where[column] = value
    sentence = faults(record, seals.ring())
    assert bool(sentence) == changed
    labels = {name: label for name, _, label in snapshot.CASE_COLUMNS}
    label = labels[column] if part == snapshot.CASE else snapshot.COLUMNS[part][column][2]
    assert not changed or (sentence.startswith(f"{NO} 第 4 步") and label in sentence)


def test_the_columns_that_are_not_covered_are_these() -> None:
    """A new column of a covered table is put into the chain, or here, on purpose."""
    left = {
        Case: {"id", "no", "reason", "note", "customer", "region", "snapshot", "facts", "version", "seq", "chain",
               "seal", "base", "answered_at", "reworked_at", "undo", "source", "batch_id"},
        CaseLine: {"id", "case_id", "title"},
        Refund: {"id", "case_id", "account", "error", "reference"},  # see ``final_reference``
        Inspection: {"id", "case_id"},
        StockMove: {"id", "case_id"},
        Parcel: {"id", "case_id"},
        Task: {"id", "case_id", "why", "opened_at", "closed_at", "action", "seen_at", "snoozed_for"},
    }  # fmt: skip
    tables = {Case: snapshot.CASE, CaseLine: snapshot.LINES, Refund: snapshot.REFUNDS, Inspection: snapshot.INSPECTIONS}
    for table, part in {**tables, StockMove: snapshot.STOCK, Parcel: snapshot.PARCELS, Task: snapshot.TASKS}.items():
        covered = {name for name, _, _ in snapshot.COLUMNS[part]}
        assert set(table._meta.db_fields) - covered == left[table], table
