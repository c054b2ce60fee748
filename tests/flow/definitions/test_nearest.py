"""What may have been meant by a word that is nothing known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.nearest import nearest, suggestion

NEAR = [
    ("华冬", {"华东", "华北", "西南"}, ["华东", "华北"]),
    ("天猫", {"天猫旗舰店", "京东自营"}, ["天猫旗舰店"]),  # half a name
    ("质量问提", {"质量问题", "商品投诉"}, ["质量问题"]),
    ("退货源因", {"退货原因", "退货", "退货类型"}, ["退货原因"]),
    ("旗舰店", {"天猫旗舰店", "京东旗舰店"}, ["京东旗舰店", "天猫旗舰店"]),  # of two that are as near both
    ("火星", {"华东", "华北"}, []),
    ("", {"华东"}, []),
]


@pytest.mark.parametrize(("word", "known", "near"), NEAR)
def test_the_nearest(word: str, known: set[str], near: list[str]) -> None:
    assert sorted(nearest(word, known)) == sorted(near)


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("华冬", {"华东", "西南"}, "，是不是“华东”？"),
        ("火星", {"华东", "西南"}, "，有：华东、西南"),
        ("火星", {str(n) for n in range(100, 120)}, "，有：100、101、102、103、104、105、106、107等 20 个"),
        ("火星", set(), ""),
    ],
)
def test_what_is_suggested(word: str, known: set[str], said: str) -> None:
    assert suggestion(word, known) == said


@given(st.text(max_size=8), st.sets(st.text(min_size=1, max_size=8), max_size=8))
def test_only_what_is_known_is_suggested(word: str, known: set[str]) -> None:
    assert set(nearest(word, known)) <= known
