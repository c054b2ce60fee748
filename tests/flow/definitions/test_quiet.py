"""免打扰: whoever is told in the quiet hours hears at their end, whatever the hours, the zone, the midnight between."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cards.digest import MAX_CASES, digest
from cards.types import Text
from flow.definitions.business import CONFIG, Business
from flow.definitions.quiet_hours import Quiet, parse_quiet, wakes
from flow.desk import Desk, heard_at
from flow.errors import DefinitionError
from tests.support.shipped import BUSINESS

SHANGHAI = ZoneInfo("Asia/Shanghai")  # no summer time: a day has 24 hours
NIGHT, NOON = Quiet(time(22), time(8)), Quiet(time(12), time(13, 30))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
quiets = st.builds(Quiet, clocks, clocks).filter(lambda quiet: quiet.since != quiet.until)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("quiet", "now", "wakes_at"),
    [
        (NIGHT, at(23, 21, 59), at(23, 21, 59)),
        (NIGHT, at(23, 22), at(24, 8)),  # the first minute belongs to it
        (NIGHT, at(23, 23, 59), at(24, 8)),
        (NIGHT, at(24, 0), at(24, 8)),  # past midnight it is the same morning
        (NIGHT, at(24, 7, 59), at(24, 8)),
        (NIGHT, at(24, 8), at(24, 8)),  # its end does not
        (NIGHT, at(30, 22), datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)),  # over the end of a month
        (NOON, at(23, 11, 59), at(23, 11, 59)),
        (NOON, at(23, 12), at(23, 13, 30)),
        (NOON, at(23, 13, 30), at(23, 13, 30)),
        (Quiet(time(22), time(0)), at(23, 22), at(24, 0)),  # until midnight
        (Quiet(time(0), time(6)), at(23, 0), at(23, 6)),  # from midnight
    ],
)
def test_who_is_told_hears_at_the_end(quiet: Quiet, now: datetime, wakes_at: datetime) -> None:
    assert wakes(now, quiet) == wakes_at


@given(moments, quiets)
def test_it_is_never_quiet_when_somebody_hears(now: datetime, quiet: Quiet) -> None:
    heard = wakes(now, quiet)
    assert not quiet.holds(heard.time())
    assert now <= heard < now + DAY
    assert wakes(heard, quiet) == heard


@given(moments, quiets)
def test_only_the_quiet_hours_hold_back_and_then_to_their_very_end(now: datetime, quiet: Quiet) -> None:
    heard = wakes(now, quiet)
    assert (heard == now) == (not quiet.holds(now.time()))
    if heard != now:
        assert heard.time() == quiet.until
        assert quiet.holds((heard - MINUTE).time())


@given(moments, moments, quiets)
def test_nobody_is_overtaken(first: datetime, second: datetime, quiet: Quiet) -> None:
    assume(first <= second)
    assert wakes(first, quiet) <= wakes(second, quiet)


@given(st.times(), quiets)
def test_every_minute_is_quiet_by_one_of_two_that_divide_the_day(now: time, quiet: Quiet) -> None:
    assert quiet.holds(now) != Quiet(quiet.until, quiet.since).holds(now)


# -- whose case waits --------------------------------------------------------------------------------------------------


def desk(quiet: Quiet | None) -> Desk:
    return Desk(SHANGHAI, Business(BUSINESS.types, BUSINESS.matrix, {}, {}, quiet=quiet))


@pytest.mark.parametrize(
    ("quiet", "facts", "hears"),
    [
        (NIGHT, {}, at(24, 8)),
        (NIGHT, {"紧急": "否"}, at(24, 8)),
        (NIGHT, {"紧急": True}, at(23, 23)),
        (NIGHT, {"紧急": "是"}, at(23, 23)),
        (Quiet(time(22), time(8), urgent_too=False), {"紧急": "是"}, at(24, 8)),
        (None, {}, at(23, 23)),  # no quiet hours
    ],
)
def test_an_urgent_case_does_not_wait(quiet: Quiet | None, facts: dict[str, object], hears: datetime) -> None:
    assert heard_at(desk(quiet), facts, at(23, 23)) == hears


def test_the_hours_are_those_of_the_merchant() -> None:
    assert heard_at(desk(NIGHT), {}, datetime(2026, 11, 23, 15, tzinfo=UTC)) == at(24, 8)
    assert heard_at(desk(NIGHT), {}, datetime(2026, 11, 23, 1, tzinfo=UTC)) == at(23, 9)


# -- the file ----------------------------------------------------------------------------------------------------------


def test_the_night_ships_as_quiet() -> None:
    assert parse_quiet((CONFIG / "calendar.yaml").read_text(encoding="utf-8")) == NIGHT == BUSINESS.quiet


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("免打扰: {}", None),
        ("免打扰:", None),
        ("{}", None),
        ("工作日: {}", None),  # what else a calendar holds is not looked at
        ('免打扰: {从: "22:00", 到: "08:00"}', NIGHT),
        ("免打扰: {从: 22:00, 到: 08:00}", NIGHT),  # YAML reads 22:00 as 1320
        ('免打扰: {从: "9：30", 到: "10:00", 紧急照发: 否}', Quiet(time(9, 30), time(10), urgent_too=False)),
    ],
)
def test_hours_are_read(text: str, quiet: Quiet | None) -> None:
    assert parse_quiet(text) == quiet


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("免打扰: {从: 晚上, 到: '08:00'}", '日历文件 免打扰 从：“晚上”不是时刻，应像 "22:00"'),
        ("免打扰: {从: '24:00', 到: '08:00'}", "日历文件 免打扰 从：“24:00”不是时刻"),
        ("免打扰: {从: 1440, 到: '08:00'}", "日历文件 免打扰 从：“1440”不是时刻"),
        ("免打扰: {从: '22:00'}", "日历文件 免打扰 到：“”不是时刻"),
        ("免打扰: {从: '8:00', 到: '08:00'}", "从和到都是 08:00"),
        ("免打扰: {从: '22:00', 到: '08:00', 周末: 是}", "“周末”不认识，可选 从、到、紧急照发"),
        ("免打扰: 晚上", "要写成"),
        ("免打扰: [", "日历文件：第 2 行第 1 列"),
        ("晚上", "日历文件：要有“免打扰”"),
    ],
)
def test_hours_that_cannot_be_read_are_said(text: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_quiet(text)
    assert said in "\n".join(refused.value.problems)


# -- the message of the morning ----------------------------------------------------------------------------------------


def test_one_text_alone_stays_as_it_is() -> None:
    assert digest([], [(1, Text("甲\n乙"))], at(24, 8)) == Text("甲\n乙")


def test_a_case_has_one_line_and_its_standing_once() -> None:
    said = [(1, Text("一号 同意\n现在：质检")), (2, Text("二号 超时")), (1, Text("一号 评论\n现在：质检"))]
    assert digest([], said, at(24, 8)).body.splitlines() == [
        "免打扰时间里有 2 单有消息：",
        "· 一号 同意，一号 评论，现在：质检",
        "· 二号 超时",
    ]


def test_the_number_of_a_case_is_said_once() -> None:
    said = [(1, Text(f"R20261122-0007 {what}\n现在：质检")) for what in ("王建国 同意", "李敏 同意 R20261122-0008")]
    assert digest([], said, at(24, 8)).body.splitlines()[1:] == [
        "· R20261122-0007 王建国 同意，李敏 同意 R20261122-0008，现在：质检"
    ]


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from("甲乙丙").map(Text)), min_size=2))
def test_every_case_is_told_or_counted(said: list[tuple[int, Text]]) -> None:
    head, *lines = digest([], said, at(24, 8)).body.splitlines()
    cases = {case for case, _ in said}
    assert head == f"免打扰时间里有 {len(cases)} 单有消息："
    assert len(lines) == min(len(cases), MAX_CASES + 1)
    assert len(cases) <= MAX_CASES or lines[-1].startswith(f"……还有 {len(cases) - MAX_CASES} 单")
