"""Days without a year and hours at night: a leave over New Year, a task put off, a form's day, each read alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models import Leave, Task
from tests.support.stage import START
from tests.support.stories import says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

WANG, LI = "王建国", "李敏"
THIRD = datetime(2027, 1, 3, 2, tzinfo=UTC) - START  #: how long until ten in the morning of that day in China


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param("请假 12-30 到 1-3 代理 李敏", "12-30 09:00 到 2027-01-03 23:59", id="over New Year"),
        pytest.param("请假 下周一 到 周五 代理 李敏", "11-30 09:00 到 12-04 23:59", id="the Friday after it"),
        pytest.param("请假 后天下午 到 月底 代理 李敏", "11-25 14:00 到 11-30 23:59", id="from a part of a day"),
        pytest.param("请假 今天 到 晚上12点 代理 李敏", "到 11-24 00:00", id="until midnight"),
    ],
)
async def test_a_leave_is_read_as_it_is_typed(desk: Stage, said: str, told: str) -> None:
    assert told in await says(desk, WANG, said)
    assert await Leave.filter(cancelled=False).count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("请假 11月31日 到 12-3 代理 李敏", "没有11月31日这一天"),
        ("请假 明天 到 2-30 代理 李敏", "没有2月30日这一天"),
        ("请假 明天 到 2027-2-29 代理 李敏", "没有 2027-02-29 这一天"),
    ],
)
async def test_a_day_that_there_is_not_is_named_and_nothing_is_written(desk: Stage, said: str, told: str) -> None:
    assert told in await says(desk, WANG, said)
    assert await Leave.all().count() == 0


async def test_a_leave_that_may_have_begun_last_year_is_asked(desk: Stage) -> None:
    await desk.later(THIRD - timedelta(days=1))
    told = await says(desk, WANG, "请假 12-30 到 1-5 代理 李敏")
    assert "12-30 是 2026-12-30（已经开始，到 2027-01-05）还是 2027-12-30？请把年份也写上" in told
    assert await Leave.all().count() == 0
    await says(desk, WANG, "请假 2026-12-30 到 1-5 代理 李敏")
    assert await Leave.all().count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("两天", "11-25 09:00"), ("三个小时", "11-23 12:00"), ("半小时", "11-23 09:30"), ("后天下午", "11-25 14:00"),
        ("晚上12点", "11-24 00:00"), ("凌晨1点", "11-24 01:00"), ("中午12点半", "11-23 12:30"), ("月底", "11-30 09:00"),
        ("下周三", "12-02 09:00"), ("本周五", "11-27 09:00"), ("2-29", "2028-02-29 09:00"),
        ("12-3 09:30", "12-03 09:30"), ("11月31日", "没有11月31日这一天"),
    ],
)  # fmt: skip
async def test_a_task_is_put_off_until(desk: Stage, said: str, told: str) -> None:
    no = await submitted(desk)
    assert told in await says(desk, WANG, f"稍后 {no} {said}")


async def test_what_is_no_day_puts_nothing_off(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"挂起 {no} 11月31日")
    task = await Task.get(case__no=no)
    assert (str((await task.case).state), task.snoozed_until) == ("处理中", None)
