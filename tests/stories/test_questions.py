"""Questions about customers, orders and parcels, asked in the middle of other work: looked up, and nothing is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import AuditEntry, Case
from tests.support.stage import sell
from tests.support.stories import approved, news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

LIN, WANG, LI, WU = "林晓", "王建国", "李敏", "吴强"
SHOP = {"HD-01": ("吊灯", 4, "120.00"), "TB-09": ("玻璃茶杯", 10, "15.00")}
WAYBILL = "SF1234567890"
OTHER = "这位客户还有没开过售后单的订单：880009"

LOOKED_UP = [
    ("客户13800138000还有别的单吗", "{no} 退货"),
    ("客户13800138000还有别的单吗", OTHER),
    ("13800138000买过什么", "{no} 退货"),
    ("13800138000退过吗", "{no} 退货"),
    ("有没有13800138000的单", "{no} 退货"),
    ("客户13700137000的单", "订单 880002 还没有售后单"),
    ("13700137000 有几个订单", "“13700137000 有几个订单”：查到的在下面"),
    ("536365退过没", "{no} 退货"),
    ("536365还有单吗", "{no} 退货"),
    ("880002还剩几件能退", "可退：吊灯 ×4"),
    ("880002什么时候买的", "11-14 09:00 下单"),
    (f"{WAYBILL}是谁的", "{no} 退货"),
    ("SF7777777777是哪单的", "没有找到 SF7777777777"),
    ("这个客户还有别的单吗", "880002 的客户没有别的售后单"),
    ("客户电话是多少啊", "880002 的客户：张** · 尾号 7000"),
]


async def _lamps_on_their_way(desk: Stage) -> str:
    """A customer with a case and an order without one, and another customer."""
    await sell("880002", SHOP, mobile="13700137000", customer_name="张三")
    await sell("880009", SHOP)
    no = await approved(desk)
    await says(desk, LIN, f"运单 {no} {WAYBILL}")
    return no


async def test_what_is_asked_while_a_draft_stands_is_looked_up_and_leaves_it_standing(desk: Stage) -> None:
    no = await _lamps_on_their_way(desk)
    wrong = {}
    for told_last, still in (("退货 880002", "退哪一件？"), ("退货 880002 HD-01×1 质量问题", "草稿还在")):
        await says(desk, LIN, told_last)
        for typed, right in LOOKED_UP:
            before = len(news(desk, LIN))
            await says(desk, LIN, typed)
            told = "\n".join(news(desk, LIN)[before:])
            if right.replace("{no}", no) not in told or still not in told or "没有改草稿" in told:
                wrong[typed] = told[:300]
    assert not wrong
    assert "已提交" in await says(desk, LIN, "提交"), "the draft stood all the time"
    assert await Case.all().count() == 2


async def test_a_question_with_a_word_for_a_case_in_it_begins_none(desk: Stage) -> None:
    no = await _lamps_on_their_way(desk)
    assert f"{no} 退货" in await says(desk, LIN, "536365退过没")
    assert "吊灯 ×4" in await says(desk, LIN, "880002还能换吗")
    assert "点一下才算，现在什么都没有做" in await says(desk, LIN, "880002 客户问怎么退")
    assert "退货 880002 不知道什么情况，客户要退货" in await says(desk, LIN, "880002 不知道什么情况，客户要退货")
    assert await Case.all().count() == 1


NUMBERS = [
    (WANG, "客户电话多少", "{no} 的客户：李** · 尾号 8000。要整个号码，找：管理员、客服主管、风控专员、维修主管"),
    (LI, "{no} 客户电话多少", "{no} 的客户：李雷 · 13800138000"),
    (LIN, "客户的手机号是多少", "{no} 的客户：李** · 尾号 8000"),
    (LIN, "{no} 怎么联系客户", "{no}"),
    (WU, "{no} 客户手机号", "{no} 的客户：李** · 你看不到手机号"),
    (LI, "客户电话多少", "没写是哪一单"),
    (LI, "王建国电话多少", "同事的组别和电话这里查不到"),
]


async def test_a_customers_number_is_told_as_far_as_one_may_see_it_and_that_is_on_record(desk: Stage) -> None:
    no = await submitted(desk)
    wrong = {}
    for name, typed, right in NUMBERS:
        told = await says(desk, name, typed.replace("{no}", no))
        if right.replace("{no}", no) not in told:
            wrong[typed] = told[:200]
    assert not wrong
    seen = [entry.actor for entry in await AuditEntry.filter(kind="查看") if no in entry.data.get("售后单", ())]
    assert {WANG, LI, LIN, WU} <= set(seen)
