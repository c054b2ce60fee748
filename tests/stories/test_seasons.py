"""Rules for a season over the wire: who approves, and which way a case goes, as the days go by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.owners import publish, shop
from tests.support.stories import play, says, stand, submitted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
#: today is Monday 2026-11-23
SALE = "增加行 审批表 大促 审批 自动 当 金额<=200 且 从 2026-11-24 到 2026-11-25"


@pytest.fixture
async def desk(sqlite: str, home: Home) -> AsyncIterator[Stage]:
    async with shop(sqlite, home=home) as found:
        yield found


async def test_a_tier_for_two_days_decides_on_these_days_alone(desk: Stage) -> None:
    told = await says(desk, "李敏", SALE)
    assert "审批表 增加 大促（金额≤200，日期 2026-11-24~2026-11-25，审批 自动）" in told
    assert "日期 是走到审批那一步的那天，要按提交那天算就写 提交日期" in told
    await publish(desk, "李敏", "赵卫东")
    found = []
    for _ in range(4):
        found.append(await _approver(desk))
        await desk.later(timedelta(days=1))
    assert found == ["客服组长", "自动", "自动", "客服组长"]


async def _approver(desk: Stage) -> str:
    told = await says(desk, "何佳", "退货 64 质量问题")
    await says(desk, "何佳", "算了")
    return told.partition("审批 ")[2].partition("（")[0]


async def test_a_branch_is_taken_on_the_day_on_which_the_case_comes_there(desk: Stage) -> None:
    await publish(
        desk, "李敏", "赵卫东", "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时 当 从 2026-11-24 到 2026-11-25"
    )
    no = await submitted(desk, "退货 901 质量问题")
    await play(desk, "王建国 同意", "赵卫东 同意", "周仓 确认收货")
    await desk.later(timedelta(days=1))
    await play(desk, "许静 合格入库")
    assert await stand(no) == "处理中 复检"
    facts = (await Case.get(no=no)).facts
    assert (facts["提交日期"], facts["日期"]) == ("2026-11-23", "2026-11-24")


async def test_the_approver_who_was_asked_stays_when_the_season_is_over(desk: Stage) -> None:
    """Whoever has the task may do it the day after; only where it goes then is of that day."""
    await publish(desk, "李敏", "赵卫东", "增加行 审批表 盘点 审批 客服组长 当 金额>500 且 日期<=2026-11-23")
    no = await submitted(desk, "退货 901 质量问题")
    await play(desk, "王建国 同意")
    where = await stand(no)
    await desk.later(timedelta(days=1))
    await says(desk, "王建国", f"查 {no}")
    assert await stand(no) == where


async def test_a_season_that_is_over_is_told_before_it_is_published(desk: Stage) -> None:
    told = await says(desk, "李敏", "增加行 资格 国庆不收 结果 拒绝 说明 国庆不收 当 从 2026-10-01 到 2026-10-07")
    assert "注意：“国庆不收”的 日期 2026-10-01~2026-10-07 已经过去了，永远轮不到" in told


async def test_goods_are_not_taken_back_in_the_days_that_say_so(desk: Stage) -> None:
    await publish(
        desk, "李敏", "赵卫东", "增加行 资格 盘点不收 结果 拒绝 说明 盘点期间不收 当 从 2026-11-24 到 2026-11-24"
    )
    assert "提交" in await says(desk, "林晓", "退货 64 质量问题")
    await says(desk, "林晓", "算了")
    await desk.later(timedelta(days=1))
    assert "盘点期间不收" in await says(desk, "林晓", "退货 64 质量问题")
