"""Conditions on days: how they may be written, what they hold for, and what is refused."""

from __future__ import annotations

import pytest

from flow.definitions.conditions import CellError, parse
from flow.definitions.day_cells import span_in, written_out

SUMMER = "2027-06-01~2027-08-31"
WRITTEN = [
    ("2027-06-01~2027-08-31", SUMMER),
    ("从 2027-06-01 到 2027-08-31", SUMMER),
    ("2027年6月1日至2027年8月31日", SUMMER),
    ("２０２７/6/1～2027/8/31", SUMMER),
    ("2027.6.1 到 2027.8.31 为止", SUMMER),
    (">=2027-06-01", ">=2027-06-01"),
    ("≤2027-06-01", "<=2027-06-01"),
    ("从 2027-06-01 起", ">=2027-06-01"),
    ("2027-06-01 开始", ">=2027-06-01"),
    ("到 2027-08-31 为止", "<=2027-08-31"),
    ("2027-6-18", "2027-06-18"),
]


@pytest.mark.parametrize(("said", "text"), WRITTEN)
def test_a_span_of_days_reads_one_way_however_it_is_written(said: str, text: str) -> None:
    assert parse("日期", said).text == text


HOLDS = [
    (SUMMER, "2027-05-31", False),
    (SUMMER, "2027-06-01", True),  # both ends count
    (SUMMER, "2027-08-31", True),
    (SUMMER, "2027-09-01", False),
    (">2027-06-01", "2027-06-01", False),
    (">=2027-06-01", "2030-01-01", True),
    ("<2027-06-01", "2027-05-31", True),
    ("2027-06-18", "2027-06-18", True),
    ("2027-06-18", "2028-06-18", False),
    (SUMMER, "", False),  # a case of which the day is not known is in no season
    (SUMMER, None, False),
    (SUMMER, "七月", False),
]


@pytest.mark.parametrize(("cell", "day", "holds"), HOLDS)
def test_what_a_span_holds_for(cell: str, day: str | None, *, holds: bool) -> None:
    assert parse("日期", cell)({"日期": day}) is holds


REFUSED = [
    ("日期", "2027-08-31~2027-06-01", "结束在开始以前"),
    ("日期", "2027-02-30", "没有 2027-02-30 这一天"),
    ("提交日期", "周末", "不是日期"),
    ("日期", ">5", "不是日期"),
    ("购买日期", ">=2027-13-01", "没有 2027-13-01 这一天"),
]


@pytest.mark.parametrize(("fact", "cell", "why"), REFUSED)
def test_what_no_calendar_has_is_refused(fact: str, cell: str, why: str) -> None:
    with pytest.raises(CellError, match=why):
        parse(fact, cell)


def test_a_day_that_a_form_asked_for_is_compared_as_a_day() -> None:
    assert parse("购买日期", ">=2027-06-01")({"购买日期": "2027-06-02"})
    assert parse("型号", "2027款").words == {"2027款"}
    assert not parse("运单", "20270601").days


SENTENCES = [
    ("金额<=200 从 2027-11-01 到 2027-11-15", "金额<=200、日期=2027-11-01~2027-11-15"),
    ("在2027-06-01到2027-08-31期间", "日期=2027-06-01~2027-08-31"),
    ("从 2027-06-01 起 金额>100", "日期>=2027-06-01、金额>100"),
    ("提交日期 从 2027-06-01 到 2027-08-31 且 金额>100", "提交日期=2027-06-01~2027-08-31 且 金额>100"),
    ("时间 2027-06-01~2027-08-31", "日期=2027-06-01~2027-08-31"),
    ("金额>1000 且 类型=质量问题", "金额>1000 且 类型=质量问题"),
    ("签收天数>7", "签收天数>7"),
]


@pytest.mark.parametrize(("said", "written"), SENTENCES)
def test_a_span_in_a_sentence_becomes_a_condition(said: str, written: str) -> None:
    assert written_out(said, "日期").replace(" ", "") == written.replace(" ", "")


def test_a_span_without_its_year_is_asked_back() -> None:
    with pytest.raises(ValueError, match="今年还是每年"):
        written_out("金额<=200 从 6-1 到 8-31", "日期")


def test_the_span_is_found_as_it_was_said() -> None:
    assert span_in("自动通过 50→200 从 2027-11-01 到 2027-11-15") == "从 2027-11-01 到 2027-11-15"
    assert span_in("自动通过 50→200") == ""
