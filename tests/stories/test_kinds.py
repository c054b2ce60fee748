"""The other kinds, each to its own end: exchange, repair, making good, money alone, sent again, complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Case, Member, Order, OrderLine, Refund, Task, TaskState
from tests.support.stories import finish, news, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def answers(desk: Stage, name: str, button: str, *words: str) -> str:
    """Tap a button and reply to what the bot then asks; what it said last."""
    said = await taps(desk, name, button)
    for word in words:
        said = await says(desk, name, word)
    return said


async def claimed() -> int:
    """Units of the story's order line that no other case may have."""
    return int((await OrderLine.get(sku="85123A", order__no="536365")).claimed)


async def paid(no: str) -> list[str]:
    return [f"{refund.state} {refund.amount:.2f}" for refund in await Refund.filter(case__no=no)]


async def test_an_exchange_sends_the_new_one_and_pays_nothing(desk: Stage) -> None:
    no = await submitted(desk, "换货 536365 85123A×2 质量问题")
    assert "已提交：换货" in news(desk, "林晓")[0]
    assert "¥" not in news(desk, "林晓")[0], "the price of the goods is no refund"
    await answers(desk, "林晓", "报审核", "同款", "不用补差价")
    await play(desk, "王建国 同意", "周仓 确认收货", "许静 合格入库")
    assert await claimed() == 2
    await answers(desk, "周仓", "已寄出", "SF1234567890")
    assert await stand(no) == "已完成"
    assert await paid(no) == []
    assert await claimed() == 0, "the customer has a good one, and may return it later"
    await the_cards_are_true(desk)


async def test_an_exchange_for_more_waits_for_the_difference(desk: Stage) -> None:
    no = await submitted(desk, "换货 536365 85123A×1 七天无理由")
    await answers(desk, "林晓", "报审核", "金属灯笼", "3.50")
    await play(desk, "王建国 同意", "周仓 确认收货", "许静 合格入库")
    assert await stand(no) == "处理中 收差价"
    await play(desk, "钱芳 已收款")
    assert await stand(no) == "处理中 寄出新件"


async def test_what_cannot_be_exchanged_is_refunded(desk: Stage) -> None:
    no = await submitted(desk, "换货 536365 85123A×2 质量问题")
    await answers(desk, "林晓", "报审核", "同款", "0")
    await play(desk, "王建国 同意", "周仓 确认收货", "许静 合格入库", "周仓 没有货")
    assert await finish(desk, no) == ["李敏 金额审批", "钱芳 财务退款"]
    assert await stand(no) == "已完成"
    assert await paid(no) == ["已退款 5.10"]
    assert await claimed() == 2


async def test_a_repair_out_of_warranty_is_quoted_and_comes_back(desk: Stage) -> None:
    no = await submitted(desk, "维修 536365 85123A×1 保外维修 不亮")
    await play(desk, "王建国 同意", "周仓 确认收货")
    [repairer] = set(await owners(no))
    await answers(desk, repairer, "检完", "机器故障", "线断了")
    await answers(desk, repairer, "报给客服", "12")
    assert "12.00" in "\n".join(news(desk, "林晓")[-2:]), "the quote is on the card of whoever asks the customer"
    await play(desk, "林晓 同意")
    assert "维修报价：12.00" in (await says(desk, "林晓", f"查 {no}")).replace("¥", "")
    assert "维修收款" not in await says(desk, "林晓", f"查 {no}")
    assert await stand(no) == "处理中 收维修费"
    assert "12.00" in news(desk, "钱芳")[-1], "whoever collects it reads how much"
    await answers(desk, "钱芳", "收好了", "到付")
    await play(desk, f"{repairer} 修好")
    assert all(word in news(desk, "周仓")[-1] for word in ("¥12.00", "到付")), "the parcel is sent cash on delivery"
    await answers(desk, "周仓", "已寄出", "SF1234567890")
    assert await stand(no) == "已完成"
    assert "维修收款：到付" in await says(desk, "林晓", f"查 {no}")
    assert await paid(no) == []
    assert await claimed() == 0


async def test_a_quote_that_is_not_paid_mends_nothing(desk: Stage) -> None:
    no = await submitted(desk, "维修 536365 85123A×1 保外维修 不亮")
    await play(desk, "王建国 同意", "周仓 确认收货")
    [repairer] = set(await owners(no))
    await answers(desk, repairer, "检完", "机器故障", "线断了")
    await answers(desk, repairer, "报给客服", "12")
    await play(desk, "林晓 同意", "钱芳 不修了")
    assert await stand(no) == "处理中 寄回"
    assert "维修收款 没有收" in news(desk, "周仓")[-1]
    assert await paid(no) == []


