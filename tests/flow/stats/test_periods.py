"""The words for time, each against the calendar."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.stats.buckets import By, buckets, granularity, parse_by
from flow.stats.errors import StatsError
from flow.stats.period import Period, is_time, midnight, normal, parse_period

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=TZ)  # a Sunday


def period(text: str, now: datetime = NOW) -> Period:
    return parse_period(text, now, TZ)


@pytest.mark.parametrize(
    ("text", "first", "last", "before", "named"),
    [
        ("今天", "2026-11-22", "2026-11-22", "2026-11-21", "昨天同期"),
        ("昨天", "2026-11-21", "2026-11-21", "2026-11-20", "前天"),
        ("前天", "2026-11-20", "2026-11-20", "2026-11-19", "再前一天"),
        ("本周", "2026-11-16", "2026-11-22", "2026-11-09", "上周同期"),  # a week begins on Monday
        ("上周", "2026-11-09", "2026-11-15", "2026-11-02", "前一周"),
        ("本月", "2026-11-01", "2026-11-22", "2026-10-01", "上月同期"),  # still running: up to today
        ("上月", "2026-10-01", "2026-10-31", "2026-09-01", "前月"),
        ("上个月", "2026-10-01", "2026-10-31", "2026-09-01", "前月"),  # as people say it
        ("本季度", "2026-10-01", "2026-11-22", "2026-07-01", "上季度同期"),
        ("上季度", "2026-07-01", "2026-09-30", "2026-04-01", "前一季度"),
        ("三季度", "2026-07-01", "2026-09-30", "2026-04-01", "2026年2季度"),
        ("Q4", "2026-10-01", "2026-11-22", "2026-07-01", "2026年3季度同期"),
        ("去年第四季度", "2025-10-01", "2025-12-31", "2025-07-01", "2025年3季度"),
        ("今年", "2026-01-01", "2026-11-22", "2025-01-01", "去年同期"),
        ("去年", "2025-01-01", "2025-12-31", "2024-01-01", "前年"),
        ("近30天", "2026-10-24", "2026-11-22", "2026-09-24", "前30天"),  # today is one of them
        ("近1天", "2026-11-22", "2026-11-22", "2026-11-21", "前1天"),
        ("最近７天", "2026-11-16", "2026-11-22", "2026-11-09", "前7天"),  # a full-width digit
        ("近两周", "2026-11-09", "2026-11-22", "2026-10-26", "前14天"),
        ("近三个月", "2026-08-23", "2026-11-22", "2026-05-23", "前92天"),
        ("近半年", "2026-05-23", "2026-11-22", "2025-11-20", "前184天"),
        ("2011", "2011-01-01", "2011-12-31", "2010-01-01", "2010"),
        ("2011-08", "2011-08-01", "2011-08-31", "2011-07-01", "2011-07"),
        ("2011年8月", "2011-08-01", "2011-08-31", "2011-07-01", "2011-07"),
        ("2011/2", "2011-02-01", "2011-02-28", "2011-01-01", "2011-01"),  # no leap year
        ("2012.02", "2012-02-01", "2012-02-29", "2012-01-01", "2012-01"),  # a leap year
        ("2011-01-05", "2011-01-05", "2011-01-05", "2011-01-04", "2011-01-04"),
        ("2011Q3", "2011-07-01", "2011-09-30", "2011-04-01", "2011年2季度"),
        ("2011年第一季度", "2011-01-01", "2011-03-31", "2010-10-01", "2010年4季度"),
        ("2011-03-01~2011-08-31", "2011-03-01", "2011-08-31", "2010-08-29", "前184天"),
        ("2011-03 至 2011-08", "2011-03-01", "2011-08-31", "2010-08-29", "前184天"),  # whole months
        ("2011-03-01～2011-03-01", "2011-03-01", "2011-03-01", "2011-02-28", "前1天"),  # a full-width wave
        ("2026-11", "2026-11-01", "2026-11-22", "2026-10-01", "2026-10同期"),  # by name, still running
    ],
)
def test_a_word_for_time(text: str, first: str, last: str, before: str, named: str) -> None:
    found = period(text)
    assert (found.from_.isoformat(), found.to.isoformat()) == (first, last)
    assert (found.before_from.isoformat(), found.before) == (before, named)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("大后年", "没看懂时间“大后年”，可以写：今天 昨天"),
        ("", "没看懂时间"),
        ("2011-13", "没有“2011-13”这个日子"),
        ("2011-02-30", "没有“2011-02-30”这个日子"),
        ("2011-00", "没有“2011-00”这个日子"),
        ("2011-08-31~2011-03-01", "时间前后颠倒了"),
        ("2011~2012~2013", "没看懂时间"),
        ("2011-03~华东", "没看懂时间"),
        ("近0天", "天数要在 1 到 3660 之间"),
        ("近9999天", "天数要在 1 到 3660 之间"),
        ("1990~2020", "时间太长了，最多 10 年"),
        ("近3000年", "没有这一年"),
        ("0001", "年份要在 1970 到 2199 之间"),
    ],
)
def test_a_time_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(StatsError, match=said):
        period(text)


def test_today_is_the_local_day() -> None:
    late = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)  # one in the morning in Shanghai
    assert period("今天", late).from_ == date(2026, 11, 22)


def test_a_day_begins_at_local_midnight() -> None:
    start, end = period("2011-08").window(TZ)
    assert (start, end) == (datetime(2011, 7, 31, 16, tzinfo=UTC), datetime(2011, 8, 31, 16, tzinfo=UTC))


def test_a_day_of_changing_clocks_has_its_own_length() -> None:
    start, end = parse_period("2011-03-27", NOW, ZoneInfo("Europe/London")).window(ZoneInfo("Europe/London"))
    assert end - start == timedelta(hours=23)


def test_a_month_that_is_over_is_compared_with_the_whole_month_before() -> None:
    before = period("2011-02").window_before(NOW, TZ)
    assert before == (midnight(date(2011, 1, 1), TZ), midnight(date(2011, 2, 1), TZ))


def test_a_month_that_runs_is_compared_with_as_much_of_the_last() -> None:
    before = period("本月").window_before(NOW, TZ)
    assert before == (midnight(date(2026, 10, 1), TZ), datetime(2026, 10, 22, 14, tzinfo=TZ))


def test_a_time_to_come_is_compared_with_nothing() -> None:
    start, end = period("2027-03").window_before(NOW, TZ)
    assert start == end


@pytest.mark.parametrize(
    ("word", "means"),
    [("上月", True), ("近0天", True), ("2011-99", True), ("2011", True), ("2011-03~", True),
     ("三季度", True), ("Q5", False),
      ("85123A", False), ("22423", False), ("上海", False), ("2010-A", False), ("今日达", False)],
)  # fmt: skip
def test_a_wrong_time_is_told_from_another_word(word: str, means: bool) -> None:
    assert is_time(normal(word)) is means


YEARLESS = [
    ("12-30", "2027-01-03", "2026-12-30", "2026-12-30"),
    ("12月30日", "2027-01-03", "2026-12-30", "2026-12-30"),
    ("1-2", "2027-01-03", "2027-01-02", "2027-01-02"),
    ("12-30~1-3", "2027-01-03", "2026-12-30", "2027-01-03"),
    ("12-30~1-3", "2027-02-03", "2026-12-30", "2027-01-03"),
    ("11月20日到11月25日", "2026-11-27", "2026-11-20", "2026-11-25"),
    ("12月", "2027-01-03", "2026-12-01", "2026-12-31"),
    ("十一月", "2026-12-03", "2026-11-01", "2026-11-30"),
    ("11月", "2026-11-23", "2026-11-01", "2026-11-23"),  # still running
    ("上周三", "2026-11-23", "2026-11-18", "2026-11-18"),
    ("2-29", "2027-01-03", "2024-02-29", "2024-02-29"),
]


@pytest.mark.parametrize(("word", "today", "first", "last"), YEARLESS)
def test_days_without_a_year_are_the_last_that_were(word: str, today: str, first: str, last: str) -> None:
    found = parse_period(word, datetime.fromisoformat(f"{today}T12:00:00+08:00"), TZ)
    assert (str(found.from_), str(found.to)) == (first, last)
    assert is_time(word)


@pytest.mark.parametrize("word", ["11月31日", "2-30", "13月1日", "0-1"])
def test_a_day_that_there_is_not_is_named(word: str) -> None:
    with pytest.raises(StatsError, match=r"没有.*这一天"):
        parse_period(word, datetime.fromisoformat("2026-11-23T12:00:00+08:00"), TZ)


@given(st.dates(date(1975, 1, 1), date(2190, 1, 1)), st.sampled_from(["本周", "上月", "本季度", "去年", "近45天"]))
def test_the_stretch_before_ends_where_this_begins(day: date, word: str) -> None:
    found = parse_period(word, datetime(day.year, day.month, day.day, 12, tzinfo=TZ), TZ)
    assert found.before_from < found.from_ <= found.to <= day


@pytest.mark.parametrize(
    ("text", "by", "labels"),
    [
        ("2011-03-01~2011-08-31", "month", ["2011-03", "2011-04", "2011-05", "2011-06", "2011-07", "2011-08"]),
        ("2011", "quarter", ["2011-Q1", "2011-Q2", "2011-Q3", "2011-Q4"]),
        ("2011-01-01~2011-01-10", "week", ["2010-W52", "2011-W01", "2011-W02"]),  # ISO: 1 January was a Saturday
        ("2011-02-27~2011-03-01", "day", ["2011-02-27", "2011-02-28", "2011-03-01"]),
    ],
)
def test_a_period_is_cut(text: str, by: By, labels: list[str]) -> None:
    assert [bucket.label for bucket in buckets(period(text), by, NOW, TZ)] == labels


def test_a_piece_cut_short_says_so() -> None:
    found = buckets(period("2011-03-10~2011-05-31"), "month", NOW, TZ)
    assert [bucket.whole for bucket in found] == [False, True, True]
    assert [bucket.whole for bucket in buckets(period("本月"), "day", NOW, TZ)][-2:] == [True, False]


def test_january_names_its_year() -> None:
    ticks = [bucket.tick for bucket in buckets(period("2010-12~2011-02"), "month", NOW, TZ)]
    assert ticks == ["12月", "2011年1月", "2月"]


@pytest.mark.parametrize(
    ("text", "by"), [("近30天", "day"), ("本季度", "week"), ("2011", "month"), ("2008~2011", "quarter")]
)
def test_a_longer_period_has_coarser_points(text: str, by: str) -> None:
    assert granularity(period(text)) == by


def test_too_fine_or_unknown_points_are_refused() -> None:
    with pytest.raises(StatsError, match="分得太细了"):
        buckets(period("2010~2012"), "day", NOW, TZ)
    with pytest.raises(StatsError, match="没有“hour”这种分法"):
        parse_by("hour", period("今天"))


@given(st.dates(date(1975, 1, 1), date(2190, 1, 1)), st.integers(1, 300), st.sampled_from(["day", "week", "month"]))
def test_pieces_follow_each_other_without_a_gap(day: date, days: int, by: By) -> None:
    stretch = Period(day, day + timedelta(days=days - 1), "", day, "")
    windows = [bucket.window for bucket in buckets(stretch, by, NOW, TZ)]
    assert (windows[0].start, windows[-1].end) == stretch.window(TZ)
    assert all(a.end == b.start for a, b in itertools.pairwise(windows))


AS_SAID = [
    ("去年12月", "2025-12-01", "2025-12-31"), ("前年十二月", "2024-12-01", "2024-12-31"),
    ("上个月31号", "2026-10-31", "2026-10-31"), ("本月5日", "2026-11-05", "2026-11-05"),
    ("上半年", "2026-01-01", "2026-06-30"), ("去年下半年", "2025-07-01", "2025-12-31"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "first", "last"), AS_SAID)
def test_months_and_days_of_another_year_or_month(word: str, first: str, last: str) -> None:
    found = period(word)
    assert is_time(normal(word))
    assert (str(found.from_), str(found.to)) == (first, last)


def test_a_day_that_its_month_lacks_is_said_to_be_none() -> None:
    december = datetime(2026, 12, 22, 14, 0, tzinfo=TZ)
    with pytest.raises(StatsError, match="没有“上个月31号”这一天：2026 年 11 月只有 30 天"):
        period("上个月31号", december)


@pytest.mark.parametrize("word", ["元旦", "去年双十一", "国庆节", "618大促"])
def test_a_feast_is_asked_for_by_its_days(word: str) -> None:
    assert is_time(normal(word))
    with pytest.raises(StatsError, match="请写日期"):
        period(word)
