"""规则体检: what nothing has used for a quarter is told once, and what somebody keeps is not told again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flow.cases.review import KEPT, REVIEWED
from models import AuditEntry
from tests.support.owners import publish
from tests.support.stories import news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "wecom", "dingtalk")
ADMIN, HEAD, DIRECTOR, LIN = "陈卓", "李敏", "赵卫东", "林晓"
QUARTER = timedelta(days=91)


async def reviewed(desk: Stage, name: str) -> list[str]:
    """The reviews that have come to somebody, after a look at whether it is time."""
    await desk.bot.ticks.review()
    await desk.bot.settled()
    return [each for each in news(desk, name) if each.startswith("规则体检：")]


async def test_what_is_idle_is_told_once_a_quarter_to_whoever_may_publish(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 13900139000 三次调包")
    assert await reviewed(desk, HEAD) == []  # everything is new
    await desk.later(QUARTER)
    await submitted(desk, "退货 536365 85123A×1 质量问题")
    for _ in range(2):
        [told] = await reviewed(desk, HEAD)
    assert (
        "自动规则“大额提醒”（2026-11-23 起）：没有触发过\n   不要了：停用规则 大额提醒；要留：规则 保留 大额提醒"
        in told
    )
    assert "名单“尾号9000”" in told
    assert "名单 移除 尾号9000" in told
    assert "13900139000" not in told
    assert "退货类型“质量问题”" not in told
    assert "退货类型“七天无理由”" in told
    assert [len(await reviewed(desk, name)) for name in (ADMIN, DIRECTOR, LIN)] == [1, 1, 0]
    assert await AuditEntry.filter(kind=REVIEWED).count() == 2
    await desk.later(QUARTER)
    assert len(await reviewed(desk, HEAD)) == 2


async def test_what_is_kept_is_on_record_and_not_told_for_a_quarter(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 13900139000 三次调包")
    assert "都用过，或者还没满 90 天" in await says(desk, HEAD, "规则 体检")
    await desk.later(QUARTER)
    assert "停用规则 大额提醒" in await says(desk, HEAD, "规则 体检")
    assert "没用过的里面没有“大额”，是不是“大额提醒”？" in await says(desk, HEAD, "规则 保留 大额")
    assert await AuditEntry.filter(kind=KEPT).count() == 0
    told = await says(desk, HEAD, "规则 保留 大额提醒、尾号9000")
    assert told == "记下了，看过要留：自动规则 大额提醒、名单 尾号9000；90 天里体检不再提"
    [told] = await reviewed(desk, DIRECTOR)
    assert "次品告警" in told
    assert "大额提醒" not in told
    assert "尾号9000" not in told
    assert "保留规则 规则 自动规则 大额提醒、名单 第 1 条" in await says(desk, ADMIN, "审计")
    await desk.later(QUARTER)
    assert "停用规则 大额提醒" in await says(desk, HEAD, "规则 体检")


async def test_what_a_review_says_to_be_rid_of_one_does_it(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 13900139000 三次调包")
    await desk.later(QUARTER)
    assert await says(desk, HEAD, "名单 移除 尾号9000") == "已从名单移除：尾号 9000"
    assert "名单里没有尾号 9000" in await says(desk, HEAD, "名单 移除 尾号9000")
    await publish(desk, HEAD, DIRECTOR, "停用规则 大额提醒")
    told = await says(desk, HEAD, "规则 体检")
    assert "大额提醒" not in told
    assert "9000" not in told
    assert "停用规则 次品告警" in told


async def test_a_rule_that_fires_and_a_customer_who_buys_are_used(desk: Stage) -> None:
    await publish(desk, HEAD, DIRECTOR, "规则 大额提醒 5000→1")
    await says(desk, HEAD, "名单 允许 13800138000 老客户")
    await desk.later(QUARTER)
    assert "停用规则 大额提醒" in await says(desk, HEAD, "规则 体检")
    assert "名单“尾号8000”" in await says(desk, HEAD, "规则 体检")
    await submitted(desk, "退货 536365 85123A×1 质量问题")
    told = await says(desk, HEAD, "规则 体检")
    assert "大额提醒" not in told
    assert "尾号8000" not in told


async def test_who_may_not_publish_is_told_who_may(desk: Stage) -> None:
    for words in ("规则 体检", "规则 保留 大额提醒"):
        assert "你的角色不能用“发布”" in await says(desk, "王建国", words)


async def test_two_mobiles_with_one_tail_are_asked_about(desk: Stage) -> None:
    for mobile in ("13900139000", "13800009000"):
        await says(desk, HEAD, f"名单 禁止 {mobile} 三次调包")
    told = await says(desk, HEAD, "名单 移除 尾号9000")
    assert "名单里有 2 个尾号 9000，名单没有动" in told
