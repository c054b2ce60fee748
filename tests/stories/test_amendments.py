"""An open case is corrected by its submitter: what that undoes is said first, then it is done, once and whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flow.cases.advance import advance
from flow.cases.command import Command
from flow.cases.revision import carry_out, drafted, revise
from flow.errors import StaleCase
from models import Case, CaseLine, Event, OrderLine, Refund
from models.pipeline import session
from tests.support.desks import opened
from tests.support.proof import chain_holds, rows
from tests.support.stage import START
from tests.support.stories import news, play, received, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from flow.cases.assessment import Draft
    from tests.support.stage import Stage

LIN = "林晓"


BOTH = pytest.mark.homes("both", "dingtalk")


async def held(sku: str = "85123A") -> int:
    return int((await OrderLine.get(sku=sku, order__no="536365")).claimed)


def _less(draft: Draft) -> Draft:
    return replace(draft, items=(("85123A", 1),))


def _more(draft: Draft) -> Draft:
    return replace(draft, items=(("85123A", 4),))


async def goods() -> list[tuple[str, int, str]]:
    lines = await CaseLine.all().order_by("sku")
    return [(line.sku, line.requested, f"{line.paid:.2f}") for line in lines]


@BOTH
async def test_an_approved_case_is_corrected_and_approved_again(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    card = await says(desk, LIN, f"改 {no} 数量 1")
    assert "这会让 王建国 的同意作废，重新审批" in card
    for words in (
        "2 件 → 1 件",
        "¥5.10 → ¥2.55",
        "改前：白色心形烛台 ×2 · 外壳破裂",
        "改后：白色心形烛台 ×1 · 外壳破裂",
    ):
        assert words in card
    assert await goods() == [("85123A", 2, "5.10")], "nothing is done before it is confirmed"
    assert "已修改，现在：客服审核 · 王建国" in await taps(desk, LIN, "确认修改")
    case = await Case.get()
    assert (await goods(), await held(), f"{case.amount:.2f}") == ([("85123A", 1, "2.55")], 1, "2.55")
    assert await stand(no) == "处理中 客服审核"
    await the_cards_are_true(desk)
    assert await chain_holds(case)
    assert "¥2.55 × 1 件" in await says(desk, LIN, f"查 {no}"), "how the amount comes about follows"
    assert "改前 85123A×2 质量问题 ¥5.10 外壳破裂，改后 85123A×1 质量问题 ¥2.55 外壳破裂" in await says(
        desk, LIN, f"查 {no}"
    )
    await play(desk, "王建国 同意", "李敏 同意", "周仓 确认收货", "许静 合格入库", "钱芳 确认退款")
    assert f"{(await Refund.get()).amount:.2f}" == "2.55"


@BOTH
async def test_everything_is_corrected_in_one_sentence(desk: Stage) -> None:
    no = await submitted(desk)
    assert "还没有人审批过" in await says(desk, LIN, f"改 {no} 85123A×1 71053两个 类型 物流损坏 备注 箱子湿了")
    await says(desk, LIN, "确认")
    case = await Case.get()
    assert await goods() == [("71053", 2, "6.78"), ("85123A", 1, "2.55")]
    assert (case.return_type, case.note, case.reason, case.facts["责任"]) == (
        "物流损坏",
        "箱子湿了",
        "箱子湿了",
        "物流",
    )
    assert (await held(), await held("71053"), f"{case.amount:.2f}") == (1, 2, "9.33")


@BOTH
async def test_a_product_is_left_out(desk: Stage) -> None:
    no = await submitted(desk, "退货 536365 85123A×2 71053×1 质量问题")
    await says(desk, LIN, f"改 {no} 71053×0")
    await taps(desk, LIN, "确认修改")
    assert (await goods(), await held("71053")) == ([("85123A", 2, "5.10")], 0)


@BOTH
async def test_the_amount_is_corrected(desk: Stage) -> None:
    no = await submitted(desk, "仅退款 536365 85123A×2 质量问题")
    assert "¥5.10 → ¥3.00" in await says(desk, LIN, f"改 {no} 金额 3")
    await taps(desk, LIN, "确认修改")
    await play(desk, "王建国 同意", "李敏 同意", "钱芳 确认退款")
    assert f"{(await Refund.get()).amount:.2f}" == "3.00"


@BOTH
async def test_a_remark_undoes_nothing(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert "只改备注，不影响审批" in await says(desk, LIN, f"改 {no} 备注 客户说周五寄")
    await taps(desk, LIN, "确认修改")
    assert await stand(no) == "处理中 金额审批"
    assert (await Case.get()).note == "客户说周五寄"
    assert await Event.filter(action="改").count() == 1
    assert "客户说周五寄" in next(text for text in reversed(news(desk, "李敏")) if "审批" in text)
    await the_cards_are_true(desk)


@BOTH
async def test_an_approval_in_between_is_said_before_it_is_undone(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"改 {no} 数量 1")
    await play(desk, "王建国 同意")
    await taps(desk, LIN, "确认修改")
    assert "这会让 王建国 的同意作废，重新审批" in desk.last(desk.person(LIN))
    assert (await goods(), await stand(no)) == ([("85123A", 2, "5.10")], "处理中 金额审批")
    await taps(desk, LIN, "确认修改")
    assert (await goods(), await stand(no)) == ([("85123A", 1, "2.55")], "处理中 客服审核")
    await the_cards_are_true(desk)


@BOTH
async def test_it_is_left_by_tap_and_changed_by_word(desk: Stage) -> None:
    no = await submitted(desk)
    before = await rows()
    await says(desk, LIN, f"改 {no} 数量 1")
    assert "2 件 → 3 件" in await says(desk, LIN, "改成3个")
    assert "没有改动" in await taps(desk, LIN, "取消")
    assert await rows() == before
    await the_cards_are_true(desk)


@BOTH
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("数量 9", "最多还能退 6 件"),
        ("数量 2", "本来就是这样，没有改动"),
        ("数量 0", "数量不能都是 0"),
        ("看着办", "没看懂“看着办”"),
        ("", "没有改动。请写成：改"),
        ("类型 服务投诉", "“服务投诉”不走退货流程"),
        ("AB-2×1", "没看懂“AB-2”"),
        ("半个", "没看懂“半个"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(desk: Stage, words: str, said: str) -> None:
    no = await submitted(desk)
    before = await rows()
    assert said in await says(desk, LIN, f"改 {no} {words}")
    assert await rows() == before


@BOTH
async def test_all_there_is_may_be_asked_for_and_so_may_what_it_holds(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"改 {no} 全部")
    await taps(desk, LIN, "确认修改")
    assert (await goods(), await held()) == ([("85123A", 6, "15.30")], 6)


@BOTH
async def test_goods_that_have_come_are_not_corrected(desk: Stage) -> None:
    no = await received(desk)
    assert f"{no} 货已收到，不能再改" in await says(desk, LIN, f"改 {no} 数量 1")


@BOTH
async def test_money_on_its_way_is_not_corrected(desk: Stage) -> None:
    no = await submitted(desk, "仅退款 536365 85123A×2 质量问题")
    await play(desk, "王建国 同意", "李敏 同意", "钱芳 确认退款")
    assert "不能再改" in await says(desk, LIN, f"改 {no} 数量 1")


@BOTH
async def test_only_its_submitter_or_their_superior_corrects(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 只有提交人林晓和能管这单的上级能改" in await says(desk, "孙悦", f"改 {no} 数量 1")
    assert f"没有找到售后单 {no}" in await says(desk, "周仓", f"改 {no} 数量 1")
    assert "2 件 → 1 件" in await says(desk, "王建国", f"改 {no} 数量 1")


@BOTH
async def test_the_word_alone_says_how(desk: Stage) -> None:
    assert "请写上改哪一单、改什么" in await says(desk, LIN, "改 数量 1")


@BOTH
async def test_the_word_means_the_draft_that_is_open(desk: Stage) -> None:
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    assert "白色心形烛台 ×1" in await says(desk, LIN, "改 数量 1")


async def test_of_a_correction_and_an_approval_at_once_one_is_too_late(database_url: str) -> None:
    """On either engine the goods, the units that they hold and the record agree afterwards."""
    async with opened(database_url) as (shop, people):
        case = await Case.get()
        revision = await revise(shop, case, _less(await drafted(shop, case)), people["林晓"])
        async with session.transaction():
            await advance(shop, Command(case.id, "同意", people["王建国"], START, {}))
        with pytest.raises(StaleCase):
            async with session.transaction():
                await carry_out(shop, revision, people["林晓"], START)
        assert (await goods(), await held()) == ([("85123A", 2, "5.10")], 2)
        async with session.transaction():
            again = await revise(shop, await Case.get(), _less(await drafted(shop, await Case.get())), people["林晓"])
            assert again.agreed == ("王建国",)
            await carry_out(shop, again, people["林晓"], START)
        assert (await goods(), await held()) == ([("85123A", 1, "2.55")], 1)
        assert await chain_holds(await Case.get())


async def test_units_that_another_case_has_taken_are_not_taken_twice(database_url: str) -> None:
    async with opened(database_url) as (shop, people):
        case = await Case.get()
        draft = await drafted(shop, case)
        revision = await revise(shop, case, _more(draft), people["林晓"])
        await OrderLine.filter(sku="85123A").update(claimed=5)
        with pytest.raises(Exception, match="最多还能退 3 件"):
            async with session.transaction():
                await carry_out(shop, revision, people["林晓"], START)
        assert (await goods(), await held()) == ([("85123A", 2, "5.10")], 5)
