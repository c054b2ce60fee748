"""What is on the card is what is: lines, counts, amounts, reasons, parcels out, and the submitter's card."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from flow.records.outbox import FOLLOWS_EVERY, following
from models import Case, Order, Outbox, Parcel
from models.pipeline import session
from tests.bot.test_customer_page import looks
from tests.stories.test_kinds import answers
from tests.support.stage import menu, sell, text_of
from tests.support.stories import (
    approved,
    finish,
    inspected,
    news,
    play,
    received,
    says,
    submitted,
    taps,
    the_cards_are_true,
)  # fmt: skip

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
MANY = {f"SKU{n:02}": (f"第 {n} 号商品，名字不短", 9, "10.00") for n in range(40)}
EXCHANGE = "换货 536365 85123A×2 质量问题"


def mine(desk: Stage) -> str:
    """The agent's card of the case, as it reads now."""
    return next(words for words in news(desk, "林晓") if "单号 R" in words)


async def all_of_forty(desk: Stage) -> str:
    await sell("700040", MANY)
    goods = " ".join(f"{sku}×{n % 3 + 1}" for n, sku in enumerate(MANY))
    return await submitted(desk, f"退货 700040 {goods} 质量问题")


async def test_forty_products_stand_on_the_card_as_far_as_it_goes_and_the_rest_is_a_tap_away(desk: Stage) -> None:
    no = await all_of_forty(desk)
    card = desk.card(desk.person("王建国"), "同意")
    assert "第 0 号商品，名字不短 ×1" in text_of(card)
    assert "点“全部明细”" in text_of(card)
    await desk.tap(desk.person("王建国"), "全部明细", card)
    told = news(desk, "王建国")[-1]
    assert all(f"{sku} {title} ×{n % 3 + 1}" in told for n, (sku, (title, *_)) in enumerate(MANY.items()))
    looked_up = await says(desk, "王建国", f"查 {no}")
    assert all(sku in looked_up for sku in MANY)
    await the_cards_are_true(desk)


async def test_a_card_that_was_drawn_anew_tells_everything_too_and_so_do_the_words(desk: Stage) -> None:
    no = await all_of_forty(desk)
    await says(desk, "王建国", f"挂起 {no} 等客户")
    await desk.tap(desk.person("王建国"), "全部明细", desk.card(desk.person("王建国"), "恢复"))
    assert "SKU39" in news(desk, "王建国")[-1]
    await says(desk, "林晓", f"全部明细 {no}")
    assert "SKU39" in news(desk, "林晓")[-1]


async def test_nobody_is_told_of_cases_that_are_not_theirs(desk: Stage) -> None:
    no = await submitted(desk)
    assert "85123A" not in await says(desk, desk.with_role("操作员").name, f"全部明细 {no}")


# -- the amount --------------------------------------------------------------------------------------------------------


async def test_why_the_amount_changed_is_told_wherever_it_is_read(desk: Stage) -> None:
    no = await approved(desk)
    why = "¥5.10 − 扣款 ¥2.00（缺 灯罩） = ¥3.10"
    whole = "¥5.10（¥2.55 × 2 件） − 扣款 ¥2.00（缺 灯罩） = ¥3.10"
    await taps(desk, "周仓", "配件缺失")
    await says(desk, "周仓", "灯罩 2")
    looked_up = await says(desk, "林晓", f"查 {no}")
    assert "缺 灯罩，待定扣款 ¥2.00" in looked_up
    assert "周仓 仓库收货 配件缺失（缺 灯罩，扣款 ¥2.00）" in looked_up
    await play(desk, "林晓 同意")
    assert "缺件 灯罩 扣 ¥2.00" in text_of(desk.card(desk.person("许静"), "合格入库")), "the inspector knows"
    await play(desk, "许静 合格入库")
    assert why in news(desk, "林晓")[-1], "the submitter hears it"
    assert whole in text_of(desk.card(desk.person("钱芳"), "确认退款"))
    record = await taps(desk, "钱芳", "确认退款")
    assert why in record
    assert whole in await says(desk, "林晓", f"查 {no}")
    assert why in mine(desk)


