"""A return that the rules are against: refused before its card, opened by whoever may, judged again at 提交."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, CustomerEntry, Event, Product
from tests.support.proof import rows
from tests.support.published import publish_choices, publish_policy
from tests.support.stage import START, sell, text_of
from tests.support.stories import says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

LIN, LEAD, HEAD = "林晓", "王建国", "李敏"
LAMP = {"W1": ("台灯", 3, "99.00")}
LATE = "退货 7 W1×1 七天无理由"
REFUSED = f"签收已 12 天，超过七天无理由的 7 天；客服组长、客服主管 可以例外：{LATE} 例外 <理由>"


async def late(desk: Stage, days: int = 12) -> None:
    """An order that came so many days ago."""
    await sell("7", LAMP, delivered_at=START - timedelta(days=days))


async def test_a_late_return_is_refused_before_its_card_with_the_way_out(desk: Stage) -> None:
    await late(desk)
    before = await rows()
    assert await says(desk, LIN, LATE) == REFUSED
    assert not desk.live(desk.person(LIN))
    assert await rows() == before


@pytest.mark.parametrize(
    ("days", "line"),
    [
        pytest.param(7, LATE, id="the seventh day still counts"),
        pytest.param(12, "退货 7 W1×1 质量问题", id="a fault has no such limit"),
    ],
)
async def test_what_the_rules_allow_is_asked_to_be_submitted(desk: Stage, days: int, line: str) -> None:
    await late(desk, days)
    assert "核对无误后点提交" in await says(desk, LIN, line)


async def test_an_answer_that_makes_it_ineligible_leaves_the_question_open(desk: Stage) -> None:
    await late(desk)
    await says(desk, LIN, "退货 7 W1×1")
    await desk.tap(desk.person(LIN), "七天无理由")
    assert desk.last(desk.person(LIN)) == REFUSED
    assert "预计退款 ¥99.00" in await taps(desk, LIN, "质量问题")
    await the_cards_are_true(desk)


async def test_whoever_may_makes_an_exception_and_it_is_on_record(desk: Stage) -> None:
    await late(desk)
    shown = await says(desk, LEAD, f"{LATE} 例外 客户一直在出差")
    assert "例外：超过无理由期，客户一直在出差" in shown
    await taps(desk, LEAD, "提交")
    case = await Case.get()
    assert (case.facts["例外"], case.facts["例外规则"], case.facts["例外理由"]) == (
        True,
        "超过无理由期",
        "客户一直在出差",
    )
    assert (await Event.get(case_id=case.id, action="提交")).data["rule"] == "例外：超过无理由期，客户一直在出差"
    assert "王建国 提交（例外：超过无理由期，客户一直在出差）" in await says(desk, LEAD, f"查 {case.no}")
    assert case.note == ""


async def test_an_exception_is_not_an_agent_s_to_make(desk: Stage) -> None:
    await late(desk)
    assert await says(desk, LIN, f"{LATE} 例外 客户催得急") == REFUSED


async def test_an_exception_needs_a_reason(desk: Stage) -> None:
    await late(desk)
    assert await says(desk, LEAD, f"{LATE} 例外") == f"例外要写理由，例如：{LATE} 例外 客户等了很久"


async def test_an_exception_that_is_not_needed_is_a_plain_return(desk: Stage) -> None:
    no = await submitted(desk, "退货 536365 85123A×2 七天无理由 例外 老客户", LEAD)
    case = await Case.get(no=no)
    assert "例外" not in case.facts
    assert "rule" not in (await Event.get(case_id=case.id, action="提交")).data


async def test_a_customer_blocked_between_the_card_and_the_tap_is_refused_at_the_tap(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    before, desk.honest = await rows(), False
    await CustomerEntry.create(customer="C1", verdict="禁止", why="调包", by_id=1, at=START)
    await desk.tap(desk.person(LIN), "提交")
    assert desk.last(desk.person(LIN)).startswith("客户在禁止名单里；客服主管、风控专员 可以例外：退货 536365")
    assert await rows() == before


async def test_goods_that_may_not_go_back_are_named(desk: Stage) -> None:
    await sell("7", {"W1": ("台灯", 1, "99.00"), "W2": ("滤芯", 1, "20.00")})
    await Product.create(sku="W2", title="滤芯", returnable=False)
    said = await says(desk, LIN, "退货 7 W1×1 W2×1 七天无理由")
    assert said.startswith("滤芯 是不可退的商品；客服主管 可以例外")
    assert "预计退款 ¥99.00" in await says(desk, LIN, "退货 7 W1×1 七天无理由")


async def test_a_guessed_day_is_said_to_be_guessed(desk: Stage) -> None:
    assert "签收第 6 天（没有签收时间，按下单时间推算）" in await says(desk, LIN, "退货 536365 85123A×2 七天无理由")
    assert "推算" not in await says(desk, LIN, "退货 536365 85123A×2 质量问题")  # no row asks


# -- profiles ----------------------------------------------------------------------------------------------------------

PROFILES = """
政策选择:
  - {规则: 直营小额快办, 店铺: 直营店, 类型: 质量问题, 政策: express}