async def owners(no: str) -> list[str]:
    case = await Case.get(no=no).prefetch_related("tasks__owner")
    return [task.owner.name for task in case.tasks if task.closed_at is None]


async def test_making_good_pays_what_was_agreed_and_the_rest_can_still_be_refunded(desk: Stage) -> None:
    no = await submitted(desk, "补偿 536365 85123A×2 物流损坏")
    refused = await answers(desk, "林晓", "报审批", "退款", "9.99")
    assert "不超过这几件商品的实付 ¥5.10" in refused
    assert await stand(no) == "处理中 定补偿"
    await answers(desk, "林晓", "报审批", "退款", "2")
    assert await finish(desk, no) == ["李敏 金额审批", "钱芳 财务退款"]
    assert await paid(no) == ["已退款 2.00"]
    assert await claimed() == 0
    assert "预计退款 ¥13.30" in await says(desk, "林晓", "退货 536365 85123A×6 质量问题"), "15.30 less what is gone"


async def test_a_coupon_makes_good_without_money(desk: Stage) -> None:
    no = await submitted(desk, "补偿 536365 85123A×2 物流损坏")
    await answers(desk, "林晓", "报审批", "优惠券", "2")
    await play(desk, "李敏 同意")
    await answers(desk, "林晓", "已发券", "SORRY-2")
    assert await stand(no) == "已完成"
    assert await paid(no) == []


async def test_money_alone_is_reviewed_and_paid(desk: Stage) -> None:
    no = await submitted(desk, "仅退款 536365 85123A×2 发货错误")
    assert await finish(desk, no) == ["王建国 客服审核", "李敏 金额审批", "钱芳 财务退款"]
    assert await paid(no) == ["已退款 5.10"]
    assert await claimed() == 2


async def test_what_was_lost_is_sent_again(desk: Stage) -> None:
    no = await submitted(desk, "补发 536365 85123A×2 发货错误")
    await play(desk, "王建国 同意")
    await answers(desk, "周仓", "已寄出", "SF1234567890")
    assert await stand(no) == "已完成"
    assert await claimed() == 0


async def test_what_was_caught_on_its_way_is_inspected_and_refunded(desk: Stage) -> None:
    no = await submitted(desk, "拦截 536365 85123A×2 取消订单")
    await play(desk, "黄磊 已拦截", "周仓 确认收货", "许静 合格入库")
    assert await finish(desk, no) == ["李敏 金额审批", "钱芳 财务退款"]
    assert (await stand(no), await paid(no)) == ("已完成", ["已退款 5.10"])
    await the_cards_are_true(desk)


async def test_what_could_not_be_caught_is_free_to_be_returned(desk: Stage) -> None:
    no = await submitted(desk, "拦截 536365 85123A×2 地址填错")
    await play(desk, "黄磊 没拦住")
    assert await stand(no) == "已关闭 超期"
    assert f"{no} 联系快递：黄磊 没拦住" in "\n".join(news(desk, "林晓"))
    assert (await paid(no), await claimed()) == ([], 0)
    await the_cards_are_true(desk)


async def test_a_complaint_becomes_a_return_and_each_names_the_other(desk: Stage) -> None:
    no = await submitted(desk, "投诉 536365 85123A×2 商品投诉 和照片不一样")
    await answers(desk, "王建国", "转退货", "质量问题")
    heir = await Case.get(kind="退货")
    assert (heir.return_type, heir.note, heir.order_no) == ("质量问题", "和照片不一样", "536365")
    assert await stand(no) == "已完成"
    assert f"{no} 已转成退货 {heir.no}" in "\n".join(news(desk, "王建国"))
    assert f"转自 {no}" in await says(desk, "林晓", f"查 {heir.no}")
    assert f"转出 {heir.no}" in await says(desk, "林晓", f"查 {no}")
    assert await claimed() == 2
    assert await Case.all().count() == 2
    await the_cards_are_true(desk)


