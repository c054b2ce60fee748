"""Money never appears, disappears or turns negative, however a return is cut up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.amounts import Bought, counted, line_paid, part, spread
from models.fields import fen, yuan

CENT = Decimal("0.01")
PAID = st.decimals("0.00", "99999.99", places=2)


@st.composite
def portioned(draw: st.DrawFn) -> tuple[int, Decimal, list[int]]:
    """A line and the portions in which all of it comes back."""
    quantity = draw(st.integers(1, 60))
    left, portions = quantity, []
    while left:
        portions.append(draw(st.integers(1, left)))
        left -= portions[-1]
    return quantity, draw(PAID), portions


@given(portioned())
def test_returned_in_any_portions_a_line_gives_back_exactly_what_was_paid(
    line: tuple[int, Decimal, list[int]],
) -> None:
    quantity, paid, portions = line
    claimed, back = 0, list[Decimal]()
    for units in portions:
        back.append(part(Bought(quantity, claimed, paid, sum(back, Decimal(0))), units))
        claimed += units
    assert sum(back) == paid
    assert min(back) >= 0


@given(st.integers(1, 60), PAID, st.data())
def test_a_portion_is_within_a_cent_of_its_share(quantity: int, paid: Decimal, data: st.DataObject) -> None:
    claimed = data.draw(st.integers(0, quantity - 1))
    units = data.draw(st.integers(1, quantity - claimed))
    held = yuan(paid * claimed / quantity)
    assert abs(part(Bought(quantity, claimed, paid, held), units) - paid * units / quantity) <= CENT


@given(PAID, st.lists(PAID, min_size=1, max_size=20))
def test_what_is_spread_adds_up(total: Decimal, weights: list[Decimal]) -> None:
    parts = spread(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == (total if any(weights) else 0)
    assert min(parts) >= 0


@given(PAID, st.lists(PAID, min_size=2, max_size=8))
def test_a_line_that_weighs_nothing_gets_nothing(total: Decimal, weights: list[Decimal]) -> None:
    assert spread(total, [*weights, Decimal(0)])[-1] == 0


@given(PAID, st.integers(1, 60), st.data())
def test_counting_fewer_never_gives_more(paid: Decimal, requested: int, data: st.DataObject) -> None:
    units = data.draw(st.integers(0, requested))
    share = counted(paid, requested, units)
    assert 0 <= share <= paid
    assert counted(paid, requested, requested) == paid
    assert counted(paid, requested, 0) == 0


PORTIONS = [
    ("10.00", 3, [1, 1, 1], ["3.33", "3.34", "3.33"]),  # the odd cent goes out once
    ("10.00", 3, [2, 1], ["6.67", "3.33"]),
    ("0.01", 3, [1, 1, 1], ["0.00", "0.01", "0.00"]),  # one cent over three units
    ("329.00", 1, [1], ["329.00"]),
    ("5.10", 2, [1, 1], ["2.55", "2.55"]),
    ("0.00", 2, [1, 1], ["0.00", "0.00"]),  # a gift
]


@pytest.mark.parametrize(("paid", "quantity", "portions", "back"), PORTIONS)
def test_portions(paid: str, quantity: int, portions: list[int], back: list[str]) -> None:
    parts: list[Decimal] = []
    for n, units in enumerate(portions):
        held = sum(parts, Decimal(0))
        parts.append(part(Bought(quantity, sum(portions[:n]), Decimal(paid), held), units))
    assert parts == [Decimal(each) for each in back]


SPREADS = [
    ("100.00", ["30", "30", "30"], ["33.33", "33.34", "33.33"]),
    ("90.00", ["100", "50"], ["60.00", "30.00"]),  # a third off everything
    ("0.05", ["1", "1", "1", "1"], ["0.01", "0.02", "0.01", "0.01"]),
    ("10.00", ["0", "0"], ["0.00", "0.00"]),  # nothing to go by
    ("10.00", [], []),
]


@pytest.mark.parametrize(("total", "weights", "parts"), SPREADS)
def test_spreads(total: str, weights: list[str], parts: list[str]) -> None:
    assert spread(Decimal(total), [Decimal(w) for w in weights]) == [Decimal(p) for p in parts]


@pytest.mark.parametrize(
    ("price", "quantity", "paid", "expected"),
    [
        ("2.55", 6, None, "15.30"),  # price × quantity when the shop says no more
        ("2.55", 6, "12.00", "12.00"),  # what the shop says was paid
        ("2.55", 6, "0.00", "0.00"),  # nothing is an answer too
    ],
)
def test_what_a_line_cost(price: str, quantity: int, paid: str | None, expected: str) -> None:
    assert line_paid(Decimal(price), quantity, Decimal(paid) if paid else None) == Decimal(expected)


ROUNDED = [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("35", "35.00")]


@pytest.mark.parametrize(("value", "expected"), ROUNDED)
def test_half_a_cent_rounds_up_as_on_an_invoice(value: str, expected: str) -> None:
    assert str(yuan(value)) == expected


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="float"):
        yuan(0.1)  # type: ignore[arg-type]


@given(st.decimals("-99999999.99", "99999999.99", places=2))
def test_cents_and_yuan_are_the_same_money(amount: Decimal) -> None:
    assert Decimal(fen(amount)) / 100 == amount
