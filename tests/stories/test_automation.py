"""If … then … over the wire: groups are alarmed, people told, facts noted, once; and at night what can wait waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flow.records.verification import broken_cases
from flow.versions import publish
from models import Case, Event, Outbox
from tests.support.own_flows import LEVELS, single, use
from tests.support.stage import sell
from tests.support.stories import (
    approved,
    group_news,
    news,
    play,
    received,
    role,
    says,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

FEEDER = {"W1": ("自动喂食器", 3, "2880.00")}
TILL_NIGHT, TILL_MORNING, DAY = timedelta(hours=14), timedelta(hours=9), timedelta(days=1)  # from 9:00, from 23:00
ALMOST_MORNING = TILL_MORNING - timedelta(minutes=1)


async def rules(desk: Stage, *rows: str) -> None:
    """Publish these rules, each a row of YAML without its braces."""
    text = "自动规则:\n" + "".join(f"  - {{{row}}}\n" for row in rows)
    await publish({("rules", "rules"): text}, "测试", desk.clock.now())


async def ruled(no: str) -> list[tuple[str, str]]:
    """The rules on the record of a case, with what they did."""
    events = await Event.filter(case__no=no, action="自动规则").order_by("seq")
    assert {(event.actor, event.actor_id) for event in events} <= {("系统", None)}
    return [(event.data["rule"], "；".join(event.data["做"])) for event in events]


async def nothing_is_broken(desk: Stage) -> None:
    await the_cards_are_true(desk)
    assert [sentence async for sentence in broken_cases()] == []


# -- the shipped rules -------------------------------------------------------------------------------------------------


async def test_a_large_return_is_told_to_the_managers_once(desk: Stage) -> None:
    await sell("1", FEEDER)
    no = await submitted(desk, "退货 1 W1×2 质量问题")
    words = f"大额提醒：林晓 提交了 {no}（退货，质量问题），金额 见单聊"
    assert group_news(desk, "管理群") == [words]
    whole = words.replace("见单聊", "¥5,760.00")
    assert whole in news(desk, "陈卓"), "the administrator, alone"
    assert not [name for name in ("林晓", "王建国", "李敏", "钱芳", "赵卫东") if whole in news(desk, name)]
    assert await ruled(no) == [("大额提醒", f"告警 管理群：{words}")]
    assert "系统 自动规则（大额提醒）" in await says(desk, "林晓", f"查 {no}")
    await play(desk, "王建国 同意")
    assert group_news(desk, "管理群") == [words]
    await nothing_is_broken(desk)


async def test_an_ordinary_return_is_nobodys_news(desk: Stage) -> None:
    no = await submitted(desk)
    assert (group_news(desk, "管理群"), group_news(desk, "风控群"), await ruled(no)) == ([], [], [])


async def test_the_fourth_return_in_half_a_year_is_told_to_risk_and_noted(desk: Stage) -> None:
    for _ in range(3):
        await submitted(desk, "退货 536365 85123A×1 质量问题 外壳破裂")
    assert group_news(desk, "风控群") == []
    no = await submitted(desk, "退货 536365 85123A×1 质量问题 外壳破裂")
    assert group_news(desk, "风控群") == [f"连续退货：{no} 的客户半年内已退过 3 次，这次退货，请看一下"]
    facts = (await Case.get(no=no)).facts
    assert (facts["风险客户"], facts["风险规则"], facts["半年退货次数"]) == ("是", "连续退货", 3)
    await nothing_is_broken(desk)


async def test_bad_goods_are_told_to_the_managers(desk: Stage) -> None:
    no = await received(desk)
    await taps(desk, "许静", "次品处理")
    assert group_news(desk, "管理群") == [f"次品告警：{no} 质检为次品，责任 供应商"]
    assert [name for name, _ in await ruled(no)] == ["次品告警"]
    await nothing_is_broken(desk)


# -- own rules ---------------------------------------------------------------------------------------------------------


async def test_owners_the_creator_and_a_role_hear_of_a_rule(desk: Stage) -> None:
    await rules(
        desk,
        "名: 先说, 当: 提交, 做: [{评论: '{单号} 请先看照片'}]",
        "名: 到仓, 当: 进入, 节点: 仓库收货, 做: [{通知负责人: 易碎，轻放}, {抄送: 财务, 说: 请备款}]",
    )
    no = await submitted(desk)
    assert any(f"自动规则：先说，{no} 请先看照片" in words for words in news(desk, "王建国"))
    assert any(f"自动规则：先说，{no} 请先看照片" in words for words in news(desk, "林晓"))
    await play(desk, "王建国 同意", "李敏 同意")
    for name in ("周仓", "刘洋", "钱芳"):
        assert [words for words in news(desk, name) if "自动规则：到仓，易碎，轻放；请备款" in words], name
    assert not [words for words in news(desk, "许静") if "自动规则" in words]
    await nothing_is_broken(desk)


async def test_who_was_copied_hears_of_every_decision_from_then_on(desk: Stage) -> None:
    await rules(desk, "名: 抄送总监, 当: 提交, 条件: {金额: '>5'}, 做: [{抄送: 运营总监}]")
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    told = [words for words in news(desk, "赵卫东") if no in words]
    assert ["自动规则：抄送总监" in words for words in told] == [True, False]
    assert "王建国 同意" in told[-1]


async def test_one_opinion_of_several_is_no_decision(desk: Stage) -> None:
    """Of a node in levels the last one's choice counts: the rule is heard once."""
    await role("刘洋", "质检员")
    await use(desk, single(LEVELS))
    await rules(desk, "名: 退了, 当: 办理, 动作: 驳回, 做: [{告警: 管理群, 说: '{单号} 驳回了'}]")
    no = await submitted(desk)
    await play(desk, "许静 驳回")
    assert not [words for words in group_news(desk, "管理群") if "驳回了" in words]
    await play(desk, "刘洋 驳回")
    assert len([words for words in group_news(desk, "管理群") if f"{no} 驳回了" in words]) == 1


