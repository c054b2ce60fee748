"""What the bot keeps up by itself: managers from the address books, the month's calls, and whether it is ready."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest

from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import CallMeter, Member
from tests.support.stage import sell, stage
from tests.support.stories import group_news, news, on, play, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage


async def managers() -> dict[str, str]:
    """Who reports to whom."""
    members = await Member.all().prefetch_related("manager")
    return {member.name: member.manager.name for member in members if member.manager}


# -- people ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", ["", "wecom", "dingtalk"])
async def test_managers_are_filled_in_from_the_address_books(desk: Stage, off: str) -> None:
    was = await managers()
    await Member.all().update(manager_id=None)
    await take(MEMBERS)
    if off:
        del desk.bot.channels[off]
    await desk.bot.ticks.refresh_members()
    found = await managers()
    assert found.items() <= was.items()
    assert found["林晓"] == "王建国"
    assert off or was.keys() - found.keys() == {"刘洋"}, "his manager is on the other platform alone"


async def test_a_manager_named_by_the_file_stays(desk: Stage) -> None:
    boss = await Member.get(name="赵卫东")
    await Member.filter(name="林晓").update(manager_id=boss.id)
    await desk.bot.ticks.refresh_members()
    assert (await managers())["林晓"] == "赵卫东"


async def test_whoever_the_address_book_names_hears_of_what_is_late(desk: Stage) -> None:
    await Member.filter(name="王建国").update(manager_id=None)
    await take(MEMBERS)
    await desk.bot.ticks.refresh_members()
    await submitted(desk)
    await desk.later(timedelta(hours=24, minutes=1))
    assert any(words.startswith("抄送：王建国的待办已超时") for words in news(desk, "李敏"))


# -- calls -------------------------------------------------------------------------------------------------------------


async def test_the_month_s_calls_outlive_a_restart(desk: Stage) -> None:
    await on(desk, "dingtalk", "王建国")
    await submitted(desk)
    spent = await desk.bot.meter.spent("dingtalk")
    assert spent > 0
    await desk.restart()
    assert await desk.bot.meter.spent("dingtalk") == spent
    await play(desk, "王建国 同意")
    assert await desk.bot.meter.spent("dingtalk") >= spent
    await desk.later(timedelta(days=31))
    await desk.bot.meter.flush()
    assert await desk.bot.meter.spent("dingtalk") < spent + 10, "a new month begins at nothing"
    assert {row.month for row in await CallMeter.all()} >= {"2026-11"}


@pytest.mark.parametrize(("quota", "told"), [("2", "达到额度 2 次的 90%"), ("100000", "")])
async def test_a_quota_that_runs_low_is_told_to_the_managers(sqlite: str, quota: str, told: str) -> None:
    async with stage(sqlite, DINGTALK_MONTHLY_CALLS=quota) as desk:
        await sell("1", {"W1": ("猫抓板", 1, "9.90")})
        await on(desk, "dingtalk", "王建国")
        await says(desk, "林晓", "退货 1 质量问题", "dingtalk")
        await play(desk, "林晓 提交")
        await desk.bot.meter.flush()
        await desk.bot.settled()
        heard = [words for words in group_news(desk, "管理群") if "钉钉本月接口调用" in words]
        assert bool(heard) == bool(told)
        assert all(told in words for words in heard)


# -- health ------------------------------------------------------------------------------------------------------------


async def ready(desk: Stage) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{desk.bot.settings.public_url}/readyz") as answer:
        return answer.status, json.dumps(await answer.json(), ensure_ascii=False)


async def test_it_is_ready_while_its_platforms_answer(desk: Stage) -> None:
    await says(desk, "林晓", "待办")
    assert (await ready(desk))[0] == 200
    desk.sandbox.faults.arm("drop", "/cgi-bin/message/send")
    await says(desk, "林晓", "待办", "wecom")
    status, words = await ready(desk)
    assert (status, "连不上企业微信" in words) == (503, True)
    desk.sandbox.faults.arm("rate_limit", "/cgi-bin/message/send")
    await desk.later(timedelta(seconds=10))
    assert (await ready(desk))[0] == 200, "a refusal too is an answer"
