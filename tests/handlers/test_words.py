"""How money, moments, spans, people and goods are written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.types import fitted, short
from cards.words import due, due_on_card, goods, listed, masked, moment, money, span, stopped
from models.views.case import LineView

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("2880", "¥2,880.00"),
        ("0", "¥0.00"),
        ("9.9", "¥9.90"),
        ("1234567.5", "¥1,234,567.50"),
    ],
)
def test_money(amount: str, text: str) -> None:
    assert money(Decimal(amount)) == text


MOMENTS = [
    ("2026-11-22T14:03+08:00", "11-22 14:03"),
    ("2026-11-22T06:03+00:00", "11-22 14:03"),  # the same moment, kept in UTC
    ("2026-11-22T00:00+08:00", "11-22 00:00"),
    ("2026-11-21T23:59+08:00", "11-21 23:59"),
    ("2026-11-21T15:59+00:00", "11-21 23:59"),  # today in UTC's morning, yesterday here
    ("2026-11-23T09:00+08:00", "11-23 09:00"),
    ("2026-11-20T09:00+08:00", "11-20 09:00"),
    ("2026-11-24T09:00+08:00", "11-24 09:00"),
    ("2026-01-01T00:00+08:00", "01-01 00:00"),
    ("2025-12-31T23:00+08:00", "2025-12-31 23:00"),  # another year says which
    ("2027-01-05T08:00+08:00", "2027-01-05 08:00"),
]


@pytest.mark.parametrize(("at", "text"), MOMENTS)
def test_a_moment_is_told_so_that_it_is_true_tomorrow_too(at: str, text: str) -> None:
    assert moment(datetime.fromisoformat(at), NOW) == text


def test_new_year_s_eve_says_which_year() -> None:
    now = datetime(2027, 1, 1, 9, 0, tzinfo=SHANGHAI)
    assert moment(now - timedelta(hours=10), now) == "2026-12-31 23:00"


SPANS = [
    (timedelta(seconds=0), "不到 1 分"),
    (timedelta(seconds=59), "不到 1 分"),
    (timedelta(seconds=60), "1 分"),
    (timedelta(minutes=12, seconds=40), "12 分"),
    (timedelta(hours=1), "1 时"),  # no 0 分
    (timedelta(hours=3, minutes=48), "3 时 48 分"),
    (timedelta(hours=23, minutes=59, seconds=59), "23 时 59 分"),
    (timedelta(days=1), "1 天"),
    (timedelta(days=2, hours=5, minutes=30), "2 天 5 时"),  # the largest two
    (timedelta(days=2, minutes=30), "2 天"),  # hours are the second unit, and there are none
    (timedelta(days=400), "400 天"),
]


@pytest.mark.parametrize(("length", "text"), SPANS)
def test_a_span_has_its_two_largest_units(length: timedelta, text: str) -> None:
    assert span(length) == span(length.total_seconds()) == text


@given(st.timedeltas(timedelta(0), timedelta(days=9999)))
def test_every_span_can_be_said(length: timedelta) -> None:
    parts = span(length).removeprefix("不到 ").split(" ")
    assert parts[1::2] == [unit for unit in "天时分" if unit in parts]
    assert 1 <= len(parts) // 2 <= 2


DUES = [
    (timedelta(hours=3, minutes=48), "11-22 17:51 前", "今天 17:51（还剩 3 时 48 分）"),
    (timedelta(hours=9, minutes=56), "11-22 23:59 前", "今天 23:59（还剩 9 时 56 分）"),
    (timedelta(hours=9, minutes=57), "11-23 00:00 前", "11-23 00:00 前"),  # no 今天 stands on a card tomorrow
    (timedelta(days=1), "11-23 14:03 前", "11-23 14:03 前"),
    (timedelta(days=400), "2027-12-27 14:03 前", "2027-12-27 14:03 前"),
    (timedelta(0), "已超时 不到 1 分（11-22 14:03 到期）", "已超时（11-22 14:03 到期）"),  # it stands for hours
    (-timedelta(minutes=59), "已超时 59 分（11-22 13:04 到期）", "已超时（11-22 13:04 到期）"),
    (-timedelta(hours=2, minutes=10), *["已超时 2 时 10 分（11-22 11:53 到期）"] * 2),
    (-timedelta(days=3), *["已超时 3 天（11-19 14:03 到期）"] * 2),
]


@pytest.mark.parametrize(("ahead", "text", "card"), DUES)
def test_a_deadline_says_when_it_is_or_how_late_it_is(ahead: timedelta, text: str, card: str) -> None:
    assert (due(NOW + ahead, NOW), due_on_card(NOW + ahead, NOW)) == (text, card)


def test_a_deadline_that_stands_still_says_since_when_and_for_what() -> None:
    assert stopped("11-22 10:00 起，等客户寄回") == "已停：11-22 10:00 起，等客户寄回"
    assert stopped("") == "已停"


@pytest.mark.parametrize(("name", "text"), [("李雷", "李**"), ("欧阳娜娜", "欧**"), ("Li", "L**"), ("", "未留姓名")])
def test_a_customer_is_recognised_not_known(name: str, text: str) -> None:
    assert masked(name) == text


GOODS = [
    ([("自动喂食器", 1)], "自动喂食器 ×1"),
    ([("自动喂食器", 1), ("滤网", 2)], "自动喂食器 ×1、滤网 ×2"),
    ([("猫" * 40, 2)], "猫" * 26 + "… ×2"),  # the name gives way, the count does not
    ([("WHITE HANGING HEART T-LIGHT HOLDER", 12)], "WHITE HANGING HEART T-LIG… ×12"),
    (
        [("白色心形烛台", 6), ("红色羊毛热水袋", 6), ("大号复古金属灯笼", 6)],
        "白色心形烛台 等 18 件",
    ),  # too many to name
    ([("猫" * 40, 600), ("狗" * 40, 400)], "猫" * 20 + "… 等 1000 件"),
    ([("两行\n标题", 1)], "两行 标题 ×1"),
    ([], ""),
]


@pytest.mark.parametrize(("named", "text"), GOODS)
def test_goods_keep_their_counts(named: list[tuple[str, int]], text: str) -> None:
    assert listed(named) == text
    assert len(text) <= 30


NAMED = st.lists(st.tuples(st.text(min_size=1, max_size=300), st.integers(0, 99999)), max_size=20)


@given(NAMED, st.integers(20, 80))
def test_goods_always_fit(named: list[tuple[str, int]], chars: int) -> None:
    assert len(listed(named, chars)) <= chars


def test_goods_of_a_case_go_by_title_or_by_number() -> None:
    lines = (LineView("A1", "喂食器", Decimal(1), 2, received=1), LineView("B2", "", Decimal(1), 3))
    assert goods(lines) == "喂食器 ×2、B2 ×3"
    assert goods(lines, "received") == "喂食器 ×1、B2 ×0"


FITTED = [
    ("缺件：滤网组件 扣 ¥35.00", "缺件：滤网组件 扣 ¥35.00"),  # fits
    ("缺件：" + "长" * 50 + " 扣 ¥1,035.00", "缺件：" + "长" * 14 + "… 扣 ¥1,035.00"),  # the amount is whole
    ("质检：" + "NAME " * 20 + "×12 等 3 种", "质检：NAME NAME NAME N… ×12 等 3 种"),
    ("很" * 50, "很" * 29 + "…"),  # no number to save
    ("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "1 2 3… 7 8 9 10 11 12 13 14 15"),
    ("  多 余\n空白 ", "多 余 空白"),
]


@pytest.mark.parametrize(("text", "expected"), FITTED)
def test_words_give_way_before_numbers(text: str, expected: str) -> None:
    assert fitted(text, 30) == expected


@given(st.text(max_size=200), st.integers(10, 60))
def test_fitted_fits(text: str, chars: int) -> None:
    assert len(fitted(text, chars)) <= chars
    assert len(short(text, chars)) <= chars


LETTERS = st.text(st.characters(categories=["Lo", "Lu", "Ll"]), min_size=1, max_size=200)


@given(LETTERS, st.decimals("0.00", "99999999.99", places=2))
def test_an_amount_at_the_end_is_never_cut(words: str, amount: Decimal) -> None:
    assert fitted(f"{words} 扣 {money(amount)}", 30).endswith(f" 扣 {money(amount)}")


def test_moments_of_the_database_are_told_in_the_merchant_s_zone() -> None:
    assert moment(datetime(2026, 11, 22, 6, 3, tzinfo=UTC), NOW) == "11-22 14:03"


WHOLE = "改后 85123A×12 质量问题 ¥1,234.56 外壳破裂"


@pytest.mark.parametrize("chars", range(3, len(WHOLE)))
def test_free_text_that_is_cut_holds_no_piece_of_a_number(chars: int) -> None:
    """¥1,2… would read as another amount."""
    kept = short(WHOLE, chars).removesuffix("…").rstrip()
    assert WHOLE.startswith(kept)
    for number in re.findall(r"[¥×]?[\d.,]+", kept):
        assert number in ("×12", "¥1,234.56", "85123")