async def test_what_a_rule_notes_is_there_for_who_comes_next(desk: Stage) -> None:
    await rules(
        desk,
        "名: 甲, 当: 提交, 做: [{记: {紧急: 是}}]",
        "名: 乙, 当: 办理, 条件: {紧急: 是}, 做: [{告警: 管理群, 说: '{单号} {节点} {动作} {办理人}'}]",
    )
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert group_news(desk, "管理群") == [f"{no} 客服审核 同意 王建国"]
    assert "紧急" in (await Case.get(no=no)).facts
    await says(desk, "王建国", f"撤回 {no}")
    assert group_news(desk, "管理群")[1:] == [f"{no} 客服审核 撤回 王建国"]
    await nothing_is_broken(desk)


@pytest.mark.parametrize(
    ("row", "ends"),
    [
        (
            "名: 甲, 当: 关闭, 条件: {关闭原因: 拒绝}, 做: [{告警: 管理群, 说: '{单号} {状态} {关闭原因}'}]",
            "已关闭 拒绝",
        ),
        ("名: 甲, 当: 办理, 动作: 驳回, 做: [{告警: 管理群, 说: '{单号} {状态} {关闭原因}'}]", "已关闭 拒绝"),
        ("名: 甲, 当: 完成, 做: [{告警: 管理群, 说: '{单号} {状态}'}]", ""),
        ("名: 甲, 当: 关闭, 停用: true, 做: [{告警: 管理群, 说: '{单号}'}]", ""),
    ],
)
async def test_how_a_case_ends_is_a_moment(desk: Stage, row: str, ends: str) -> None:
    await rules(desk, row)
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    assert group_news(desk, "管理群") == ([f"{no} {ends}"] if ends else [])


async def test_missing_parts_are_a_moment(desk: Stage) -> None:
    await rules(desk, "名: 缺件, 当: 缺件, 节点: 仓库收货, 做: [{告警: 管理群, 说: '{单号} 缺 {缺件}'}]")
    no = await approved(desk)
    await taps(desk, "周仓", "配件缺失")
    await says(desk, "周仓", "灯罩 3")
    assert group_news(desk, "管理群") == [f"{no} 缺 灯罩"]


