"""Rows of conditions: what they leave out, and which row never comes first."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.conditions import When, parse, word
from flow.validation import coverage
from flow.validation.coverage import Covered, Domain, TooManyCases, covered, spelt, uncovered

Row = dict[str, Any]


def rows(*written: Row) -> list[When]:
    return [When.parse(row) for row in written]


GAPS: list[tuple[list[Row], str]] = [
    ([{"金额": "<=50"}, {"金额": ">50"}], ""),  # whole
    ([{"金额": "<50"}, {"金额": ">50"}], "金额 50"),  # the bound itself
    ([{"金额": "<=50"}, {"金额": "50.01~500"}, {"金额": ">500"}], ""),  # cents: there is nothing between
    ([{"金额": "<=50"}, {"金额": "51~500"}, {"金额": ">500"}], "金额 50.01"),
    ([{"金额": "<=50", "风险客户": "否"}, {"金额": ">50"}], "金额 49.99、风险客户 是"),  # of two facts at once
    ([{"金额": "<=50", "风险客户": "否"}, {"金额": ">50"}, {"风险客户": "是"}], ""),
    ([{"类型": "质量问题"}, {"类型": "发错货|漏发"}], "类型 其他"),  # a word that nobody thought of
    ([{"类型": "质量问题"}, {}], ""),  # the last row is for all
    ([{"紧急": "是"}, {"紧急": "否"}], ""),  # yes and no are all that there is
    ([{"编号": "071053"}, {"编号": "<=5"}], "编号 5.01"),  # a code is a word, beside numbers
    ([], ""),
]  # fmt: skip


@pytest.mark.parametrize(("table", "example"), GAPS[:-1])
def test_a_gap_comes_with_an_example(table: list[Row], example: str) -> None:
    assert "".join(map(spelt, uncovered(rows(*table)))) == example


def test_no_rows_answer_nothing() -> None:
    assert uncovered([]) == [{}]


COVERED: list[tuple[list[Row], list[Covered]]] = [
    ([{"金额": "<=50"}, {"金额": "<=500"}, {}], []),
    ([{"金额": "<=500"}, {"金额": "<=50"}, {}], [Covered(1, (0,))]),  # the wrong order
    ([{"金额": "<=50"}, {"金额": ">50"}, {"类型": "甲"}, {}], []),  # a case whose amount nobody knows
    ([{"金额": "<=50"}, {"金额": ">=50"}, {"金额": "30~70"}, {}], [Covered(2, (0, 1))]),  # two together
    ([{}, {"类型": "甲"}, {}], [Covered(1, (0,)), Covered(2, (0,))]),  # whatever stands below a row for all
    ([{"类型": "甲|乙"}, {"类型": "甲", "金额": ">3"}, {}], [Covered(1, (0,))]),
    ([{"类型": "甲", "金额": ">3"}, {"类型": "甲|乙"}, {}], []),
    ([{"类型": "甲"}, {"类型": "甲"}, {}], [Covered(1, (0,))]),  # written twice
    ([{"紧急": "是"}, {"紧急": "否"}, {"类型": "甲"}, {}], [Covered(2, (0, 1)), Covered(3, (0, 1))]),
    ([{"数": "50"}, {"数": "50.00"}, {}], [Covered(1, (0,))]),  # one number in two spellings
]  # fmt: skip


@pytest.mark.parametrize(("table", "found"), COVERED)
def test_a_row_that_never_comes_first_is_told_with_those_before_it(table: list[Row], found: list[Covered]) -> None:
    assert covered(rows(*table)) == found


def test_a_fact_has_only_the_words_that_it_can_have() -> None:
    kinds = {"类型": Domain(("甲", "乙"))}
    assert uncovered(rows({"类型": "甲"}, {"类型": "乙"}), kinds) == []
    assert covered(rows({"类型": "丙"}, {}), kinds) == [Covered(0, ())]


@pytest.mark.parametrize(
    ("domain", "cell", "found"),
    [
        (Domain(within=parse("分", "0~100")), ">100", [Covered(0, ())]),  # more than the form takes
        (Domain(within=parse("分", ">=0")), "<0", [Covered(0, ())]),
        (Domain(step=Decimal(1)), ">7", []),
    ],
)
def test_a_number_keeps_within_its_bounds(domain: Domain, cell: str, found: list[Covered]) -> None:
    assert covered(rows({"分": cell}, {}), {"分": domain}) == found


def test_what_is_counted_one_by_one_has_nothing_between() -> None:
    table = rows({"件数": "<=7"}, {"件数": ">=8"})
    assert uncovered(table, {"件数": Domain(step=Decimal(1))}) == []
    assert uncovered(table) == [{"件数": Decimal("7.01")}]


def test_what_a_case_always_has_is_never_missing() -> None:
    table = rows({"金额": "<=50"}, {"金额": ">50"}, {"类型": "甲"})
    assert covered(table, {"金额": Domain(always=True)}) == [Covered(2, (0, 1))]


def test_too_many_cases_are_said_and_then_compared_two_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MAX_CASES", 8)
    table = rows({"金额": "<=50"}, {"类型": "甲"}, {"区域": "华东"}, {"金额": "<=10"}, {})
    with pytest.raises(TooManyCases, match="条件组合超过"):
        uncovered(table)
    assert covered(table) == [Covered(3, (0,))]


def test_a_wide_table_is_looked_at_whole() -> None:
    """Twenty rows on five facts: few of all their combinations differ."""
    table = [{f"事{n % 4}": f"词{n}", "金额": f">{n}"} for n in range(20)]
    assert uncovered(rows(*table)) != []
    assert covered(rows(*table, {})) == []


# ---- against trying every value

CELL = st.sampled_from(["", "<=2", ">2", "1~3", "甲", "甲|乙", "是", "否", "2"])
TABLE = st.lists(st.fixed_dictionaries({"一": CELL, "二": CELL}), min_size=1, max_size=5)
TRIED = [None, True, "甲", "乙", "丙", *(Decimal(n) / 2 for n in range(9))]


@given(TABLE)
def test_every_row_that_comes_first_anywhere_is_left_in_peace(table: list[Row]) -> None:
    read = rows(*table)
    first = set()
    for one, two in product(TRIED, TRIED):
        first.add(next((n for n, row in enumerate(read) if row({"一": one, "二": two})), None))
    told = {found.row for found in covered(read)}
    assert not told & first
    if not any("是" in row.values() or "否" in row.values() for row in table):
        assert told == set(range(len(read))) - first


@given(TABLE)
def test_an_example_of_a_gap_fits_no_row(table: list[Row]) -> None:
    read = rows(*table)
    for example in uncovered(read):
        assert not any(row(example) for row in read)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))
def test_ranges_leave_a_gap_exactly_where_arithmetic_says(pairs: list[tuple[int, int]]) -> None:
    ranges = [(min(pair), max(pair)) for pair in pairs]
    table = rows(*({"金额": f"{low}~{high}"} for low, high in ranges), {"金额": "<0"}, {"金额": ">9"})
    cents = (Decimal(n) / 100 for n in range(901))
    missed = any(not any(low <= cent <= high for low, high in ranges) for cent in cents)
    assert bool(uncovered(table)) == missed


def test_an_example_is_spelt_as_people_write() -> None:
    assert spelt({"金额": Decimal("50.01"), "风险客户": True, "备注": None}) == "金额 50.01、风险客户 是、备注 否"
    assert word(Decimal("50.01")) == "50.01"
