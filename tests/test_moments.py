"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.moments import EVENING, for_customer, moment, span

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=CHINA)  #: a Monday

SAID = [
    ("30分钟", "2026-11-23 11:00"),
    ("2小时", "2026-11-23 12:30"),
    ("3天后", "2026-11-26 10:30"),
    ("1周", "2026-11-30 10:30"),
    ("明天", "2026-11-24 09:00"),
    ("明天 14:30", "2026-11-24 14:30"),
    ("后天下午3点", "2026-11-25 15:00"),
    ("今天 18点半", "2026-11-23 18:30"),
    ("晚上8点", "2026-11-23 20:00"),
    ("9:00", "2026-11-24 09:00"),  # has passed today
    ("周三", "2026-11-25 09:00"),
    ("周一", "2026-11-30 09:00"),  # today is one: the next
    ("下周一 10点", "2026-11-30 10:00"),
    ("下周日", "2026-12-06 09:00"),
    ("11-25", "2026-11-25 09:00"),
    ("12月1日 18点", "2026-12-01 18:00"),
    ("1月2日", "2027-01-02 09:00"),  # the next one is next year's
    ("2027-03-01", "2027-03-01 09:00"),
]


@pytest.mark.parametrize(("said", "meant"), SAID)
def test_what_a_moment_means(said: str, meant: str) -> None:
    found = moment(said.split(), NOW)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == meant
    assert found.utcoffset() == NOW.utcoffset()


@pytest.mark.parametrize(
    "said", ["", "客户寄回", "等 明天", "13月1日", "2月30日", "25:00", "9:75", "2", "明天 客户寄回", "-3天"]
)
def test_what_is_no_moment(said: str) -> None:
    assert moment(said.split(), NOW) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("客户回复", True), ("等客户回复", True), ("客户", True), ("顾客 回话 以后 再说", True),
        ("等买家有消息了", True), ("等客户寄回", True), ("客户明天回复", False), ("明天", False), ("", False),
    ],
)  # fmt: skip
def test_when_the_customer_is_waited_for(said: str, meant: bool) -> None:
    assert for_customer(said.split()) is meant


def test_a_last_day_ends_in_the_evening() -> None:
    found = moment(["11-25"], NOW, hour=EVENING)
    assert found is not None
    assert f"{found:%m-%d %H:%M}" == "11-25 23:59"


@given(st.integers(1, 999), st.sampled_from(["分钟", "小时", "天", "周"]))
def test_a_span_is_as_long_as_it_says(count: int, unit: str) -> None:
    length = span(f"{count}{unit}")
    minutes = {"分钟": 1, "小时": 60, "天": 1440, "周": 10080}[unit]
    assert length == timedelta(minutes=count * minutes)


@given(st.text(max_size=12), st.integers(0, 3_000_000))
def test_nothing_typed_can_break_it(said: str, minutes: int) -> None:
    found = moment(said.split(), NOW.astimezone(UTC) + timedelta(minutes=minutes))
    assert found is None or found.tzinfo is UTC
