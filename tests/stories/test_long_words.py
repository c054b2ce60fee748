"""A word that no column holds is answered with a sentence, whoever makes the answer and whenever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stories import says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LONG = "长" * 65
ASKED = [
    ("林晓", "我的单 {}"),
    ("林晓", "我的单 订单={}"),
    ("陈卓", "导出 {}"),
    ("陈卓", "导出 订单={}"),
    ("林晓", "查 {}"),
]


@pytest.mark.parametrize(
    "word", [LONG, LONG * 90, "A" * 65, "🧨" * 65], ids=["words", "a page", "a number", "pictures"]
)
@pytest.mark.parametrize(("name", "words"), ASKED)
async def test_a_list_of_a_word_that_is_too_long_says_so(desk: Stage, name: str, words: str, word: str) -> None:
    await submitted(desk)
    told = await says(desk, name, words.format(word))
    assert told
    assert "出错" not in told
