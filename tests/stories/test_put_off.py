"""What is put off keeps the time that was said: 下个月, 下下周一, 国庆后; what nobody can know is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Task, TaskState
from tests.support.stories import inspected, says

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

FANG = "钱芳"
TIMES = [
    ("下个月再付", "稍后 {no} 下个月"),
    ("下下周一再付", "稍后 {no} 下下周一"),
    ("国庆后再付", "稍后 {no} 国庆后"),
    ("12月5号再付", "稍后 {no} 12月5号 再付"),
    ("元旦后再付", "稍后 {no} 元旦后"),
    ("年后再付", "挂起 {no} 年后再付"),
    ("过完年再说", "挂起 {no} 过完年再说"),
]


@pytest.mark.parametrize(("words", "reading"), TIMES)
async def test_the_time_that_was_said_is_offered_and_not_tomorrow(desk: Stage, words: str, reading: str) -> None:
    no = await inspected(desk)
    told = await says(desk, FANG, f"{no} {words}")
    assert reading.replace("{no}", no) in told
    assert f"稍后 {no} 明天" not in told


async def test_it_comes_back_then(desk: Stage) -> None:
    no = await inspected(desk)
    assert "12-01 09:00 再给你" in await says(desk, FANG, f"稍后 {no} 下个月")
    assert "每年不一样，请写日期" in await says(desk, FANG, f"稍后 {no} 年后")
    task = await Task.get(case__no=no, state=TaskState.OPEN)
    assert f"{task.snoozed_until:%m-%d %H}" == "12-01 01"
