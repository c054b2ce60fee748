"""A customer who splits over several orders does not pass below a tier, where the policy sets a window for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from tortoise.transactions import in_transaction

from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.publishing.release import publish_shipped
from models import Case, Refund
from models.database.connection import database
from sandbox.people import staff
from tests.stories.test_money import changed
from tests.support.published import prefer
from tests.support.stage import START, hire, sell
from tests.support.stories import news, play, says, stand, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def two_orders(**second: str) -> None:
    """Each below 50 yuan, which the system pays alone."""
    await prefer("express")
    await sell("8001", {"A1": ("甲", 1, "45.00")})
    await sell("8002", {"B1": ("乙", 1, "45.00")}, **second)


async def opened(desk: Stage) -> tuple[str, str]:
    return await submitted(desk, "退货 8001 A1×1 质量问题"), await submitted(desk, "退货 8002 B1×1 质量问题")


async def test_without_a_window_orders_are_weighed_alone(desk: Stage) -> None:
    await two_orders()
    await opened(desk)
    assert await Refund.all().count() == 2
    assert "合并计算：同一订单的几张单加起来看档\n" in await says(desk, "李敏", "规则 express")


async def test_within_the_window_they_are_weighed_together_and_the_card_says_so(desk: Stage) -> None:
    await two_orders()
    await changed("规则 合并天数 7天")
    first, second = await opened(desk)
    assert await stand(second) == "处理中 客服审核"
    assert await Refund.all().count() == 1
    await play(desk, "王建国 同意", "周仓 确认收货", "许静 合格入库")
    assert f"同一客户 7 天内另有 {first} ¥45.00，合计 ¥90.00" in news(desk, "钱芳")[-1]
    assert "同一客户 7 天内的单也加进来" in await says(desk, "李敏", "规则 express")


async def test_after_the_window_each_stands_alone_again(desk: Stage) -> None:
    await two_orders()
    await changed("规则 合并天数 2")
    await submitted(desk, "退货 8001 A1×1 质量问题")
    await desk.later(timedelta(days=2, minutes=1))
    await submitted(desk, "退货 8002 B1×1 质量问题")
    assert await Refund.all().count() == 2


async def test_another_customer_is_another_customer(desk: Stage) -> None:
    await two_orders(customer="C2", mobile="13900139000")
    await changed("规则 合并天数 7")
    await opened(desk)
    assert await Refund.all().count() == 2
    assert not any(case.facts.get("同单已有") for case in await Case.all())


async def test_the_window_is_taken_off_again(desk: Stage) -> None:
    await two_orders()
    await changed("规则 合并天数 7", "规则 合并天数 无")
    await opened(desk)
    assert await Refund.all().count() == 2


async def test_of_two_orders_at_one_instant_the_second_sees_the_first(database_url: str) -> None:
    async with database(database_url):
        await publish_shipped("express", START)
        await changed("规则 合并天数 7")
        await hire(staff().people)
        await sell("8001", {"A1": ("甲", 1, "45.00")})
        await sell("8002", {"B1": ("乙", 1, "45.00")})
        shop = Desk(ZoneInfo("Asia/Shanghai"))
        who = (await shop.staff.now()).called("林晓")

        async def opened(order: str, sku: str) -> str:
            async with in_transaction():
                case, _ = await open_case(shop, Draft("退货", order, ((sku, 1),), "质量问题"), who, START)
                return str(case.facts.get("同单已有"))

        found = await asyncio.gather(opened("8001", "A1"), opened("8002", "B1"))
        assert sorted(found) == ["45.00", "None"]
