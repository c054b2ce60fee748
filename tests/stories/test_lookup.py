"""Asking: 查 by any number, 待办 in order of urgency, 帮助 per role, in a group, and by somebody who is no member."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Member, Task
from sandbox.world import Person
from tests.support.own_flows import LEVELS, single, use
from tests.support.proof import rows
from tests.support.stage import sell, text_of
from tests.support.stories import (
    LAMP,
    NO_REASON,
    finish,
    group_news,
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
    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN = "林晓"
GROUP = "cidAfterSales01"
LANTERN = "退货 536365 71053×1 质量问题"


# -- 查 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("R20261123-0001", id="its number"),
        pytest.param("r20261123-0001", id="its number in small letters"),
        pytest.param("536365", id="the order"),
        pytest.param("sf1234567890", id="the waybill"),
        pytest.param("8000", id="four digits of the phone"),
        pytest.param("13800138000", id="the whole phone number"),
    ],
)
async def test_a_case_is_found_by(desk: Stage, asked: str) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"运单 {no} SF1234567890")
    told = await says(desk, "李敏", f"查 {asked}")
    shown = [f"{no} 退货 · 质量问题 · ¥5.10", "状态：处理中 · 客服审核（王建国）", "订单：536365"]
    for words in (*shown, "运单：SF1234567890", "备注：外壳破裂", "林晓 提交"):
        assert words in told


@pytest.mark.parametrize("asked", ["售后单 R20261123-0099", "1234：", "000：", "SF0000000000：", "李四："])
async def test_what_is_not_there_is_said(desk: Stage, asked: str) -> None:
    await submitted(desk)
    told = await says(desk, LIN, f"查 {asked.removeprefix('售后单 ').removesuffix('：')}")
    assert f"没有找到{asked}" in told.replace("没有找到 ", "没有找到")


async def test_who_forgets_the_number_is_shown_how(desk: Stage) -> None:
    assert "请写上要查的号，例如：查 R20261122-0007" in await says(desk, LIN, "查")


async def test_several_cases_are_listed_the_newest_first(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk, LANTERN)
    await play(desk, "王建国 驳回")
    told = await says(desk, LIN, "查 536365")
    lines = told.split("\n")
    assert lines[0] == "找到 2 单："
    assert lines[1:3] == [
        f"1. {second} 退货 ¥3.39 已关闭（拒绝）",
        f"2. {first} 退货 ¥5.10 处理中 · 客服审核（王建国）",
    ]


async def test_customers_with_the_same_tail_are_both_listed(desk: Stage) -> None:
    await sell("536366", LAMP, mobile="13900138000")
    await submitted(desk)
    await submitted(desk, "退货 536366 85123A×1 质量问题")
    assert "找到 2 单：" in await says(desk, LIN, "查 8000")


async def test_a_name_is_never_shown_whole(desk: Stage) -> None:
    no = await submitted(desk)
    told = await says(desk, LIN, f"查 {no}")
    assert "李**" in told
    assert "李雷" not in told
    assert "13800138000" not in told


# -- 待办 --------------------------------------------------------------------------------------------------------------


async def test_what_is_due_first_is_listed_first(desk: Stage) -> None:
    first = await submitted(desk)
    await desk.later(timedelta(hours=2))
    second = await submitted(desk, LANTERN)
    told = await says(desk, "王建国", "待办")
    assert "待办 2 件，最急的在前" in told
    assert told.index(first) < told.index(second)
    assert f"可回复：同意／转交／驳回 {first}" in told


async def test_a_deed_is_done_by_the_words_that_the_list_gives(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已同意，现在：金额审批 · 李敏" in await says(desk, "王建国", f"同意 {no}")
    assert "没有待办，辛苦了" in await says(desk, "王建国", "待办")
    await the_cards_are_true(desk)


async def test_a_whole_return_is_walked_by_words(desk: Stage) -> None:
    no = await submitted(desk)
    for name, word in (
        ("王建国", "同意"),
        ("李敏", "同意"),
        ("周仓", "确认收货"),
        ("许静", "合格入库"),
        ("钱芳", "确认退款"),
    ):
        await says(desk, name, f"{word} {no}")
        await the_cards_are_true(desk)
    assert await stand(no) == "已完成"
    assert not any(desk.live(person) for person in desk.sandbox.world.people)


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        pytest.param("李敏", "同意 {no}", "客服审核不是你的待办，由 王建国 处理", id="somebody else's"),
        pytest.param("王建国", "确认收货 {no}", "这单现在在客服审核，不能确认收货", id="not here"),
        pytest.param("王建国", "同意 R20261123-0099", "没有找到售后单 R20261123-0099", id="no such case"),
        pytest.param("王建国", "拆封 {no}", "“拆封”没看懂", id="no such deed"),
    ],
)
async def test_a_deed_that_can_not_be_is_refused(desk: Stage, name: str, line: str, sentence: str) -> None:
    no = await submitted(desk)
    before = await rows()
    assert sentence in await says(desk, name, line.format(no=no))
    assert await rows() == before


async def test_what_is_over_needs_nobody(desk: Stage) -> None:
    no = await submitted(desk)
    await finish(desk, no)
    assert f"{no} 这单已完成，不用再处理" in await says(desk, "王建国", f"同意 {no}")


# -- 帮助 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        pytest.param("林晓", {"退货", "运单", "查", "报表", "待办"}, {"收货", "发布"}, id="an agent opens"),
        pytest.param("周仓", {"收货", "运单", "查", "待办"}, {"退货", "报表"}, id="a keeper receives"),
        pytest.param("许静", {"查", "待办"}, {"退货", "收货", "运单", "报表"}, id="an inspector decides"),
        pytest.param("钱芳", {"查", "待办", "报表"}, {"退货", "收货", "运单"}, id="finance pays"),
        pytest.param("陈卓", {"退货", "收货", "运单", "查", "报表", "待办"}, set(), id="an administrator may all"),
    ],
)
async def test_help_lists_what_a_role_may_say(desk: Stage, name: str, may: set[str], may_not: set[str]) -> None:
    told = await says(desk, name, "帮助")
    listed = {word for line in told.split("\n") if line.startswith("· ") for word in line.partition("：")[2].split(" ")}
    assert may | {"帮助", "转交"} <= listed
    assert not may_not & listed


async def test_what_help_does_not_list_is_refused_with_who_may(desk: Stage) -> None:
    told = await says(desk, "许静", "退货 536365")
    assert told == "你的角色不能用“退货”，可以找：客服、客服主管、客服组长、管理员"


@pytest.mark.homes("both")
async def test_who_opens_the_chat_is_told_what_there_is(desk: Stage) -> None:
    await desk.sandbox.wecom.phones.enter("zhoucang")
    await desk.bot.settled()
    assert news(desk, "周仓")[-1].startswith("周仓（仓管员），我是回旋镖")


@pytest.mark.parametrize(
    ("words", "kind"), [("谢谢", "不客气"), ("收到", "好的"), ("好的", "好的"), ("辛苦了", "不辛苦，有事随时说")]
)
async def test_small_talk_has_a_short_kind_answer_and_does_nothing(desk: Stage, words: str, kind: str) -> None:
    assert await says(desk, LIN, words) == kind


async def test_one_command_is_explained_with_examples(desk: Stage) -> None:
    told = await says(desk, LIN, "帮助 退货")
    assert "写法：退货 <订单号>" in told
    assert "例如：退货 536365 85123A×2" in told
    assert "写法：" in await says(desk, "王建国", "帮助 驳回"), "a button has the lines of all buttons"
    assert "你的角色不能用“退货”" in await says(desk, "许静", "帮助 退货")
    assert "没有“唱歌”这一句" in await says(desk, LIN, "帮助 唱歌")


# -- a group, and a stranger -------------------------------------------------------------------------------------------


async def in_the_group(desk: Stage, words: str, userid: str = "lin.xiao") -> str:
    """What the bot answers in 售后群 on DingTalk."""
    await desk.sandbox.dingtalk.phones.say(userid, words, group=GROUP)
    await desk.bot.settled()
    return group_news(desk, "售后群")[-1]


async def test_who_asks_in_a_group_is_answered_alone_and_the_group_hears_where(desk: Stage) -> None:
    no = await submitted(desk)
    assert await in_the_group(desk, f"@售后助手 查 {no}") == "林晓，已私下发给你，请看和我的单聊"
    assert f"{no} 退货 · 质量问题 · ¥5.10" in news(desk, LIN)[-1]


async def test_what_is_not_said_to_the_bot_is_not_answered(desk: Stage) -> None:
    no = await submitted(desk)
    assert await in_the_group(desk, f"查 {no}") == f"查 {no}"


async def test_a_deed_in_a_group_is_a_deed(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已同意" in await in_the_group(desk, f"@售后助手 同意 {no}", "wang.jianguo")
    await the_cards_are_true(desk)


@pytest.mark.parametrize("words", ["帮助", "查 536365", "退货 536365 85123A×2 质量问题", "同意 R20261123-0001"])
async def test_a_stranger_is_told_so_and_nothing_else(desk: Stage, home: Home, words: str) -> None:
    await submitted(desk, NO_REASON)
    desk.sandbox.world.people.append(Person("新来的", (), "newcomer" if home == "both" else None, "new.comer"))
    before = await rows()
    told = await says(desk, "新来的", words)
    account = "newcomer" if home == "both" else "new.comer"
    assert told == f"你还没有登记为员工，请找 管理员 陈卓 登记，报上你的账号 {account}；登记好再来说一句"
    assert await rows() == before


async def test_a_stranger_in_a_group_is_told_so_there(desk: Stage) -> None:
    desk.sandbox.world.people.append(Person("新来的", (), None, "new.comer"))
    told = await in_the_group(desk, "@售后助手 待办", "new.comer")
    assert told == "你还没有登记为员工，请找 管理员 陈卓 登记；登记好再来说一句"
    assert [text_of(item) for item in desk.phone(desk.person("新来的"))] == []


# -- 验真 --------------------------------------------------------------------------------------------------------------


async def test_a_record_that_nobody_touched_holds(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    count = await Event.all().count()
    assert await says(desk, "钱芳", f"验真 {no}") == f"{no} 的 {count} 条流水首尾相接，没有被改动过"


async def test_a_record_that_somebody_touched_names_the_first_row(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    desk.honest = False
    await Event.filter(action="同意").update(actor="李敏")
    told = await says(desk, "钱芳", f"验真 {no}")
    assert told == f"对不上：{no} 第 3 步（李敏 同意）被改动过。请管理员从备份核对，这单先别放款"


@pytest.mark.parametrize(
    ("name", "words", "action"),
    [("周仓", "同意 {no}", "同意"), ("何佳", "撤单 {no}", "撤单"), ("钱芳", "退回 {no}", "退回")],
)
async def test_who_tried_what_they_may_not_is_on_record(desk: Stage, name: str, words: str, action: str) -> None:
    no = await submitted(desk)
    before, version = await Event.all().count(), (await Case.get(no=no)).version
    refused = await says(desk, name, words.format(no=no))
    told = await says(desk, "钱芳", f"验真 {no}")
    assert f"{no} 的 {before} 条流水首尾相接，没有被改动过" in told
    assert "被拒绝的操作 1 次，什么都没有改：" in told
    assert f"· 11-23 09:00 {name} {action}：{refused}" in told
    assert (await Case.get(no=no)).version == version


async def test_a_tap_of_somebody_who_may_not_is_on_record(desk: Stage) -> None:
    """What a tap may do is decided when it comes: she had the task when she got the card."""
    no = await received(desk)
    await Task.filter(node="质检").update(owner_id=(await Member.get(name="周仓")).id)
    desk.honest = False  # a task moved by hand does not stand in the chain
    await taps(desk, "许静", "合格入库")
    assert "· 11-23 09:00 许静 合格入库：" in await says(desk, "钱芳", f"验真 {no}")
    assert await stand(no) == "处理中 质检"


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("林晓", "验真 {no}", "你的角色不能用“验真”，可以找：客服主管、管理员、财务"),
        ("钱芳", "验真", "请写上单号，例如：验真 R20261122-0007"),
        ("钱芳", "验真 R20261123-0099", "没有找到"),
        ("林晓", "客户 13800138000", "客户档案还没有；回复 查 手机尾号，看这位客户的单子"),
        ("林晓", "话术", "话术库还没有；配件缺失的话术会自己出现在卡片上"),
        ("林晓", "反馈 卡片太长", "意见箱还没有，请直接告诉管理员"),
    ],
)
async def test_what_can_not_be_answered_says_why(desk: Stage, name: str, words: str, told: str) -> None:
    no = await submitted(desk)
    assert told in await says(desk, name, words.format(no=no))


async def test_a_card_that_was_asked_for_in_a_group_goes_to_whoever_asked_and_the_group_hears_where(
    desk: Stage,
) -> None:
    told = await in_the_group(desk, "@售后助手 退货 536365 85123A×1 质量问题")
    assert told == "林晓，已私下发给你，请看和我的单聊"
    assert "确认退货：预计退款 ¥2.55" in news(desk, LIN)[-1]
    await the_cards_are_true(desk)


# -- 规则 --------------------------------------------------------------------------------------------------------------


async def test_the_rules_show_every_table_that_has_rows(desk: Stage) -> None:
    told = await says(desk, "李敏", "规则")
    for words in (
        "1. 主管审批：金额 ≤5000 → 客服主管",
        "资格（",
        "超过无理由期：类型 七天无理由，签收天数 >7 → 例外",
        "风险客户（1 行，所有政策共用）",
    ):
        assert words in told
    whole = await says(desk, "李敏", "规则 资格")
    assert "签收已 {签收天数} 天，超过七天无理由的 7 天" in whole
    assert "退货地址还没有行" in await says(desk, "李敏", "规则 退货地址")


async def test_a_level_is_explained_by_its_own_time(desk: Stage) -> None:
    await role("刘洋", "质检员")
    await use(desk, single(LEVELS.replace("{名: 复检,", "{名: 复检, 时限: 4小时,")))
    no = await submitted(desk)
    await play(desk, "许静 同意")
    told = await says(desk, "林晓", f"规则 为什么 {no}")
    assert "· 审核（复检）：刘洋" in told
    assert "时限 4小时" in told
    assert "金额档" not in told, "this flow asks for no amount"
