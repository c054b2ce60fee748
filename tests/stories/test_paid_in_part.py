"""What may be claimed after money has gone: worked out from units and money both, never more than was paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, OrderLine, Refund
from tests.support.published import STANDARD, publish_policy
from tests.support.stage import sell
from tests.support.stories import finish, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def claimed(order: str = "9") -> int:
    return int((await OrderLine.get(order__no=order)).claimed)


async def paid_out() -> Decimal:
    return sum((refund.amount for refund in await Refund.all()), Decimal(0))


async def test_the_rest_of_a_unit_that_was_paid_for_in_part_may_be_claimed_later(desk: Stage) -> None:
    await sell("9", {"M1": ("毛毯", 1, "49.90")})
    no = await submitted(desk, "仅退款 9 M1×1 质量问题 只退20元")
    assert await claimed() == 1, "while it is under way nobody else has it"
    await finish(desk, no)
    assert (await stand(no), await claimed()) == ("已完成", 0)
    card = await says(desk, "林晓", "退货 9 M1×1 质量问题")
    assert "预计退款 ¥29.90" in card
    await taps(desk, "林晓", "提交")
    second = (await Case.all().order_by("-id"))[0]
    assert "金额：¥29.90 = ¥49.90 − 已退过的 ¥20.00" in await says(desk, "林晓", f"查 {second.no}")
    await finish(desk, second.no)
    assert await paid_out() == Decimal("49.90")
    assert "都已经在退或退过了" in await says(desk, "林晓", "退货 9 M1×1 质量问题")


async def test_of_several_units_the_money_that_is_gone_is_gone_from_all(desk: Stage) -> None:
    await sell("9", {"M1": ("毛毯", 2, "50.00")})
    await finish(desk, await submitted(desk, "仅退款 9 M1×1 质量问题 只退20元"))
    no = await submitted(desk, "仅退款 9 M1×1 质量问题")
    assert "（¥100.00 − 已退过的 ¥20.00）× 1/2 件" in await says(desk, "林晓", f"查 {no}")
    await finish(desk, no)
    await finish(desk, await submitted(desk, "仅退款 9 M1×1 质量问题"))
    assert await paid_out() == Decimal("100.00")


async def test_all_of_the_money_leaves_nothing_to_claim(desk: Stage) -> None:
    await sell("9", {"M1": ("毛毯", 1, "49.90")})
    await finish(desk, await submitted(desk, "仅退款 9 M1×1 质量问题 只退49.90元"))
    assert await claimed() == 1
    assert "都已经在退或退过了" in await says(desk, "林晓", "退货 9 M1×1 质量问题")


async def test_a_case_that_was_paid_and_closed_without_its_goods_keeps_its_units(desk: Stage) -> None:
    """Paid at approval, never sent back: nobody claims the same goods again."""
    await publish_policy(text=STANDARD.replace("退款时机: 质检合格", "退款时机: 审批通过"))
    await sell("9", {"M1": ("毛毯", 1, "49.90")})
    no = await submitted(desk, "退货 9 M1×1 质量问题")
    await play(desk, "王建国 同意", "李敏 同意")
    assert await paid_out() == Decimal("49.90")
    await desk.later(timedelta(days=31))
    await taps(desk, "王建国", "关闭")
    assert await stand(no) == "已关闭 超期"
    assert "都已经在退或退过了" in await says(desk, "林晓", "退货 9 M1×1 质量问题")
    await says(desk, "王建国", f"重开 {no} 货到了")
    assert await claimed() == 1


async def test_where_all_money_is_gone_there_is_nothing_to_ask_for_but_goods(desk: Stage) -> None:
    await sell("9", {"M1": ("毛毯", 1, "49.90")})
    for wish in ("20", "29.90"):
        no = await submitted(desk, f"补偿 9 M1×1 物流损坏 补{wish}元")
        await taps(desk, "林晓", "报审批")
        await says(desk, "林晓", "退款")
        await finish(desk, no)
    assert await paid_out() == Decimal("49.90")
    for kind in ("退货", "仅退款", "补偿"):
        assert "已经退过或补过 ¥49.90，没有可退的钱了" in await says(desk, "林晓", f"{kind} 9 M1×1 物流损坏")
    assert "确认换货" in await says(desk, "林晓", "换货 9 M1×1 物流损坏")
