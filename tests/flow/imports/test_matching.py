"""A return takes its units from the nearest earlier purchase that has enough left, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flow.imports.claims import match
from flow.imports.matching import Purchase, Purchases
from flow.imports.order_rows import ReturnRow
from flow.imports.report import BadRow


def at(day: int) -> datetime:
    return datetime(2011, 8, day, tzinfo=UTC)


def back(day: int, units: int = 1, *, order: str = "", line: int = 9, shop: str = "", claims: bool = True) -> ReturnRow:
    """Customer C9 returns units of S1."""
    customer = "" if order else "C9"
    return ReturnRow(line, shop, "", order, customer, "S1", units, None, at(day), at(day), claims=claims)


def bought(day: int, units: int, no: str = "A1", *, claimed: int = 0, shop: str = "") -> Purchase:
    """Customer C9 bought units of S1."""
    return Purchase(shop, no, "S1", "C9", at(day), units, claimed)


def outcome(purchases: list[Purchase], returns: list[ReturnRow]) -> dict[int, str]:
    """By line: the order that the return was matched with, or the reason."""
    known = Purchases(returns)
    known.orders_known = {(one.shop, one.no) for one in purchases}
    for one in purchases:
        known.add(one)
    matched, bad = match(known, [(str(row.line), row) for row in returns])
    return {m.row.line: m.bought.no for m in matched} | {row.line: row.reason.partition("：")[2] for row in bad}


@pytest.mark.parametrize(
    ("purchases", "expected"),
    [
        ([bought(1, 1)], "A1"),
        ([], "此前没有买过"),
        ([bought(5, 1)], "此前没有买过"),  # at the very moment is not before
        ([bought(6, 1)], "此前没有买过"),  # bought afterwards
        ([bought(1, 1, "A1"), bought(3, 1, "A2")], "A2"),  # the nearest before
        ([bought(1, 1, "A1"), bought(3, 1, "A2", claimed=1)], "A1"),  # which has enough left
        ([bought(1, 1, claimed=1)], "买过但剩余数量不够"),
        ([bought(3, 1, "A1"), bought(3, 1, "A2")], "A2"),  # at the same moment the higher number
    ],
)
def test_one_return_of_the_fifth(purchases: list[Purchase], expected: str) -> None:
    assert outcome(purchases, [back(5)]) == {9: expected}


def test_lines_of_one_order_count_together() -> None:
    assert outcome([bought(1, 2), bought(1, 2)], [back(5, 4)]) == {9: "A1"}


def test_units_are_never_taken_from_two_orders() -> None:
    assert outcome([bought(1, 2, "A1"), bought(2, 2, "A2")], [back(5, 3)]) == {9: "买过但剩余数量不够"}


def test_returns_take_in_the_order_in_which_they_happened() -> None:
    returns = [back(7, 2, line=2), back(5, 2, line=3), back(6, 1, line=4)]
    assert outcome([bought(1, 3)], returns) == {3: "A1", 4: "A1", 2: "买过但剩余数量不够"}


def test_what_claims_no_units_leaves_them_to_others() -> None:
    returns = [back(5, claims=False, line=2), back(6, line=3)]
    assert outcome([bought(1, 1)], returns) == {2: "A1", 3: "A1"}


@pytest.mark.parametrize(
    ("purchases", "row", "expected"),
    [
        ([bought(1, 1)], back(5, order="A1"), "A1"),
        ([bought(1, 1)], back(5, order="A7"), "没有这个订单"),
        ([bought(1, 1)], back(5, 2, order="A1"), "买过但剩余数量不够"),
        ([bought(1, 1, shop="天猫")], back(5, order="A1"), "A1"),  # no shop said: any shop's order
        ([bought(1, 1, shop="天猫"), bought(1, 1, shop="京东")], back(5, order="A1"), "几个店铺都有这个订单号"),
        ([bought(1, 1, shop="天猫")], back(5, order="A1", shop="京东"), "没有这个订单"),
    ],
)
def test_a_return_that_names_its_order(purchases: list[Purchase], row: ReturnRow, expected: str) -> None:
    assert outcome(purchases, [row]) == {9: expected}


def test_a_product_that_the_named_order_does_not_have() -> None:
    known = Purchases([back(5, order="A1")])
    known.orders_known = {("", "A1")}
    found = known.match(back(5, order="A1"))
    assert isinstance(found, BadRow)
    assert found.reason == "退货行：订单里没有这个商品"


def test_only_what_a_return_may_ask_for_is_kept() -> None:
    known = Purchases([back(5), back(5, order="A2")])
    assert known.wants("", "A1", "S1", "C9")
    assert known.wants("", "A2", "S1", "C1")
    assert not known.wants("", "A1", "S1", "C1")
    assert not known.wants("", "A1", "S2", "C9")