运输天数: 3
"""


@pytest.mark.parametrize(
    ("shop", "kind", "approver"),
    [
        pytest.param("直营店", "质量问题", "自动（小额自动通过）", id="by shop and type"),
        pytest.param("直营店", "发货错误", "客服主管（主管审批）", id="another type"),
        pytest.param("分销店", "质量问题", "客服主管（主管审批）", id="another shop"),
    ],
)
async def test_a_shop_and_type_have_a_policy_of_their_own(desk: Stage, shop: str, kind: str, approver: str) -> None:
    await publish_choices(PROFILES)
    await sell("8", {"W1": ("台灯", 1, "20.00")}, shop=shop)
    assert f"审批 {approver}" in await says(desk, LIN, f"退货 8 W1×1 {kind}")


async def test_a_case_keeps_the_policy_it_was_opened_under(desk: Stage) -> None:
    await publish_choices(PROFILES)
    await sell("8", {"W1": ("台灯", 1, "20.00")}, shop="直营店")
    no = await submitted(desk, "退货 8 W1×1 质量问题")
    await publish_choices("运输天数: 3")
    rules = await desk.bot.desk.rules(*(await Case.get(no=no).values_list("flow_id", "policy_id")))
    assert rules.policy.name == "express"


async def test_a_policy_that_nobody_has_published_is_said(desk: Stage) -> None:
    await publish_choices("政策选择:\n  - {规则: 全部, 政策: 没有的}")
    assert "没有已发布的流程“退货”或政策“没有的”" in await says(desk, LIN, "退货 536365 85123A×2 质量问题")


ADDRESSES = """
退货地址:
  - {规则: 大件仓, 品类: 家电, 收件人: 大件组, 电话: 0571-88880000, 地址: 杭州市余杭区仓前街道 1 号}
  - {规则: 无理由仓, 类型: 七天无理由, 收件人: 退货组, 电话: 021-66660000, 地址: 上海市嘉定区 2 号}
"""
BIG = "大件组 0571-88880000 杭州市余杭区仓前街道 1 号"


async def test_the_address_goes_by_rule_and_can_be_copied(desk: Stage) -> None:
    await publish_choices(ADDRESSES)
    await Product.create(sku="85123A", title="烛台", category="家电")
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    assert desk.last(desk.person(LIN)) == f"退货地址，可以直接转发给客户：\n{BIG}"
    [card] = [item for item in desk.phone(desk.person(LIN)) if no in text_of(item) and item.kind == "card"]
    assert "寄到" in text_of(card)
    assert f"寄到：{BIG}" in await says(desk, LIN, f"查 {no}")
    assert (await Case.get(no=no)).facts["退货地址"] == BIG


async def test_without_a_rule_no_address_is_made_up(desk: Stage) -> None:
    await publish_choices(ADDRESSES)
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    assert "退货地址" not in (await Case.get(no=no)).facts
    assert "寄到" not in await says(desk, LIN, f"查 {no}")


async def test_who_bears_a_small_fault_is_the_policy_s_word(desk: Stage) -> None:
    await publish_policy("承担:\n  - {规则: 小额自担, 类型: 质量问题, 金额: '<=20', 责任: 商家, 成本: 运营成本}")
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    facts = (await Case.get(no=no)).facts
    assert (facts["责任"], facts["运费"], facts["成本"], facts["承担规则"]) == ("商家", "商家", "运营成本", "小额自担")


async def test_what_a_case_knows_when_it_begins(desk: Stage) -> None:
    await Product.create(sku="W1", title="台灯", category="家电", supplier="甲厂")
    await sell("9", LAMP, shop="直营店", region="华东", member_level="金卡", delivered_at=START - timedelta(days=2))
    facts = (await Case.get(no=await submitted(desk, "退货 9 W1×1 质量问题 客户说加急"))).facts
    known = (
        "店铺",
        "区域",
        "品类",
        "供应商",
        "会员等级",
        "签收天数",
        "签收推算",
        "紧急",
        "半年退货次数",
        "风险客户",
        "名单",
    )
    told = ["直营店", "华东", "家电", "甲厂", "金卡", 2, False, True, 0, False, ""]
    assert [facts[name] for name in known] == told


async def test_refusing_a_return_does_not_end_it_for_another_type(desk: Stage) -> None:
    await late(desk)
    await says(desk, LIN, LATE)
    assert await stand(await submitted(desk, "退货 7 W1×1 质量问题")) == "处理中 客服审核"
