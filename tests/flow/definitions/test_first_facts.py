"""What a case knows when it begins: days since delivery, what its products have in common, haste."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.choices import Choices, Pause
from flow.engine.opening_facts import Item, days_between, delivery, is_urgent, said, shared
from models import Order

HERE = ZoneInfo("Asia/Shanghai")
FESTIVAL = Pause("春节", date(2027, 2, 5), date(2027, 2, 13))
DAYS = [
    (date(2026, 11, 20), date(2026, 11, 20), 0),  # the day of delivery
    (date(2026, 11, 20), date(2026, 11, 27), 7),
    (date(2026, 11, 27), date(2026, 11, 20), 0),  # not there yet
    (date(2027, 2, 1), date(2027, 2, 8), 3),  # three before the festival
    (date(2027, 2, 4), date(2027, 2, 13), 0),  # all of it
    (date(2027, 2, 4), date(2027, 2, 14), 1),
    (date(2027, 2, 5), date(2027, 2, 15), 2),  # delivered within it: that day is not counted anyway
]


@pytest.mark.parametrize(("since", "until", "days"), DAYS)
def test_days_are_counted_without_those_that_do_not_count(since: date, until: date, days: int) -> None:
    assert days_between(since, until, (FESTIVAL,)) == days


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_a_pause_never_makes_a_wait_longer(since: date, length: int) -> None:
    until = date.fromordinal(since.toordinal() + length)
    assert 0 <= days_between(since, until, (FESTIVAL,)) <= days_between(since, until) == length


DELIVERED = [
    # delivered late in the evening there, the day before in UTC
    (datetime(2026, 11, 20, 16, 30, tzinfo=UTC), None, 1, False),
    (datetime(2026, 11, 20, 15, 30, tzinfo=UTC), None, 2, False),
    (None, datetime(2026, 11, 10, 2, 0, tzinfo=UTC), 9, True),  # ordered, and three days on the way
    (None, datetime(2026, 11, 21, 2, 0, tzinfo=UTC), 0, True),  # still on the way, as far as we can tell
]


@pytest.mark.parametrize(("came", "ordered", "days", "guessed"), DELIVERED)
def test_where_no_shop_says_when_it_came_the_day_is_guessed(
    came: datetime | None, ordered: datetime | None, days: int, guessed: bool
) -> None:
    order = Order(no="7", delivered_at=came, ordered_at=ordered or datetime(2026, 11, 1, tzinfo=UTC))
    now = datetime(2026, 11, 22, 9, 0, tzinfo=HERE)
    assert delivery(order, Choices(transit_days=3), now, HERE) == {"签收天数": days, "签收推算": guessed}


def test_the_day_is_that_of_the_shop_and_a_pause_does_not_count() -> None:
    order = Order(no="7", delivered_at=datetime(2027, 2, 4, 2, 0, tzinfo=UTC))
    late = datetime(2027, 2, 14, 16, 30, tzinfo=UTC)  # the fifteenth here
    assert delivery(order, Choices(pauses=(FESTIVAL,)), late, HERE)["签收天数"] == 2


def test_a_guess_is_called_one() -> None:
    assert said({"签收天数": 6, "签收推算": True}) == "签收第 6 天（没有签收时间，按下单时间推算）"
    assert said({"签收天数": 6, "签收推算": False}) == "签收第 6 天"


SHARED = [
    ([Item("甲", "家电", "甲厂"), Item("乙", "家电", "乙厂")], {"品类": "家电", "供应商": "", "不可退": False}),
    ([Item("甲", "家电"), Item("乙", "配件", returnable=False)], {"品类": "", "供应商": "", "不可退": True}),
    ([Item("甲")], {"品类": "", "供应商": "", "不可退": False}),  # the catalogue has never heard of it
    ([], {"品类": "", "供应商": "", "不可退": False}),
]


@pytest.mark.parametrize(("items", "known"), SHARED)
def test_what_products_have_in_common(items: list[Item], known: dict[str, object]) -> None:
    assert shared(items) == known


@pytest.mark.parametrize(("note", "urgent"), [("客户说加急", True), ("断水了", False), ("", False)])
def test_haste_is_a_word_in_the_note(note: str, urgent: bool) -> None:
    assert is_urgent(note, ("紧急", "加急")) is urgent
