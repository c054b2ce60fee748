"""Any so many of those responsible sign: who still has to, when it is over, and when there are too few."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flow.definitions.business import shipped
from flow.versions import publish
from models import Event, Task, TaskState
from tests.stories.test_joint import all_is_well, leaves
from tests.support.own_flows import single, use
from tests.support.stories import group_news, news, play, role, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
HOUR = timedelta(hours=1)
OWNER = "负责人: {角色: 客服, 否则: 客服主管}\n    回避: [提交人]"


def any_two(more: str = "") -> str:
    return single(f"同意人数: 2\n    {more}", owner=OWNER)


async def signers() -> list[str]:
    found = await Task.filter(state=TaskState.OPEN).order_by("id").prefetch_related("owner")
    return [task.owner.name for task in found]


async def three(desk: Stage, more: str = "") -> str:
    """A case that any two of three agents other than its submitter decide."""
    await role("郑瑞", "客服")
    await use(desk, any_two(more))
    return await submitted(desk)


async def test_any_two_of_three_agree_and_the_third_is_told(desk: Stage) -> None:
    no = await three(desk)
    assert sorted(await signers()) == ["何佳", "孙悦", "郑瑞"]
    card = await taps(desk, "孙悦", "同意")
    assert "已同意 1/2：孙悦" in card, card
    assert any("已同意 1/2：孙悦" in said for said in news(desk, "何佳")), "and stands on the cards of the others"
    assert "签字：审核 已同意 1/2：孙悦" in await says(desk, "林晓", f"查 {no}")
    assert "不是你的待办" in await says(desk, "孙悦", f"同意 {no}"), "nobody signs twice"
    await the_cards_are_true(desk)
    await play(desk, "何佳 同意")
    assert await stand(no) == "已完成"
    card = news(desk, "郑瑞")[-1]
    assert "已同意" in card, "whose card it was sees who has decided"
    assert "何佳" in card
    await all_is_well(desk, no)


async def test_it_is_refused_when_two_can_no_longer_agree(desk: Stage) -> None:
    no = await three(desk)
    await play(desk, "孙悦 驳回")
    assert await stand(no) == "处理中 审核"
    assert "已同意 0/2；不同意：孙悦" in await says(desk, "林晓", f"查 {no}")
    await play(desk, "何佳 驳回")
    assert await stand(no) == "已关闭 拒绝"
    await all_is_well(desk, no)


async def test_where_one_refusal_ends_it_the_first_does(desk: Stage) -> None:
    no = await three(desk, "驳回即止: true")
    await play(desk, "孙悦 同意", "何佳 驳回")
    assert await stand(no) == "已关闭 拒绝"
    await all_is_well(desk, no)


async def test_a_leaver_is_not_needed_while_two_are_left_and_somebody_else_is_asked_where_not(desk: Stage) -> None:
    no = await three(desk)
    await leaves(desk, "孙悦")
    assert sorted(await signers()) == ["何佳", "郑瑞"]
    await leaves(desk, "郑瑞")
    assert sorted(await signers()) == ["何佳", "李敏"], "the fallback of the node"
    await play(desk, "李敏 同意", "何佳 同意")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_where_too_few_hold_the_role_just_so_many_more_are_asked_and_an_administrator_hears(desk: Stage) -> None:
    await use(desk, single("同意人数: 3", owner=OWNER))
    no = await submitted(desk)
    assert await signers() == ["何佳", "孙悦", "李敏"]
    assert "审核要 3 个人同意，客服现在只有 何佳、孙悦 能签，另请了 李敏" in "".join(group_news(desk, "管理群"))
    await play(desk, "何佳 同意", "孙悦 同意", "李敏 同意")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_a_delegate_who_is_asked_anyway_counts_once(desk: Stage) -> None:
    no = await three(desk)
    await says(desk, "孙悦", "请假 今天 到 11-25 代理 何佳")
    await desk.later(HOUR)
    await play(desk, "何佳 同意")
    assert await stand(no) == "处理中 审核", "for himself, and not for both"
    await play(desk, "郑瑞 同意")
    assert await stand(no) == "已完成"
    assert [e.actor for e in await Event.filter(action="同意").order_by("id")] == ["何佳", "郑瑞"]
    await all_is_well(desk, no)


async def test_a_row_of_the_amount_table_wants_two_of_its_role(desk: Stage) -> None:
    await role("郑瑞", "客服主管")
    text = shipped()["policy", "standard"].replace("审批: 客服主管}", "审批: 客服主管, 同意人数: 2}", 1)
    await publish({("policy", "standard"): text}, "测试", desk.clock.now())
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert sorted(await signers()) == ["李敏", "郑瑞"]
    await play(desk, "李敏 同意")
    assert await stand(no) == "处理中 金额审批"
    assert "已同意 1/2：李敏" in await says(desk, "林晓", f"查 {no}")
    await play(desk, "郑瑞 同意")
    assert await stand(no) == "处理中 仓库收货"
    await all_is_well(desk, no)


@pytest.mark.parametrize("name", ["李敏", "赵卫东", "陈卓"])
async def test_who_may_change_the_rules_wishes_and_decides_nothing(desk: Stage, name: str) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert "流程 金额审批 驳回即止 是" in await says(desk, name, "有一个人驳回就算驳回")
    assert await stand(no) == "处理中 金额审批"
    await says(desk, name, "1")
    assert "金额审批 驳回即止：否 → 是" in "".join(news(desk, name))
    assert await stand(no) == "处理中 金额审批"


async def test_who_may_not_is_told_so_and_decides_nothing(desk: Stage) -> None:
    no = await submitted(desk)
    assert "是改规矩，你的角色不能改，什么都没有做" in await says(desk, "王建国", "任意一个主管批了就行")
    assert await stand(no) == "处理中 客服审核"
