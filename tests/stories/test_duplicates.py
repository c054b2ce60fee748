"""合并 and 拆分: two cases that are one, and one that is two."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, CaseLine, Event, OrderLine, Parcel, Task, TaskState
from tests.support.own_flows import forked, use
from tests.support.proof import chain_holds
from tests.support.stage import sell
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
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LANTERN = "退货 536365 71053×2 质量问题"


async def claimed() -> dict[str, int]:
    return {line.sku: line.claimed for line in await OrderLine.filter(order__no="536365")}


async def all_is_well(desk: Stage) -> None:
    await the_cards_are_true(desk)
    assert all([await chain_holds(case) for case in await Case.all()])


# -- 合并 --------------------------------------------------------------------------------------------------------------


async def test_a_duplicate_becomes_part_of_the_first(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk)
    said = await says(desk, "王建国", f"合并 {keep} {twin}")
    assert f"{twin} 已并入 {keep}（白色心形烛台 ×2，¥5.10）" in said
    assert (await stand(keep), await stand(twin)) == ("处理中 客服审核", "已关闭 重复")
    assert (await claimed())["85123A"] == 2, "its units are free again"
    assert await Task.filter(state=TaskState.OPEN).count() == 1
    await all_is_well(desk)


async def test_whoever_asks_for_it_is_led_to_the_first(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk)
    await says(desk, "林晓", f"运单 {twin} SF1234567890123")
    await says(desk, "王建国", f"合并 {keep} {twin}")
    said = await says(desk, "林晓", f"查 {twin}")
    assert f"{twin} 已并入 {keep}" in said
    assert f"{keep} 退货" in said
    assert f"{keep} 退货" in await says(desk, "林晓", "查 SF1234567890123"), "its waybill too"


async def test_a_parcel_that_both_have_announced_is_one(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk)
    await says(desk, "林晓", f"运单 {keep} SF1234567890123")
    await says(desk, "林晓", f"运单 {twin} SF1234567890123")
    await says(desk, "王建国", f"合并 {keep} {twin}")
    await play(desk, "王建国 同意", "李敏 同意")
    await says(desk, "周仓", "收货 SF1234567890123")
    await play(desk, "周仓 确认收货")
    assert await stand(keep) == "处理中 质检"
    await all_is_well(desk)


async def test_goods_that_only_the_duplicate_had_are_named(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk, LANTERN)
    said = await says(desk, "王建国", f"合并 {keep} {twin}")
    assert f"{twin} 里的 金属灯笼 ×2 不在留下的单里，要退请另开一单" in said


async def test_both_records_tell_of_it(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk)
    await says(desk, "王建国", f"合并 {keep} {twin}")
    events = await Event.filter(action="合并").order_by("id").prefetch_related("case")
    assert [(event.case.no, event.actor, event.data) for event in events] == [
        (twin, "王建国", {"并入": keep}), (keep, "王建国", {"并来": twin}),
    ]  # fmt: skip


async def test_a_duplicate_is_not_reopened(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk)
    await says(desk, "王建国", f"合并 {keep} {twin}")
    assert f"{twin} 已并入别的单，请在那一单上处理" in await says(desk, "林晓", f"重开 {twin} 看错了")


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("王建国", "合并 {a} {a}", "两个单号一样"),
        ("王建国", "合并 {a} {other}", "不是同一个订单，不能合并"),
        ("王建国", "合并 {a}", "请写成：合并 <留下的单号> <并掉的单号>"),
        ("王建国", "合并 {a} R20261123-0099", "没有找到售后单 R20261123-0099"),
        ("王建国", "合并 {a} {gone}", "货已收到或款已退，不能并入别的单"),
        ("林晓", "合并 {a} {b}", "你的角色不能用“合并”"),
    ],
)
async def test_they_are_not_merged(desk: Stage, name: str, words: str, sentence: str) -> None:
    gone = await received(desk, "退货 536365 85123A×1 质量问题")
    await sell("7", {"W1": ("猫砂机", 1, "10.00")})
    cases = {"a": await submitted(desk), "b": await submitted(desk), "other": await submitted(desk, "退货 7 质量问题")}
    assert sentence in await says(desk, name, words.format(**cases, gone=gone))
    assert not await Case.filter(close_reason="重复").exists()
    await all_is_well(desk)


async def test_what_is_over_does_not_take_a_duplicate_in(desk: Stage) -> None:
    keep, twin = await submitted(desk), await submitted(desk)
    await says(desk, "林晓", f"撤单 {keep}")
    assert f"{keep} 已关闭，请留还在处理的那一单" in await says(desk, "王建国", f"合并 {keep} {twin}")


# -- 拆分 --------------------------------------------------------------------------------------------------------------

FOUR = "退货 536365 85123A×3 71053×1 质量问题"


async def parts() -> list[tuple[str, Decimal, list[tuple[str, int, Decimal]]]]:
    """Each case with its amount and its goods."""
    found = []
    for case in await Case.all().order_by("id"):
        lines = await CaseLine.filter(case_id=case.id).order_by("id")
        found.append((case.no, case.amount, [(line.sku, line.requested, line.paid) for line in lines]))
    return found


async def test_units_move_to_a_case_of_their_own(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    twin = f"{no[:-1]}2"
    said = await says(desk, "王建国", f"拆分 {no} 85123A×1 71053×1")
    assert f"已拆成两单：{no}（白色心形烛台 ×2，¥5.10），{twin}（" in said
    assert "，¥5.94），都在客服审核" in said
    assert await parts() == [
        (no, Decimal("5.10"), [("85123A", 2, Decimal("5.10"))]),
        (twin, Decimal("5.94"), [("85123A", 1, Decimal("2.55")), ("71053", 1, Decimal("3.39"))]),
    ]
    assert await claimed() == {"85123A": 3, "71053": 1}
    await all_is_well(desk)


async def test_the_card_of_the_first_shows_what_is_left(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    await says(desk, "王建国", f"拆分 {no} 71053×1")
    live = [words for words in news(desk, "王建国") if "审核：退货" in words]
    assert any("¥7.65" in words and no in words for words in live)
    assert not any("¥11.04" in words for words in live)


async def test_each_goes_its_own_way(desk: Stage) -> None:
    no = await approved(desk, FOUR)
    await says(desk, "李敏", f"拆分 {no} 71053×1")
    twin = f"{no[:-1]}2"
    assert (await stand(no), await stand(twin)) == ("处理中 仓库收货", "处理中 仓库收货")
    await says(desk, "周仓", f"拒收 {twin}")
    await finish(desk, no)
    assert (await stand(no), await stand(twin)) == ("已完成", "处理中 拒收处理")
    assert [refund.amount for refund in desk.sandbox.shop.refunds] == [Decimal("7.65")]
    await all_is_well(desk)


async def test_both_remember_the_whole_amount_and_each_other(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    await says(desk, "王建国", f"拆分 {no} 85123A×1")
    await says(desk, "王建国", f"拆分 {no} 85123A×1")
    cases = await Case.all().order_by("id")
    assert [case.facts["拆分前金额"] for case in cases] == ["11.04"] * 3
    assert [case.parent_id for case in cases] == [None, cases[0].id, cases[0].id]
    assert sum(case.amount for case in cases) == Decimal("11.04")
    assert "拆出" in await says(desk, "林晓", f"查 {no}")
    assert f"拆自 {no}" in await says(desk, "林晓", f"查 {cases[1].no}")


async def test_a_decision_before_the_split_is_not_taken_back(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    await play(desk, "王建国 同意")
    await says(desk, "李敏", f"拆分 {no} 71053×1")
    assert "不能撤回" in await says(desk, "王建国", f"撤回 {no}")


async def test_further_signers_come_along(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    await says(desk, "王建国", f"加签 {no} 郑瑞 后")
    await says(desk, "王建国", f"拆分 {no} 71053×1")
    twin = f"{no[:-1]}2"
    await says(desk, "王建国", f"同意 {twin}")
    await says(desk, "郑瑞", f"同意 {twin}")
    assert (await stand(no), await stand(twin)) == ("处理中 客服审核", "处理中 金额审批")
    await all_is_well(desk)


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("王建国", "拆分 {} 85123A×3 71053×1", "不能把全部商品都拆走，至少给原单留一件"),
        ("王建国", "拆分 {} 85123A×4", "的 85123A 有 3 件，不能拆出 4 件"),
        ("王建国", "拆分 {} 22752×1", "没有商品 22752×1，有：85123A、71053"),
        ("王建国", "拆分 {}", "请写成：拆分 <单号> <商品>×<件数>"),
        ("林晓", "拆分 {} 71053×1", "你的角色不能用“拆分”"),
    ],
)
async def test_it_is_not_split(desk: Stage, name: str, words: str, sentence: str) -> None:
    no = await submitted(desk, FOUR)
    assert sentence in await says(desk, name, words.format(no))
    assert await Case.all().count() == 1
    await all_is_well(desk)


async def test_goods_that_came_are_not_split(desk: Stage) -> None:
    no = await inspected(desk, FOUR)
    assert f"{no} 货已收到或款已退，不能拆分" in await says(desk, "李敏", f"拆分 {no} 71053×1")


async def test_a_case_in_two_branches_is_not_split(desk: Stage) -> None:
    await use(desk, forked())
    no = await submitted(desk, FOUR)
    said = await says(desk, "王建国", f"拆分 {no} 71053×1")
    assert f"{no} 正同时在仓库收货、客服补证，等汇合以后再拆分" in said


async def test_a_parcel_stays_with_the_first(desk: Stage) -> None:
    no = await submitted(desk, FOUR)
    await says(desk, "林晓", f"运单 {no} SF1234567890123")
    await says(desk, "王建国", f"拆分 {no} 71053×1")
    parcel = await Parcel.get().prefetch_related("case")
    assert parcel.case is not None
    assert parcel.case.no == no


# -- a second case on the same goods -----------------------------------------------------------------------------------


async def test_a_second_draft_on_the_same_goods_warns(desk: Stage) -> None:
    first = await submitted(desk)
    said = await says(desk, "林晓", "退货 536365 85123A×1 质量问题")
    assert f"已有 {first} 正在退这件，是不是重复？" in said
    assert "核对无误后点提交" in said
    await taps(desk, "林晓", "提交")
    assert await Case.all().count() == 2, "it is no refusal"


@pytest.mark.parametrize("line", ["退货 536365 71053×1 质量问题", "退货 536366 85123A×1 质量问题"])
async def test_other_goods_and_other_orders_do_not(desk: Stage, line: str) -> None:
    await sell("536366", {"85123A": ("白色心形烛台", 6, "2.55")})
    await submitted(desk)
    assert "是不是重复" not in await says(desk, "林晓", line)


async def test_what_is_over_is_no_duplicate(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"撤单 {no}")
    assert "是不是重复" not in await says(desk, "林晓", "退货 536365 85123A×1 质量问题")


async def test_many_are_counted(desk: Stage) -> None:
    numbers = [await submitted(desk, "退货 536365 85123A×1 质量问题") for _ in range(3)]
    said = await says(desk, "林晓", "退货 536365 85123A×1 质量问题")
    assert f"已有 {numbers[0]}、{numbers[1]} 等 3 单 正在退这件" in said
