"""Two desks work on one return at once: 仓库收货 ‖ 客服补证, joined by both or by the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Task, TaskState
from tests.support.own_flows import forked, use
from tests.support.proof import chain_holds
from tests.support.stories import news, play, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def opened(desk: Stage, wait: str = "全部") -> str:
    await use(desk, forked(wait))
    return await submitted(desk)


async def have(state: TaskState = TaskState.OPEN) -> list[str]:
    """Who has what to do."""
    tasks = await Task.filter(state=state).order_by("id").prefetch_related("owner")
    return [f"{task.owner.name} {task.node}" for task in tasks]


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


async def test_both_desks_have_it_at_once(desk: Stage) -> None:
    no = await opened(desk)
    assert await stand(no) == "处理中 仓库收货 客服补证"
    assert await have() == ["周仓 仓库收货", "王建国 客服补证"]
    assert "仓库收货、客服补证（周仓、王建国）" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


@pytest.mark.parametrize("order", [["周仓 确认收货", "王建国 同意"], ["王建国 同意", "周仓 确认收货"]])
async def test_the_join_waits_for_both_in_any_order(desk: Stage, order: list[str]) -> None:
    no = await opened(desk)
    await play(desk, order[0])
    assert len(await have()) == 1, "the other desk still has it"
    await the_cards_are_true(desk)
    await play(desk, order[1])
    assert await have() == ["李敏 终审"]
    await play(desk, "李敏 同意")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_the_first_to_arrive_goes_on_and_the_other_is_no_longer_asked(desk: Stage) -> None:
    no = await opened(desk, "任一")
    await play(desk, "王建国 同意")
    assert await have() == ["李敏 终审"]
    assert await have(TaskState.DEAD) == ["周仓 仓库收货"]
    assert "下一步 终审 · 李敏" in news(desk, "周仓")[-1]
    await all_is_well(desk, no)


@pytest.mark.parametrize(
    ("refuses", "sibling", "words"),
    [("王建国 驳回", "周仓", "没有证据"), ("周仓 拒收", "王建国", "已拒收")],
)
async def test_a_branch_that_refuses_takes_the_sibling_s_card_with_it(
    desk: Stage, refuses: str, sibling: str, words: str
) -> None:
    no = await opened(desk)
    await play(desk, refuses)
    assert await stand(no) == "已关闭 拒绝"
    record = news(desk, sibling)[-1]
    assert words in record, "it says what ended it"
    assert refuses.split()[0] in record
    assert not desk.live(desk.person(sibling))
    await all_is_well(desk, no)


async def test_a_word_for_the_branch_that_is_over_finds_the_case_as_it_is(desk: Stage) -> None:
    no = await opened(desk)
    await play(desk, "王建国 驳回")
    assert "这单已关闭，不用再处理" in await says(desk, "周仓", f"确认收货 {no}")


async def test_giving_back_within_a_branch_leaves_the_other_alone(desk: Stage) -> None:
    no = await opened(desk)
    assert "前面没有可退的节点" in await says(desk, "王建国", f"退回 {no}")
    await play(desk, "周仓 确认收货", "王建国 同意")
    assert "已退回客服补证" in await says(desk, "李敏", f"退回 {no} 客服补证 缺照片")
    assert await have() == ["王建国 客服补证"]
    await all_is_well(desk, no)


async def test_a_decision_in_one_branch_is_taken_back_though_the_other_desk_has_looked(desk: Stage) -> None:
    no = await opened(desk)
    await says(desk, "周仓", "待办")
    await play(desk, "王建国 同意")
    assert "已撤回同意" in await says(desk, "王建国", f"撤回 {no}")
    assert await have() == ["周仓 仓库收货", "王建国 客服补证"]
    await all_is_well(desk, no)


async def test_both_branches_rest_while_the_case_is_put_aside(desk: Stage) -> None:
    no = await opened(desk)
    await says(desk, "林晓", f"挂起 {no} 等客户")
    for name, action in (("周仓", "确认收货"), ("王建国", "同意")):
        assert f"先回复“恢复 单号”再{action}" in await says(desk, name, f"{action} {no}")
    await all_is_well(desk, no)
    await says(desk, "林晓", f"恢复 {no}")
    await play(desk, "周仓 确认收货", "王建国 同意")
    await all_is_well(desk, no)


# -- 撤回 --------------------------------------------------------------------------------------------------------------


async def test_who_takes_back_what_ended_the_other_desk_gives_it_its_work_again(desk: Stage) -> None:
    no = await opened(desk, "任一")
    await play(desk, "王建国 同意")
    await says(desk, "王建国", f"撤回 {no}")
    assert await stand(no) == "处理中 仓库收货 客服补证"
    assert sorted(await have()) == ["周仓 仓库收货", "王建国 客服补证"]
    await play(desk, "周仓 确认收货")
    assert await have() == ["李敏 终审"]
    await all_is_well(desk, no)


async def test_and_after_a_refusal_that_went_back_before_the_fork(desk: Stage) -> None:
    """前 → 齐办 (仓库收货 ‖ 客服补证): 驳回 leads back to 前."""
    text = (
        forked()
        .replace("驳回: {去: 拒绝, 结果: 没有证据", "驳回: {去: 前, 结果: 没有证据")
        .replace("开始: 齐办", "开始: 前")
    )
    first = "节点:\n  前: {类型: 人工, 标题: 先看, 负责人: {角色: 客服主管}, 时限: 1天, 动作: {同意: {去: 齐办}}}"
    await use(desk, text.replace("节点:", first, 1))
    no = await submitted(desk)
    await play(desk, "李敏 同意", "王建国 驳回")
    assert await have() == ["李敏 前"]
    await says(desk, "王建国", f"撤回 {no}")
    assert sorted(await have()) == ["周仓 仓库收货", "王建国 客服补证"]
    await play(desk, "王建国 同意", "周仓 确认收货", "李敏 同意")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)
