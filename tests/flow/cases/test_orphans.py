"""A case that nobody has and that waits for nothing is found, once a day; every other one is left in peace."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flow.cases.orphans import orphans
from models import Case, Task, TaskState
from tests.support.own_flows import use, waiting
from tests.support.stories import finish, group_news, inspected, play, says, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage


async def lost(desk: Stage) -> list[str]:
    return await orphans(desk.bot.desk, desk.clock.now())


async def test_a_case_with_a_task_a_wait_a_hold_or_an_end_is_no_orphan(desk: Stage) -> None:
    await finish(desk, await submitted(desk, "退货 536365 71053×1 质量问题"))
    no = await submitted(desk, "退货 536365 71053×1 质量问题")
    await says(desk, "林晓", f"挂起 {no} 等客户回国")
    await use(desk, waiting())
    await submitted(desk)
    await play(desk, "王建国 同意")
    assert await lost(desk) == []


async def test_a_refund_under_way_is_waited_for_a_day(desk: Stage) -> None:
    no = await inspected(desk)
    desk.sandbox.faults.arm("error", "/shop/refunds*", times=-1)
    await taps(desk, "钱芳", "确认退款")
    assert await lost(desk) == []
    assert await orphans(desk.bot.desk, desk.clock.now() + timedelta(days=2)) == [no]


async def test_a_case_without_anybody_is_told_once_a_day(desk: Stage) -> None:
    no = await submitted(desk)
    await Task.filter(case__no=no).update(state=TaskState.DEAD)
    desk.honest = False  # ended by hand, it does not stand in the chain
    assert await lost(desk) == [no]
    for _ in range(2):
        await desk.bot.ticks.look_for_orphans()
        await desk.bot.settled()
    words = f"有单子没人管，也不在等什么：{no}。请管理员查一下，转交或撤单"
    assert group_news(desk, "管理群") == [words]
    assert await Case.get(no=no)
