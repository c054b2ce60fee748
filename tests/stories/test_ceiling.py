"""自动上限 over the wire: per case, per day and per customer a person decides beyond it, and two others lift it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from flow.definitions import yamlfile
from flow.versions import active_texts
from models import Case, Proposal
from models.enums import ProposalState as State
from tests.support.owners import card_words, offers, publish, shop
from tests.support.stage import sell
from tests.support.stories import news, role, says, taps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
LAST = "规则 自动上限 每单 40 每天 100 每客户 60"


@pytest.fixture
async def desk(sqlite: str, home: Home) -> AsyncIterator[Stage]:
    async with shop(sqlite, home=home) as found:
        for n, customer in enumerate(("A", "A", "B", "C", "D")):
            await sell(f"80{n}", {"W1": ("喂食器", 1, "35.00")}, customer=f"C-{customer}", mobile="")
        await sell("810", {"W1": ("喂食器", 1, "45.00")}, customer="C-E", mobile="")
        yield found


async def opened(desk: Stage, order: str, by: str = "林晓") -> Case:
    await says(desk, by, f"退货 {order} 质量问题")
    await taps(desk, by, "提交")
    return await Case.get(order_no=order)


async def test_beyond_each_part_a_person_decides_and_is_told_why(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", LAST)
    assert (await opened(desk, "800")).facts["自动占用"] == "35.00"
    of_customer = await opened(desk, "801")
    assert "超过每客户自动上限 ¥60" in await says(desk, "李敏", f"规则 为什么 {of_customer.no}")
    assert (await opened(desk, "802")).facts["自动占用"] == "35.00"
    of_day = await opened(desk, "803")
    assert "超过每天自动上限 ¥100" in await says(desk, "李敏", f"规则 为什么 {of_day.no}")
    of_case = await opened(desk, "810")
    assert "超过每单自动上限 ¥40" in await says(desk, "李敏", f"规则 为什么 {of_case.no}")
    sums = [case.facts.get("自动占用") for case in await Case.all().order_by("id")]
    assert [yuan for yuan in sums if yuan] == ["35.00", "35.00"]


async def test_the_draft_says_before_that_a_person_will_decide(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", LAST)
    assert "超过每单自动上限 ¥40" in await says(desk, "林晓", "退货 810 质量问题")
    assert "自动上限：每单 40，每天 100，每客户 60" in await says(desk, "李敏", "规则 自动上限")


async def test_two_at_one_instant_do_not_both_get_the_last_of_a_day(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", "规则 自动上限 每单 40 每天 50 每客户 60")
    for who, order in (("林晓", "802"), ("何佳", "803")):
        await says(desk, who, f"退货 {order} 质量问题")
    await asyncio.gather(*(taps(desk, who, "提交") for who in ("林晓", "何佳")))
    cases = [await Case.get(order_no=order) for order in ("802", "803")]
    assert sorted(bool(case.facts.get("自动占用")) for case in cases) == [False, True]


async def test_one_other_lowers_the_ceiling_and_two_others_lift_it(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", "规则 自动上限 每单 300")
    assert await per_case() == 300
    told = await says(desk, "李敏", "规则 自动上限 每单 300→800")
    assert "动钱：政策 快速 自动上限 每单 300 → 800，要两位别人同意" in told
    await says(desk, "李敏", "发布")
    assert "请同意（要两位）" in card_words(desk, "赵卫东")
    await taps(desk, "赵卫东", "发布")
    assert any("还差 1 位" in words for words in news(desk, "赵卫东"))
    assert "发布" not in offers(desk, "赵卫东")[-1]
    assert await per_case() == 300
    assert "你已经同意过了" in await says(desk, "赵卫东", "发布")
    assert (await Proposal.all().order_by("-id").first()).state is State.ASKED  # type: ignore[union-attr]
    assert "已发布" in await taps(desk, "陈卓", "发布")
    assert await per_case() == 800


async def test_going_back_does_not_lift_it_either(desk: Stage) -> None:
    await publish(desk, "李敏", "赵卫东", "规则 自动上限 每单 300")
    assert "回滚会放宽自动上限" in await says(desk, "李敏", "回滚")
    assert await per_case() == 300


async def per_case() -> int:
    return int(yamlfile.read((await active_texts())["policy", "express"])["自动上限"]["每单"])


# -- what whoever publishes has to have seen ---------------------------------------------------------------------------


async def test_money_is_said_first_and_tried_on_the_past_before_anybody_can_publish_it(desk: Stage) -> None:
    for words in ("流程 质检 时限 4小时", "流程 仓库收货 时限 10天", "规则 自动通过 50→300"):
        told = await says(desk, "李敏", words)
    assert told.index("动钱：金额 50.01～300 不用人批") < told.index("1. 审批表 小额自动通过") < told.index("时限：")
    await says(desk, "李敏", "发布")
    card = card_words(desk, "赵卫东")
    assert card.index("动钱") < card.index("审批表 小额自动通过") < card.index("自动放款 0 单 ¥0 → 0 单 ¥0")
    assert "上季度：0 单里 0 单会变" in card
    assert "已发布" in await taps(desk, "赵卫东", "发布")


async def test_before_it_is_tried_there_is_no_button_and_the_word_is_refused(desk: Stage) -> None:
    await says(desk, "李敏", "规则 自动通过 50→300")
    await says(desk, "李敏", "发布")
    await Proposal.all().update(simulated=None)
    assert "先要模拟" in await says(desk, "赵卫东", "发布")
    await says(desk, "赵卫东", "模拟")
    assert "已发布" in await taps(desk, "赵卫东", "发布")


async def test_what_has_no_room_on_the_card_is_looked_at_first(desk: Stage) -> None:
    for words in ("规则 自动通过 50→300", "规则 退款时机 审批通过", "规则 双人金额 9000", "发布"):
        await says(desk, "李敏", words)
    refused = await says(desk, "赵卫东", "发布")
    assert "请先点 看改动" in refused
    assert "动钱：双人金额 1000 → 9000" in refused
    await taps(desk, "赵卫东", "看改动")
    assert "已发布" in await taps(desk, "赵卫东", "发布")


async def test_two_changes_that_are_harmless_alone_are_looked_at_again_together(desk: Stage) -> None:
    await says(desk, "李敏", "规则 组长审批 退款时机 审批通过")
    await says(desk, "李敏", "发布")
    await says(desk, "赵卫东", "规则 组长审批 500→5000")
    await says(desk, "赵卫东", "请求发布")
    await taps(desk, "李敏", "发布")
    told = await says(desk, "赵卫东", "发布")
    assert "提出以后规矩变了" in told
    assert "金额 50.01～5000 审批通过就退款" in told
    assert any(each[0] == "发布" for each in offers(desk, "赵卫东"))
    assert "已发布" in await taps(desk, "赵卫东", "发布")


async def test_a_role_that_nobody_has_is_said_when_it_is_said(desk: Stage) -> None:
    assert "只有 郑瑞 一个人是 风控专员" in await says(desk, "李敏", "规则 组长审批 审批 风控专员")
    await role("郑瑞", "客服")
    assert "现在没有人是 风控专员" in await says(desk, "李敏", "规则 组长审批 退款时机 包裹匹配")
    assert "群“管理裙”以前的规则没有用过" in await says(
        desk, "李敏", "增加规则 超大 当 提交 如果 金额>1 就 告警 管理裙 {单号}"
    )
    await says(desk, "李敏", "发布")
    assert "注意" in news(desk, "赵卫东")[-1] or "动钱" in card_words(desk, "赵卫东")