async def test_what_lies_too_long_is_a_moment_once(desk: Stage) -> None:
    await rules(
        desk, "名: 晚了, 当: 超时, 节点: 客服审核, 做: [{告警: 管理群, 说: '{单号} 停在 {节点}'}, {记: {紧急: 是}}]"
    )
    no = await submitted(desk)
    for _ in range(3):
        await desk.later(DAY + timedelta(minutes=1))
    assert group_news(desk, "管理群") == [f"{no} 停在 客服审核"]
    assert (await Case.get(no=no)).facts["紧急"] == "是"
    await play(desk, "王建国 同意")
    await says(desk, "王建国", f"撤回 {no}")
    assert (await Case.get(no=no)).facts["紧急"] == "是", "what was noted before the decision outlives its undoing"
    await nothing_is_broken(desk)


async def test_what_rules_say_of_four_late_tasks_is_one_message_each(desk: Stage) -> None:
    """The owner, whoever is copied, and the group."""
    await rules(
        desk,
        "名: 晚了, 当: 超时, 做: "
        "[{告警: 管理群, 说: '{单号} 停在 {节点}'}, {抄送: 运营总监}, {通知负责人: 请今天办完}]",
    )
    lines = ("85123A×1", "71053×1", "85123A×2", "71053×2")
    numbers = [await submitted(desk, f"退货 536365 {line} 质量问题") for line in lines]
    before = {name: len(news(desk, name)) for name in ("王建国", "赵卫东")}
    await desk.later(DAY + timedelta(minutes=1))
    [to_owner], [to_copied] = (fresh(desk, name, n) for name, n in before.items())
    assert to_owner.startswith("超时提醒：你有 4 件待办超时")
    assert "\n有 4 单有消息：" in to_owner
    assert to_copied.startswith("有 4 单有消息：")
    assert to_owner.count("请今天办完") == 4
    assert all(no in to_owner and no in to_copied for no in numbers)
    [told] = group_news(desk, "管理群")
    assert sorted(told.split("\n")) == [f"{no} 停在 客服审核" for no in numbers]
    await nothing_is_broken(desk)


# -- in words, and tried -----------------------------------------------------------------------------------------------


async def test_the_rules_are_listed_in_words(desk: Stage) -> None:
    words = await says(desk, "李敏", "自动规则")
    assert "自动规则 3 条" in words
    assert "1. 大额提醒：提交时，如果 金额>5000，就 告警 管理群" in words


async def test_a_trial_says_what_would_happen_and_writes_nothing(desk: Stage) -> None:
    await sell("1", FEEDER)
    no = await submitted(desk, "退货 1 W1×2 质量问题")
    before = (await Event.all().count(), await Outbox.exclude(kind="reply").count(), (await Case.get(no=no)).facts)
    words = await says(desk, "李敏", f"自动规则 试 {no}")
    assert f"· 大额提醒（提交时）：会触发   告警 管理群：大额提醒：林晓 提交了 {no}" in " ".join(words.split("\n"))
    assert "· 连续退货（提交时）：不会，半年退货次数 是 0，要 >=3" in words
    assert before == (
        await Event.all().count(), await Outbox.exclude(kind="reply").count(), (await Case.get(no=no)).facts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words", "answer"),
    [
        ("李敏", "自动规则 试", "请写成：自动规则，自动规则 试 单号"),
        ("李敏", "自动规则 试 R20200101-0001", "没有找到售后单 R20200101-0001"),
        ("周仓", "自动规则", "你的角色不能用“自动规则”"),
    ],
)
async def test_what_cannot_be_tried_is_said(desk: Stage, name: str, words: str, answer: str) -> None:
    assert answer in await says(desk, name, words)


# -- the night ---------------------------------------------------------------------------------------------------------


async def at_night(desk: Stage, line: str = "退货 536365 85123A×1 质量问题 外壳破裂") -> str:
    """A case of the day that somebody decides at eleven in the evening."""
    no = await submitted(desk, line)
    await desk.later(TILL_NIGHT)
    await play(desk, "王建国 同意")
    return no


def fresh(desk: Stage, name: str, seen: int) -> list[str]:
    return news(desk, name)[seen:]


