"""Goods that stay, go back, are changed or counted in one breath: nothing is drafted of what was not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, CaseLine
from tests.support.stage import sell
from tests.support.stories import approved, says, stand, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, ZHOU = "林晓", "周仓"
PETS = {
    "MB-01": ("猫抓板", 5, "35.00"), "QY-02": ("牵引绳", 4, "58.00"), "WS-03": ("智能喂食器", 2, "399.00"),
    "YK-04": ("遥控器", 1, "49.00"), "TD-05": ("台灯", 3, "120.00"),
}  # fmt: skip

SAID = [
    ("退货 7 遥控器客户要留着，其他都退 无理由", "猫抓板 ×5、牵引绳 ×4、智能喂食器 ×2、台灯 ×3"),
    ("退货 7 台灯退1个 遥控器客户想自己留下 质量问题", "商品 台灯 ×1 "),
    ("退货 7 抓板退2 牵引绳退1 无理由", "猫抓板 ×2、牵引绳 ×1"),
    ("退货 7 台灯1退遥控器1换 质量问题", "· 换货 7 遥控器1个 质量问题"),
    ("退货 7 台灯退一个，遥控器换一个 质量问题", "· 换货 7 遥控器一个 质量问题"),
    ("退货 7 猫抓板5个退2个换3个 质量问题", "· 换货 7 猫抓板3个 质量问题"),
    ("退货 7 猫抓板3 台灯1 无理由 台灯外箱破了", "猫抓板 ×3、台灯 ×1"),
    ("换货 7 台灯1个 换成猫抓板 质量问题", "商品 台灯 ×1 "),
    ("换货 7 换台灯1个 质量问题", "商品 台灯 ×1 "),
]


@pytest.mark.parametrize(("typed", "shown"), SAID)
async def test_the_draft_is_what_was_said(desk: Stage, typed: str, shown: str) -> None:
    await sell("7", PETS)
    assert shown in await says(desk, LIN, typed)


ASKED = [
    ("退货 7 遥控器客户要留着 无理由", "退哪一件？"),
    ("退货 7 抓板退2 绳子不退 无理由", "是件数，还是金额？"),
    ("退货 7 台灯两个 退款打到他老婆的微信上 质量问题", "写进备注，照开吗？"),
    ("退货 7 台灯十个 质量问题", "退几件？"),
]


@pytest.mark.parametrize(("typed", "question"), ASKED)
async def test_what_may_be_two_things_is_asked(desk: Stage, typed: str, question: str) -> None:
    await sell("7", PETS)
    assert question in await says(desk, LIN, typed)
    assert not await Case.exists()


async def test_of_two_orders_each_has_the_same_goods(desk: Stage) -> None:
    await sell("800100", PETS)
    await sell("800200", PETS)
    told = await says(desk, LIN, "退货 800100 和 800200 各退一个台灯 质量问题")
    assert "台灯 ×1" in told
    assert "· 退货 800200 一个台灯 质量问题" in told
    await taps(desk, LIN, "提交")
    await taps(desk, LIN, "提交")
    assert await CaseLine.all().values_list("sku", "requested") == [("TD-05", 1)] * 2


async def test_counts_that_are_glued_to_the_goods_are_counted_at_the_dock(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 85123A×2 71053×3 质量问题 外壳破裂")
    assert "85123A ×1、71053 ×3" in await says(desk, ZHOU, f"确认收货 {no} 烛台1 灯笼3")
    assert [line.received for line in await CaseLine.all().order_by("id")] == [1, 3]
    assert await stand(no) == "处理中 质检"
