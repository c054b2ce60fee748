"""Who hears an answer: a group only what anybody may read, whoever asked the rest, and nobody waits in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.root import router
from models import Outbox, WorkState
from tests.support.stage import text_of
from tests.support.stories import group_news, news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

GROUP = "cidAfterSales01"
ASIDE = "{}，已私下发给你，请看和我的单聊"
IDS = {"林晓": "lin.xiao", "王建国": "wang.jianguo", "李敏": "li.min"}
#: commands whose answer any reader of a group may see; the rest is for whoever asks
OPEN = {
    "帮助", "运单", "转交", "加签", "退回", "撤回", "挂起", "恢复", "重开", "催办", "评论", "抄送", "稍后", "请假",
    "代人请假", "报表", "流程", "模板",
}  # fmt: skip


async def in_the_group(desk: Stage, name: str, words: str) -> list[str]:
    """What the group hears of the bot after somebody has typed this there."""
    before = len(group_news(desk, "售后群"))
    await desk.sandbox.dingtalk.phones.say(IDS[name], f"@售后助手 {words}", group=GROUP)
    await desk.bot.settled()
    return group_news(desk, "售后群")[before + 1 :]


def test_only_what_is_marked_harmless_is_said_in_a_group() -> None:
    assert {name for name, entry in router.commands.items() if not entry.private} == OPEN


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("林晓", "查 {no}"),
        ("林晓", "查 536365"),
        ("林晓", "查 8000"),
        ("林晓", "查 类型=质量问题"),
        ("王建国", "待办"),
        ("林晓", "链接 {no}"),
        ("李敏", "验真 {no}"),
        ("王建国", "导出 {no}"),
        ("王建国", "导出 本月"),
        ("王建国", "批量同意"),
        ("王建国", "规则 为什么 {no}"),
        ("王建国", "名单 禁止 13800138000 恶意退货"),
        ("李敏", "自动规则 试 {no}"),
        ("林晓", "退货 536365 71053×1 质量问题"),
        ("林晓", "退货 536365"),
        ("林晓", "退货 536365 85123A×99 质量问题"),
        ("王建国", "为什么是我 {no}"),
        ("林晓", "拆分 {no} 85123A×1"),
    ],
)
async def test_what_is_about_a_customer_is_answered_alone(desk: Stage, name: str, words: str) -> None:
    no = await submitted(desk)
    before = len(news(desk, name))
    heard = await in_the_group(desk, name, words.format(no=no))
    assert heard == [ASIDE.format(name)]
    assert len(news(desk, name)) > before


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("林晓", "运单 {no} SF1234567890", "已登记：{no} 的退货包裹 SF1234567890"),
        ("林晓", "催办 {no}", "{no} 已催 王建国"),
        ("林晓", "评论 {no} 客户在催", "{no} 已记下评论（客户在催）"),
        ("王建国", "同意 {no}", "{no} 已同意，现在：金额审批 · 李敏"),
        ("王建国", "转交 {no} 李敏", "{no} 已转交 李敏"),
    ],
)
async def test_what_names_no_customer_is_said_where_it_was_asked(desk: Stage, name: str, words: str, told: str) -> None:
    no = await submitted(desk)
    assert await in_the_group(desk, name, words.format(no=no)) == [told.format(no=no)]


async def test_help_and_charts_stay_in_the_group(desk: Stage) -> None:
    await submitted(desk)
    [told] = await in_the_group(desk, "林晓", "帮助")
    assert "查" in told
    [chart] = await in_the_group(desk, "林晓", "报表 退货原因")
    assert "质量问题" in chart


async def test_a_chart_of_one_customer_is_for_whoever_asked(desk: Stage) -> None:
    await submitted(desk)
    assert await in_the_group(desk, "林晓", "报表 退货原因 客户=C1") == [ASIDE.format("林晓")]


async def test_the_file_of_a_flow_has_a_link_that_the_group_does_not_see(desk: Stage) -> None:
    heard = await in_the_group(desk, "李敏", "流程 退货")
    assert heard[-1] == ASIDE.format("李敏")
    assert not [words for words in heard if "http" in words]
    assert "http" in news(desk, "李敏")[-1]


@pytest.mark.homes("both")  # whoever has just written to the bot alone is answered there by the session's webhook
async def test_who_cannot_be_reached_alone_is_told_so_in_the_group(desk: Stage) -> None:
    """DingTalk brings a message of somebody in a group whom the app can't write to: they are out of its scope."""
    no = await submitted(desk)
    lin = desk.person("林晓")
    desk.sandbox.dingtalk.robot.out_of_scope.add(str(lin.dingtalk))
    heard = await in_the_group(desk, "林晓", f"查 {no}")
    assert len(heard) == 1
    assert "林晓，没能私下发给你：员工不在通讯录里，或不在应用的可见范围里" in heard[0]
    assert "请先打开和我的单聊" in heard[0]


@pytest.mark.homes("both")  # as above
async def test_who_is_answered_later_alone_is_told_that_it_is_under_way(desk: Stage) -> None:
    no = await submitted(desk)
    desk.sandbox.faults.arm("rate_limit", "/v1.0/robot/oToMessages/batchSend", times=-1)
    await desk.sandbox.dingtalk.phones.say("lin.xiao", f"@售后助手 查 {no}", group=GROUP)
    while not await Outbox.filter(kind="aside", state=WorkState.DONE).exists():
        desk.bot.outbox.wake()
    assert group_news(desk, "售后群")[-1] == "林晓，要私下发给你，现在还没送到，会接着试"
    desk.sandbox.faults.clear()


async def test_a_refusal_of_a_public_command_is_said_in_the_group(desk: Stage) -> None:
    [told] = await in_the_group(desk, "林晓", "转交 R20261123-0099")
    assert told == "请写成：转交 单号 姓名，后面可以写要说的话"


async def test_alone_with_the_bot_nothing_has_changed(desk: Stage) -> None:
    no = await submitted(desk)
    told = await says(desk, "林晓", f"查 {no}")
    assert "已私下发给你" not in told
    assert [text_of(item) for item in desk.phone(desk.person("林晓"))][-1] in told


# -- what does not arrive is told --------------------------------------------------------------------------------------


async def test_a_picture_that_the_platform_will_not_take_is_told_with_its_numbers(desk: Stage) -> None:
    await submitted(desk)
    desk.sandbox.faults.arm("too_large", "*/media/upload", times=-1)
    told = await says(desk, "林晓", "报表 退货原因")
    for words in ("图没有发出来：", "请换短一些的时间或加一个筛选再试", "质量问题"):
        assert words in told


@pytest.mark.parametrize("words", ["导出 {no}", "导出 本月"])
async def test_a_file_that_the_platform_will_not_take_is_told_by_name(desk: Stage, words: str) -> None:
    no = await submitted(desk)
    desk.sandbox.faults.arm("too_large", "*/media/upload", times=-1)
    told = await says(desk, "王建国", words.format(no=no))
    assert "没有发给你：" in told
    assert ".xlsx" in told


async def test_a_group_that_can_not_be_answered_sends_the_asker_a_word(desk: Stage) -> None:
    desk.sandbox.faults.arm("too_large", "*/media/upload", times=-1)
    await submitted(desk)
    [told] = await in_the_group(desk, "林晓", "报表 退货原因")
    assert "图没有发出来：" in told
