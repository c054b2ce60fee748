"""Stretches that are to come, by their first morning; feasts; moments within a sentence."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flow.definitions import feasts
from flow.definitions.coming import is_moment, moment_to_come, within

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=TZ)  # a Monday


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("下个月", "2026-12-01 09:00"),
        ("下月", "2026-12-01 09:00"),
        ("下下个月", "2027-01-01 09:00"),
        ("下周", "2026-11-30 09:00"),
        ("下下周", "2026-12-07 09:00"),
        ("下下周一", "2026-12-07 09:00"),
        ("下个季度", "2027-01-01 09:00"),
        ("明年", "2027-01-01 09:00"),
        ("国庆后", "2027-10-08 09:00"),
        ("国庆节以后", "2027-10-08 09:00"),
        ("过完元旦", "2027-01-02 09:00"),
        ("双十二后", "2026-12-13 09:00"),
        ("月底", "2026-11-30 09:00"),
        ("下月初", "2026-12-01 09:00"),
        ("下个月15号", "2026-12-15 09:00"),
        ("明晚12点以后", "2026-11-25 00:00"),
        ("两个月后", "2027-01-22 09:30"),
    ],
)
def test_the_first_morning(said: str, day: str) -> None:
    found = moment_to_come([said], NOW)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == day


@pytest.mark.parametrize("said", ["年后", "过完年", "春节后", "国庆", "双十二", "下个月再付", "以后", "后"])
def test_what_is_no_moment(said: str) -> None:
    assert moment_to_come([said], NOW) is None


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("下个月再付", "下个月"),
        ("下下周一再付", "下下周一"),
        ("客户说12月5号再退", "12月5号"),
        ("国庆后再说", "国庆后"),
        ("过几天再付", ""),
        ("没问题", ""),
    ],
)
def test_the_moment_within_a_sentence(text: str, piece: str) -> None:
    assert within(text, NOW) == piece


def test_a_feast_that_falls_on_other_days_each_year_is_named() -> None:
    assert [feasts.moving(text) for text in ("年后再付", "过完年再说", "下个月")] == ["年后", "过完年", ""]
    assert not is_moment("年后")


@pytest.mark.parametrize(
    ("word", "is_feast"), [("双十一", True), ("去年国庆", True), ("春节期间", True), ("618", False), ("到了", False)]
)
def test_the_names_of_feasts(word: str, is_feast: bool) -> None:
    assert feasts.is_feast(word) is is_feast


def test_a_feast_that_has_come_is_no_parcel() -> None:
    assert "到了" not in feasts.without_coming("双十二到了 七天无理由改成十五天")
    assert "到了" in feasts.without_coming("包裹到了")


def test_a_feast_that_ends_before_it_begins_is_refused() -> None:
    text = feasts.FILE.read_text("utf-8").replace('从: "10-01"', '从: "10-09"')
    with pytest.raises(ValueError, match="国庆 的 到 在 从 之前"):
        feasts.feasts_of(text)
