"""Segregation of duties: however a task comes to somebody, nobody decides on the money of what is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Member, Outbox, Refund, Task, TaskState
from tests.support.stories import (
    LINE,
    group_news,
    inspected,
    news,
    play,
    role,
    says,
    stand,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

OWN = "提交人和经办人不能确认自己单的退款"


async def owners(no: str) -> list[str]:
    tasks = Task.filter(case__no=no, state=TaskState.OPEN).order_by("id").prefetch_related("owner")
    return [task.owner.name for task in await tasks]


async def seated(desk: Stage, no: str, name: str, absent: str | None = None) -> None:
    """The open task is somebody's, as a hand-over or a leave of an earlier version has left it."""
    member = await Member.get(name=name)
    for_id = (await Member.get(name=absent)).id if absent else None
    await Task.filter(case__no=no, state=TaskState.OPEN).update(owner_id=member.id, for_id=for_id)
    desk.honest = False  # what no version of today writes does not stand in the chain


# -- the money of one's own case ---------------------------------------------------------------------------------------


@pytest.mark.homes("both", "dingtalk")
async def test_finance_does_not_get_the_refund_of_a_case_that_they_opened(desk: Stage) -> None:
    await role("林晓", "客服", "财务")
    await role("钱芳", "客服")
    no = await inspected(desk)
    assert await owners(no) == ["赵卫东"], "the only one of finance has opened it"
    assert f"{no} 财务退款没有可用的财务，转给了赵卫东" in group_news(desk, "管理群")
    assert "不是你的待办，由 赵卫东 处理" in await says(desk, "林晓", f"确认退款 {no}")
    await play(desk, "赵卫东 确认退款")
    assert await stand(no) == "已完成"
    await the_cards_are_true(desk)


@pytest.mark.homes("both", "dingtalk")
async def test_nor_by_hand_over(desk: Stage) -> None:
    no = await inspected(desk)
    assert f"{OWN}，可以转给 赵卫东" in await says(desk, "钱芳", f"转交 {no} 林晓")
    await taps(desk, "钱芳", "转交")
    assert OWN in await says(desk, "钱芳", "林晓")
    assert OWN in await says(desk, "李敏", f"转交 {no} 林晓 从 钱芳")
    await says(desk, "钱芳", "批量转交 林晓")
    await taps(desk, "钱芳", "批量转交")
    assert OWN in news(desk, "钱芳")[-1]
    assert OWN in await says(desk, "钱芳", f"加签 {no} 林晓")
    assert (await owners(no), await Refund.exists()) == (["钱芳"], False)


async def test_nor_by_delegation(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, "钱芳", "请假 今天 到 11-25 代理 林晓")
    assert await owners(no) == ["钱芳"]
    assert f"{no} 财务退款：钱芳 不在，林晓 不能审批自己的单，请转交" in group_news(desk, "管理群")
    other = await inspected(desk)
    assert await owners(other) == ["赵卫东"], "a new one goes to the fallback"


async def test_nor_by_a_leave_that_the_superior_writes_down(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, "赵卫东", "代人请假 钱芳 今天 到 11-25 代理 林晓")
    assert await owners(no) == ["钱芳"]
    assert not await Refund.exists()


@pytest.mark.parametrize("words", ["确认退款 {no}", "驳回 {no} 不退了"])
async def test_nor_with_a_task_from_before(desk: Stage, words: str) -> None:
    no = await inspected(desk)
    await seated(desk, no, "林晓")
    assert f"{OWN}，可以转交给 钱芳" in await says(desk, "林晓", words.format(no=no))
    assert (await stand(no), await Refund.exists()) == ("处理中 财务退款", False)
    assert "已转交 钱芳" in await says(desk, "林晓", f"转交 {no} 钱芳")
    await play(desk, "钱芳 确认退款")
    assert await stand(no) == "已完成"


async def test_nor_in_another_s_place_with_a_task_from_before(desk: Stage) -> None:
    no = await inspected(desk)
    await seated(desk, no, "林晓", absent="钱芳")
    assert OWN in await says(desk, "林晓", f"确认退款 {no}")


