"""算式: a refund less, or more, by lines that follow from a formula, told wherever its amount is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.definitions.business import shipped
from flow.versions import publish
from models import Case, Refund
from tests.support.stories import LINE, news, play, says, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
TO_THE_END = ("王建国 同意", "李敏 同意", "周仓 确认收货", "许静 合格入库", "钱芳 确认退款")
POLICY = ("policy", "standard")


async def rule(desk: Stage, *rows: str) -> None:
    """Cases from now on are reckoned by these rows."""
    text = shipped()[POLICY].replace("审批表:", "算式:\n" + "".join(f"- {{{row}}}\n" for row in rows) + "审批表:")
    await publish({POLICY: text}, "测试", desk.clock.now())


async def test_a_refund_is_less_by_its_formula_all_the_way(desk: Stage) -> None:
    await rule(desk, "规则: 折旧, 算: 金额 × 10%")
    draft = await says(desk, "林晓", LINE)
    assert "¥5.10（¥2.55 × 2 件） − 折旧 ¥0.51（金额 × 10%） = ¥4.59" in draft, draft
    assert "预计退款 ¥4.59" in draft
    await taps(desk, "林晓", "提交")
    case = await Case.all().order_by("-id").first()
    assert case
    line = "¥5.10（¥2.55 × 2 件） − 折旧 ¥0.51（金额 × 10%） = ¥4.59"
    assert line in await says(desk, "王建国", f"查 {case.no}")
    await play(desk, *TO_THE_END)
    refund = await Refund.get(case_id=case.id)
    assert (refund.amount, refund.deductions) == (Decimal("4.59"), [{"name": "折旧（金额 × 10%）", "amount": "0.51"}])
    await the_cards_are_true(desk)


async def test_what_did_not_come_is_reckoned_anew(desk: Stage) -> None:
    await rule(desk, "规则: 折旧, 算: 金额 × 10%", "规则: 手续费, 算: '1'")
    no = await submitted(desk)
    assert (await Case.get(no=no)).amount == Decimal("3.59")
    await play(desk, *TO_THE_END[:2])
    await says(desk, "周仓", f"确认收货 {no} 85123A 1件")
    said = await says(desk, "王建国", f"查 {no}")
    assert "¥5.10（¥2.55 × 2 件） − 没收到的 ¥2.55 − 折旧 ¥0.26（金额 × 10%） − 手续费 ¥1.00 = ¥1.29" in said, said


async def test_no_refund_is_below_nothing(desk: Stage) -> None:
    await rule(desk, "规则: 运费, 算: '12'")
    no = await submitted(desk)
    case = await Case.get(no=no)
    assert case.amount == Decimal("0.00")
    assert "运费 ¥5.10" in await says(desk, "王建国", f"查 {no}"), "no more than there was"


async def test_a_case_that_is_corrected_keeps_to_the_version_by_which_it_is_reckoned(desk: Stage) -> None:
    no = await submitted(desk)
    await rule(desk, "规则: 折旧, 算: 金额 × 10%")
    await says(desk, "林晓", f"改 {no} 数量 1")
    await taps(desk, "林晓", "确认修改")
    assert (await Case.get(no=no)).amount == Decimal("2.55")
    await play(desk, *TO_THE_END)
    assert (await Refund.get(case__no=no)).amount == Decimal("2.55"), "what was approved of is what goes out"


async def test_a_correction_takes_a_line_away_that_no_longer_counts(desk: Stage) -> None:
    await rule(desk, "规则: 折旧, 算: 金额 × 10%, 件数: '>1'")
    no = await submitted(desk)
    await says(desk, "林晓", f"改 {no} 数量 1")
    await taps(desk, "林晓", "确认修改")
    case = await Case.get(no=no)
    assert case.amount == Decimal("2.55")
    assert not case.facts["算式项"]
    assert "折旧" not in await says(desk, "王建国", f"查 {no}")


async def test_a_return_that_is_split_bears_its_freight_once(desk: Stage) -> None:
    await rule(desk, "规则: 运费, 算: '3'")
    no = await submitted(desk)
    await says(desk, "王建国", f"拆分 {no} 85123A×1")
    kept, twin = await Case.all().order_by("id")
    assert (kept.amount, twin.amount) == (Decimal("0.00"), Decimal("2.10"))
    said = await says(desk, "王建国", f"查 {twin.no}")
    assert "¥2.55（拆单后的份额） − 运费 ¥0.45（3，拆开的另一单已算 2.55） = ¥2.10" in said, said
    await the_cards_are_true(desk)


ASKS = "增加字段 质检 磨损度 数字 必填；流程 财务退款 磨损度 可改"


async def test_a_number_that_is_put_right_or_forgotten_is_reckoned_at_once(desk: Stage) -> None:
    await says(desk, "赵卫东", ASKS)
    await says(desk, "赵卫东", "发布")
    await play(desk, "李敏 看改动", "李敏 发布")
    await rule(desk, "规则: 磨损, 算: 磨损度 × 0.5")
    no = await submitted(desk)
    await play(desk, *TO_THE_END[:3])
    await says(desk, "许静", f"合格入库 {no}")
    await says(desk, "许静", "2")
    assert (await Case.get(no=no)).amount == Decimal("4.10")
    await says(desk, "钱芳", f"改 {no} 磨损度 4")
    assert (await Case.get(no=no)).amount == Decimal("3.10"), "what finance confirms is what its card says"
    assert "磨损 ¥2.00（磨损度 × 0.5） = ¥3.10" in "\n".join(news(desk, "钱芳"))
    await says(desk, "钱芳", f"退回 {no} 质检 再看一次")
    assert (await Case.get(no=no)).amount == Decimal("5.10"), "nobody has said how worn it is"


async def test_a_part_that_is_asked_for_is_what_the_draft_begins_with_and_never_passed(desk: Stage) -> None:
    await rule(desk, "规则: 折旧, 算: 金额 × 10%", "规则: 补贴, 算: '1', 加减: 加")
    draft = await says(desk, "林晓", f"{LINE} 只退3元")
    line = "（只退这些） − 折旧 ¥0.30（金额 × 10%） + 补贴 ¥0.30（1） = ¥3.00"
    assert f"¥3.00{line.replace('（1）', '')}" in draft, draft
    await taps(desk, "林晓", "提交")
    await play(desk, *TO_THE_END[:2])
    case = await Case.all().order_by("-id").first()
    assert case
    assert case.amount == Decimal("3.00")
