"""What an approval table leaves out is told as a range with the rows it lies between; what it never reaches, by row."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.conditions import When
from flow.definitions.policy import read_policy
from flow.errors import DefinitionError
from flow.validation.amounts import gap_problems, late_problems, overlap_problems
from flow.validation.policies import parse_policy

Row = dict[str, str]


def rows(*table: Row) -> list[tuple[str, When]]:
    return [("甲乙丙丁戊己"[n], When.parse(row)) for n, row in enumerate(table)]


GAPS: list[tuple[list[Row], list[str]]] = [
    ([{"金额": "<=50"}, {"金额": "50~500"}, {"金额": ">=800"}],
     ["第 2 行（乙）到 500、第 3 行（丙）从 800 起：金额 500.01～799.99 没有人审批"]),
    ([{"金额": "<50"}, {"金额": ">50"}], ["第 1 行（甲）到 49.99、第 2 行（乙）从 50.01 起：金额 50 没有人审批"]),
    ([{"金额": "100~500"}, {"金额": ">500"}], ["第 1 行（甲）从 100 起：金额 0～99.99 没有人审批"]),
    ([{"金额": ">0"}], ["第 1 行（甲）从 0.01 起：金额 0 没有人审批"]),  # a gift comes back too
    ([{"金额": "<=500"}, {"金额": "400~900"}], ["第 2 行（乙）到 900：金额 900.01 以上没有人审批"]),
    # whichever row stands first: the one beside the gap is named, not the one above it in the table
    ([{"金额": ">=800"}, {"金额": "<=500"}],
     ["第 2 行（乙）到 500、第 1 行（甲）从 800 起：金额 500.01～799.99 没有人审批"]),
    # two gaps
    ([{"金额": "<=50"}, {"金额": "60~70"}, {"金额": ">80"}],
     ["第 1 行（甲）到 50、第 2 行（乙）从 60 起：金额 50.01～59.99 没有人审批",
      "第 2 行（乙）到 70、第 3 行（丙）从 80.01 起：金额 70.01～80 没有人审批"]),
    # for some cases only
    ([{"金额": "<=50", "风险客户": "否"}, {"金额": ">50"}],
     ["第 2 行（乙）从 50.01 起：金额 0～50 没有人审批（风险客户 是）"]),
    ([{"金额": "<=50"}, {"金额": "<=500", "区域": "华东"}, {"金额": ">500"}],
     ["第 1 行（甲）到 50、第 3 行（丙）从 500.01 起：金额 50.01～500 没有人审批（区域 其他）"]),
    ([{"类型": "质量问题"}], ["没有一行管得到：金额 不管多少都没有人审批（类型 其他）"]),
    ([], ["没有一行管得到：金额 不管多少都没有人审批"]),
    # nothing is left out
    ([{"金额": "<=50"}, {"金额": ">50"}], []),
    ([{"金额": "<=50"}, {}], []),
    ([{"金额": "<=50.005"}, {"金额": ">50.005"}], []),
    ([{"件数": "<=2"}, {"件数": ">2"}], []),  # every case has some
    ([{"金额": "<=50", "风险客户": "是"}, {"金额": "<=50", "风险客户": "否"}, {"金额": ">50"}], []),
]  # fmt: skip


@pytest.mark.parametrize(("table", "said"), GAPS)
def test_a_gap_is_told_between_its_rows(table: list[Row], said: list[str]) -> None:
    assert gap_problems(rows(*table)) == said


LATE: list[tuple[list[Row], list[str]]] = [
    ([{"金额": "<=500"}, {"金额": "50~400"}, {}], ["审批表第 2 行（乙）永远轮不到：第 1 行（甲）已经包含它"]),
    ([{"金额": "<0"}, {}], ["审批表第 1 行 金额：“<0”什么时候都不成立"]),
    ([{"金额": "<=500"}, {"金额": "400~900"}, {}], []),  # of two that fit the first counts, so rows may overlap
]


@pytest.mark.parametrize(("table", "said"), LATE)
def test_a_row_that_never_comes_up_is_told(table: list[Row], said: list[str]) -> None:
    assert list(late_problems(rows(*table), "审批表")) == said


OVERLAPS: list[tuple[list[Row], list[str]]] = [
    ([{"金额": "<=500"}, {"金额": ">300"}],
     ["第 1 行（甲）和第 2 行（乙）都管金额 300.01～500，算前面那行的；请把界限改成一样"]),
    ([{"金额": "<=500"}, {"金额": ">500"}], []),
    ([{"金额": "<=500"}, {"金额": "500~5000"}, {"金额": ">5000"}], []),  # a shared bound is the first row's
    ([{"金额": "<=50"}, {"金额": "<=500"}, {"金额": ">500"}], []),  # one within the other
    ([{"金额": "<=500", "风险客户": "否"}, {"金额": ">300"}], []),  # another rule
    ([{"金额": "100~500", "类型": "甲"}, {"金额": "300~900", "类型": "甲"}, {}],
     ["第 1 行（甲）和第 2 行（乙）都管金额 300～500，算前面那行的；请把界限改成一样"]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "said"), OVERLAPS)
def test_amounts_that_two_rows_answer_are_told(table: list[Row], said: list[str]) -> None:
    assert overlap_problems(rows(*table)) == said


def test_a_row_that_can_not_be_read_leaves_no_gap() -> None:
    text = '政策: 小\n审批表:\n  - {规则: 甲, 金额: "50-500", 审批: 客服}\n  - {规则: 乙, 金额: ">500", 审批: 客服}\n'
    with pytest.raises(DefinitionError) as refused:
        parse_policy(text)
    assert len(refused.value.problems) == 1


def test_a_policy_that_was_published_before_is_still_read() -> None:
    text = '政策: 小\n审批表:\n  - {规则: 甲, 金额: ">50", 审批: 客服}\n'
    assert read_policy(text).tier({"金额": "60"})


BOUNDS = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
FLAGS = st.sampled_from(["", "是", "否"])


@given(st.lists(st.tuples(BOUNDS, FLAGS), min_size=1, max_size=5))
def test_every_amount_is_answered_or_told(table: list[tuple[list[int], str]]) -> None:
    """Against every amount up to 20, one by one, with and without the flag."""
    read = rows(*({"金额": f"{low}~{high}"} | ({"风险客户": flag} if flag else {}) for (low, high), flag in table))
    said = gap_problems(read, most=1000)
    for amount, flag in product(range(20), (True, False)):
        facts = {"金额": Decimal(amount), "风险客户": flag}
        answered = any(when(facts) for _, when in read)
        assert answered != any(_tells(sentence, Decimal(amount), flag=flag) for sentence in said)


def _tells(sentence: str, amount: Decimal, *, flag: bool) -> bool:
    """Whether a sentence says that this amount, with this flag, has nobody."""
    _, _, told = sentence.partition("金额 ")
    if "风险客户" in told and f"风险客户 {'是' if flag else '否'}" not in told:
        return False
    numbers = told.partition("没有人审批")[0].strip()
    if numbers == "不管多少都":
        return True
    low, _, high = numbers.removesuffix(" 以上").partition("～")
    last = Decimal("Infinity") if numbers.endswith("以上") else Decimal(high or low)
    return Decimal(low) <= amount <= last