async def test_nobody_approves_their_own_with_a_task_from_before(desk: Stage) -> None:
    no = await submitted(desk)
    await seated(desk, no, "林晓")
    said = await says(desk, "林晓", f"同意 {no}")
    assert "提交人和经办人不能审批自己的单，可以转交给 王建国" in said
    await says(desk, "林晓", "批量同意")
    assert await stand(no) == "处理中 客服审核"


@pytest.mark.homes("both", "dingtalk")
async def test_whoever_changed_what_is_asked_for_does_not_confirm_its_money(desk: Stage) -> None:
    await role("王建国", "客服组长", "财务")
    no = await submitted(desk)
    await says(desk, "王建国", f"改 {no} 数量 1")
    await taps(desk, "王建国", "确认修改")
    await play(desk, "李敏 同意", "周仓 确认收货", "许静 合格入库")
    assert (await stand(no), await owners(no)) == ("处理中 财务退款", ["钱芳"])
    changer = OWN.replace("提交人和经办人", "改过内容的人")
    assert f"{changer}，可以转给 赵卫东" in await says(desk, "钱芳", f"转交 {no} 王建国")
    await seated(desk, no, "王建国")
    assert f"{changer}，可以转交给 钱芳" in await says(desk, "王建国", f"确认退款 {no}")
    assert not await Refund.exists()


@pytest.mark.homes("both", "dingtalk")
async def test_whoever_took_a_case_up_again_does_not_confirm_its_money(desk: Stage) -> None:
    """Without them nothing would be paid: it is as if they had opened it."""
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    await role("钱芳", "客服主管", "财务")
    assert "已重开" in await says(desk, "钱芳", f"重开 {no} 客户补了照片")
    await role("钱芳", "财务")
    await play(desk, "王建国 同意", "李敏 同意", "周仓 确认收货", "许静 合格入库")
    assert (await stand(no), await owners(no)) == ("处理中 财务退款", ["赵卫东"])
    assert OWN in await says(desk, "赵卫东", f"转交 {no} 钱芳")
    await seated(desk, no, "钱芳")
    assert f"{OWN}，可以转交给 赵卫东" in await says(desk, "钱芳", f"确认退款 {no}")
    assert not await Refund.exists()


async def test_nor_does_whoever_opened_the_case_from_which_it_follows(desk: Stage) -> None:
    no = await submitted(desk, "投诉 536365 85123A×2 商品投诉 外壳破裂")
    await role("林晓", "财务")
    await role("钱芳", "客服")
    await taps(desk, "王建国", "转退货")
    await says(desk, "王建国", "质量问题")
    heir = (await Case.exclude(no=no).get()).no
    await play(desk, "李敏 同意", "周仓 确认收货", "许静 合格入库")
    assert (await stand(heir), await owners(heir)) == ("处理中 财务退款", ["赵卫东"])
    await seated(desk, heir, "林晓")
    assert OWN in await says(desk, "林晓", f"确认退款 {heir}")


@pytest.mark.parametrize(("opens", "confirms"), [("wecom", "dingtalk"), ("dingtalk", "wecom")])
async def test_somebody_with_an_account_on_each_platform_is_one_person(desk: Stage, opens: str, confirms: str) -> None:
    await says(desk, "林晓", LINE, opens)
    await says(desk, "林晓", "提交", opens)
    no = (await Case.get()).no
    await play(desk, "王建国 同意", "李敏 同意", "周仓 确认收货", "许静 合格入库")
    await role("林晓", "客服", "财务")
    await seated(desk, no, "林晓")
    assert OWN in await says(desk, "林晓", f"确认退款 {no}", confirms)
    assert not await Refund.exists()


# -- in another's place ------------------------------------------------------------------------------------------------


