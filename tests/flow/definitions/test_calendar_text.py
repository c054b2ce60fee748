"""Days and moments as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.calendar_text import EVENING, NoSuchDay, Tense, WhichYear, day_of, moment, span, tense_of
from handlers.commands.verbs import for_customer

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
    ("12-3 09:00", "2026-12-03 09:00"),  # the blank keeps them apart
    ("12-30 9:00", "2026-12-30 09:00"),
    ("12 月 30 日", "2026-12-30 09:00"),
    ("十二月三十号", "2026-12-30 09:00"),
    ("2026年12月1日上午十点半", "2026-12-01 10:30"),
    ("20261201", "2026-12-01 09:00"),
    ("明年3月1日", "2027-03-01 09:00"),
    ("2-29", "2028-02-29 09:00"),  # the next that there is
    ("两天", "2026-11-25 10:30"),
    ("三个小时", "2026-11-23 13:30"),
    ("半小时", "2026-11-23 11:00"),
    ("半个小时后", "2026-11-23 11:00"),
    ("一个半小时", "2026-11-23 12:00"),
    ("1小时 30分", "2026-11-23 12:00"),
    ("十五分钟", "2026-11-23 10:45"),
    ("一刻钟", "2026-11-23 10:45"),
    ("半天", "2026-11-23 22:30"),
    ("一周以后", "2026-11-30 10:30"),
    ("两个星期", "2026-12-07 10:30"),
    ("一个月", "2026-12-23 10:30"),
    ("半个月", "2026-12-08 10:30"),
    ("晚上12点", "2026-11-24 00:00"),  # 24:00 of today
    ("今晚12点", "2026-11-24 00:00"),
    ("明天晚上12点", "2026-11-25 00:00"),
    ("晚上12点半", "2026-11-24 00:30"),
    ("24:00", "2026-11-24 00:00"),
    ("凌晨1点", "2026-11-24 01:00"),  # the next one
    ("明天凌晨1点", "2026-11-24 01:00"),
    ("凌晨12点", "2026-11-24 00:00"),
    ("中午12点半", "2026-11-23 12:30"),
    ("中午1点", "2026-11-23 13:00"),
    ("下午两点一刻", "2026-11-23 14:15"),
    ("后天下午", "2026-11-25 14:00"),
    ("明早", "2026-11-24 09:00"),
    ("明晚8点", "2026-11-24 20:00"),
    ("月底", "2026-11-30 09:00"),
    ("本月底", "2026-11-30 09:00"),
    ("下月底", "2026-12-31 09:00"),
    ("下个月初", "2026-12-01 09:00"),
    ("年底", "2026-12-31 09:00"),
    ("下周三", "2026-12-02 09:00"),
    ("本周五", "2026-11-27 09:00"),
    ("这周五下午3点", "2026-11-27 15:00"),
    ("星期三", "2026-11-25 09:00"),
    ("下个礼拜一", "2026-11-30 09:00"),
    ("周末", "2026-11-28 09:00"),
    ("周二三点", "2026-11-24 03:00"),
    ("5号", "2026-12-05 09:00"),
    ("下个月5号", "2026-12-05 09:00"),
    ("31号", "2026-12-31 09:00"),  # November has none
]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("11月31日", "没有11月31日这一天"), ("2月30日", "没有2月30日这一天"), ("2-30", "没有2月30日这一天"),
        ("13月1日", "没有13月1日这一天"), ("2027-2-29", "没有 2027-02-29 这一天"),
        ("明年2月29日", "没有 2027-02-29 这一天"),
        ("下个月31号", ""), ("本月31号", "没有 2026-11-31 这一天"), ("20261131", "没有 2026-11-31 这一天"),
    ],
)  # fmt: skip
def test_a_day_that_no_calendar_has_is_named(said: str, sentence: str) -> None:
    if not sentence:
        assert moment(said.split(), NOW)
        return
    with pytest.raises(NoSuchDay, match=sentence):
        moment(said.split(), NOW)


NEW_YEAR = datetime(2027, 1, 3, 10, tzinfo=CHINA)
LEAVES = [
    ("12-30", "1-3", "2027-12-30", "2028-01-03"),
    ("2027-12-30", "1-3", "2027-12-30", "2028-01-03"),
    ("明天", "后天", "2027-01-04", "2027-01-05"),
    ("下周一", "周五", "2027-01-04", "2027-01-08"),  # the Friday after it
    ("1-3", "1-3", "2027-01-03", "2027-01-03"),
]


@pytest.mark.parametrize(("begins", "ends", "first", "last"), LEAVES)
def test_a_last_day_follows_the_first(begins: str, ends: str, first: str, last: str) -> None:
    since = moment([begins], NEW_YEAR)
    assert since is not None
    until = moment([ends], NEW_YEAR, hour=EVENING, since=since.date())
    assert until is not None
    assert (f"{since:%Y-%m-%d}", f"{until:%Y-%m-%d}") == (first, last)


TOLD = [
    ("12-30", "2027-01-03", Tense.PAST, "2026-12-30"),  # bought
    ("12-30", "2027-01-03", Tense.COMING, "2027-12-30"),  # planned
    ("1-3", "2027-01-03", Tense.PAST, "2027-01-03"),
    ("1-3", "2027-01-03", Tense.COMING, "2027-01-03"),
    ("2-29", "2027-01-03", Tense.PAST, "2024-02-29"),
    ("2-29", "2027-01-03", Tense.COMING, "2028-02-29"),
    ("11-20", "2026-11-23", None, "2026-11-20"),  # this year's is the nearer
    ("11-25", "2026-11-23", None, "2026-11-25"),
    ("2025-12-30", "2027-01-03", None, "2025-12-30"),
    ("昨天", "2027-01-01", None, "2026-12-31"),
    ("前天", "2027-01-01", Tense.PAST, "2026-12-30"),
    ("上周三", "2026-11-23", Tense.PAST, "2026-11-18"),
    ("周三", "2026-11-23", Tense.PAST, "2026-11-18"),
    ("上个月5号", "2026-01-23", Tense.PAST, "2025-12-05"),
]


@pytest.mark.parametrize(("said", "today", "tense", "meant"), TOLD)
def test_a_day_without_a_year(said: str, today: str, tense: Tense | None, meant: str) -> None:
    assert day_of(said, date.fromisoformat(today), tense) == date.fromisoformat(meant)


@pytest.mark.parametrize(("said", "today"), [("12-30", "2027-01-03"), ("1-2", "2026-12-30"), ("2-29", "2027-03-03")])
def test_a_year_that_may_be_either_is_asked(said: str, today: str) -> None:
    with pytest.raises(WhichYear, match="请把年份也写上"):
        day_of(said, date.fromisoformat(today))


@pytest.mark.parametrize(
    ("name", "tense"), [("购买日期", Tense.PAST), ("签收时间", Tense.PAST), ("预约上门", Tense.COMING), ("日期", None)]
)
def test_what_a_name_says_of_time(name: str, tense: Tense | None) -> None:
    assert tense_of(name) is tense


DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))  # two leap years and those around them


@given(DAYS, DAYS, st.sampled_from(["{0.month}-{0.day}", "{0.month}月{0.day}日", "{0.month}/{0.day}", "{0:%m.%d}"]))
def test_a_day_without_a_year_is_the_last_or_the_next(today: date, meant: date, shape: str) -> None:
    said = shape.format(meant)
    past, coming = day_of(said, today, Tense.PAST), day_of(said, today, Tense.COMING)
    assert past
    assert coming
    assert past <= today <= coming
    assert {(past.month, past.day), (coming.month, coming.day)} == {(meant.month, meant.day)}
    assert (coming - past).days in (0, 365, 366, 1461, 2921, 2922)


@given(DAYS, DAYS)
def test_a_day_with_its_year_is_that_day(today: date, meant: date) -> None:
    for shape in ("{0:%Y-%m-%d}", "{0.year}年{0.month}月{0.day}日", "{0:%Y/%m/%d}", "{0:%Y%m%d}"):
        assert day_of(shape.format(meant), today) == meant


@given(DAYS, st.integers(0, 24), st.integers(0, 59))
def test_every_hour_of_every_day(day: date, hour: int, minute: int) -> None:
    minute = 0 if hour == 24 else minute
    found = moment([f"{day:%Y-%m-%d}", f"{hour}:{minute:02d}"], NOW)
    assert found == datetime.combine(day, time(), CHINA) + timedelta(hours=hour, minutes=minute)


@pytest.mark.parametrize(("said", "meant"), SAID)
def test_what_a_moment_means(said: str, meant: str) -> None:
    found = moment(said.split(), NOW)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == meant
    assert found.utcoffset() == NOW.utcoffset()


@pytest.mark.parametrize(
    "said", ["", "客户寄回", "等 明天", "25:00", "9:75", "2", "明天 客户寄回", "-3天", "3 5", "晚上30点", "凌晨9点"]
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
    try:
        found = moment(said.split(), NOW.astimezone(UTC) + timedelta(minutes=minutes))
    except NoSuchDay:
        return
    assert found is None or found.tzinfo is UTC
