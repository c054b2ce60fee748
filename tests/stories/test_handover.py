"""A task changes hands or is taken back: 转交 and 撤单; and nobody decides what they asked for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Event, Member, Task, TaskState
from tests.support.proof import rows
from tests.support.stage import sell
from tests.support.stories import (
    NO_REASON,
    approved,
    finish,
    group_news,
    inspected,
    news,
    play,
    received,
    role,
    says,
    stand,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def owners() -> list[str]:
    """Whose task it is now."""
    return [
        task.owner.name for task in await Task.filter(state=TaskState.OPEN).order_by("id").prefetch_related("owner")
    ]


# -- 转交 --------------------------------------------------------------------------------------------------------------


async def test_a_task_is_handed_over_by_its_card(desk: Stage) -> None:
    no = await submitted(desk)
    await taps(desk, "王建国", "转交")
    assert "转交给谁？请回复姓名" in news(desk, "王建国")[-1]
    assert f"{no} 已转交 李敏" in await says(desk, "王建国", "李敏")
    assert await owners() == ["李敏"]
    await the_cards_are_true(desk)


async def test_a_task_is_handed_over_by_words(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已转交 李敏" in await says(desk, "王建国", f"转交 {no} 李敏")
    assert "审核：退货 ¥5.10" in news(desk, "李敏")[-1]
    assert any("已转交：退货 ¥5.10" in words for words in news(desk, "王建国"))
    await the_cards_are_true(desk)


@pytest.mark.homes("both")
async def test_a_task_is_handed_over_to_the_other_platform(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"转交 {no} 郑瑞")
    assert [card.place.platform for card in desk.live(desk.person("郑瑞"))] == ["dingtalk"]
    await play(desk, "郑瑞 同意")
    assert await stand(no) == "处理中 金额审批"
    await the_cards_are_true(desk)


async def test_the_hand_over_is_on_record(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"转交 {no} 李敏")
    event = await Event.filter(action="转交").get()
    assert (event.actor, event.data) == ("王建国", {"转给": "李敏"})


async def test_a_task_keeps_its_deadline_in_other_hands(desk: Stage) -> None:
    no = await submitted(desk)
    before = (await Task.get(state=TaskState.OPEN)).due_at
    await says(desk, "王建国", f"转交 {no} 李敏")
    assert (await Task.get(state=TaskState.OPEN)).due_at == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("张三", "没有叫 张三 的员工，请写全名", id="nobody"),
        pytest.param("林晓", "不能转给 林晓：提交人和经办人不能审批自己的单", id="who asked for it"),
        pytest.param("王建国", "已经是 王建国 的待办", id="themselves"),
    ],
)
async def test_a_task_can_not_be_handed_to(desk: Stage, name: str, sentence: str) -> None:
    no = await submitted(desk)
    assert sentence in await says(desk, "王建国", f"转交 {no} {name}")
    assert await owners() == ["王建国"]
    await the_cards_are_true(desk)


async def test_a_wrong_name_is_said_and_the_question_stands(desk: Stage) -> None:
    await submitted(desk)
    await taps(desk, "王建国", "转交")
    await says(desk, "王建国", "张三")
    assert "已转交 李敏" in await says(desk, "王建国", "李敏")


async def test_the_question_is_left(desk: Stage) -> None:
    await submitted(desk)
    await taps(desk, "王建国", "转交")
    assert "好的，没有改动" in await says(desk, "王建国", "取消")
    assert await owners() == ["王建国"]
    await play(desk, "王建国 同意")


async def test_a_task_of_somebody_else_can_not_be_handed_over(desk: Stage) -> None:
    no = await submitted(desk)
    assert "现在不是你的待办" in await says(desk, "林晓", f"转交 {no} 赵卫东")
    assert await owners() == ["王建国"]


async def test_a_superior_gives_somebody_else_s_task_away(desk: Stage) -> None:
    """docs/roles.md: 客服主管 may on every case, 客服组长 on those of the team."""
    no = await submitted(desk)
    assert f"{no} 已转交 郑瑞" in await says(desk, "李敏", f"转交 {no} 郑瑞")
    assert await owners() == ["郑瑞"]
    assert (await Event.filter(action="转交").get()).actor == "李敏"
    assert "已经是 郑瑞 的待办" in await says(desk, "李敏", f"转交 {no} 郑瑞")
    await the_cards_are_true(desk)
    await play(desk, "郑瑞 同意")
    assert await stand(no) == "处理中 金额审批"


async def test_of_several_who_may_the_named_one_is_left(desk: Stage) -> None:
    no = await approved(desk)
    assert sorted(await owners()) == ["刘洋", "周仓"]
    assert f"请写：转交 {no} 周仓 从 刘洋" in await says(desk, "李敏", f"转交 {no} 周仓"), "her own task is done"
    assert f"{no} 已转交 周仓" in await says(desk, "李敏", f"转交 {no} 周仓 从 刘洋")
    assert await owners() == ["周仓"]
    await the_cards_are_true(desk)


async def test_a_superior_may_not_give_it_to_who_asked_for_it(desk: Stage) -> None:
    no = await submitted(desk)
    assert "提交人和经办人不能审批自己的单" in await says(desk, "李敏", f"转交 {no} 林晓")
    assert await owners() == ["王建国"]


async def test_goods_are_handed_over_freely(desk: Stage) -> None:
    no = await approved(desk)
    assert f"{no} 已转交 黄磊" in await says(desk, "周仓", f"转交 {no} 黄磊")
    await the_cards_are_true(desk)
    await play(desk, "黄磊 确认收货")
    assert await stand(no) == "处理中 质检"


async def test_a_task_may_come_back(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"转交 {no} 李敏")
    await says(desk, "李敏", f"转交 {no} 王建国")
    await the_cards_are_true(desk)
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 金额审批"


async def test_a_task_is_not_handed_to_who_has_it_already(desk: Stage) -> None:
    await role("赵卫东", "客服主管", "运营总监")
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert f"{no} 已经是 赵卫东 的待办" in await says(desk, "李敏", f"转交 {no} 赵卫东")
    assert sorted(await owners()) == ["李敏", "赵卫东"]
    await the_cards_are_true(desk)


async def test_the_record_names_who_decided_and_not_who_handed_over(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"转交 {no} 李敏")
    await says(desk, "李敏", f"同意 {no}")
    record = next(words for words in news(desk, "李敏") if "处理 " in words)
    assert "已同意" in record
    assert "处理 李敏 11-23 09:00" in record


@pytest.mark.homes("both")
async def test_a_hand_over_that_is_overtaken_finds_the_case_decided(desk: Stage) -> None:
    """WeCom's phone goes on at once; DingTalk's waits for the answer to a tap, so nothing overtakes it."""
    await submitted(desk)
    desk.sandbox.faults.arm("reorder", "push:wecom")
    await play(desk, "王建国 转交", "王建国 同意")
    assert "已同意" in news(desk, "王建国")[0]
    assert "没听懂这句话" in await says(desk, "王建国", "李敏"), "nobody waits for a name"


# -- 撤单 --------------------------------------------------------------------------------------------------------------


async def test_the_creator_takes_a_return_back(desk: Stage) -> None:
    no = await submitted(desk)
    assert "现在：已关闭（撤销）" in await says(desk, "林晓", f"撤单 {no}")
    assert await stand(no) == "已关闭 撤销"
    assert "林晓 11-23 09:00" in news(desk, "王建国")[-1]
    await the_cards_are_true(desk)


async def test_only_the_creator_takes_it_back(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 只有提交人林晓能撤单，也可以找 " in await says(desk, "何佳", f"撤单 {no}")
    assert await stand(no) == "处理中 客服审核"


@pytest.mark.parametrize("name", ["王建国", "李敏"])
async def test_or_a_superior_whose_role_reaches_it(desk: Stage, name: str) -> None:
    """docs/roles.md: 撤单 of 客服组长 for the team, of 客服主管 for all."""
    no = await submitted(desk)
    assert f"{no} 已撤单，现在：已关闭（撤销）" in await says(desk, name, f"撤单 {no}")
    await the_cards_are_true(desk)


async def test_a_return_waiting_for_its_goods_can_be_taken_back(desk: Stage) -> None:
    no = await submitted(desk, NO_REASON)
    await says(desk, "林晓", f"撤单 {no}")
    assert not any(desk.live(desk.person(name)) for name in ("周仓", "刘洋"))
    await the_cards_are_true(desk)


async def test_goods_that_came_can_not_be_taken_back(desk: Stage) -> None:
    no = await received(desk)
    assert "货已收到或款已退，不能撤单" in await says(desk, "林晓", f"撤单 {no}")
    assert await stand(no) == "处理中 质检"


async def test_what_is_over_can_not_be_taken_back(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"撤单 {no}")
    assert "这单已关闭，不用再处理" in await says(desk, "林晓", f"撤单 {no}")


# -- nobody decides their own ------------------------------------------------------------------------------------------


async def test_the_group_leader_s_own_return_is_reviewed_by_the_supervisor(desk: Stage) -> None:
    no = await submitted(desk, by="王建国")
    assert await owners() == ["李敏"]
    assert f"{no} 客服审核没有可用的客服组长，转给了李敏" in group_news(desk, "管理群")
    await the_cards_are_true(desk)


async def test_the_supervisor_who_reviewed_for_the_leader_is_asked_once(desk: Stage) -> None:
    no = await submitted(desk, by="王建国")
    await play(desk, "李敏 同意")
    assert await stand(no) == "处理中 仓库收货"


async def test_the_supervisor_s_own_return_is_approved_by_the_director(desk: Stage) -> None:
    no = await submitted(desk, by="李敏")
    await play(desk, "王建国 同意")
    assert await owners() == ["赵卫东"]
    assert f"{no} 金额审批没有可用的客服主管，转给了赵卫东" in group_news(desk, "管理群")


async def test_the_creator_can_not_say_yes_either(desk: Stage) -> None:
    no = await submitted(desk, by="王建国")
    assert "由 李敏 处理" in await says(desk, "王建国", f"同意 {no}")
    assert await stand(no) == "处理中 客服审核"


@pytest.mark.parametrize(
    ("price", "asked"),
    [
        pytest.param("1000.00", ["许静", "钱芳"], id="at the limit one person may do both"),
        pytest.param("1000.01", ["钱芳"], id="a cent above two people must"),
    ],
)
async def test_who_inspected_large_sums_does_not_pay_them(desk: Stage, price: str, asked: list[str]) -> None:
    await role("许静", "质检员", "财务")
    await sell("7", {"W1": ("猫砂机", 1, price)})
    await inspected(desk, "退货 7 质量问题")
    assert sorted(await owners()) == sorted(asked)
    await the_cards_are_true(desk)


async def test_an_inspector_who_is_all_of_finance_leaves_large_sums_to_the_director(desk: Stage) -> None:
    await role("许静", "质检员", "财务")
    await role("钱芳")
    await sell("7", {"W1": ("猫砂机", 1, "2880.00")})
    no = await inspected(desk, "退货 7 质量问题")
    assert await owners() == ["赵卫东"]
    assert await finish(desk, no) == ["赵卫东 财务退款"]


async def test_a_node_that_nobody_could_own_is_refused_before_anything_is_saved(desk: Stage) -> None:
    await Member.filter(name="林晓").update(manager_id=None)
    for name in ("王建国", "李敏", "赵卫东", "陈卓"):
        await role(name)
    await says(desk, "林晓", "退货 536365 85123A×1 质量问题")
    await taps(desk, "林晓", "提交")
    assert "客服审核没有负责人：请导入角色为客服组长的员工，这一步先不办" in news(desk, "林晓")[-1]
    assert (await rows())["Case"] == 0