async def test_a_complaint_that_was_heard_ends_when_the_customer_is_content(desk: Stage) -> None:
    no = await submitted(desk, "投诉 536365 85123A×1 服务投诉")
    await answers(desk, "王建国", "已处理", "已致歉")
    await play(desk, "林晓 还不满意")
    await answers(desk, "王建国", "已处理", "再次致歉并送券")
    await play(desk, "林晓 客户满意")
    assert await stand(no) == "已完成"
    assert await claimed() == 0


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        pytest.param("维修 536365 85123A×1 七天无理由", "“七天无理由”走的是退货、换货流程", id="a type of other kinds"),
        pytest.param(
            "退货 536365 85123A×1 服务投诉", "请写：投诉 536365 85123A×1 服务投诉", id="and what to type instead"
        ),
    ],
)
async def test_a_kind_takes_its_own_types(desk: Stage, line: str, heard: str) -> None:
    assert heard in await says(desk, "林晓", line)
    assert not await Case.exists()


async def test_a_change_of_several_flows_is_tried_on_each_that_has_a_past(desk: Stage) -> None:
    """A tier is everybody's: the past of every kind that is approved by it is tried."""
    await finish(desk, await submitted(desk, "退货 536365 85123A×1 质量问题"))
    await finish(desk, await submitted(desk, "仅退款 536365 85123A×1 质量问题"))
    await says(desk, "李敏", "规则 主管审批 5000→2")
    told = await says(desk, "李敏", "模拟 用 本月")
    assert "模拟 退货 · 本月：1 单里 1 单走法会变" in told
    assert "模拟 仅退款 · 本月：1 单里 1 单走法会变" in told
    assert "本月：2 单里 2 单会变" in "\n".join(news(desk, "李敏"))


@pytest.mark.parametrize(
    ("region", "note", "rule"),
    [
        pytest.param("华东", "紧急 不通电", "华东紧急维修", id="紧急维修 且 华东"),
        pytest.param("华东", "不通电", "其余维修", id="not in a hurry: by region all the same"),
        pytest.param("华北", "紧急 不通电", "维修主管", id="nobody there: whoever repairs"),
    ],
)
async def test_an_urgent_repair_in_the_east_goes_to_the_head_of_repairs_there(
    desk: Stage, region: str, note: str, rule: str
) -> None:
    await Order.filter(no="536365").update(region=region)
    await Member.filter(name="马宏伟").update(regions=["华东"])
    await take(MEMBERS)
    no = await submitted(desk, f"维修 536365 85123A×1 保修维修 {note}")
    await play(desk, "王建国 同意", "周仓 确认收货")
    told = await says(desk, "李敏", f"规则 为什么 {no}")
    assert rule in told
    assert "检修" in await stand(no)
    assert await Task.filter(case__no=no, node="检修", owner__name="马宏伟", state=TaskState.OPEN).exists()


async def test_an_exchange_that_becomes_a_refund_is_money_on_every_card(desk: Stage) -> None:
    """The amount with its reason, weighed with the order's other cases, and the difference that was paid apart."""
    first = await submitted(desk, "退货 536365 71053×1 质量问题")
    no = await submitted(desk, "换货 536365 85123A×2 质量问题")
    await answers(desk, "林晓", "报审核", "同款", "3.50")
    await says(desk, "王建国", f"同意 {no}")
    await play(desk, "周仓 确认收货", "许静 合格入库", "钱芳 已收款", "周仓 没有货")
    card = news(desk, "李敏")[-1]
    for words in ("审批：退款 ¥5.10", "¥5.10 = ¥2.55 × 2 件", "差价 ¥3.50", "差价不在这笔退款里", "合计 ¥8.49"):
        assert words in card, words
    assert "已同意：换货 ¥5.10" in await taps(desk, "李敏", "同意")
    assert "差价 ¥3.50" in news(desk, "钱芳")[-1]
    await says(desk, "王建国", f"同意 {first}")
    assert f"同一订单已有 {no} ¥5.10，合计 ¥8.49" in news(desk, "李敏")[-1]


async def test_who_runs_after_the_courier_takes_a_mistaken_end_back(desk: Stage) -> None:
    no = await submitted(desk, "拦截 536365 85123A×2 取消订单")
    [owner] = set(await owners(no))
    await taps(desk, owner, "没拦住")
    assert (await stand(no), await claimed()) == ("已关闭 超期", 0)
    assert "已撤回没拦住" in await says(desk, owner, f"撤回 {no}")
    assert (await stand(no), await claimed()) == ("处理中 联系快递", 2)
    await the_cards_are_true(desk)