async def test_a_delegate_below_the_tier_does_not_approve(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert await owners(no) == ["李敏"]
    said = await says(desk, "李敏", "请假 今天 到 11-25 代理 王建国")
    assert "王建国 不是客服主管，按金额要客服主管来批的不归代理，会另给能批的人" in said
    assert await owners(no) == ["赵卫东"]
    told = [words for words in group_news(desk, "管理群") if no in words]
    assert told == [f"{no} 金额审批：李敏 不在，王建国 不能代批，按金额要客服主管或李敏的上级来批，已另给别人"]
    assert "不是你的待办，由 赵卫东 处理" in await says(desk, "王建国", f"同意 {no}")
    await play(desk, "赵卫东 同意")
    assert await stand(no) == "处理中 仓库收货"


@pytest.mark.parametrize(("delegate", "owner"), [("郑瑞", "赵卫东"), ("赵卫东", "赵卫东"), ("孙悦", "孙悦")])
async def test_a_new_approval_goes_to_a_delegate_who_may(desk: Stage, delegate: str, owner: str) -> None:
    await role("孙悦", "客服主管")
    await says(desk, "李敏", f"请假 今天 到 11-25 代理 {delegate}")
    await role("孙悦", *(["客服主管"] if delegate == "孙悦" else ["客服"]))
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert await owners(no) == [owner]


async def test_a_delegate_with_a_task_from_before_is_told_who_may(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    await seated(desk, no, "郑瑞", absent="李敏")
    said = await says(desk, "郑瑞", f"同意 {no}")
    assert "代批也要够得着这一档，金额审批按金额要客服主管来批，可以转交给 李敏" in said
    assert await stand(no) == "处理中 金额审批"


async def test_work_that_has_no_tier_is_done_in_another_s_place_as_ever(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, "钱芳", "请假 今天 到 11-25 代理 何佳")
    assert await owners(no) == ["何佳"]
    await play(desk, "何佳 确认退款")
    assert await stand(no) == "已完成"


# -- 转交 after one's own is gone --------------------------------------------------------------------------------------


async def test_a_hand_over_typed_too_late_gives_nothing_of_others_away(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    await role("王建国", "客服组长", "客服主管")
    said = await says(desk, "王建国", f"转交 {no} 郑瑞")
    assert "你的待办已经办完，现在是 李敏 的待办，没有转交" in said
    assert f"转交 {no} 郑瑞 从 李敏" in said, "how to say it where it is meant"
    assert await owners(no) == ["李敏"]
    assert not await Event.filter(action="转交").exists()
    assert "不是 钱芳 的，没有转交" in await says(desk, "王建国", f"转交 {no} 赵卫东 从 钱芳")
    assert "已转交 赵卫东" in await says(desk, "王建国", f"转交 {no} 赵卫东 从 李敏 她在开会")
    assert await owners(no) == ["赵卫东"]
    assert (await Event.get(action="转交")).data == {"转给": "赵卫东", "理由": "她在开会"}


async def test_a_name_given_after_the_task_is_gone_gives_nothing_away(desk: Stage) -> None:
    no = await submitted(desk)
    await role("王建国", "客服组长", "客服主管")
    await taps(desk, "王建国", "转交")
    await says(desk, "李敏", f"转交 {no} 郑瑞")
    assert "已经处理过了，没有转交" in await says(desk, "王建国", "李敏")
    assert await owners(no) == ["郑瑞"]


async def test_many_that_are_gone_meanwhile_are_not_given_away(desk: Stage) -> None:
    numbers = [await submitted(desk), await submitted(desk)]
    await role("王建国", "客服组长", "客服主管")
    await says(desk, "王建国", "批量转交 郑瑞")
    await says(desk, "李敏", f"转交 {numbers[0]} 赵卫东")
    await taps(desk, "王建国", "批量转交")
    assert f"✗ {numbers[0]} 这个待办已经处理过了，没有转交" in news(desk, "王建国")[-1]
    assert [await owners(no) for no in numbers] == [["赵卫东"], ["郑瑞"]]


async def test_a_superior_without_a_task_of_their_own_gives_away_as_ever(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已转交 郑瑞" in await says(desk, "李敏", f"转交 {no} 郑瑞")
    assert await owners(no) == ["郑瑞"]
    assert not await Outbox.filter(kind="refund").exists()
