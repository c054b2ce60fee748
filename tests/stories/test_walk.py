"""The main job from the message to the refund: on one platform alone, on both, and what everybody hears on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, Inspection, Refund
from tests.support.proof import done_once
from tests.support.published import STANDARD, publish_policy
from tests.support.stage import sell, stage
from tests.support.stories import (
    LAMP,
    LINE,
    finish,
    inspected,
    news,
    on,
    play,
    says,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

BETWEEN = {"王建国": "wecom", "李敏": "dingtalk", "许静": "wecom", "钱芳": "dingtalk"}

STEPS = (
    "状态：已完成，已退款 ¥5.10",
    "林晓 提交",
    "王建国 客服审核 同意",
    "李敏 金额审批 同意",
    "周仓 仓库收货 确认收货",
    "许静 质检 合格入库",
    "钱芳 财务退款 确认退款",
    "系统 已通知客户",
)


async def walk(desk: Stage, agent: str, keeper: str) -> str:
    """The whole job, with every card looked at after every step; the case's number."""
    await says(desk, agent, LINE)
    await the_cards_are_true(desk)
    steps = [f"{agent} 提交", "王建国 同意", "李敏 同意", f"{keeper} 确认收货", "许静 合格入库", "钱芳 确认退款"]
    for step in steps:
        if step.endswith("确认收货"):
            await announced_and_scanned(desk, agent, keeper)
        await play(desk, step)
        await the_cards_are_true(desk)
    return (await Case.get()).no


async def announced_and_scanned(desk: Stage, agent: str, keeper: str) -> None:
    no = (await Case.get()).no
    assert f"已登记：{no}" in await says(desk, agent, f"运单 {no} SF1234567890")
    assert "收货：SF1234567890 · 2 件" in await says(desk, keeper, "收货 SF1234567890")
    await the_cards_are_true(desk)


async def nobody_has_a_button(desk: Stage) -> None:
    assert not any(desk.live(person) for person in desk.sandbox.world.people)
    assert desk.sandbox.wecom.problems == desk.sandbox.dingtalk.problems == []


@pytest.mark.homes("wecom", "dingtalk")
async def test_a_shop_on_one_platform_alone(desk: Stage) -> None:
    await walk(desk, "林晓", "周仓")
    await done_once(desk.sandbox)
    await nobody_has_a_button(desk)


async def test_a_shop_whose_people_are_on_either(database_url: str) -> None:
    async with stage(database_url) as desk:
        await sell("536365", LAMP)
        for name, platform in BETWEEN.items():
            await on(desk, platform, name)
        await walk(desk, "孙悦", "周仓")
        await done_once(desk.sandbox)
        await nobody_has_a_button(desk)


async def test_a_card_follows_its_reader_to_the_platform_last_used(desk: Stage) -> None:
    await on(desk, "dingtalk", "王建国")
    await submitted(desk)
    [card] = desk.live(desk.person("王建国"))
    assert card.place.platform == "dingtalk"


# -- what people read --------------------------------------------------------------------------------------------------


async def test_the_creator_hears_of_every_decision_of_others(desk: Stage) -> None:
    no = await submitted(desk)
    await finish(desk, no)
    told = [words.split("\n")[0].removesuffix("（11-23 09:00）") for words in news(desk, "林晓")[1:]]
    assert told == [
        f"{no} 客服审核：王建国 同意",
        f"{no} 金额审批：李敏 同意",
        f"{no} 仓库收货：周仓 确认收货",
        f"{no} 质检：许静 合格入库",
        f"{no} 退款中：系统 退款成功",
    ]


async def test_each_word_to_the_creator_says_where_the_case_is_now(desk: Stage) -> None:
    await submitted(desk)
    await play(desk, "王建国 同意")
    assert news(desk, "林晓")[-1].endswith("现在：处理中 · 金额审批（李敏）")


async def test_nobody_is_told_what_they_just_did(desk: Stage) -> None:
    await finish(desk, await submitted(desk))
    assert [len(news(desk, name)) for name in ("王建国", "李敏", "许静", "钱芳")] == [1, 1, 1, 1], (
        "a card each, no word"
    )


