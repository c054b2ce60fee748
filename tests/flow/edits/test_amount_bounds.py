"""Amounts by which cases are picked, as people say them: one reader for every sentence that has one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flow.edits.quantities import amount_bounds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100以下的都批了", [("<=100", "100以下")]),
        ("一百块以内的你帮我过掉", [("<=100", "一百块以内")]),
        ("五十以上的先压着", [(">=50", "五十以上")]),
        ("两千往上", [(">=2000", "两千往上")]),
        ("1千以上", [(">=1000", "1千以上")]),
        ("不超过80元的", [("<=80", "不超过80元")]),
        ("不超80的", [("<=80", "不超80")]),
        ("金额小于99.5的", [("<99.5", "金额小于99.5")]),
        ("退款在100以内", [("<=100", "退款在100以内")]),
        ("超100的驳回", [(">100", "超100")]),
        ("满200块的给李敏", [(">=200", "满200块")]),
        ("¥300及以上", [(">=300", "¥300及以上")]),
        ("100以下的同意，超过100的驳回", [("<=100", "100以下"), (">100", "超过100")]),
        ("一百零五块以下", [("<=105", "一百零五块以下")]),
        # nothing that picks: no number, a sum alone, an exact one
        ("两三块以下", []),
        ("退了100块", []),
        ("正好100的", []),
        ("以下的都批了", []),
    ],
)
def test_a_bound_is_read_where_it_stands(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.written, text[each.start : each.end]) for each in amount_bounds(text)] == found


@pytest.mark.parametrize(
    ("text", "amounts"),
    [("100以下", ["99.99", "100"]), ("不到100", ["99.99"]), ("100以上", ["100", "100.01"]), ("超过100", ["100.01"])],
)
def test_whether_the_amount_itself_is_within_is_told_by_the_word(text: str, amounts: list[str]) -> None:
    [bound] = amount_bounds(text)
    assert [each for each in ("99.99", "100", "100.01") if bound.fits(Decimal(each))] == amounts
