"""The main job, as people do it: from a typed message to a confirmed refund, on either platform and across both."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from models import Case, CaseState, Refund, StockMove
from tests.support.stage import buttons, sell, stage, text_of

if TYPE_CHECKING:
    from tests.support.stage import Stage

LAMP = {"85123A": ("白色心形烛台", 6, "2.55"), "71053": ("金属灯笼", 6, "3.39")}


async def submit(desk: Stage, line: str = "退货 536365 85123A×2 质量问题 外壳破裂") -> str:
    """The agent types a return and taps 提交; the case's number."""
    lin = desk.person("林晓")
    [draft] = await desk.say(lin, line)
    assert buttons(draft) == ["提交", "取消"]
    submitted = await desk.tap(lin, "提交")
    assert buttons(submitted) == []
    case = await Case.all().order_by("-id").first()
    assert case is not None
    assert case.no in text_of(submitted)
    return case.no


async def test_a_return_walks_from_a_message_to_the_refund(database_url: str) -> None:
    async with stage(database_url) as desk:
        await sell("536365", LAMP)
        no = await submit(desk)
        await desk.tap(desk.person("王建国"), "同意")
        await desk.tap(desk.person("李敏"), "同意")
        await desk.say(desk.person("林晓"), f"运单 {no} SF1234567890")
        [receipt] = await desk.say(desk.person("周仓"), "收货 SF1234567890")
        assert "SF1234567890" in text_of(receipt)
        await desk.tap(desk.person("周仓"), "确认收货")
        await desk.tap(desk.person("许静"), "合格入库")
        await desk.tap(desk.person("钱芳"), "确认退款")
        await everything_is_settled(desk, no)


async def everything_is_settled(desk: Stage, no: str) -> None:
    """The case is done, the money went once, the goods are in stock, the customer knows, and every card is a record."""
    assert (await Case.get(no=no)).state is CaseState.DONE
    assert [refund.amount for refund in desk.sandbox.shop.refunds] == [Decimal("5.10")]
    assert (await Refund.get()).no == f"{no}-T1"
    assert await StockMove.all().values_list("sku", "zone", "quantity") == [("85123A", "待售区", 2)]
    notice = desk.sandbox.world.phone("sms", "13800138000")
    assert [item.body["content"] for item in notice] == ["您的退款已处理完成，请注意查收"]
    assert not any(desk.live(person) for person in desk.sandbox.world.people)
    assert desk.sandbox.wecom.problems == desk.sandbox.dingtalk.problems == []
