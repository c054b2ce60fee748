"""Money that surprises nobody: customers at risk, second levels, one order in several cases, goods on their way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from tortoise.transactions import in_transaction

from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.edits import apply
from flow.publishing.release import publish_shipped
from flow.versions import active_texts, publish
from models import Case, Proposal, Refund
from models.database.connection import database
from sandbox.people import staff
from tests.support.proof import chain_holds
from tests.support.published import prefer
from tests.support.stage import START, hire, sell
from tests.support.stories import news, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

CHEAP = {"A1": ("甲", 1, "45.00"), "A2": ("乙", 1, "45.00"), "A3": ("丙", 1, "30.00")}
FIRST, SECOND, THIRD = (f"退货 8001 {sku}×1 质量问题" for sku in CHEAP)


async def changed(*sentences: str) -> None:
    """What somebody has published in the chat."""
    for sentence in sentences:
        texts = apply(sentence.split(), await active_texts(), "退货", "express").texts
        async with in_transaction():
            await publish(texts, "李敏", datetime.now(UTC))


# -- customers at risk -------------------------------------------------------------------------------------------------


async def test_whoever_sends_back_often_is_not_paid_by_the_system(desk: Stage) -> None:
    await prefer("express")
    for n in range(4):
        await sell(f"900{n}", {"W": ("小件", 1, "9.90")})
        await says(desk, "林晓", f"退货 900{n} W×1 质量问题")
        card = await taps(desk, "林晓", "提交")
        assert ("金额审批" in card or "客服审核" in card) is (n == 3), card
    assert await Refund.all().count() == 3
    no = (await Case.all().order_by("-id").limit(1))[0].no
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 仓库收货"
    await play(desk, "周仓 确认收货", "许静 合格入库")
    assert "风险客户（连续退货），系统不自动退款" in news(desk, "钱芳")[-1]
    assert await stand(no) == "处理中 财务退款"
    await play(desk, "钱芳 确认退款")
    assert await stand(no) == "已完成"


async def test_a_draft_says_who_will_look_at_a_customer_at_risk(desk: Stage) -> None:
    await prefer("express")
    for n in range(4):
        await sell(f"900{n}", {"W": ("小件", 1, "9.90")})
        said = await says(desk, "林晓", f"退货 900{n} W×1 质量问题")
        assert ("自动（小额自动通过）" in said) is (n < 3), said
        await taps(desk, "林晓", "提交")


async def test_a_customer_who_is_blocked_after_the_opening_is_asked_about_before_the_money(desk: Stage) -> None:
    await prefer("express")
    await changed("规则 自动通过 退款时机 包裹匹配")
    await sell("9001", {"W": ("小件", 1, "9.90")})
    no = await submitted(desk, "退货 9001 W×1 七天无理由 例外 客户等了很久", "王建国")
    assert await stand(no) == "处理中 仓库收货"
    await says(desk, "李敏", "名单 禁止 C1 调包")
    await play(desk, "周仓 确认收货")
    assert (await stand(no), await Refund.exists()) == ("处理中 质检", False)
    await play(desk, "许静 合格入库")
    assert await stand(no) == "处理中 财务退款"
    assert await chain_holds(await Case.get(no=no))


# -- levels ------------------------------------------------------------------------------------------------------------


async def test_the_second_level_looks_though_the_first_was_given_before(desk: Stage) -> None:
    await prefer("express")
    await changed("增加级别 金额审批 客服主管 当 金额>100")
    await sell("9001", {"W": ("大件", 1, "200.00"), "V": ("小件", 1, "60.00")})
    no = await submitted(desk, "退货 9001 W×1 质量问题")
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 金额审批"
    assert "审批：退款 ¥200.00（复审）" in news(desk, "李敏")[-1]
    await play(desk, "李敏 同意")
    assert await stand(no) == "处理中 仓库收货"
    assert "系统 金额审批 同意（同人免审（组长审批））" in await says(desk, "林晓", f"查 {no}")


async def test_the_second_level_is_handed_only_to_whom_it_is_for(desk: Stage) -> None:
    await prefer("express")
    await changed("增加级别 金额审批 客服主管 当 金额>100")
    await sell("9001", {"W": ("大件", 1, "200.00")})
    no = await submitted(desk, "退货 9001 W×1 质量问题")
    await play(desk, "王建国 同意")
    said = await says(desk, "李敏", f"转交 {no} 何佳")
    assert "按金额要客服主管或你的上级来批" in said


# -- one order, several cases ------------------------------------------------------------------------------------------


async def test_two_halves_of_one_order_are_weighed_as_one_before_the_money(desk: Stage) -> None:
    await prefer("express")
    await sell("8001", CHEAP)
    first = await submitted(desk, FIRST)
    assert await stand(first) == "处理中 仓库收货", "paid by itself"
    no = await submitted(desk, SECOND)
    assert await stand(no) == "处理中 客服审核"
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 仓库收货", "客服组长 has agreed: 90.00 is theirs"
    await play(desk, "周仓 确认收货", "许静 合格入库")
    assert f"同一订单已有 {first} ¥45.00，合计 ¥90.00" in news(desk, "钱芳")[-1]
    assert await Refund.all().count() == 1


async def test_the_draft_and_the_approver_see_the_sum(desk: Stage) -> None:
    await sell("8001", {"A1": ("甲", 1, "3000.00"), "A2": ("乙", 1, "3000.00")})
    await submitted(desk, "退货 8001 A1×1 质量问题")
    said = await says(desk, "林晓", "退货 8001 A2×1 质量问题")
    assert "销售经理（经理审批）" in said, "6,000.00 is not the supervisor's alone"
    await taps(desk, "林晓", "提交")
    await play(desk, "王建国 同意", "王建国 同意")
    cards = [words for words in news(desk, "吴强") if "审批：退款 ¥3,000.00" in words]
    assert len(cards) == 2, "the first one too: the other was opened before anybody had approved it"
    assert all("¥3,000.00，合计 ¥6,000.00" in card for card in cards)


async def test_a_policy_may_weigh_each_alone(desk: Stage) -> None:
    await prefer("express")
    await changed("规则 合并计算 不合并")
    await sell("8001", CHEAP)
    for line in (FIRST, SECOND):
        assert await stand(await submitted(desk, line)) == "处理中 仓库收货"
    assert await Refund.all().count() == 2


async def test_a_case_that_was_withdrawn_does_not_count(desk: Stage) -> None:
    await prefer("express")
    await changed("规则 自动通过 退款时机 质检合格")
    await sell("8001", CHEAP)
    no = await submitted(desk, FIRST)
    await says(desk, "林晓", f"撤单 {no}")
    assert await stand(await submitted(desk, SECOND)) == "处理中 仓库收货"


async def test_what_is_opened_later_is_seen_before_the_system_pays(desk: Stage) -> None:
    await prefer("express")
    await changed("规则 自动通过 退款时机 包裹匹配")
    await sell("8001", CHEAP)
    first, _ = await submitted(desk, FIRST), await submitted(desk, SECOND)
    await says(desk, "周仓", f"收货 {first}")
    await play(desk, "周仓 确认收货")
    assert (await stand(first), await Refund.exists()) == ("处理中 质检", False)


# -- goods on their way ------------------------------------------------------------------------------------------------


async def test_what_has_not_come_yet_is_not_paid_by_itself(desk: Stage) -> None:
    await prefer("express")
    await sell("8001", CHEAP, ordered_at=START - timedelta(days=1))
    no = await submitted(desk, THIRD)
    assert (await Case.get(no=no)).facts["未签收"] is True
    assert (await stand(no), await Refund.exists()) == ("处理中 客服审核", False)


# -- what whoever publishes has to have seen ---------------------------------------------------------------------------


async def test_a_way_that_ends_without_the_refund_is_seen_before_it_is_published(desk: Stage) -> None:
    said = await says(desk, "李敏", "流程 仓库收货 确认收货 去 完成")
    assert "动钱：退货流程 节点“完成”：没有退款就会“已完成”，客户拿不到钱：仓库收货 → 完成" in said
    await says(desk, "李敏", "发布")
    assert "动钱：退货流程 节点“完成”：没有退款就会“已完成”" in news(desk, "赵卫东")[-1], "on the card, before the tap"
    await taps(desk, "赵卫东", "看改动")
    assert any("和现在的不同" in words and "动钱：退货流程" in words for words in news(desk, "赵卫东"))
    await taps(desk, "赵卫东", "发布")
    assert any("已发布" in words and "动钱：退货流程" in words for words in news(desk, "赵卫东"))


WRONG = ["流程 质检 合格入库 去 财务退款", "删除节点 缺件协商", "规则 express 自动通过 风险客户 是"]


@pytest.mark.parametrize("sentence", WRONG)
async def test_what_would_pay_unapproved_never_becomes_a_draft(desk: Stage, sentence: str) -> None:
    assert "这样改不成立" in await says(desk, "李敏", sentence)
    assert not await Proposal.exists()


# -- two agents at one instant -----------------------------------------------------------------------------------------


async def test_of_two_agents_at_one_instant_the_second_sees_the_first(database_url: str) -> None:
    async with database(database_url):
        await publish_shipped("express", START)
        await hire(staff().people)
        await sell("8001", CHEAP)
        shop = Desk(ZoneInfo("Asia/Shanghai"))
        who = (await shop.staff.now()).called("林晓")

        async def opened(sku: str) -> str:
            async with in_transaction():
                case, _ = await open_case(shop, Draft("退货", "8001", ((sku, 1),), "质量问题"), who, START)
                return str(case.facts.get("同单已有"))

        found = await asyncio.gather(*(opened(sku) for sku in ("A1", "A2")))
        assert sorted(found) == ["45.00", "None"]
        assert await Refund.all().count() == 1
