"""After a step without a reason the next words may be it; what is plainly something else is not."""

from __future__ import annotations

import pytest

from handlers.chat.dialogs import Wait
from handlers.commands.reasons import AFTERWARDS, takes

OFFERED = Wait(1, AFTERWARDS, 1, {})


@pytest.mark.parametrize("words", ["照片看不出破损", "外箱湿了", "客户说3天没回", "退款金额不对", "只有2张图", "取消"])
def test_it_is_the_reason(words: str) -> None:
    assert takes(OFFERED, words)


@pytest.mark.parametrize(
    "words",
    [
        "同意 1",
        "通过",
        "1",
        "帮我退一下536365那个灯两个",
        "这单退了吗",
        "536365",
        "帮我查王先生",
        "驳回",
        "误点了，恢复一下",
        "点错了",
    ],
)
def test_it_is_something_else(words: str) -> None:
    assert not takes(OFFERED, words)


def test_what_was_asked_takes_every_answer() -> None:
    assert takes(Wait(1, "ask", 1, {}), "1")
