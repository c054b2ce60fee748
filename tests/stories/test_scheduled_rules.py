"""自动规则 with a time: said once for each case and moment, whatever dies or ticks twice, and stopped when it fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.jobs.rules import run_rules
from flow.cases import scheduled
from models import Case, Definition, Event, RuleTurn, WorkState
from tests.stories.test_owner_file import OWNER, SECOND
from tests.support.owners import publish
from tests.support.stage import sell, stage
from tests.support.stories import LAMP, approved, group_news, news, says

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
RULE = (
    "增加规则 催寄 每天 10:00 如果 节点=仓库收货 且 停留天数>7 就 评论 请提醒客户寄回；记 催过=是；"
    "告警 管理群 {单号} 停了 {停留天数} 天"
)


async def ruled(desk: Stage) -> None:
    """The rule is published."""
    place = desk.home(desk.person("李敏"))[0]
    await publish(desk, OWNER[place], SECOND[place], RULE)


async def tick(desk: Stage) -> int:
    fired = await run_rules(desk.bot.desk, desk.clock.now().astimezone(desk.bot.desk.zone))
    await desk.bot.settled()
    return fired


async def runs() -> list[Event]:
    return await Event.filter(action="自动规则").order_by("id")


async def test_who_has_not_sent_their_goods_is_told_of_once_a_day(desk: Stage) -> None:
    no = await approved(desk)
    await ruled(desk)
    assert "· 催寄（每天 10:00）：不会，停留天数 是 0，要 >7" in await says(desk, "李敏", f"自动规则 试 {no}")
    await desk.later(timedelta(days=8, hours=2))
    await tick(desk)
    await tick(desk)
    [run] = await runs()
    assert (run.data["rule"], run.data["当"], run.data["版"], run.data["节点"]) == ("催寄", "定时", 2, "仓库收货")
    assert (await Case.get(no=no)).facts["催过"] == "是"
    await desk.later(timedelta(minutes=11))
    assert [line for line in group_news(desk, "管理群") if f"{no} 停了 8 天" in line]
    assert any("请提醒客户寄回" in each for each in news(desk, "周仓"))
    await desk.later(timedelta(days=3))
    await tick(desk)
    assert len(await runs()) == 2, "of three days without a tick only the newest is made up for"


async def test_what_was_due_before_the_rule_is_not_made_up_for(desk: Stage) -> None:
    await approved(desk)
    await desk.later(timedelta(days=8, hours=2))  # 11:00
    await ruled(desk)
    await tick(desk)
    assert not await RuleTurn.exists()


@pytest.mark.homes("both")  # what is told is told as above
async def test_of_two_replicas_and_of_one_that_dies_each_case_is_done_once(database_url: str) -> None:
    async with stage(database_url) as desk:
        await sell("536365", LAMP)
        numbers = [await approved(desk) for _ in range(3)]
        await ruled(desk)
        now = desk.clock.now().astimezone(desk.bot.desk.zone) + timedelta(days=8, hours=2)
        await scheduled.begin(desk.bot.desk, now)
        [turn] = await scheduled.waiting()
        first = await Case.get(no=numbers[0])
        await RuleTurn.filter(id=turn.id).update(after_id=first.id)  # it died behind the first
        await asyncio.gather(*(run_rules(desk.bot.desk, now) for _ in range(2)))
        await run_rules(desk.bot.desk, now)
        done = [event.case_id for event in await runs()]
        assert sorted(done) == [(await Case.get(no=no)).id for no in numbers[1:]]
        turn = await RuleTurn.get(id=turn.id)
        assert (turn.state, turn.fired) == (WorkState.DONE, 2)


@pytest.mark.homes("both")
async def test_a_rule_that_keeps_failing_is_stopped_and_told_of_and_can_go_on(desk: Stage) -> None:
    no = await approved(desk)
    await ruled(desk)
    case = await Case.get(no=no)
    whole = await Definition.get(id=case.flow_id)
    await Definition.filter(id=whole.id).update(text="坏的")
    desk.bot.desk._rules.clear()
    await desk.later(timedelta(days=8, hours=2))
    for _ in range(scheduled.FAILURES + 1):
        await tick(desk)
    [turn] = await RuleTurn.all()
    assert (turn.state, turn.failures) == (WorkState.FAILED, scheduled.FAILURES)
    assert [line for line in group_news(desk, "管理群") if "自动规则“催寄”连续失败 3 次，已经停下" in line]
    await Definition.filter(id=whole.id).update(text=whole.text)
    assert "停下了：催寄（" in await says(desk, "李敏", "自动规则")
    assert "从停下的地方接着办" in await says(desk, "李敏", "自动规则 重试 催寄")
    await tick(desk)
    assert len(await runs()) == 1
    assert "没有停下，不用重试" in await says(desk, "李敏", "自动规则 重试 催寄")
