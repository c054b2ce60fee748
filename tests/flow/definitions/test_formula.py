"""Formulas of amounts: what they come to, beside an independent reckoning; what may not be written, and why."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.charges import Charge, Line, lines_of, read_charges, reckon, unknown
from flow.definitions.conditions import CellError, When
from flow.definitions.formula import DivisionError, Span, read, with_names

FACTS = {"金额": Decimal("299.00"), "件数": Decimal(3)}
READ = [
    ("12", "12", "12"),
    ("12元", "12", "12"),
    ("金额 × 10%", "金额 × 10%", "29.9"),
    ("金额*10%", "金额 × 10%", "29.9"),
    ("金额x10%", "金额 × 10%", "29.9"),
    ("（件数－1）×3＋12", "(件数 − 1) × 3 + 12", "18"),
    ("金额×20% 不超过 50", "金额 × 20% 不超过 50", "50"),
    ("金额×20%不超过50元", "金额 × 20% 不超过 50", "50"),
    ("件数 × 2 不少于 10 不超过 20", "件数 × 2 不少于 10 不超过 20", "10"),
    ("min(金额, 30)", "金额 不超过 30", "30"),
    ("最大(件数，5、4)", "件数 不少于 5 不少于 4", "5"),
    ("2 × max(件数, 4)", "2 × (件数 不少于 4)", "8"),
    ("金额 ÷ 2 ÷ 2", "金额 ÷ 2 ÷ 2", "74.75"),
    ("10 − (4 − 3)", "10 − (4 − 3)", "9"),
    ("10 − 4 − 3", "10 − 4 − 3", "3"),
    ("金额 × (1 − 10%)", "金额 × (1 − 10%)", "269.1"),
]


@pytest.mark.parametrize(("text", "spelt", "value"), READ)
def test_a_formula_is_read_and_written_again(text: str, spelt: str, value: str) -> None:
    formula = read(text)
    assert (formula.text, formula.value(FACTS)) == (spelt, Decimal(value))
    assert read(spelt) == formula, "as it is written it is the same formula"


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        ("(件数-1)*3", "(数目 − 1) × 3"),
        ("最大(金额×10%, 件数) 不超过 50", "金额 × 10% 不少于 数目 不超过 50"),
        ("金额*10%", "金额*10%"),  # as it was typed
        ("金额 ×", "金额 ×"),  # no formula, which its check says
    ],
)
def test_a_fact_is_called_otherwise(text: str, fresh: str) -> None:
    assert with_names(text, {"件数": "数目"}) == fresh


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "算式空着"),
        ("金额 ×", "算式的最后少了一个数或一个名字"),
        ("金额 ** 2", "里“[*]”前面少了一个数"),
        ("(金额", "括号没有配好"),
        ("金额)", "“[)]”看不懂"),
        ("最小(金额, 3", "括号没有配好"),
        ("金额 10%", "“10”看不懂"),
        ("金额;1", "“;”看不懂"),
        ("__import__('os')", "看不懂"),
        ("1e5", "“e5”看不懂"),
        ("1" * 121, "算式太长"),
        ("1+" * 30 + "1", "算式里的东西太多"),
        ("-5", "里“-”前面少了一个数"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, why: str) -> None:
    with pytest.raises(CellError, match=why):
        read(text)


def test_a_number_that_is_not_known_and_a_divisor_of_nothing() -> None:
    with pytest.raises(KeyError):
        read("折价 × 2").value(FACTS)
    with pytest.raises(DivisionError):
        read("金额 ÷ (件数 − 3)").value(FACTS)


# -- beside an independent reckoning -----------------------------------------------------------------------------------

NUMBERS = st.decimals(min_value=0, max_value=1000, places=2).map(lambda d: format(d, "f"))
LEAVES = NUMBERS | st.sampled_from(["金额", "件数", "10%", "12.5%"])


def _joined(parts: Any) -> Any:
    sign = st.sampled_from([" + ", " − ", " × ", " ÷ "])
    limit = st.sampled_from([" 不超过 ", " 不少于 "])
    return (
        st.tuples(parts, sign, parts).map(lambda t: f"({t[0]}{t[1]}{t[2]})")
        | st.tuples(parts, limit, parts).map(lambda t: f"({t[0]}{t[1]}{t[2]})")
        | st.tuples(st.sampled_from(["最小", "最大"]), parts, parts).map(lambda t: f"{t[0]}({t[1]}, {t[2]})")
    )


EXPRESSIONS = st.recursive(LEAVES, _joined, max_leaves=6).filter(lambda text: len(text) <= 110)


def independent(text: str, facts: dict[str, Fraction]) -> Fraction:
    """The same by another way: from the outside in, by splitting at the sign, in exact fractions."""
    text = text.strip()
    for word in ("最小", "最大"):
        if text.startswith(f"{word}("):
            one, other = (independent(each, facts) for each in _parts(text[len(word) + 1 : -1], ","))
            return _by(" 不超过 " if word == "最小" else " 不少于 ", one, other)
    if text.startswith("("):
        inner = text[1:-1]
        for sign in (" 不超过 ", " 不少于 ", " + ", " − ", " × ", " ÷ "):
            if found := _parts(inner, sign):
                left, right = (independent(each, facts) for each in found)
                return _by(sign, left, right)
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    return facts[text] if text in facts else Fraction(text)


def _by(sign: str, left: Fraction, right: Fraction) -> Fraction:
    if sign == " ÷ ":
        return left / right
    ways = {
        " + ": left + right, " − ": left - right, " × ": left * right,
        " 不超过 ": min(left, right), " 不少于 ": max(left, right),
    }  # fmt: skip
    return ways[sign]


def _parts(text: str, sign: str) -> list[str]:
    """The two sides of a sign that stands in no brackets."""
    depth = 0
    for n, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth and text.startswith(sign, n):
            return [text[:n], text[n + len(sign) :]]
    return []


@given(EXPRESSIONS, st.integers(0, 100_000), st.integers(1, 20))
def test_it_comes_to_what_another_reckoning_does(text: str, fen: int, units: int) -> None:
    known = {"金额": Decimal(fen) / 100, "件数": Decimal(units)}
    formula = read(text)
    try:
        expected = independent(text, {"金额": Fraction(fen, 100), "件数": Fraction(units)})
    except ZeroDivisionError:
        with pytest.raises(DivisionError):
            formula.value(known)
        return
    try:
        value = formula.value(known)
    except DivisionError:
        raise AssertionError(text) from None
    assert abs(Fraction(value) - expected) <= Fraction(1, 10**30) * max(abs(expected), Fraction(1))
    assert read(formula.text).text == formula.text
    span = formula.span({"件数": Decimal(1)})
    assert span.low is None or Fraction(span.low) <= expected + Fraction(1, 10**20)
    assert span.high is None or expected <= Fraction(span.high) + Fraction(1, 10**20)


@given(EXPRESSIONS, st.integers(0, 100_000), st.integers(1, 20))
def test_what_can_not_divide_by_nothing_never_does(text: str, fen: int, units: int) -> None:
    formula = read(text)
    if not formula.span({"件数": Decimal(1)}).divides_by_nothing:
        formula.value({"金额": Decimal(fen) / 100, "件数": Decimal(units)})


SPANS = [
    ("金额 × 10%", "0", None, False),
    ("10 − 20", "-10", "-10", False),
    ("金额 ÷ 件数", "0", None, False),
    ("金额 ÷ (件数 − 1)", None, None, True),
    ("金额 ÷ 最大(件数 − 1, 1)", "0", None, False),
    ("10 ÷ (件数 不超过 5)", "2", "10", False),
    ("金额 不超过 50", "0", "50", False),
    ("(5 − 金额) × 2", None, None, False),
    ("(5 − 7) × (1 − 3)", "4", "4", False),
    ("5 − 金额", None, "5", False),
]


@pytest.mark.parametrize(("text", "low", "high", "nothing"), SPANS)
def test_between_which_numbers_it_lies(text: str, low: str | None, high: str | None, nothing: bool) -> None:
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    assert read(text).span({"件数": Decimal(1)}) == Span(ends[0], ends[1], nothing)


# -- lines of a refund -------------------------------------------------------------------------------------------------


def charge(name: str, formula: str, sign: str = "减", **when: str) -> Charge:
    return Charge(name, When.parse(when), read(formula), sign)


LINES: list[tuple[list[Charge], str, str, list[tuple[str, str]]]] = [
    ([charge("折旧", "金额 × 10%")], "299.00", "299.00", [("折旧", "-29.90")]),
    # half up to the 分
    ([charge("折旧", "金额 × 10%")], "2.55", "2.55", [("折旧", "-0.26")]),
    ([charge("折旧", "金额 × 10%")], "2.54", "2.54", [("折旧", "-0.25")]),
    # every row of what the goods come to, not of what is left
    ([charge("甲", "金额 × 50%"), charge("乙", "金额 × 10%")], "100", "100", [("甲", "-50.00"), ("乙", "-10.00")]),
    # of a row before
    ([charge("甲", "10"), charge("乙", "(金额 − 甲) × 10%")], "100", "100", [("甲", "-10.00"), ("乙", "-9.00")]),
    # never below nothing, nor above what was paid
    ([charge("运费", "12")], "5.10", "5.10", [("运费", "-5.10")]),
    ([charge("甲", "12"), charge("乙", "1")], "5.10", "5.10", [("甲", "-5.10")]),
    ([charge("补贴", "12", "加")], "100", "100", []),
    ([charge("折旧", "20"), charge("补贴", "12", "加")], "100", "100", [("折旧", "-20.00"), ("补贴", "12.00")]),
    ([charge("补贴", "12", "加")], "20", "25", [("补贴", "5.00")]),
    # a row of other cases, of a number that is not there, that divides by nothing, or comes to less than nothing
    ([charge("折旧", "5", 签收天数=">7")], "100", "100", []),
    ([charge("折旧", "5", 签收天数=">2")], "100", "100", [("折旧", "-5.00")]),
    ([charge("折旧", "5", 金额=">100")], "100", "100", []),
    ([charge("折旧", "折价 × 2"), charge("乙", "折旧 + 1")], "100", "100", [("乙", "-1.00")]),
    ([charge("折旧", "金额 ÷ (件数 − 2)")], "100", "100", []),
    ([charge("折旧", "5 − 金额")], "100", "100", []),
    ([charge("折旧", "紧急 × 2")], "100", "100", []),
]


@pytest.mark.parametrize(("rows", "goods", "most", "lines"), LINES)
def test_the_lines_of_a_refund(rows: list[Charge], goods: str, most: str, lines: list[tuple[str, str]]) -> None:
    facts = {"签收天数": 3, "件数": 2, "金额": "1.00", "紧急": True}
    found = reckon(rows, Decimal(goods), Decimal(most), facts)
    assert [(line.name, str(line.amount)) for line in found] == lines
    assert lines_of({"算式项": [line.fact() for line in found]}) == found


@given(
    st.lists(st.tuples(EXPRESSIONS, st.sampled_from(["减", "加"])), max_size=4),
    st.integers(0, 100_000), st.integers(0, 1000), st.integers(1, 20),
)  # fmt: skip
def test_what_is_left_lies_between_nothing_and_what_was_paid(
    rows: list[tuple[str, str]], fen: int, more: int, units: int
) -> None:
    goods, most = Decimal(fen) / 100, Decimal(fen + more) / 100
    charges = [charge(f"行{n}", text, sign) for n, (text, sign) in enumerate(rows)]
    found = reckon(charges, goods, most, {"件数": units})
    left = goods
    for line in found:
        left += line.amount
        assert 0 <= left <= most
        assert line.amount == line.amount.quantize(Decimal("0.01"))
    assert found == reckon(charges, goods, most, {"件数": units}), "the same twice"


WRONG = [
    ({"规则": "折旧"}, "算：算式空着"),
    ({"规则": "折旧", "算": "金额 ×"}, "算：算式的最后少了"),
    ({"算": "12"}, "规则：没有写"),
    ({"规则": "折旧", "算": "12", "加减": "乘"}, "加减：“乘”不认识，可选 减、加"),
    ({"规则": "折旧", "算": "12", "天气": "晴"}, "天气：没有这一列"),
    ({"规则": "金额", "算": "12"}, "“金额”已经是别的意思"),
    ({"规则": "折旧", "算": "折旧 + 1"}, "“折旧 [+] 1”用到了自己，会绕成圈"),
    ({"规则": "折旧", "算": "手续费 + 1"}, "用到了后面的“手续费”，会绕成圈"),
    ({"规则": "折旧", "算": "金额 ÷ (件数 − 1)"}, "可能除以 0，请写成 ÷ 最大"),
    ({"规则": "折旧", "算": "10 − 20"}, "算出来总不是正数；要加钱请写 加减: 加"),
    ({"规则": "折旧", "算": "0"}, "算出来总不是正数"),
    ({"规则": "手续费", "算": "1"}, "“手续费”写了两次"),
]


@pytest.mark.parametrize(("row", "why"), WRONG)
def test_a_row_that_is_wrong_is_told_with_its_place(row: dict[str, Any], why: str) -> None:
    problems: list[Any] = []
    read_charges([row, {"规则": "手续费", "算": "金额 × 1%"}], "政策", problems)
    assert any(re.search(why, str(problem)) for problem in problems), problems


def test_rows_that_are_right() -> None:
    problems: list[Any] = []
    rows = [{"规则": "折旧", "算": "金额 × 10%", "签收天数": ">7"}, {"规则": "手续费", "算": 1, "加减": "减"}]
    found = read_charges(rows, "政策", problems)
    assert ([row.rule for row in found], problems) == (["折旧", "手续费"], [])
    assert read_charges(None, "政策", problems) == ()
    assert [Line("折旧", Decimal("-0.10"), "金额 × 10%")] == list(
        reckon(found[:1], Decimal(1), Decimal(1), {"签收天数": 8})
    )


def test_a_number_that_nothing_knows() -> None:
    rows = [charge("甲", "折价 × 2 + 金额"), charge("乙", "甲 + 评分"), charge("丙", "类型 + 1")]
    assert unknown(rows, ["评分"]) == [(1, "甲", "折价"), (3, "丙", "类型")]