async def test_the_creator_hears_in_the_morning_what_was_decided_at_night(desk: Stage) -> None:
    no = await submitted(desk)
    seen = len(news(desk, "林晓"))
    await desk.later(TILL_NIGHT)
    await play(desk, "王建国 同意")
    assert "审批：退款 ¥5.10" in news(desk, "李敏")[-1], "work does not stop"
    await desk.later(ALMOST_MORNING)
    assert fresh(desk, "林晓", seen) == []
    await desk.later(timedelta(minutes=1))
    [words] = fresh(desk, "林晓", seen)
    assert words.startswith(f"{no} 客服审核：王建国 同意（11-23 23:00）")
    await desk.later(TILL_NIGHT)
    assert len(fresh(desk, "林晓", seen)) == 1
    await nothing_is_broken(desk)


async def test_what_waited_for_one_person_comes_as_one_message(desk: Stage) -> None:
    nos = [await submitted(desk, f"退货 536365 {sku}×1 质量问题 外壳破裂") for sku in ("85123A", "71053")]
    seen = len(news(desk, "林晓"))
    await desk.later(TILL_NIGHT)
    for no in nos:
        await says(desk, "王建国", f"同意 {no}")
        await says(desk, "李敏", f"评论 {no} 明天发货")
    await desk.later(TILL_MORNING)
    [words] = fresh(desk, "林晓", seen)
    head, *lines = words.split("\n")
    assert head == "免打扰时间里有 2 单有消息："
    for no, line in zip(nos, lines, strict=True):
        assert line.startswith(f"· {no} 客服审核：王建国 同意")
        assert "李敏 评论：明天发货" in line
        assert line.count("现在：") == 1


async def test_an_urgent_case_is_told_at_night(desk: Stage) -> None:
    await rules(desk, "名: 急, 当: 提交, 做: [{记: {紧急: 是}}]")
    no = await at_night(desk)
    assert f"{no} 客服审核：王建国 同意" in news(desk, "林晓")[-1]


async def test_a_reminder_that_falls_into_the_night_waits(desk: Stage, home: Home) -> None:
    await desk.later(TILL_NIGHT)
    no = await submitted(desk)
    seen = {name: len(news(desk, name)) for name in ("王建国", "李敏")}
    await desk.later(DAY + timedelta(minutes=1))
    assert [fresh(desk, name, n) for name, n in seen.items()] == [[], []]
    await desk.later(TILL_MORNING)
    [to_owner, *card], [to_manager] = (fresh(desk, name, n) for name, n in seen.items())
    assert ["时限 已超时 9 时" in words for words in card] == ([True] if home == "both" else []), "WeCom's rings anew"
    assert ("超时提醒" in to_owner, "已超时 9 时" in to_owner, no in to_owner) == (True, True, True)
    assert "抄送：王建国的待办已超时 9 时" in to_manager


async def test_a_reminder_of_what_was_done_meanwhile_is_not_given(desk: Stage) -> None:
    await desk.later(TILL_NIGHT)
    await submitted(desk)
    await desk.later(DAY + timedelta(minutes=1))
    await play(desk, "王建国 同意")
    seen = len(news(desk, "王建国"))
    await desk.later(TILL_MORNING)
    assert fresh(desk, "王建国", seen) == []


async def test_whoever_is_asked_to_hurry_hears_it_at_night(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(TILL_NIGHT)
    await says(desk, "林晓", f"催办 {no}")
    assert "林晓 催办" in news(desk, "王建国")[-1]


async def test_a_message_that_waits_outlives_a_restart(desk: Stage) -> None:
    no = await at_night(desk)
    await desk.restart()
    seen = len(news(desk, "林晓"))
    await desk.later(TILL_MORNING)
    [words] = fresh(desk, "林晓", seen)
    assert no in words


async def test_without_quiet_hours_the_night_is_like_the_day(desk: Stage) -> None:
    await publish({("calendar", "calendar"): "免打扰: {}"}, "测试", desk.clock.now())
    no = await at_night(desk)
    assert f"{no} 客服审核：王建国 同意" in news(desk, "林晓")[-1]


async def test_a_dear_repair_pays_nothing_and_alarms_nobody(desk: Stage) -> None:
    await sell("900", {"T1": ("跑步机", 1, "8800.00")}, customer="C9", mobile="13900139000")
    no = await submitted(desk, "维修 900 保外维修 不转了")
    assert group_news(desk, "管理群") == []
    told = await says(desk, "李敏", f"自动规则 试 {no}")
    assert "· 大额提醒（提交时）：不会，金额 是 无，要 >5000" in told
