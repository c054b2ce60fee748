"""The four return types: which way each goes, who bears it, and that the money is approved before it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Inspection
from tests.support.stories import finish, play, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

REVIEWED = ["王建国 客服审核", "李敏 金额审批", "周仓 仓库收货", "许静 质检", "钱芳 财务退款"]
AWAITED = ["周仓 仓库收货", "许静 质检", "李敏 金额审批", "钱芳 财务退款"]
ROUTES = [
    pytest.param("质量问题", REVIEWED, id="a fault is looked into first"),
    pytest.param("发货错误", REVIEWED, id="so is our own mistake"),
    pytest.param("物流损坏", REVIEWED, id="so is the courier's"),
    pytest.param(
        "七天无理由", AWAITED, id="no reason: the warehouse waits, the money is approved when the goods are in"
    ),
]
STRATEGIES = [
    pytest.param("质量问题", ("供应商", "商家", "质量成本"), id="the supplier's fault"),
    pytest.param("七天无理由", ("客户", "客户", "运营成本"), id="the customer's wish"),
    pytest.param("发货错误", ("商家", "商家", "履约成本"), id="ours"),
    pytest.param("物流损坏", ("物流", "物流", "物流索赔"), id="the courier's"),
]


@pytest.mark.parametrize(("kind", "way"), ROUTES)
async def test_the_way_of_a_type(desk: Stage, kind: str, way: list[str]) -> None:
    no = await submitted(desk, f"退货 536365 85123A×2 {kind}")
    assert await finish(desk, no) == way
    assert await stand(no) == "已完成"
    await the_cards_are_true(desk)


@pytest.mark.parametrize("kind", ["质量问题", "七天无理由", "发货错误", "物流损坏"])
async def test_money_is_approved_before_it_is_paid(desk: Stage, kind: str) -> None:
    await finish(desk, await submitted(desk, f"退货 536365 85123A×2 {kind}"))
    order = await Event.filter(action__in=["同意", "确认退款", "退款成功"], node__not="客服审核").order_by("seq")
    assert [f"{event.node} {event.action}" for event in order] == [
        "金额审批 同意",
        "财务退款 确认退款",
        "退款中 退款成功",
    ]


@pytest.mark.parametrize(("kind", "borne"), STRATEGIES)
async def test_who_bears_a_type(desk: Stage, kind: str, borne: tuple[str, str, str]) -> None:
    await finish(desk, await submitted(desk, f"退货 536365 85123A×2 {kind}"))
    facts = (await Case.get()).facts
    assert (facts["责任"], facts["运费"], facts["成本"]) == borne
    assert (await Inspection.get()).liability == borne[0]
    words = "承担：责任 {} · 运费 {} · 成本 {}".format(*borne)
    assert words in await says(desk, "林晓", f"查 {(await Case.get()).no}")


@pytest.mark.parametrize("word", ["无理由", "7天无理由", "不想要了"])
async def test_people_s_own_words_for_a_type(desk: Stage, word: str) -> None:
    await submitted(desk, f"退货 536365 85123A×2 {word}")
    assert (await Case.get()).return_type == "七天无理由"


async def test_no_reason_asks_nobody_before_the_warehouse(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×2 七天无理由")
    assert [bool(desk.live(desk.person(name))) for name in ("王建国", "李敏", "周仓", "刘洋")] == [
        False,
        False,
        True,
        True,
    ]
    await play(desk, "周仓 确认收货")
    assert desk.sandbox.shop.refunds == []
