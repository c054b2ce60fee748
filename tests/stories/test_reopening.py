"""重开: a case that is over is taken up again; and goods that are counted or inspected twice are booked once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, CaseLine, OrderLine, StockMove
from tests.support.proof import chain_holds
from tests.support.stories import (
    approved,
    finish,
    inspected,
    news,
    play,
    received,
    says,
    stand,
    submitted,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

DAY = timedelta(days=1)


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


async def test_a_refused_case_is_taken_up_again_with_its_units(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    assert (await OrderLine.get(sku="85123A")).claimed == 0
    assert f"{no} 已重开（客户补了照片），现在：客服审核 · 王建国" in await says(
        desk, "林晓", f"重开 {no} 客户补了照片"
    )
    assert (await OrderLine.get(sku="85123A")).claimed == 2
    await all_is_well(desk, no)
    assert await finish(desk, no)
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_the_next_one_sees_who_took_it_up_again_and_why(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"驳回 {no} 证据不足")
    await says(desk, "林晓", f"重开 {no} 客户补了照片")
    card = news(desk, "王建国")[-1]
    assert "林晓 重开：客户补了照片" in card
    assert "证据不足" not in card


async def test_units_that_another_return_has_taken_are_not_claimed_twice(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    await submitted(desk, "退货 536365 85123A×5 质量问题 外壳破裂")
    said = await says(desk, "林晓", f"重开 {no} 客户补了照片")
    assert f"{no} 的 85123A 已经被别的售后单占用，不能重开" in said
    assert await stand(no) == "已关闭 拒绝"


@pytest.mark.parametrize(("days", "opens"), [(6.99, True), (7.01, False)], ids=["in time", "too late"])
async def test_there_is_a_week_for_it(desk: Stage, days: float, opens: bool) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    await desk.later(days * DAY)
    said = await says(desk, "林晓", f"重开 {no} 客户补了照片")
    assert ("已重开" in said) is opens
    assert opens or "结束超过 7 天，不能重开，请新建一单" in said


async def test_what_runs_is_not_reopened(desk: Stage) -> None:
    no = await submitted(desk)
    assert "这单还在处理中，不用重开" in await says(desk, "林晓", f"重开 {no} 看错了")


async def test_a_paid_case_is_walked_again_and_pays_nothing(desk: Stage) -> None:
    no = await inspected(desk)
    await finish(desk, no)
    [paid] = desk.sandbox.shop.refunds
    await says(desk, "林晓", f"重开 {no} 客户说少收了一件")
    assert (await Case.get(no=no)).facts["已退款"] is True
    assert await finish(desk, no) == ["王建国 客服审核", "李敏 金额审批", "周仓 仓库收货", "许静 质检"]
    assert (await stand(no), desk.sandbox.shop.refunds) == ("已完成", [paid])
    assert (await OrderLine.get(sku="85123A")).claimed == 2
    await all_is_well(desk, no)


async def stock() -> dict[str, int]:
    """Units per zone, as the ledger adds up."""
    zones: dict[str, int] = {}
    for move in await StockMove.all():
        zones[move.zone] = zones.get(move.zone, 0) + move.quantity
    return {zone: units for zone, units in zones.items() if units}


async def test_a_second_inspection_enters_against_the_first(desk: Stage) -> None:
    no = await inspected(desk)
    assert await stock() == {"待售区": 2}
    await says(desk, "钱芳", f"退回 {no} 质检 有一件划伤")
    await says(desk, "许静", f"合格入库 {no} 85123A×1")
    assert await stock() == {"待售区": 1, "次品区": 1}
    moves = await StockMove.all().order_by("id").values_list("zone", "quantity")
    assert moves == [("待售区", 2), ("待售区", -2), ("待售区", 1), ("次品区", 1)], "nothing is deleted"
    await all_is_well(desk, no)


async def test_goods_that_went_back_to_the_dock_are_stocked_once(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, "钱芳", f"退回 {no} 仓库收货 重新点数")
    await play(desk, "周仓 确认收货", "许静 合格入库")
    assert sum((await stock()).values()) == 2


async def test_goods_go_back_to_the_dock_and_are_counted_again(desk: Stage) -> None:
    no = await received(desk)
    await says(desk, "许静", f"退回 {no} 仓库收货 少了一件")
    await says(desk, "周仓", f"确认收货 {no} 85123A×1")
    line = await CaseLine.get(case__no=no)
    assert (line.received, (await Case.get(no=no)).amount) == (1, Decimal("2.55"))
    assert (await OrderLine.get(sku="85123A")).claimed == 1, "the missing one may be returned later"
    await says(desk, "许静", f"退回 {no} 仓库收货 找到了")
    await says(desk, "周仓", f"确认收货 {no} 85123A×2")
    assert (await OrderLine.get(sku="85123A")).claimed == 2
    assert (await Case.get(no=no)).amount == Decimal("5.10")
    await all_is_well(desk, no)


async def test_units_that_came_late_but_belong_to_another_by_now_are_refused(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "周仓", f"确认收货 {no} 85123A×1")
    await submitted(desk, "退货 536365 85123A×5 质量问题 外壳破裂")
    await says(desk, "许静", f"退回 {no}")
    assert "已经算在别的售后单里" in await says(desk, "周仓", f"确认收货 {no} 85123A×2")
    assert (await OrderLine.get(sku="85123A")).claimed == 6
