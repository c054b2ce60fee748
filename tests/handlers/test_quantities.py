"""Counts of goods are read as people type them; what is no clear count is never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.edits.quantities import duration, numeral
from handlers.chat import quantities
from handlers.chat.quantities import Line

KNOWN = ("85123A", "84029G", "LS-002", "ABCx2", "gift_20", "22728", "AB-1", "猫砂机")

COUNTS = [
    ("2", 2), ("2件", 2), ("两个", 2), ("俩", 2), ("仨", 3), ("两", 2), ("三台", 3), ("十二个", 12), ("二十", 20),
    ("二十五件", 25), ("一百零五件", 105), ("2 件", 2), ("2件。", 2), ("就两个吧", 2), ("退3件", 3), ("数量 1", 1),
    ("数量:2", 2), ("改成3个", 3), ("0", 0), ("0件", 0), ("1只", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "units"), COUNTS)
def test_a_whole_answer_that_is_a_count(text: str, units: int) -> None:
    assert quantities.count(text) == units


NO_COUNTS = [
    "",
    "半个",
    "几个",
    "两三个",
    "一双",
    "一对",
    "1.5件",
    "-2件",
    "2天",
    "两个月",
    "20元",
    "第2件",
    "一百五件",
    "85123A",
    "两件套",
    "2-3件",
]


@pytest.mark.parametrize("text", NO_COUNTS)
def test_no_count(text: str) -> None:
    assert quantities.count(text) is None


VAGUE = ["半个", "几个", "好几个", "十几个", "一双", "一对", "2对", "1.5件", "2-3件", "一些", "一半", "若干"]


@pytest.mark.parametrize("text", VAGUE)
def test_a_count_that_is_asked_about(text: str) -> None:
    assert quantities.read(f"85123A {text}", KNOWN).unclear == (f"85123A {text}",)
    assert quantities.read(text, KNOWN).unclear == (text,)


@pytest.mark.parametrize("text", ["全部", "都", "所有", "全退", "全退吧", "全部退", "都要退", "整单", "全都退了。"])
def test_everything(text: str) -> None:
    assert quantities.is_everything(text)


@pytest.mark.parametrize("text", ["", "全新", "都坏了", "全部坏了", "2"])
def test_not_everything(text: str) -> None:
    assert not quantities.is_everything(text)


BESIDE = [
    ("灯两个", ("灯", 2)), ("两个灯", ("灯", 2)), ("那个灯两个", ("那个灯", 2)), ("2台喂食器", ("喂食器", 2)),
    ("3件", None), ("灯", None), ("灯两个月就坏", None), ("坏了一个角", None), ("用了2个工作日", None),
    ("两个的灯", ("灯", 2)),
]  # fmt: skip


@pytest.mark.parametrize(("word", "found"), BESIDE)
def test_a_count_beside_a_name(word: str, found: tuple[str, int] | None) -> None:
    assert quantities.beside(word) == found


LINES: list[tuple[str, list[tuple[str, int | None]], str]] = [
    ("85123A×2", [("85123A", 2)], ""),
    ("85123Ax2", [("85123A", 2)], ""),
    ("85123aX2", [("85123A", 2)], ""),
    ("85123A x 2", [("85123A", 2)], ""),
    ("85123A*2", [("85123A", 2)], ""),
    ("2×85123A", [("85123A", 2)], ""),
    ("2x85123A", [("85123A", 2)], ""),
    ("2 * 85123A", [("85123A", 2)], ""),
    ("2个85123A", [("85123A", 2)], ""),
    ("2 个 85123A", [("85123A", 2)], ""),
    ("两个的85123A", [("85123A", 2)], ""),
    ("85123A两个", [("85123A", 2)], ""),
    ("85123A 2件 质量问题", [("85123A", 2)], "质量问题"),
    ("85123A 2 质量问题", [("85123A", 2)], "质量问题"),
    ("85123A:2件", [("85123A", 2)], ""),
    ("LS-002 2个", [("LS-002", 2)], ""),
    ("ls-002两个", [("LS-002", 2)], ""),
    ("ABCx2", [("ABCx2", None)], ""),  # a SKU that ends in x and a digit
    ("ABCx2 x 3", [("ABCx2", 3)], ""),
    ("ABC×2×3", [("ABCx2", 3)], ""),
    ("ABCx2两个", [("ABCx2", 2)], ""),
    ("gift_20 2个", [("gift_20", 2)], ""),
    ("GIFT_20×2", [("gift_20", 2)], ""),
    ("22728两个", [("22728", 2)], ""),  # digits alone
    ("22728 12", [("22728", 12)], ""),
    ("2×22728", [("22728", 2)], ""),
    ("猫砂机两台", [("猫砂机", 2)], ""),
    ("85123A两个、84029G一个", [("85123A", 2), ("84029G", 1)], ""),
    ("85123A两个,84029G一个", [("85123A", 2), ("84029G", 1)], ""),
    ("85123A两个和84029G一个 质量问题", [("85123A", 2), ("84029G", 1)], "质量问题"),
    ("2个85123A 1个84029G", [("85123A", 2), ("84029G", 1)], ""),
    ("2个85123A及84029G", [("85123A", 2), ("84029G", None)], ""),
    ("85123A 2件 84029G", [("85123A", 2), ("84029G", None)], ""),
    ("85123A和84029G各两个", [("85123A", 2), ("84029G", 2)], ""),
    ("85123A、84029G 各1件", [("85123A", 1), ("84029G", 1)], ""),
    ("只收到84029G两件", [("84029G", 2)], "只收到"),
    ("85123A 两个都坏了", [("85123A", 2)], "都坏了"),
    ("两个", [("", 2)], ""),
    ("质量问题 2件", [("", 2)], "质量问题"),
    ("AB-2", [], "AB-2"),  # another product, whatever it begins with
    ("AB-1-2 2件", [("", 2)], "AB-1-2"),
    ("XAB-1", [], "XAB-1"),
    ("85123A2", [], "85123A2"),
    ("13800022728", [], "13800022728"),
    ("退22728元", [], "退22728元"),
    ("85123A 8888", [("85123A", None)], "8888"),  # the end of a phone number, or a price
    ("85123A 2026-11-20", [("85123A", None)], "2026-11-20"),
    ("85123A 用了两个月", [("85123A", None)], "用了两个月"),
    ("85123A 30×40 的那张", [("85123A", None)], "30×40 的那张"),
]


@pytest.mark.parametrize(("text", "lines", "rest"), LINES)
def test_a_whole_text(text: str, lines: list[tuple[str, int | None]], rest: str) -> None:
    found = quantities.read(text, KNOWN)
    assert ([(line.sku, line.units) for line in found.lines], found.rest) == (lines, rest)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("85123A全部", Line("85123A", None, "85123A全部", everything=True)),
        ("85123A 都退", Line("85123A", None, "85123A 都退", everything=True)),
        ("全部 质量问题", Line("", None, "全部", everything=True)),
        ("全退", Line("", None, "全退", everything=True)),
    ],
)
def test_everything_in_a_text(text: str, line: Line) -> None:
    assert quantities.read(text, KNOWN).lines == (line,)


def test_a_count_inside_a_clause_is_told_and_stays_there() -> None:
    found = quantities.read("1件合格,其他破了", KNOWN)
    assert (found.rest, found.loose, found.lines) == ("1件合格,其他破了", (Line("", 1, "1件"),), ())
    assert quantities.read("85123A 杯子坏了一个角", KNOWN).loose == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("两", 2),
        ("零", 0),
        ("一百", 100),
        ("一百一十", 110),
        ("两百零三", 203),
        ("九百九十九", 999),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert numeral(text) == value


@pytest.mark.parametrize("text", ["", "百", "十十", "两三", "一百五", "零五", "一零"])
def test_no_numerals(text: str) -> None:
    assert numeral(text) is None


def test_two_or_three_days_are_no_time() -> None:
    assert duration("两三天") == ""


@given(st.text(alphabet="85123Ax×*2两三个件 、和全部都各半一十A-坏", max_size=40))
def test_nothing_but_counts_and_joining_words_is_taken(text: str) -> None:
    text = " ".join(text.split())
    found = quantities.read(text, KNOWN)
    said = "".join(line.text for line in found.lines) + found.rest
    assert text.count("坏") == said.count("坏")
    assert all(line.sku in ("", *KNOWN) for line in found.lines)
    assert not any(line.units is not None and line.everything for line in found.lines)
