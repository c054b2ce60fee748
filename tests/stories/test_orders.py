"""A return is checked against what was bought: the order, its products, and what of them has come back already."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, OrderLine
from tests.support.proof import rows
from tests.support.stage import sell
from tests.support.stories import LINE, finish, play, says, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

LIN = "林晓"
ALL = "退货 536365 85123A×6 质量问题"
REFUSED = [
    pytest.param("退货 999999 85123A×1", "没有找到订单 999999，请核对订单号", id="no such order"),
    pytest.param("退货 536365 22423×1", "订单 536365 里没有商品 22423，这单有：85123A、71053", id="not in the order"),
    pytest.param("退货 536365 85123A×0", "85123A 至少要退 1 件", id="none at all"),
    pytest.param("退货", "请写上订单号，例如：退货 536365 85123A×2 质量问题", id="no order"),
]


@pytest.mark.parametrize(("line", "sentence"), REFUSED)
async def test_what_was_not_bought_is_not_taken_back(desk: Stage, line: str, sentence: str) -> None:
    before = await rows()
    assert sentence in await says(desk, LIN, line)
    assert await rows() == before
    assert desk.live(desk.person(LIN)) == []


@pytest.mark.parametrize("goods", ["85123A×7", "85123A×4 85123A×3", "85123A七个"])
async def test_of_more_than_was_bought_the_count_is_asked_and_the_rest_is_kept(desk: Stage, goods: str) -> None:
    before = await rows()
    asked = await says(desk, LIN, f"退货 536365 {goods} 71053×1 质量问题 外壳破裂")
    assert "买了 6 件，最多还能退 6 件，请改数量" in asked
    assert "退几件？" in asked
    told = await says(desk, LIN, "2")
    for words in ("白色心形烛台 ×2", "金属灯笼 ×1", "质量问题", "外壳破裂"):
        assert words in told
    assert await rows() == before


async def test_what_is_on_its_way_back_can_not_be_returned_again(desk: Stage) -> None:
    await submitted(desk, ALL)
    assert "买了 6 件，都已经在退或退过了" in await says(desk, LIN, LINE)


async def test_what_has_come_back_can_not_be_returned_again(desk: Stage) -> None:
    await finish(desk, await submitted(desk, ALL))
    assert "买了 6 件，都已经在退或退过了" in await says(desk, LIN, LINE)


async def test_what_is_left_of_a_product_may_still_be_returned(desk: Stage) -> None:
    await submitted(desk, LINE)
    assert "最多还能退 4 件" in await says(desk, LIN, "退货 536365 85123A×5 质量问题")
    assert "预计退款 ¥10.20" in await says(desk, LIN, "退货 536365 85123A×4 质量问题")


async def test_products_that_are_all_returned_are_not_offered(desk: Stage) -> None:
    await submitted(desk, ALL)
    assert "退几件？" in await says(desk, LIN, "退货 536365"), "only the lanterns are left"


async def test_an_order_that_is_all_returned_asks_nothing(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×6 71053×6 质量问题")
    assert "的商品都已经在退或退过了" in await says(desk, LIN, "退货 536365")


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(["王建国 驳回"], id="the review said no"),
        pytest.param(["王建国 同意", "李敏 驳回"], id="the approver said no"),
        pytest.param(["王建国 同意", "李敏 同意", "周仓 拒收", "王建国 同意"], id="the warehouse refused it"),
    ],
)
async def test_what_was_refused_is_free_again(desk: Stage, ending: list[str]) -> None:
    await submitted(desk, ALL)
    await play(desk, *ending)
    assert "预计退款 ¥15.30" in await says(desk, LIN, ALL)


async def test_what_was_withdrawn_is_free_again(desk: Stage) -> None:
    await says(desk, LIN, f"撤单 {await submitted(desk, ALL)}")
    assert "预计退款 ¥15.30" in await says(desk, LIN, ALL)


async def test_of_two_drafts_for_the_last_units_the_first_submitted_has_them(desk: Stage) -> None:
    await says(desk, LIN, ALL)
    await says(desk, "孙悦", ALL)
    await taps(desk, LIN, "提交")
    await taps(desk, "孙悦", "提交")
    assert "都已经在退或退过了" in desk.last(desk.person("孙悦"))
    assert await Case.all().count() == 1
    assert (await OrderLine.get(sku="85123A")).claimed == 6


async def test_a_refused_draft_can_be_left(desk: Stage) -> None:
    await says(desk, LIN, ALL)
    await submitted(desk, ALL, by="孙悦")
    await taps(desk, LIN, "提交")
    await taps(desk, LIN, "取消")
    await the_cards_are_true(desk)


async def test_portions_give_back_exactly_what_was_paid(desk: Stage) -> None:
    await sell("7", {"W1": ("三件套", 3, "3.34")}, paid="10.00")
    for _ in range(3):
        await submitted(desk, "退货 7 W1×1 质量问题")
    assert [str(case.amount) for case in await Case.all().order_by("id")] == ["3.33", "3.34", "3.33"]


async def test_a_portion_that_was_refused_does_not_cost_a_cent_more(desk: Stage) -> None:
    await sell("7", {"W1": ("三件套", 3, "3.34")}, paid="10.00")
    await submitted(desk, "退货 7 W1×1 质量问题")
    await submitted(desk, "退货 7 W1×1 质量问题")
    await says(desk, LIN, f"撤单 {(await Case.all().order_by('id'))[0].no}")
    for _ in range(2):
        await submitted(desk, "退货 7 W1×1 质量问题")
    assert sum(case.amount for case in await Case.filter(state="处理中")) == Decimal("10.00")
