"""What a case may still ask for, of its goods and of the freight: the facts that change when others were faster."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.definitions.vocabulary import BY_COUNT
from flow.orders.shares import LESS, Most, carried, units_of
from models import CaseLine

AMOUNT, CUTS = "金额", "扣款项"


def most(goods: str, freight: str = "0.00", before: str = "0.00") -> Most:
    return Most(Decimal(goods), Decimal(freight), Decimal(before))


FITTED: list[tuple[Most, dict[str, Any], dict[str, Any]]] = [
    # nothing has moved
    (most("20.00"), {AMOUNT: "20.00"}, {}),
    (most("20.00", "15.00", "15.00"), {AMOUNT: "35.00"}, {}),
    # less than it might ask for is its own business
    (most("20.00"), {AMOUNT: "12.00"}, {}),
    # another case has some of the money
    (most("14.00"), {AMOUNT: "20.00"}, {AMOUNT: "14.00", CUTS: [{"name": LESS, "amount": "6.00"}]}),
    # the freight went with another, or is its own now
    (most("20.00", "0.00", "15.00"), {AMOUNT: "35.00"}, {FREIGHT: None, WITH_ALL: None, AMOUNT: "20.00"}),
    (most("20.00", "15.00"), {AMOUNT: "20.00"}, {FREIGHT: "15.00", WITH_ALL: None, AMOUNT: "35.00"}),
    # both at once, beside a deduction that is there
    (
        most("14.00", "0.00", "15.00"),
        {AMOUNT: "32.00", CUTS: [{"name": "折旧", "amount": "3.00"}]},
        {
            FREIGHT: None, WITH_ALL: None, AMOUNT: "14.00",
            CUTS: [{"name": "折旧", "amount": "3.00"}, {"name": LESS, "amount": "3.00"}],
        },
    ),
    # never below nothing
    (most("5.00", "0.00", "15.00"), {AMOUNT: "10.00"}, {FREIGHT: None, WITH_ALL: None, AMOUNT: "0.00"}),
]  # fmt: skip


@pytest.mark.parametrize(("found", "facts", "said"), FITTED)
def test_what_changes_for_a_case(found: Most, facts: dict[str, Any], said: dict[str, Any]) -> None:
    assert found.fitted(facts) == said


SUMS = st.integers(0, 99999).map(lambda fen: Decimal(fen) / 100)


@given(SUMS, SUMS, SUMS, SUMS)
def test_it_never_asks_for_more_and_what_is_taken_off_is_named(
    goods: Decimal, freight: Decimal, before: Decimal, amount: Decimal
) -> None:
    said = Most(goods, freight, before).fitted({AMOUNT: str(amount)})
    now = Decimal(said.get(AMOUNT, amount))
    assert 0 <= now <= goods + freight
    taken_off = sum((Decimal(each["amount"]) for each in said.get(CUTS, ())), Decimal(0))
    assert now + taken_off == max(amount + freight - before, Decimal(0))
    again = Most(goods, freight, freight).fitted({AMOUNT: str(now)})
    assert again == {}, "asked twice, it is as it is"


@pytest.mark.parametrize(
    ("freight", "facts"), [("15.00", {FREIGHT: "15.00", WITH_ALL: None}), ("0", {FREIGHT: None, WITH_ALL: None})]
)
def test_what_a_case_says_of_its_freight(freight: str, facts: dict[str, Any]) -> None:
    assert carried(Decimal(freight)) == facts


def test_units_of_lines_are_counted_by_line_and_by_what_came_where_that_counts() -> None:
    claims = [
        CaseLine(order_line_id=line, requested=requested, received=received)
        for line, requested, received in ((1, 2, 1), (1, 1, 1), (2, 3, 0))
    ]
    assert units_of(claims, {}) == {1: 3, 2: 3}
    assert units_of(claims, {BY_COUNT: True}) == {1: 2, 2: 0}
    assert units_of([], {}) == {}
