"""The time of a change as it is said: when it goes live, when it goes back, and what is asked back."""

from __future__ import annotations

from datetime import datetime

import pytest

from flow.errors import PolicyRefused
from flow.publishing.schedule import Schedule, said_of
from tests.support.sales import TZ

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=TZ)


def on(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TZ)  # type: ignore[misc, arg-type]


SAID = [
    ("定时 2027-06-01 00:00 到 2027-08-31", "", Schedule(on(2027, 6, 1), on(2027, 9, 1))),  # the last day counts whole
    ("定时 2027-06-01 到 2027-08-31 18:00", "", Schedule(on(2027, 6, 1), on(2027, 8, 31, 18))),
    ("定时 2027-06-01 8:30", "", Schedule(on(2027, 6, 1, 8, 30))),
    ("定时 明天", "", Schedule(on(2026, 11, 24))),
    ("定时 12-1 0点 到 12-15", "", Schedule(on(2026, 12, 1), on(2026, 12, 16))),
    ("定时 12-20 到 1-5", "", Schedule(on(2026, 12, 20), on(2027, 1, 6))),  # the next such day after the start
    ("3 定时 2027-06-01", "3", Schedule(on(2027, 6, 1))),
    ("退货流程 定时 2027-06-01 起 到 2027-08-31 为止", "退货流程", Schedule(on(2027, 6, 1), on(2027, 9, 1))),
    ("到 2027-08-31", "", Schedule(None, on(2027, 9, 1))),
    ("明天早上8点", "", Schedule(on(2026, 11, 24, 8))),
    ("2027-06-01 到 2027-08-31", "", Schedule(on(2027, 6, 1), on(2027, 9, 1))),
    ("2027-06-01 零点自动发布", "", Schedule(on(2027, 6, 1))),
    ("12月1号零点发布，12月15号恢复", "", Schedule(on(2026, 12, 1), on(2026, 12, 16))),
    ("明天零点上线", "", Schedule(on(2026, 11, 24))),
    ("定时发布 2027-06-01", "", Schedule(on(2027, 6, 1))),
    ("不定时", "", Schedule()),
    ("马上", "", Schedule()),
]


@pytest.mark.parametrize(("text", "rest", "when"), SAID)
def test_the_time_is_read_as_it_was_said(text: str, rest: str, when: Schedule) -> None:
    assert said_of(text, NOW) == (rest, when)


@pytest.mark.parametrize("text", ["", "3", "退货流程", "李敏"])
def test_what_names_no_time_has_none(text: str) -> None:
    assert said_of(text, NOW) is None


REFUSED = [
    ("定时 2026-11-22", "已经过了"),
    ("定时 2026-11-23 08:00", "已经过了"),
    ("定时 2027-08-31 到 2027-06-01", "不在开始以后"),
    ("定时 大促那天", "看不懂是什么时候"),
    ("定时 2027-06-01 到 大促结束", "看不懂是什么时候"),
    ("定时 2035-06-01", "看不懂是什么时候"),
    ("到 2026-11-01", "不在开始以后"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_a_time_that_is_none_is_asked_back(text: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        said_of(text, NOW)
