"""How much is refunded and why: freight is no goods, a price may be less than a 分, and the reason stands with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, OrderLine
from tests.support.stage import sell
from tests.support.stories import finish, news, play, says, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI = "林晓", "王建国", "李敏"
HELD_FREIGHT = "实付 ¥105.00 − 运费 ¥15.00"


async def amounts() -> list[str]:
    return [f"{case.amount:.2f}" for case in await Case.all().order_by("id")]


async def with_freight() -> None:
    await sell("77", {"W1": ("水壶", 1, "60"), "W2": ("杯子", 1, "40")}, paid=Decimal(105), freight=Decimal(15))


async def test_freight_that_the_sum_holds_is_not_refunded(desk: Stage) -> None:
    await with_freight()
    draft = await says(desk, LIN, "退货 77 W1×1 W2×1 质量问题")
    assert "预计退款 ¥90.00" in draft
    assert f"¥90.00 = {HELD_FREIGHT}" in draft
    await taps(desk, LIN, "提交")
    assert await amounts() == ["90.00"]


async def test_one_thing_of_an_order_that_held_freight(desk: Stage) -> None:
    await sell("78", {"W1": ("水壶", 1, "100")}, paid=Decimal(105), freight=Decimal(10))
    assert "¥95.00 = 实付 ¥105.00 − 运费 ¥10.00" in await says(desk, LIN, "退货 78 W1×1 质量问题")


async def test_the_parts_of_it_add_up(desk: Stage) -> None:
    await with_freight()
    await submitted(desk, "退货 77 W2×1 质量问题")
    await submitted(desk, "退货 77 W1×1 质量问题")
    assert await amounts() == ["36.00", "54.00"]


async def test_whoever_approves_reads_the_reason_and_so_does_who_looks_it_up(desk: Stage) -> None:
    await with_freight()
    no = await submitted(desk, "退货 77 W1×1 W2×1 质量问题")
    assert f"¥90.00 = {HELD_FREIGHT}" in news(desk, WANG)[-1]
    await play(desk, f"{WANG} 同意")
    assert f"¥90.00 = {HELD_FREIGHT}" in news(desk, LI)[-1]
    assert f"金额：¥90.00 = {HELD_FREIGHT}" in await says(desk, LIN, f"查 {no}")


async def test_the_warehouse_sees_neither_amount_nor_reason(desk: Stage) -> None:
    await with_freight()
    no = await submitted(desk, "退货 77 W1×1 W2×1 质量问题")
    await play(desk, f"{WANG} 同意", f"{LI} 同意")
    assert "实付" not in news(desk, "周仓")[-1]
    assert "实付" not in await says(desk, "周仓", f"查 {no}")


@pytest.mark.parametrize(
    ("price", "units", "amount"),
    [
        pytest.param("0.035", 1000, "35.00", id="three decimals"),
        pytest.param("13.9563", 9, "125.61", id="four"),
        pytest.param("0.004", 500, "2.00", id="less than half a 分"),
    ],
)
async def test_a_price_below_a_fen(desk: Stage, price: str, units: int, amount: str) -> None:
    await sell("79", {"N1": ("螺丝", units, price)})
    draft = await says(desk, LIN, f"退货 79 N1×{units} 质量问题")
    assert f"¥{amount} = ¥{price} × {units} 件" in draft


async def test_fewer_that_came_are_told_with_what_they_carry(desk: Stage) -> None:
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    await play(desk, f"{WANG} 同意", f"{LI} 同意")
    await says(desk, "周仓", f"确认收货 {no} 85123A×1")
    assert "金额：¥5.10（¥2.55 × 2 件） − 没收到的 ¥2.55 = ¥2.55" in await says(desk, LIN, f"查 {no}")


async def test_what_is_missing_is_told_with_what_it_costs(desk: Stage) -> None:
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    await play(desk, f"{WANG} 同意", f"{LI} 同意")
    await taps(desk, "周仓", "配件缺失")
    await says(desk, "周仓", "底座 1.00")
    await finish(desk, no)
    assert "金额：¥5.10（¥2.55 × 2 件） − 扣款 ¥1.00（缺 底座） = ¥4.10" in await says(desk, LIN, f"查 {no}")


async def test_a_case_that_was_split_tells_its_share(desk: Stage) -> None:
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    await says(desk, WANG, f"拆分 {no} 85123A×1")
    assert "金额：¥2.55 = 拆单后的份额\n" in await says(desk, LIN, f"查 {no}")


# -- paid above the price ----------------------------------------------------------------------------------------------

DEAR = "实付比标价高（水壶 实付 ¥70.00，标价 ¥60.00），可能含运费，请核对"


async def dear() -> None:
    """The line says that more was paid than it costs, and no column says what of it is freight."""
    order = await sell("79", {"W1": ("水壶", 1, "60"), "W2": ("杯子", 1, "40")})
    await OrderLine.filter(order=order, sku="W1").update(paid=Decimal(70))
    await OrderLine.filter(order=order, sku="W2").update(paid=Decimal(40))


async def test_more_than_goods_cost_is_never_refunded_in_silence(desk: Stage) -> None:
    await dear()
    assert DEAR in await says(desk, LIN, "退货 79 W1×1 质量问题")
    await taps(desk, LIN, "提交")
    await play(desk, f"{WANG} 同意")
    assert DEAR in news(desk, LI)[-1]
    await play(desk, f"{LI} 同意", "周仓 确认收货", "许静 合格入库")
    assert DEAR in news(desk, "钱芳")[-1]


async def test_what_cost_no_more_than_its_price_surprises_nobody(desk: Stage) -> None:
    await dear()
    assert "标价" not in await says(desk, LIN, "退货 79 W2×1 质量问题")
