"""When a rule with a time looks: what people write, and which moment is the newest that has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.schedules import EXAMPLES, read

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("每天 9:00", "每天 09:00"),
        ("每日9：05", "每天 09:05"),
        ("每天早上9点", "每天 09:00"),
        ("每天 下午 3点半", "每天 15:30"),
        ("每天晚上12:00", "每天 12:00"),
        ("每周一 9:00", "每周一 09:00"),
        ("每星期天 18:30", "每周日 18:30"),
        ("每月 1 号 9:00", "每月 1 号 09:00"),
        ("每个月15日 0:00", "每月 15 号 00:00"),
        ("每月31号 23:59", "每月最后一天 23:59"),  # that is what it comes to
        ("每月最后一天 9:00", "每月最后一天 09:00"),
    ],
)
def test_what_people_write_is_read_and_reads_back(said: str, words: str) -> None:
    assert read(said).words() == words
    assert read(words) == read(said)


@pytest.mark.parametrize("said", EXAMPLES)
def test_the_examples_can_be_read(said: str) -> None:
    read(said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "看不懂，应像 每天 9:00"),
        ("9:00", "看不懂"),
        ("每小时", "看不懂"),
        ("每周八 9:00", "看不懂"),
        ("每天 24:00", "没有 24:00 这个时刻"),
        ("每天 9:75", "没有 9:75 这个时刻"),
        ("每月 0 号 9:00", "没有 0 号这一天"),
        ("每月 32 号 9:00", "没有 32 号这一天"),
    ],
)
def test_what_is_no_schedule_is_said(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(said)


@pytest.mark.parametrize(
    ("said", "now", "due"),
    [
        ("每天 9:00", "2026-12-01 09:00", "2026-12-01 09:00"),  # at the very moment
        ("每天 9:00", "2026-12-01 08:59", "2026-11-30 09:00"),
        ("每天 9:00", "2027-01-01 00:00", "2026-12-31 09:00"),  # over New Year
        ("每天 9:00", "2026-12-05 15:00", "2026-12-05 09:00"),  # days without a tick: only the newest
        ("每周一 9:00", "2026-11-30 09:00", "2026-11-30 09:00"),  # a Monday
        ("每周一 9:00", "2026-11-30 08:00", "2026-11-23 09:00"),
        ("每周一 9:00", "2026-12-06 23:00", "2026-11-30 09:00"),  # the Sunday after
        ("每周日 9:00", "2026-12-05 23:00", "2026-11-29 09:00"),
        ("每月 1 号 9:00", "2026-12-01 08:00", "2026-11-01 09:00"),
        ("每月 1 号 9:00", "2027-01-01 10:00", "2027-01-01 09:00"),
        ("每月 15 号 9:00", "2027-01-10 10:00", "2026-12-15 09:00"),
        ("每月 30 号 9:00", "2027-02-28 09:00", "2027-02-28 09:00"),  # February has no 30th
        ("每月 30 号 9:00", "2027-02-27 09:00", "2027-01-30 09:00"),
        ("每月 29 号 9:00", "2028-02-29 09:00", "2028-02-29 09:00"),  # a leap year
        ("每月最后一天 9:00", "2027-03-01 09:00", "2027-02-28 09:00"),
        ("每月最后一天 9:00", "2027-05-30 09:00", "2027-04-30 09:00"),
        ("每月最后一天 9:00", "2027-03-31 08:00", "2027-02-28 09:00"),  # the month before has ended early
    ],
)
def test_the_newest_moment_that_has_come(said: str, now: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert f"{read(said).last_due(at):%Y-%m-%d %H:%M}" == due


def test_an_hour_that_summer_time_leaves_out_comes_once_when_it_is_over() -> None:
    due = [
        read("每天 2:30").last_due((datetime(2027, 3, 28, 0, tzinfo=UTC) + timedelta(minutes=n)).astimezone(BERLIN))
        for n in range(0, 240, 10)
    ]
    assert [f"{each:%d %H:%M}" for each in dict.fromkeys(due)] == ["27 02:30", "28 02:30"]


def test_an_hour_that_comes_twice_counts_once() -> None:
    start = datetime(2027, 10, 30, 22, tzinfo=UTC)
    due = {
        read("每天 2:30").last_due((start + timedelta(minutes=n)).astimezone(BERLIN)).astimezone(UTC)
        for n in range(0, 360, 10)
    }
    assert len(due) == 2, "the day before, and the day"


@given(
    st.sampled_from(["每天 9:00", "每周三 0:00", "每月 31 号 23:59", "每月 29 号 12:00"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)),  # noqa: DTZ001
)
def test_it_is_the_newest_whatever_the_moment(said: str, now: datetime) -> None:
    schedule, at = read(said), now.replace(tzinfo=SHANGHAI)
    due = schedule.last_due(at)
    assert due <= at
    assert schedule.last_due(due) == due
    assert schedule.last_due(due - timedelta(microseconds=1)) < due
    assert at - due <= timedelta(days=31)