async def test_a_decided_card_is_a_record(desk: Stage) -> None:
    no = await submitted(desk)
    record = await taps(desk, "王建国", "同意")
    for words in ("已同意：退货 ¥5.10", "王建国 11-23 09:00 · 用时 不到 1 分", no, "下一步 金额审批 · 李敏"):
        assert words in record


async def test_the_other_keeper_reads_who_has_received(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×2 七天无理由")
    await play(desk, "周仓 确认收货")
    assert "周仓 11-23 09:00" in news(desk, "刘洋")[-1]
    await the_cards_are_true(desk)


# -- what is on paper --------------------------------------------------------------------------------------------------


async def test_the_three_documents_of_a_return(desk: Stage) -> None:
    no = await submitted(desk)
    await finish(desk, no)
    report, refund = await Inspection.get(), await Refund.get()
    assert (report.no, report.result, report.liability, report.advice) == (f"{no}-Q1", "合格", "供应商", "重新上架")
    assert (refund.no, refund.amount, refund.method) == (f"{no}-T1", Decimal("5.10"), "原路退回")


async def test_the_timeline_of_a_finished_return(desk: Stage) -> None:
    no = await inspected(desk)
    await play(desk, "钱芳 确认退款")
    told = await says(desk, "林晓", f"查 {no}")
    for words in STEPS:
        assert words in told


async def test_a_customer_who_left_no_number_is_on_record_as_not_told(desk: Stage) -> None:
    await sell("536366", LAMP, mobile="")
    no = await submitted(desk, LINE.replace("536365", "536366"))
    await finish(desk, no)
    assert "系统 客户通知未送达" in await says(desk, "林晓", f"查 {no}")


# -- what a record says comes next -------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_the_record_of_the_refund_does_not_stop_at_the_shop_s_answer(desk: Stage, platform: str) -> None:
    await on(desk, platform, "钱芳")
    await inspected(desk)
    await taps(desk, "钱芳", "确认退款")
    assert "下一步 已完成" in news(desk, "钱芳")[-1]


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_nor_does_the_agent_s_where_the_system_paid_at_once(sqlite: str, platform: str) -> None:
    async with stage(sqlite, POLICY="express") as desk:
        await sell("1", {"W1": ("猫抓板", 1, "9.90")})
        await says(desk, "林晓", "退货 1 七天无理由", platform)
        await taps(desk, "林晓", "提交")
        [card] = [words for words in news(desk, "林晓") if "已提交" in words]
        assert "下一步 仓库收货 · 周仓" in card
        await the_cards_are_true(desk)


async def test_the_whole_job_where_dingtalk_calls_back_over_https(sqlite: str) -> None:
    """DINGTALK_MODE=http: the robot's and the card's signed callbacks instead of the stream (dingtalk.md §2, §3.2)."""
    async with stage(sqlite, mode="http", home="dingtalk") as desk:
        await sell("536365", LAMP)
        no = await walk(desk, "林晓", "刘洋")
        assert "状态：已完成，已退款 ¥5.10" in await says(desk, "林晓", f"查 {no}")
        assert desk.sandbox.dingtalk.connections == []
        assert (await Refund.get()).state == "已退款"
        await the_cards_are_true(desk)


async def test_where_the_policy_says_so_the_money_goes_when_the_parcel_is_there(desk: Stage) -> None:
    """退款时机: 包裹匹配 (C2): paid once, at the scan, and the goods are inspected all the same."""
    await publish_policy(text=STANDARD.replace("退款时机: 质检合格", "退款时机: 包裹匹配"))
    no = await submitted(desk)
    await play(desk, "王建国 同意", "李敏 同意")
    assert await Refund.all().count() == 0
    await play(desk, "周仓 确认收货")
    assert [(refund.state, refund.amount) for refund in await Refund.all()] == [("已退款", Decimal("5.10"))]
    assert (await Case.get(no=no)).nodes == ["质检"]
    await play(desk, "许静 合格入库")
    assert await Refund.all().count() == 1
    assert (await Case.get(no=no)).state == "已完成"
    await the_cards_are_true(desk)
