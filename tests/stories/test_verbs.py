"""What may be said of any case: 退回, 撤回, 挂起, 恢复, 催办, 评论, 抄送, 稍后, 重开."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Task, TaskState
from tests.support.own_flows import single, use
from tests.support.proof import chain_holds
from tests.support.stage import buttons, text_of
from tests.support.stories import (
    approved,
    news,
    play,
    received,
    says,
    stand,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def owners() -> list[str]:
    return [t.owner.name for t in await Task.filter(state=TaskState.OPEN).order_by("id").prefetch_related("owner")]


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


# -- 退回 --------------------------------------------------------------------------------------------------------------


async def test_a_case_goes_back_to_the_node_before(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert f"{no} 已退回客服审核，现在：客服审核 · 王建国" in await says(desk, "李敏", f"退回 {no}")
    assert await owners() == ["王建国"]
    await all_is_well(desk, no)
    await play(desk, "王建国 同意", "李敏 同意")
    assert await stand(no) == "处理中 仓库收货"


async def test_it_goes_back_by_name_and_with_a_reason(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "周仓", f"退回 {no} 客服审核 外箱照片看不清")
    assert await stand(no) == "处理中 客服审核"
    assert "退回（外箱照片看不清，退回到 客服审核）" in await says(desk, "林晓", f"查 {no}")
    assert "外箱照片看不清" in news(desk, "林晓")[-2], "the creator hears why"
    assert not (await Case.get(no=no)).facts.get("已审批"), "and the amount is approved anew"
    await all_is_well(desk, no)


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("李敏", "退回 {} 质检", "金额审批不能退回质检，可以退到：客服审核"),
        ("王建国", "退回 {}", "金额审批不是你的待办，现在的负责人是 李敏"),
        ("李敏", "退回 R20261123-0099", "没有找到售后单 R20261123-0099"),
        ("李敏", "退回", "请写成：退回 单号"),
    ],
)
async def test_it_does_not_go_back(desk: Stage, name: str, words: str, sentence: str) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert sentence in await says(desk, name, words.format(no))
    assert await stand(no) == "处理中 金额审批"
    await all_is_well(desk, no)


# -- 撤回 --------------------------------------------------------------------------------------------------------------


async def test_a_decision_is_taken_back_before_anybody_looked(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert f"{no} 已撤回同意，现在：客服审核 · 王建国" in await says(desk, "王建国", f"撤回 {no}")
    assert await owners() == ["王建国"]
    assert "已撤回：退货 ¥5.10" in news(desk, "李敏")[-1]
    await all_is_well(desk, no)
    await play(desk, "王建国 驳回")
    assert await stand(no) == "已关闭 拒绝"


LOOKS = {
    "the list": ["待办"],
    "the case": ["查 {}"],
    "a question": ["转交：tap"],
    "why": ["为什么是我：tap"],
    "handed on": ["转交 {} 赵卫东"],
}


@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS.keys())
async def test_it_stands_once_the_next_owner_has_looked(desk: Stage, looks: list[str]) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    for words in looks:
        button, _, tapped = words.partition("：")
        await (taps(desk, "李敏", button) if tapped else says(desk, "李敏", words.format(no)))
    said = await says(desk, "王建国", f"撤回 {no}")
    assert "不能撤回" in said
    assert "退回" in said, "which is the way out"
    assert await stand(no) == "处理中 金额审批"


async def test_looking_at_another_case_is_not_looking(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk)
    await says(desk, "王建国", f"同意 {first}")
    await says(desk, "王建国", f"同意 {second}")
    await says(desk, "李敏", f"查 {second}")
    assert "已撤回同意" in await says(desk, "王建国", f"撤回 {first}")


async def test_nobody_takes_back_another_s_decision(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    said = await says(desk, "林晓", f"撤回 {no}")
    assert "上一步“同意”是 王建国 办的，不是你，不能撤回" in said
    assert "登记" not in said, "one reason, and it is true"


async def test_counted_goods_are_not_taken_back(desk: Stage) -> None:
    no = await received(desk)
    assert f"{no} 你的“确认收货”已经登记了货，不能撤回" in await says(desk, "周仓", f"撤回 {no}")


# -- 挂起 and 恢复 -----------------------------------------------------------------------------------------------------


async def test_a_case_is_put_aside_and_its_card_says_so(desk: Stage) -> None:
    no = await submitted(desk)
    said = await says(desk, "林晓", f"挂起 {no} 等客户寄回")
    assert f"{no} 已挂起" in said
    card = desk.card(desk.person("王建国"), "恢复")
    assert buttons(card) == ["恢复"]
    assert "已挂起：审核：退货 ¥5.10 等客户寄回" in text_of(card)
    assert "已挂起" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


async def test_one_tap_takes_it_up_again(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"挂起 {no} 等客户寄回")
    card = await taps(desk, "王建国", "恢复")
    assert "已挂起" not in card
    assert await stand(no) == "处理中 客服审核"
    await all_is_well(desk, no)
    await play(desk, "王建国 同意")
    await all_is_well(desk, no)


async def test_words_take_it_up_again_and_the_card_is_whole(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"挂起 {no} 等客户寄回")
    assert f"{no} 已恢复，现在：客服审核" in await says(desk, "林晓", f"恢复 {no}")
    await all_is_well(desk, no)
    await play(desk, "王建国 同意")
    await all_is_well(desk, no)


async def test_an_old_card_of_a_case_that_is_put_aside_is_refused_with_the_way_out(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"挂起 {no} 等客户寄回")
    assert f"{no} 这单已挂起，先回复“恢复 单号”再同意" in await says(desk, "王建国", f"同意 {no}")
    assert "可回复：恢复" in await says(desk, "王建国", "待办")


@pytest.mark.homes("both")
async def test_a_tap_on_a_card_that_could_not_be_redrawn_is_refused_with_the_way_out(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(73 * HOUR)  # a code of WeCom lives 72: the card can't be redrawn before it is tapped
    old, _ = desk.live(desk.person("王建国"))  # beside it the fresh one that says it is late
    await says(desk, "林晓", f"挂起 {no} 等客户寄回")
    card = await desk.tap(desk.person("王建国"), "同意", old)
    assert buttons(card) == ["恢复"]
    assert "这张卡片发出后单子有变动，刚才点的没有执行" in news(desk, "王建国")[-1]
    await all_is_well(desk, no)
    await play(desk, "王建国 恢复", "王建国 同意")
    await all_is_well(desk, no)


async def test_deadlines_move_by_the_time_away_and_nobody_is_reminded_meanwhile(desk: Stage) -> None:
    no = await submitted(desk)
    due = (await Task.get()).due_at
    await desk.later(HOUR)
    await says(desk, "林晓", f"挂起 {no} 等客户寄回")
    await desk.later(3 * DAY)
    assert not any("超时" in words for words in news(desk, "王建国"))
    await says(desk, "林晓", f"恢复 {no}")
    moved = (await Task.get()).due_at - due
    assert abs(moved - 3 * DAY) < timedelta(minutes=1)
    await desk.later(22 * HOUR)
    assert not any("超时提醒" in words for words in news(desk, "王建国"))
    await desk.later(2 * HOUR)
    assert any("超时提醒" in words for words in news(desk, "王建国"))


@pytest.mark.parametrize(
    ("words", "before", "after", "said"),
    [
        pytest.param("2小时", 1.9, 0.2, "到 11-23 11:00", id="a span"),
        pytest.param("明天", 23, 2, "到 11-24 09:00", id="a day"),
        pytest.param("11-25 下午3点", 53, 2, "到 11-25 15:00", id="a day and an hour"),
    ],
)
async def test_it_comes_back_by_itself(desk: Stage, words: str, before: float, after: float, said: str) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"挂起 {no} {words}")
    assert said in news(desk, "王建国")[-1]
    await desk.later(before * HOUR)
    assert await stand(no) == "已挂起 客服审核"
    await desk.later(after * HOUR)
    assert await stand(no) == "处理中 客服审核"
    resumed = await Event.get(action="恢复")
    assert resumed.actor == "系统"
    await all_is_well(desk, no)
    await play(desk, "王建国 同意")
    await all_is_well(desk, no)


@pytest.mark.homes("both")
async def test_a_card_that_wecom_no_longer_redraws_is_whole_once_it_is_tapped(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"挂起 {no} 4天")
    stale = desk.card(desk.person("王建国"), "恢复")
    await desk.later(97 * HOUR)
    assert buttons(stale) == ["恢复"], "a code of WeCom lives 72 hours"
    await desk.tap(desk.person("王建国"), "恢复", stale)
    assert len(desk.live(desk.person("王建国"))) == 2
    await all_is_well(desk, no)
    await play(desk, "王建国 同意")
    await all_is_well(desk, no)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("周仓", "你的角色不能用“挂起”"),
        ("何佳", "不在你能挂起的范围"),
        ("吴强", "你的角色不能用“挂起”"),
    ],
)
async def test_it_is_not_put_aside_by(desk: Stage, name: str, sentence: str) -> None:
    no = await submitted(desk)
    assert sentence in await says(desk, name, f"挂起 {no} 2天")
    assert await stand(no) == "处理中 客服审核"


# -- 催办, 评论, 抄送, 稍后 --------------------------------------------------------------------------------------------


async def test_the_owner_is_asked_to_hurry_once_an_hour(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已催 王建国" in await says(desk, "林晓", f"催办 {no}")
    assert f"{no} 客服审核：林晓 催办" in news(desk, "王建国")[-1]
    assert "一小时内已经由 林晓 催过了，请稍后再催" in await says(desk, "何佳", f"催办 {no}")
    await desk.later(HOUR)
    assert "已催 王建国" in await says(desk, "何佳", f"催办 {no}")


async def test_nobody_hurries_themselves_or_what_is_over(desk: Stage) -> None:
    no = await submitted(desk)
    assert "现在没有别人的待办可催" in await says(desk, "王建国", f"催办 {no}")
    await play(desk, "王建国 驳回")
    assert f"{no} 已关闭，没有人要催" in await says(desk, "林晓", f"催办 {no}")


async def test_a_comment_reaches_owner_and_creator_and_stands_in_the_timeline(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已记下评论" in await says(desk, "李敏", f"评论 {no} 客户说周五寄出")
    for name in ("王建国", "林晓"):
        assert f"{no} 李敏 评论：客户说周五寄出" in news(desk, name)[-1]
    assert "李敏 评论（客户说周五寄出）" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", "请写上要说的话"), ("好" * 501, "评论最多 500 个字，现在有 501 个")],
    ids=["nothing", "too much"],
)
async def test_a_comment_says_something(desk: Stage, words: str, sentence: str) -> None:
    no = await submitted(desk)
    assert sentence in await says(desk, "林晓", f"评论 {no} {words}")


async def test_whoever_is_copied_hears_of_every_decision(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已抄送 吴强、郑瑞" in await says(desk, "林晓", f"抄送 {no} 吴强、郑瑞")
    assert f"{no} 林晓 抄送：给 吴强、郑瑞" in news(desk, "吴强")[-1]
    await play(desk, "王建国 同意")
    for name in ("吴强", "郑瑞"):
        assert f"{no} 客服审核：王建国 同意" in news(desk, name)[-1]
    await says(desk, "王建国", f"撤回 {no}")
    await play(desk, "王建国 驳回")
    assert f"{no} 客服审核：王建国 驳回" in news(desk, "吴强")[-1]


async def test_nobody_unknown_is_copied(desk: Stage) -> None:
    no = await submitted(desk)
    assert "没有叫 张三 的员工，请写全名" in await says(desk, "林晓", f"抄送 {no} 吴强、张三")
    assert "抄送人" not in (await Case.get()).facts


async def test_a_node_may_name_roles_that_hear_of_it(desk: Stage) -> None:
    await use(desk, single("抄送: [风控专员]"))
    no = await submitted(desk)
    assert not news(desk, "郑瑞")
    await play(desk, "王建国 驳回")
    assert f"{no} 审核：王建国 驳回" in news(desk, "郑瑞")[-1]


async def test_a_task_is_put_off_and_comes_back(desk: Stage) -> None:
    no = await submitted(desk)
    due = (await Task.get()).due_at
    assert f"{no} 先放着，11-23 11:00 再给你" in await says(desk, "王建国", f"稍后 {no} 2小时")
    assert "没有待办" in await says(desk, "王建国", "待办")
    await desk.later(1.9 * HOUR)
    assert "没有待办" in await says(desk, "王建国", "待办")
    await desk.later(0.2 * HOUR)
    assert f"{no}" in await says(desk, "王建国", "待办")
    assert (await Task.get()).due_at == due, "its time limit has not moved"
    assert len(desk.live(desk.person("王建国"))) == 2, "the card was shown again"
    await all_is_well(desk, no)
    await play(desk, "王建国 同意")
    await all_is_well(desk, no)


@pytest.mark.parametrize("word", ["评论 {no} 客户说周五寄", "运单 {no} SF1234567890"])
async def test_a_task_is_put_off_until_the_customer_is_heard_of(desk: Stage, word: str) -> None:
    no = await submitted(desk)
    told = await says(desk, "王建国", f"稍后 {no} 等客户回复")
    assert f"{no} 先放着，有人评论或登记运单就给你，最晚 11-24 09:00" in told
    await desk.later(3 * HOUR)
    assert "没有待办" in await says(desk, "王建国", "待办")
    await says(desk, "林晓", word.format(no=no))
    assert f"{no}" in await says(desk, "王建国", "待办")
    assert len(desk.live(desk.person("王建国"))) == 2, "the card was shown again"
    await all_is_well(desk, no)


async def test_a_customer_who_is_silent_holds_nothing_up(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"稍后 {no} 客户回复")
    await desk.later(24.1 * HOUR)
    assert no in await says(desk, "王建国", "待办")
    assert "最晚 11-25 09:0" in await says(desk, "王建国", f"稍后 {no} 客户回复"), "it is overdue: a day more"
    await says(desk, "林晓", f"评论 {no} 客户来电")
    await says(desk, "王建国", f"稍后 {no} 客户回复")
    await says(desk, "林晓", f"评论 {no} 客户又来电")
    assert no in await says(desk, "王建国", "待办"), "each reply brings it back"
    await all_is_well(desk, no)


@pytest.mark.parametrize(
    ("words", "sentence"), [("昨天", "要推到以后的时间"), ("2026-11-22", "要推到以后的时间"), ("以后再说", "看不懂")]
)
async def test_a_task_is_put_off_to_a_moment_that_comes(desk: Stage, words: str, sentence: str) -> None:
    no = await submitted(desk)
    assert sentence in await says(desk, "王建国", f"稍后 {no} {words}")


async def test_a_supervisor_puts_aside_and_takes_up_what_is_somebody_else_s(desk: Stage) -> None:
    """docs/roles.md: 客服主管 may on every case."""
    no = await submitted(desk)
    assert f"{no} 已挂起" in await says(desk, "李敏", f"挂起 {no} 等客户回国")
    await all_is_well(desk, no)
    assert f"{no} 已恢复" in await says(desk, "李敏", f"恢复 {no}")
    await all_is_well(desk, no)
