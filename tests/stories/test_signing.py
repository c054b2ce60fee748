"""Several people sign one node: 会签, 前加签, 后加签, levels; and an approval changes hands only upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Task, TaskState
from tests.support.own_flows import CHAIN, LEVELS, joint, single, use
from tests.support.proof import chain_holds
from tests.support.stories import news, play, role, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def signers(state: TaskState = TaskState.OPEN) -> list[str]:
    return [task.owner.name for task in await Task.filter(state=state).order_by("id").prefetch_related("owner")]


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


# -- 会签 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [["何佳", "孙悦"], ["孙悦", "何佳"]])
async def test_all_must_agree_in_any_order(desk: Stage, order: list[str]) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    assert await signers() == ["何佳", "孙悦"]
    await play(desk, f"{order[0]} 同意")
    assert (await stand(no), await signers()) == ("处理中 会审", order[1:])
    await the_cards_are_true(desk)
    await play(desk, f"{order[1]} 同意")
    assert await stand(no) == "处理中 终审"
    await all_is_well(desk, no)


async def test_the_first_signature_is_on_the_record_of_its_card(desk: Stage) -> None:
    await use(desk, joint())
    await submitted(desk)
    card = await taps(desk, "何佳", "同意")
    assert "已同意" in card
    assert "会审" in card, "the case is still there"


async def test_one_no_is_enough(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await play(desk, "何佳 同意", "孙悦 驳回")
    assert await stand(no) == "已关闭 拒绝"
    await all_is_well(desk, no)


async def test_whoever_has_signed_can_not_sign_again(desk: Stage) -> None:
    await use(desk, joint())
    no = await submitted(desk)
    await play(desk, "何佳 同意")
    assert "会审不是你的待办，由 孙悦 处理" in await says(desk, "何佳", f"同意 {no}")


# -- 加签 --------------------------------------------------------------------------------------------------------------


async def test_somebody_signs_before_the_owner(desk: Stage) -> None:
    no = await submitted(desk)
    assert "李敏 同意以后再回到你这里" in await says(desk, "王建国", f"加签 {no} 李敏")
    assert (await signers(), await signers(TaskState.HELD)) == (["李敏"], ["王建国"])
    await the_cards_are_true(desk)
    assert "不是你的待办，由 李敏 处理" in await says(desk, "王建国", f"同意 {no}")
    await play(desk, "李敏 同意")
    assert (await stand(no), await signers()) == ("处理中 客服审核", ["王建国"])
    await the_cards_are_true(desk)
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 金额审批"
    await all_is_well(desk, no)


async def test_somebody_signs_after_the_owner(desk: Stage) -> None:
    no = await submitted(desk)
    assert "你同意以后由 李敏 再签" in await says(desk, "王建国", f"加签 {no} 李敏 后")
    assert (await signers(), await signers(TaskState.HELD)) == (["王建国"], ["李敏"])
    assert not desk.live(desk.person("李敏")), "not before their turn"
    await the_cards_are_true(desk)
    await play(desk, "王建国 同意")
    assert (await stand(no), await signers()) == ("处理中 客服审核", ["李敏"])
    await the_cards_are_true(desk)
    await play(desk, "李敏 同意")
    assert await stand(no) == "处理中 仓库收货", "whose amount it is has just agreed"
    await all_is_well(desk, no)


async def test_a_no_of_whoever_was_put_before_ends_it(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 前")
    await play(desk, "李敏 驳回")
    assert await stand(no) == "已关闭 拒绝"
    await all_is_well(desk, no)


async def test_who_was_put_before_me_may_put_somebody_between_us(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 前")
    await says(desk, "李敏", f"加签 {no} 赵卫东 后")
    await play(desk, "李敏 同意")
    assert (await signers(), await signers(TaskState.HELD)) == (["赵卫东"], ["王建国"])
    await play(desk, "赵卫东 同意")
    assert await signers() == ["王建国"]
    await all_is_well(desk, no)


async def test_signers_are_put_one_behind_the_other(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 后")
    await play(desk, "王建国 同意")
    await says(desk, "李敏", f"加签 {no} 郑瑞 前")
    await play(desk, "郑瑞 同意", "李敏 同意")
    assert await stand(no) == "处理中 仓库收货"
    assert [e.action for e in await Event.filter(action__endswith="加签").order_by("id")] == ["后加签", "前加签"]
    await all_is_well(desk, no)


async def test_whoever_signs_before_may_hand_it_on(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 前")
    await says(desk, "李敏", f"转交 {no} 郑瑞")
    await play(desk, "郑瑞 同意", "王建国 同意")
    assert await stand(no) == "处理中 金额审批"
    await all_is_well(desk, no)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("王建国", "已经是 王建国 的待办", id="themselves"),
        pytest.param("林晓", "不能转给 林晓：提交人和经办人不能审批自己的单", id="who asked for it"),
        pytest.param("张三", "没有叫 张三 的员工，请写全名", id="nobody"),
    ],
)
@pytest.mark.parametrize("side", ["前", "后"])
async def test_nobody_signs_who_may_not(desk: Stage, name: str, sentence: str, side: str) -> None:
    no = await submitted(desk)
    assert sentence in await says(desk, "王建国", f"加签 {no} {name} {side}")
    assert (await signers(), await signers(TaskState.HELD)) == (["王建国"], [])
    await all_is_well(desk, no)


async def test_a_node_may_refuse_further_signers(desk: Stage) -> None:
    await use(desk, single("不许: [加签, 转交]"))
    no = await submitted(desk)
    assert "审核不许加签" in await says(desk, "王建国", f"加签 {no} 李敏")
    assert "审核不许转交" in await says(desk, "王建国", f"转交 {no} 李敏")


async def test_a_case_that_is_put_aside_takes_no_signer(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"挂起 {no} 等客户")
    assert f"{no} 已挂起，先回复“恢复 {no}”再加签" in await says(desk, "王建国", f"加签 {no} 李敏")
    assert f"{no} 已挂起，先回复“恢复 {no}”再转交" in await says(desk, "王建国", f"转交 {no} 李敏")


async def test_only_the_owner_adds_a_signer(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 现在不是你的待办" in await says(desk, "李敏", f"加签 {no} 郑瑞")


# -- 转交 of an approval by amount -------------------------------------------------------------------------------------


async def at_the_tier(desk: Stage) -> str:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert (await stand(no), await signers()) == ("处理中 金额审批", ["李敏"])
    return no


@pytest.mark.parametrize("name", ["何佳", "郑瑞", "王建国"])
async def test_an_approval_by_amount_does_not_go_below_its_tier(desk: Stage, name: str) -> None:
    no = await at_the_tier(desk)
    said = await says(desk, "李敏", f"转交 {no} {name}")
    assert f"{no} 金额审批按金额要客服主管或你的上级来批，可以转给 赵卫东" in said
    assert await signers() == ["李敏"]
    await all_is_well(desk, no)


async def test_it_goes_to_the_superior(desk: Stage) -> None:
    no = await at_the_tier(desk)
    await says(desk, "李敏", f"转交 {no} 赵卫东")
    await play(desk, "赵卫东 同意")
    assert await stand(no) == "处理中 仓库收货"
    await all_is_well(desk, no)


async def test_it_goes_to_another_of_the_same_role(desk: Stage) -> None:
    no = await at_the_tier(desk)
    await role("何佳", "客服主管")
    await says(desk, "李敏", f"转交 {no} 何佳")
    assert await signers() == ["何佳"]
    await all_is_well(desk, no)


# -- levels ------------------------------------------------------------------------------------------------------------


async def inspecting(desk: Stage) -> str:
    """初检 by one inspector, 复检 by the other, 终审 by the supervisor where they differ."""
    await role("刘洋", "质检员")
    await use(desk, single(LEVELS))
    return await submitted(desk)


async def test_two_inspectors_who_agree_are_enough(desk: Stage) -> None:
    no = await inspecting(desk)
    await play(desk, "许静 同意")
    assert await signers() == ["刘洋"], "a second look wants second eyes"
    assert "审核 白色心形烛台 ×2（复检）" in news(desk, "刘洋")[-1]
    await the_cards_are_true(desk)
    await play(desk, "刘洋 同意")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_two_who_differ_go_up_and_the_last_word_counts(desk: Stage) -> None:
    no = await inspecting(desk)
    await play(desk, "刘洋 驳回", "许静 同意")
    assert (await stand(no), await signers()) == ("处理中 审核", ["李敏"])
    assert "（终审）" in news(desk, "李敏")[-1]
    await play(desk, "李敏 驳回")
    assert await stand(no) == "已关闭 拒绝"
    await all_is_well(desk, no)


async def test_in_a_strict_chain_the_first_refusal_ends_it(desk: Stage) -> None:
    await role("刘洋", "质检员")
    await use(desk, single(CHAIN))
    no = await submitted(desk)
    await play(desk, "许静 驳回")
    assert await stand(no) == "已关闭 拒绝"
    assert await signers() == []
    await all_is_well(desk, no)


async def test_in_a_strict_chain_the_second_looks_when_the_first_agrees(desk: Stage) -> None:
    await role("刘洋", "质检员")
    await use(desk, single(CHAIN))
    no = await submitted(desk)
    await play(desk, "许静 同意")
    assert await signers() == ["刘洋"]
    await play(desk, "刘洋 驳回")
    assert await stand(no) == "已关闭 拒绝"
    await all_is_well(desk, no)


async def test_the_same_person_does_not_look_twice(desk: Stage) -> None:
    await role("刘洋", "操作员")
    await use(desk, single(LEVELS))
    no = await submitted(desk)
    await play(desk, "许静 同意")
    assert await signers() == ["周仓"], "the fallback, as there is no second inspector"
    assert "不是你的待办，由 周仓 处理" in await says(desk, "许静", f"同意 {no}")
    await all_is_well(desk, no)


async def test_the_first_choice_is_on_record_though_the_case_stays(desk: Stage) -> None:
    no = await inspecting(desk)
    await play(desk, "许静 驳回")
    events = await Event.filter(case__no=no, node="审核").order_by("seq")
    assert [(event.actor, event.action) for event in events] == [("许静", "驳回")]
    assert "审核 驳回" in await says(desk, "林晓", f"查 {no}")
