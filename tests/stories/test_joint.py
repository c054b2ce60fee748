"""会签 when somebody is away or gone: nobody signs twice, nobody is forgotten, and the record says who for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flow.cases.orphans import orphans
from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Case, Event, Member, Task, TaskState
from tests.support.own_flows import LEVELS, joint, single, use
from tests.support.proof import chain_holds
from tests.support.stories import play, role, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

HOUR = timedelta(hours=1)
AWAY = "请假 今天 到 11-25 代理"


async def signers(state: TaskState = TaskState.OPEN) -> list[str]:
    return [task.owner.name for task in await Task.filter(state=state).order_by("id").prefetch_related("owner")]


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))
    assert await orphans(desk.bot.desk, desk.clock.now()) == []


async def leaves(desk: Stage, *names: str) -> None:
    """Somebody is no longer with the firm, and the program has looked."""
    await Member.filter(name__in=names).update(active=False)
    await take(MEMBERS)
    await desk.later(HOUR)


async def said(action: str) -> list[dict[str, Any]]:
    return [event.data for event in await Event.filter(action=action).order_by("id")]


async def signed(no: str) -> list[str]:
    """Who has agreed at 会审, in order."""
    return [e.actor for e in await Event.filter(case__no=no, node="会审", action="同意").order_by("id")]


# -- somebody leaves ---------------------------------------------------------------------------------------------------


async def test_a_leaver_s_seat_lapses_beside_those_of_the_others(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    assert await signers() == ["何佳", "孙悦"]
    await leaves(desk, "孙悦")
    assert await signers() == ["何佳"]
    assert await said("离职交接") == [{"代": "孙悦", "一并由": "何佳"}]
    await all_is_well(desk, no)
    await play(desk, "何佳 同意")
    assert await stand(no) == "处理中 终审"
    assert await signed(no) == ["何佳"]
    await all_is_well(desk, no)


async def test_the_last_seat_does_not_go_to_who_has_signed(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await play(desk, "何佳 同意")
    await leaves(desk, "孙悦")
    [heir] = await signers()
    assert heir not in ("何佳", "孙悦", "林晓"), "nobody who has signed, nor who asked"
    assert await said("离职交接") == [{"代": "孙悦", "转给": heir}]
    assert "会审不是你的待办" in await says(desk, "何佳", f"同意 {no}")
    await all_is_well(desk, no)
    await play(desk, f"{heir} 同意")
    assert await stand(no) == "处理中 终审"
    assert await signed(no) == ["何佳", heir]


async def test_the_last_seat_goes_to_the_node_s_fallback_first(desk: Stage) -> None:
    await use(desk, joint().replace("{角色: 客服}", "{角色: 客服, 否则: 客服主管}"))
    await submitted(desk)
    await play(desk, "何佳 同意")
    await leaves(desk, "孙悦")
    assert await signers() == ["李敏"]


async def test_a_colleague_who_came_later_takes_a_leaver_s_seat(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await role("郑瑞", "客服")
    await leaves(desk, "孙悦")
    assert await signers() == ["何佳", "郑瑞"]
    await play(desk, "何佳 同意")
    assert await stand(no) == "处理中 会审"
    await play(desk, "郑瑞 同意")
    assert await stand(no) == "处理中 终审"
    await all_is_well(desk, no)


async def test_when_all_leave_somebody_still_has_to_sign(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await leaves(desk, "何佳", "孙悦")
    [heir] = await signers()
    await all_is_well(desk, no)
    await play(desk, f"{heir} 同意")
    assert await stand(no) == "处理中 终审"


async def test_who_was_to_sign_after_a_leaver_is_asked_when_that_seat_lapses(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await says(desk, "何佳", f"加签 {no} 郑瑞 前")
    assert await signers(TaskState.HELD) == ["何佳"]
    await leaves(desk, "郑瑞")
    assert (sorted(await signers()), await signers(TaskState.HELD)) == (["何佳", "孙悦"], [])
    await all_is_well(desk, no)
    await play(desk, "孙悦 同意", "何佳 同意")
    assert await stand(no) == "处理中 终审"
    await all_is_well(desk, no)


async def test_who_asked_a_leaver_to_sign_before_signs_once(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 前")
    await leaves(desk, "李敏")
    assert (await signers(), await signers(TaskState.HELD)) == (["王建国"], [])
    await all_is_well(desk, no)
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 金额审批"


# -- somebody is on leave ----------------------------------------------------------------------------------------------


async def test_a_delegate_who_signs_anyway_signs_once_for_both(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await says(desk, "孙悦", f"{AWAY} 何佳")
    assert await signers() == ["何佳"]
    assert await said("代理") == [{"代": "孙悦", "一并由": "何佳"}]
    assert "代理" in await says(desk, "林晓", f"查 {no}")
    await play(desk, "何佳 同意")
    assert await stand(no) == "处理中 终审"
    assert (await said("同意"))[0]["代"] == "孙悦"
    await all_is_well(desk, no)


async def test_a_delegate_who_has_signed_is_not_asked_again(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await play(desk, "何佳 同意")
    await says(desk, "孙悦", f"{AWAY} 何佳")
    [heir] = await signers()
    assert heir not in ("何佳", "孙悦", "林晓")
    await play(desk, f"{heir} 同意")
    assert await signed(no) == ["何佳", heir]
    assert (await said("同意"))[1]["代"] == "孙悦"
    await all_is_well(desk, no)


async def test_a_delegate_without_a_seat_takes_it(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await says(desk, "孙悦", f"{AWAY} 郑瑞")
    assert await signers() == ["何佳", "郑瑞"]
    await play(desk, "郑瑞 同意", "何佳 同意")
    assert await stand(no) == "处理中 终审"
    assert (await said("同意"))[0]["代"] == "孙悦"
    await all_is_well(desk, no)


@pytest.mark.parametrize(("away", "acts"), [("孙悦", "何佳"), ("何佳", "孙悦")])
async def test_one_signature_for_two_from_the_beginning_is_on_record(desk: Stage, away: str, acts: str) -> None:
    await use(desk, joint())
    await says(desk, away, f"{AWAY} {acts}")
    no = await submitted(desk)
    assert await signers() == [acts]
    assert f"{acts} 代 {away}" in (await Task.get(state=TaskState.OPEN)).why
    await play(desk, f"{acts} 同意")
    assert await stand(no) == "处理中 终审"
    assert (await said("同意"))[0]["代"] == away


# -- 转交 and 加签 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["转交 {no} 何佳", "加签 {no} 何佳", "加签 {no} 何佳 后"])
async def test_a_seat_is_not_given_to_who_has_signed(desk: Stage, words: str) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await play(desk, "何佳 同意")
    answer = await says(desk, "孙悦", words.format(no=no))
    assert f"{no} 不能给 何佳：何佳 在会审已经签过，每人只签一次，请换一位" in answer
    assert await signers() == ["孙悦"]


async def test_a_seat_is_not_given_to_who_has_one(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    assert f"{no} 已经是 何佳 的待办" in await says(desk, "孙悦", f"转交 {no} 何佳")


async def test_who_has_handed_it_on_may_get_it_back(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await says(desk, "孙悦", f"转交 {no} 郑瑞")
    await says(desk, "郑瑞", f"转交 {no} 孙悦")
    await play(desk, "孙悦 同意", "何佳 同意")
    assert await stand(no) == "处理中 终审"


async def test_another_round_is_signed_by_all_again(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await play(desk, "何佳 同意", "孙悦 同意")
    await says(desk, "李敏", f"退回 {no} 会审")
    assert await signers() == ["何佳", "孙悦"]
    await play(desk, "孙悦 同意")
    assert "何佳 在会审已经签过" not in await says(desk, "何佳", f"转交 {no} 郑瑞")
    assert await signers() == ["郑瑞"]
    await all_is_well(desk, no)


async def test_a_level_is_not_handed_to_who_judged_the_one_before(desk: Stage) -> None:
    await role("何佳", "质检员")
    await use(desk, single(LEVELS))
    no = await submitted(desk)
    first, second = (await signers())[:2]
    await play(desk, f"{first} 同意")
    [now] = await signers()
    assert now == second
    assert f"{first} 在审核已经签过" in await says(desk, now, f"转交 {no} {first}")
