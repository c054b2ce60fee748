"""DingTalk charges by the call: what several people hear in the same words is one call for twenty of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Outbox, WorkState
from tests.support.stage import until
from tests.support.stories import group_news, news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

TO_PEOPLE = "/v1.0/robot/oToMessages/batchSend"
COPIED = ["何佳", "孙悦", "李敏", "吴强", "赵卫东", "郑瑞", "周仓", "刘洋", "黄磊", "许静", "钱芳", "马宏伟"]


def heard(desk: Stage, words: str) -> list[str]:
    """Who has heard ``words``; twice whoever has heard them twice."""
    return [name for name in COPIED for each in news(desk, name) if words in each]


async def test_twelve_people_hear_the_same_in_one_call(desk: Stage) -> None:
    ding = desk.sandbox.dingtalk
    no = await submitted(desk)
    counted = ding.counted
    await says(desk, "林晓", f"抄送 {no} {' '.join(COPIED)}")
    assert (ding.counted - counted, heard(desk, "抄送：给 何佳")) == (1, COPIED)

    await desk.later(timedelta(hours=13, minutes=30))  # at night nobody is rung
    await says(desk, "林晓", f"评论 {no} 客户说周五寄出")
    await says(desk, "林晓", f"评论 {no} 改成周六")
    assert heard(desk, "周五") == []
    counted = ding.counted
    await desk.later(timedelta(hours=9, minutes=45))
    assert (ding.counted - counted, heard(desk, "改成周六")) == (1, [n for n in COPIED if n != "王建国"])


async def test_whoever_did_not_get_it_is_told_apart_from_those_who_did(desk: Stage) -> None:
    robot, calls = desk.sandbox.dingtalk.robot, desk.sandbox.dingtalk.calls
    slowed, gone = (str(desk.person(name).dingtalk) for name in ("何佳", "孙悦"))
    no = await submitted(desk)
    robot.flow_controlled.add(slowed)
    robot.out_of_scope.add(gone)
    before = calls[TO_PEOPLE]
    await says(desk, "林晓", f"抄送 {no} {' '.join(COPIED)}")
    assert (calls[TO_PEOPLE] - before, heard(desk, "抄送：给 何佳")) == (1, COPIED[2:])
    assert [words for words in group_news(desk, "管理群") if "孙悦" in words] == [
        "送达失败：孙悦，员工不在通讯录里，或不在应用的可见范围里"
    ]
    [waiting] = await Outbox.filter(state=WorkState.NEW, kind="text")
    assert (waiting.attempts, waiting.in_doubt, "限流" in waiting.error) == (1, False, True)

    robot.flow_controlled.clear()
    await desk.later(timedelta(minutes=2))
    assert heard(desk, "抄送：给 何佳") == ["何佳", *COPIED[2:]]  # each of them once


async def test_whoever_asked_just_now_is_answered_for_nothing_and_the_rest_together(desk: Stage) -> None:
    ding = desk.sandbox.dingtalk
    no = await submitted(desk)
    await says(desk, "何佳", "待办")
    counted = ding.counted
    await says(desk, "林晓", f"抄送 {no} {' '.join(COPIED)}")
    assert (ding.counted - counted, sorted(heard(desk, "抄送：给 何佳"))) == (1, sorted(COPIED))


async def test_a_call_that_nobody_answered_is_made_once_more_for_all_and_says_so(desk: Stage) -> None:
    no = await submitted(desk)
    desk.sandbox.faults.arm("drop", f"{TO_PEOPLE}:after")
    before = desk.sandbox.dingtalk.calls[TO_PEOPLE]
    await says(desk, "林晓", f"抄送 {no} {' '.join(COPIED)}")
    await desk.later(timedelta(minutes=2))
    assert desk.sandbox.dingtalk.calls[TO_PEOPLE] - before == 2
    assert heard(desk, "第 2 次发送，前面的可能已收到") == COPIED


async def test_a_bot_that_ends_in_the_middle_of_a_call_says_it_again_to_all_and_says_so(desk: Stage) -> None:
    ding, lin = desk.sandbox.dingtalk, desk.person("林晓")
    no = await submitted(desk)
    desk.sandbox.faults.arm("delay", TO_PEOPLE, seconds=0.5)
    before = ding.calls[TO_PEOPLE]
    await ding.phones.say(str(lin.dingtalk), f"抄送 {no} {' '.join(COPIED)}")
    await until(lambda: ding.calls[TO_PEOPLE] > before)
    assert await Outbox.filter(state=WorkState.TAKEN, kind="text").count() == len(COPIED)
    await desk.restart()
    await desk.bot.settled()
    assert (ding.calls[TO_PEOPLE] - before, heard(desk, "第 2 次发送，前面的可能已收到")) == (2, COPIED)
    assert await Outbox.exclude(state=WorkState.DONE).count() == 0