async def test_what_came_short_is_told_line_by_line(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 85123A×2 71053×1 质量问题")
    await says(desk, "周仓", f"确认收货 {no} 85123A×1")
    for words in (text_of(desk.card(desk.person("许静"), "合格入库")), news(desk, "林晓")[-1]):
        assert "白色心形烛台 ×2：收到 1" in words
        assert "金属灯笼 ×1：收到 0" in words
    assert "金额：¥8.49（¥2.55 × 2 件 + ¥3.39 × 1 件） − 没收到的 ¥5.94 = ¥2.55" in await says(desk, "林晓", f"查 {no}")
    assert "¥" not in text_of(desk.card(desk.person("许静"), "合格入库")), "the inspector sees no money"


# -- who brought it here -----------------------------------------------------------------------------------------------


async def test_who_sent_it_back_and_why_is_on_the_next_card(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    await says(desk, "李敏", f"退回 {no} 照片看不清")
    assert "李敏 退回：照片看不清" in text_of(desk.card(desk.person("王建国"), "同意"))
    assert "李敏 客服审核" not in mine(desk)


async def test_who_asked_for_a_signature_is_on_the_card(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 何佳")
    assert "王建国 请你先签" in text_of(desk.card(desk.person("何佳"), "同意"))


async def test_a_refused_parcel_is_closed_last_and_in_red(desk: Stage) -> None:
    await approved(desk)
    await taps(desk, "周仓", "拒收")
    card = desk.card(desk.person("王建国"), "驳回")
    told = text_of(card)
    assert told.index("驳回") < told.rindex("同意")
    assert "周仓 拒收" in told


# -- a clock that stands still -----------------------------------------------------------------------------------------


async def test_a_case_that_is_put_aside_is_never_late(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"挂起 {no} 等客户寄回")
    await desk.later(timedelta(days=3))
    still = "已停：11-23 09:00 起，等客户寄回"
    told = [await says(desk, "王建国", "待办"), await says(desk, "林晓", f"查 {no}")]
    for words in (*told, text_of(desk.card(desk.person("王建国"), "恢复"))):
        assert still in words
        assert "超时" not in words
    assert "超时" not in await says(desk, "王建国", f"规则 为什么 {no}")


async def test_what_is_put_off_is_late_only_when_it_is_back(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"稍后 {no} 11-25 10:00")
    await desk.later(timedelta(days=1, hours=1))
    assert "已停：稍后，11-25 10:00 再看" in await says(desk, "林晓", f"查 {no}")
    assert "超时提醒" not in "\n".join(news(desk, "王建国"))
    await desk.later(timedelta(days=1))
    await desk.later(timedelta(minutes=1))
    assert "超时提醒" in "\n".join(news(desk, "王建国"))


# -- the submitter's card ----------------------------------------------------------------------------------------------


async def test_the_submitter_s_card_follows_the_case_and_ends_as_its_record(desk: Stage) -> None:
    no = await submitted(desk)
    assert "下一步 客服审核 · 王建国" in mine(desk)
    await play(desk, "王建国 同意")
    assert "王建国 客服审核 同意" in mine(desk)
    assert "下一步 金额审批 · 李敏" in mine(desk)
    await finish(desk, no)
    for words in ("已完成：退货 ¥5.10", "退款 已退款 ¥5.10", "结果 已完成", "截至 11-23 09:00"):
        assert words in mine(desk)


async def test_a_refusal_is_read_on_the_submitter_s_card(desk: Stage) -> None:
    await submitted(desk)
    await answers(desk, "王建国", "驳回")
    assert "已拒绝：退货" in mine(desk)
    assert "结果 已关闭（拒绝）" in mine(desk)


@pytest.mark.homes("dingtalk")
async def test_a_walk_stays_within_what_may_be_called(desk: Stage) -> None:
    """KB 1431: each drawing counts; of a quick walk the first decision and the end are drawn."""
    before = desk.sandbox.dingtalk.calls["/v1.0/card/instances"]
    no = await submitted(desk)
    await finish(desk, no)
    calls = desk.sandbox.dingtalk.calls["/v1.0/card/instances"] - before
    assert calls <= 4, "two of the submitter's card, the other keeper's, and finance's once the money is there"


@pytest.mark.homes("dingtalk")
async def test_what_is_decided_before_a_drawing_is_out_waits_too(desk: Stage) -> None:
    """Two decisions faster than one call: the second finds the first on its way, though not drawn yet."""
    case = await Case.get(no=await submitted(desk))
    await Outbox.all().delete()
    now = desk.clock.now()
    for case.version in (7, 8):
        async with in_transaction():
            await session.batch(*following(case, now, over=False))
    waits = [row.run_at - now for row in await Outbox.filter(kind="refresh").order_by("id")]
    assert waits == [timedelta(0), FOLLOWS_EVERY]


@pytest.mark.homes("dingtalk")
async def test_what_was_decided_in_between_is_drawn_a_little_later(desk: Stage) -> None:
    await submitted(desk)
    await play(desk, "王建国 同意", "李敏 同意")
    assert "下一步 金额审批" in mine(desk)
    await desk.later(timedelta(minutes=10))
    assert "下一步 仓库收货" in mine(desk)


async def test_whoever_is_asked_next_does_not_hear_it_twice(desk: Stage) -> None:
    await approved(desk)
    await taps(desk, "周仓", "配件缺失")
    await says(desk, "周仓", "灯罩 2")
    assert not [words for words in news(desk, "林晓") if "周仓 配件缺失" in words]
    assert "缺件：灯罩 扣 ¥2.00" in news(desk, "林晓")[-1]


# -- a record is read tomorrow -----------------------------------------------------------------------------------------


async def test_nothing_that_stays_says_today(desk: Stage) -> None:
    no = await inspected(desk)
    await says(desk, "林晓", f"查 {no}")
    await says(desk, "王建国", f"规则 为什么 {no}")
    await says(desk, "钱芳", "待办")
    for name in ("林晓", "王建国", "李敏", "周仓", "许静", "钱芳"):
        for words in news(desk, name):
            assert "昨天" not in words
            assert "明天" not in words
            assert "今天" not in words.replace("时限 今天", ""), words
    assert "时限 11-24 09:00 前" in text_of(desk.card(desk.person("钱芳"), "确认退款"))


# -- parcels -----------------------------------------------------------------------------------------------------------


async def test_a_waybill_that_comes_later_reaches_the_card_at_the_dock(desk: Stage) -> None:
    no = await approved(desk)
    assert f"收货：{no}" in text_of(desk.card(desk.person("周仓"), "确认收货"))
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    assert "收货：SF1234567890" in text_of(desk.card(desk.person("周仓"), "确认收货"))
    await the_cards_are_true(desk)


async def to_be_sent(desk: Stage) -> str:
    await Order.filter(no="536365").update(address="上海市长宁区某路 1 号 203 室")
    no = await submitted(desk, EXCHANGE)
    await answers(desk, "林晓", "报审核", "同款", "3.5")
    assert "差价 ¥3.50" in text_of(desk.card(desk.person("王建国"), "同意"))
    await play(desk, "王建国 同意", "周仓 确认收货", "许静 合格入库", "钱芳 已收款")
    return no


async def test_whoever_sends_goods_reads_what_goes_to_whom(desk: Stage) -> None:
    await to_be_sent(desk)
    card = text_of(desk.card(desk.person("周仓"), "已寄出"))
    for words in ("收件 李雷 13800138000", "地址 上海市长宁区某路 1 号 203 室", "换成 同款", "白色心形烛台 ×2"):
        assert words in card
    assert "13800138000" not in "\n".join(news(desk, "林晓")), "an agent sees the tail, as everywhere"


async def test_what_is_sent_is_a_parcel_of_the_case(desk: Stage) -> None:
    no = await to_be_sent(desk)
    other = await received(desk, "退货 536365 71053×1 质量问题")
    assert "还有一个包裹吗" in await says(desk, "林晓", f"运单 {other} SF0000000001")
    await says(desk, "林晓", "1")
    assert "不像运单号" in await answers(desk, "周仓", "已寄出", "已经寄了")
    assert f"运单 SF0000000001 已登记在 {other}" in await says(desk, "周仓", "SF0000000001")
    assert "已完成" not in (await Case.get(no=no)).state
    await says(desk, "周仓", "sf 7777777777")
    assert await Parcel.get(waybill="SF7777777777").values_list("outbound", flat=True)
    assert no in await says(desk, "林晓", "查 SF7777777777")
    assert "寄出：SF7777777777" in await says(desk, "林晓", f"查 {no}")
    assert "寄出 SF7777777777" in mine(desk)
    assert "寄给客户的包裹，不是退货" in await says(desk, "周仓", "收货 SF7777777777")


async def test_the_customer_reads_what_is_being_done_and_under_which_number_it_comes(desk: Stage) -> None:
    no = await to_be_sent(desk)
    url = (await says(desk, "林晓", f"链接 {no}")).split()[-1]
    shown = await looks(url)
    assert "换货中" in shown
    assert "正在处理换货" in shown
    await answers(desk, "周仓", "已寄出", "SF7777777777")
    shown = await looks(url)
    assert "已寄出" in shown
    assert "寄给您的运单 SF7777777777" in shown


async def test_a_small_case_has_no_more_to_tell(desk: Stage) -> None:
    await submitted(desk)
    assert menu(desk.card(desk.person("王建国"), "同意")) == ["为什么是我"], "nothing is left out"


async def test_a_long_name_stands_once_on_a_card_and_whole(desk: Stage) -> None:
    name = "WHITE HANGING HEART T-LIGHT HOLDER"
    await sell("700041", {"L1": (name, 2, "5.00")})
    await submitted(desk, "退货 700041 L1×2 质量问题")
    for card in (mine(desk), news(desk, "王建国")[-1]):
        assert card.count(f"{name} ×2") == card.count("WHITE HANGING") == 1
