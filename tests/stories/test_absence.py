"""请假 and leaving: tasks find whoever acts, never whoever may not decide, and the record says A 代 B."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Case, Event, Leave, Member, Task, TaskState
from tests.support.proof import chain_holds
from tests.support.stories import group_news, news, play, role, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def owners() -> list[str]:
    return [t.owner.name for t in await Task.filter(state=TaskState.OPEN).order_by("id").prefetch_related("owner")]


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


async def leaves(name: str) -> None:
    """Somebody is no longer with the firm."""
    await Member.filter(name=name).update(active=False)
    await take(MEMBERS)


async def test_open_tasks_change_hands_at_once(desk: Stage) -> None:
    no = await submitted(desk)
    said = await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    assert "已登记：你 11-23 09:00 到 11-25 23:59 请假，李敏 代理，已转过去 1 件待办" in said
    assert await owners() == ["李敏"]
    assert "李敏 代 王建国" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)
    await play(desk, "李敏 同意")
    done = await Event.filter(action="同意").order_by("id").first()
    assert done is not None
    assert (done.actor, done.data["代"]) == ("李敏", "王建国")
    assert "李敏 客服审核 同意（代 王建国）" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


async def test_new_tasks_go_to_whoever_acts(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    no = await submitted(desk)
    task = await Task.get(state=TaskState.OPEN).prefetch_related("owner")
    absent = await Member.get(name="王建国")
    assert (task.owner.name, task.for_id, task.why) == ("李敏", absent.id, "角色 客服组长，李敏 代 王建国")
    assert "李敏 代 王建国" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


async def test_a_leave_to_come_begins_by_itself(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已转过去" not in await says(desk, "王建国", "请假 明天 到 11-25 代理 李敏")
    assert await owners() == ["王建国"]
    await desk.later(23 * HOUR)
    assert await owners() == ["王建国"]
    await desk.later(1.1 * HOUR)
    assert await owners() == ["李敏"]
    await all_is_well(desk, no)


async def test_after_it_new_tasks_are_one_s_own_again(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-24 代理 李敏")
    await desk.later(2 * DAY)
    await submitted(desk)
    assert await owners() == ["王建国"]


async def test_it_is_cancelled(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    assert "已取消 1 次请假" in await says(desk, "王建国", "请假 取消")
    await submitted(desk)
    assert await owners() == ["王建国"]
    assert "你没有登记请假" in await says(desk, "王建国", "请假 取消")


async def test_a_later_leave_takes_the_place_of_one_that_it_overlaps(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    await says(desk, "王建国", "请假 今天 到 11-26 代理 郑瑞")
    await submitted(desk)
    assert await owners() == ["郑瑞"]
    assert await Leave.filter(cancelled=False).count() == 1


async def test_a_chain_is_followed(desk: Stage) -> None:
    await says(desk, "李敏", "请假 今天 到 11-25 代理 郑瑞")
    await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    no = await submitted(desk)
    assert await owners() == ["郑瑞"]
    await all_is_well(desk, no)


async def test_a_circle_falls_back_and_an_administrator_hears_of_it(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-25 代理 何佳")
    await says(desk, "何佳", "请假 今天 到 11-25 代理 王建国")
    no = await submitted(desk)
    assert await owners() == ["李敏"], "the node's fallback"
    assert f"{no} 客服审核没有可用的客服组长，转给了李敏" in group_news(desk, "管理群")
    await all_is_well(desk, no)


async def test_the_creator_does_not_get_their_own_case_by_standing_in(desk: Stage) -> None:
    no = await submitted(desk)
    said = await says(desk, "王建国", "请假 今天 到 11-25 代理 林晓")
    assert "已转过去" not in said
    assert await owners() == ["王建国"]
    alert = f"{no} 客服审核：王建国 不在，林晓 不能审批自己的单，请转交"
    assert alert in group_news(desk, "管理群")
    other = await submitted(desk)
    assert await owners() == ["王建国", "李敏"], "a new one goes to the fallback"
    await all_is_well(desk, other)


async def test_a_seat_kept_for_somebody_who_has_gone_since_goes_to_whoever_acts(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 后")
    await says(desk, "李敏", "请假 今天 到 11-25 代理 郑瑞")
    await play(desk, "王建国 同意")
    await desk.later(timedelta(minutes=1))
    assert await owners() == ["郑瑞"]
    await play(desk, "郑瑞 同意")
    assert await stand(no) == "处理中 金额审批"
    assert "郑瑞 客服审核 同意（代 李敏）" in await says(desk, "林晓", f"查 {no}")
    assert await owners() == ["赵卫东"], "who acts for 客服主管 is none: the amount is above them"
    await all_is_well(desk, no)


async def test_two_of_a_role_and_one_acts_for_the_other(desk: Stage) -> None:
    await role("何佳", "客服组长")
    await says(desk, "王建国", "请假 今天 到 11-25 代理 何佳")
    no = await submitted(desk)
    assert await owners() == ["何佳"], "one task, though it is theirs twice"
    await all_is_well(desk, no)


async def test_whoever_has_the_task_anyway_gets_no_second_one(desk: Stage) -> None:
    await role("何佳", "客服组长")
    no = await submitted(desk)
    assert sorted(await owners()) == sorted(["王建国", "何佳"])
    await says(desk, "王建国", "请假 今天 到 11-25 代理 何佳")
    await play(desk, "何佳 同意")
    assert await stand(no) == "处理中 金额审批"
    await all_is_well(desk, no)


async def test_a_superior_writes_it_down_for_somebody(desk: Stage) -> None:
    await submitted(desk)
    said = await says(desk, "李敏", "代人请假 王建国 今天 到 11-25 代理 郑瑞")
    assert "已登记：王建国 11-23 09:00 到 11-25 23:59 请假，郑瑞 代理" in said
    assert await owners() == ["郑瑞"]


WRONG = [
    ("王建国", "请假 今天 到 11-25 代理 张三", "没有叫 张三 的员工，请写全名"),
    ("王建国", "请假 今天 到 11-25 代理 王建国", "不能代理自己，请另请一位"),
    ("王建国", "请假 11-25 到 11-24 代理 李敏", "请把年份也写上，现在什么都没有登记"),
    ("王建国", "请假 2026-11-25 到 2026-11-24 代理 李敏", "结束的时间要在开始之后"),
    ("王建国", "请假 今天 到 以后 代理 李敏", "时间看不懂"),
    ("王建国", "请假 今天 代理 李敏", "请写成：请假 <起> 到 <止> 代理 <姓名>"),
    ("王建国", "代人请假 李敏 今天 到 11-25 代理 郑瑞", "只有 李敏 自己或上级能写李敏的请假"),
    ("林晓", "代人请假 何佳 今天 到 11-25 代理 郑瑞", "你的角色不能用“代人请假”"),
]


@pytest.mark.parametrize(("name", "words", "sentence"), WRONG)
async def test_what_is_no_leave_is_refused_in_words(desk: Stage, name: str, words: str, sentence: str) -> None:
    assert sentence in await says(desk, name, words)
    assert not await Leave.exists()


async def test_a_case_that_is_put_aside_rests_in_other_hands_too(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"挂起 {no} 等客户")
    await says(desk, "王建国", "请假 今天 到 11-28 代理 李敏")
    await desk.later(2 * DAY)
    assert not any("超时" in words for words in news(desk, "李敏"))
    await all_is_well(desk, no)
    await play(desk, "李敏 恢复", "李敏 同意")
    await all_is_well(desk, no)


async def test_a_leaver_s_tasks_find_a_successor(desk: Stage) -> None:
    no = await submitted(desk)
    await leaves("王建国")
    await desk.later(HOUR)
    assert await owners() == ["李敏"]
    event = await Event.get(action="离职交接")
    assert (event.actor, event.data) == ("系统", {"代": "王建国", "转给": "李敏"})
    await the_cards_are_true(desk)
    await play(desk, "李敏 同意")
    assert await stand(no) == "处理中 仓库收货"


async def test_what_a_colleague_has_anyway_is_simply_no_longer_a_leaver_s(desk: Stage) -> None:
    await role("何佳", "客服组长")
    no = await submitted(desk)
    await leaves("王建国")
    await desk.later(HOUR)
    assert await owners() == ["何佳"]
    assert "何佳" in await says(desk, "林晓", f"查 {no}")
    await play(desk, "何佳 同意")
    assert await stand(no) == "处理中 金额审批"


async def test_a_leaver_s_task_does_not_go_to_who_is_away(desk: Stage) -> None:
    await says(desk, "李敏", "请假 今天 到 11-25 代理 郑瑞")
    no = await submitted(desk)
    await leaves("王建国")
    await desk.later(HOUR)
    assert await owners() == ["郑瑞"]
    await all_is_well(desk, no)


# -- leaves that overlap, and what delegates hear ----------------------------------------------------------------------


async def test_a_leave_within_another_takes_only_its_own_days(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-30 代理 李敏")
    said = await says(desk, "王建国", "请假 11-25 到 11-26 代理 郑瑞")
    assert "和原来登记的重叠" in said
    assert "李敏 代理" in said
    assert said.count("仍由 李敏 代理") == 2
    assert await Leave.filter(cancelled=False).count() == 3
    await submitted(desk)
    assert await owners() == ["李敏"]
    await desk.later(2.5 * DAY)
    await submitted(desk)
    assert (await owners())[-1] == "郑瑞"
    await desk.later(3 * DAY)
    await submitted(desk)
    assert (await owners())[-1] == "李敏"


async def test_every_delegate_hears_of_it_and_of_every_change(desk: Stage) -> None:
    await says(desk, "王建国", "请假 11-24 到 11-25 代理 李敏")
    assert "王建国 请假，11-24 09:00 到 11-25 23:59 由你代理" in news(desk, "李敏")[-1].replace("00:00", "09:00")
    await says(desk, "王建国", "请假 11-24 到 11-25 代理 郑瑞")
    assert "王建国 请假，不用你代理了" in news(desk, "李敏")[-1]
    assert "由你代理" in news(desk, "郑瑞")[-1]
    await says(desk, "王建国", "请假 取消")
    assert "王建国 取消了请假，不用你代理了" in news(desk, "郑瑞")[-1]


async def test_whoever_is_given_a_leave_by_their_manager_hears_of_it(desk: Stage) -> None:
    await says(desk, "李敏", "代人请假 王建国 11-24 到 11-25 代理 郑瑞")
    assert "已替你登记请假：11-24" in news(desk, "王建国")[-1]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("请假 今天 到 11-24 代理 郑瑞", "注意：李敏 那时自己也不在，"),
        ("请假 今天 到 11-26 代理 王建国", "没有人代，会按节点的“否则”另给人"),
    ],
)
async def test_a_delegate_who_is_away_too_is_told(desk: Stage, other: str, told: str) -> None:
    await says(desk, "李敏", other)
    said = await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    assert told in said
    assert ("由 郑瑞 代" in said) is ("郑瑞" in other)
