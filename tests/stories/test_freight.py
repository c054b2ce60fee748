"""运费 goes back with the goods only where the policy says so, once an order, and the amount says how it came about."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.engine.amounts import GoodsPaid, Sale, Terms, freight_paid
from flow.errors import DefinitionError
from flow.validation.policies import parse_policy
from models import Case, Refund
from tests.stories.test_money import changed
from tests.support.published import STANDARD, publish_policy
from tests.support.stage import sell
from tests.support.stories import finish, news, play, says, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
ASKED = "规则 standard 退运费 运费=商家 且 整单=是"
WHOLE, KETTLE, CUP = (f"退货 77 {goods} 质量问题" for goods in ("W1×1 W2×1", "W1×1", "W2×1"))


async def order() -> None:
    """Goods 100, 实付 105 with 15 of freight: 90 were paid for the goods."""
    await sell("77", {"W1": ("水壶", 1, "60"), "W2": ("杯子", 1, "40")}, paid=Decimal(105), freight=Decimal(15))


async def amounts() -> list[str]:
    return [f"{case.amount:.2f}" for case in await Case.all().order_by("id")]


async def paid_out() -> Decimal:
    return sum((refund.amount for refund in await Refund.all()), Decimal(0))


async def test_where_the_policy_says_nothing_freight_stays(desk: Stage) -> None:
    await order()
    await submitted(desk, WHOLE)
    assert await amounts() == ["90.00"]
    assert "退运费：不退" in await says(desk, "李敏", "规则 standard")


async def test_of_a_whole_order_it_goes_back_and_the_amount_says_so(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    why = "¥105.00 = 实付 ¥105.00 − 运费 ¥15.00 + 运费 ¥15.00"
    draft = await says(desk, "林晓", WHOLE)
    assert ("预计退款 ¥105.00" in draft, why in draft) == (True, True)
    await taps(desk, "林晓", "提交")
    assert why in news(desk, "王建国")[-1]
    no = (await Case.get()).no
    assert why in await says(desk, "林晓", f"查 {no}")
    await finish(desk, no)
    assert await paid_out() == Decimal("105.00")
    assert "运费 商家，整单 是 的单连运费一起退，每个订单只退一次" in await says(desk, "李敏", "规则 standard")


async def test_a_part_of_the_order_or_the_customers_own_wish_brings_none(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    await submitted(desk, KETTLE)
    assert await amounts() == ["54.00"]
    await sell("78", {"W1": ("水壶", 1, "60")}, paid=Decimal(70), freight=Decimal(10))
    await submitted(desk, "退货 78 W1×1 七天无理由")
    assert await amounts() == ["54.00", "60.00"]


async def test_the_last_part_of_the_order_brings_it_once(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    for line in (KETTLE, CUP):
        await finish(desk, await submitted(desk, line))
    assert await amounts() == ["54.00", "51.00"]
    assert await paid_out() == Decimal("105.00")


async def test_without_the_condition_the_first_part_brings_it_and_the_second_none(desk: Stage) -> None:
    await changed("规则 standard 退运费 运费=商家")
    await order()
    await submitted(desk, KETTLE)
    await submitted(desk, CUP)
    assert await amounts() == ["69.00", "36.00"]


async def test_what_does_not_come_whole_brings_no_freight(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    no = await submitted(desk, WHOLE)
    await play(desk, "王建国 同意", "李敏 同意")
    await says(desk, "周仓", f"确认收货 {no} W1×1 W2×0")
    assert await amounts() == ["54.00"]
    assert "¥90.00（实付 ¥105.00 − 运费 ¥15.00） − 没收到的 ¥36.00 = ¥54.00" in await says(desk, "林晓", f"查 {no}")


async def test_a_correction_takes_it_away_and_brings_it_back(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    no = await submitted(desk, WHOLE)
    await says(desk, "林晓", f"改 {no} W2×0")
    await taps(desk, "林晓", "确认修改")
    assert await amounts() == ["54.00"]
    await says(desk, "林晓", f"改 {no} W2×1")
    await taps(desk, "林晓", "确认修改")
    assert await amounts() == ["105.00"]


async def test_freight_that_another_case_has_taken_meanwhile_is_not_paid_twice(desk: Stage) -> None:
    """Refused, and taken up again after the other half of the order has brought the freight."""
    await changed("规则 standard 退运费 运费=商家")
    await order()
    first = await submitted(desk, KETTLE)
    await says(desk, "王建国", f"驳回 {first} 凭证不全")
    second = await submitted(desk, CUP)
    assert await amounts() == ["69.00", "51.00"]
    await says(desk, "王建国", f"重开 {first} 弄错了")
    for no in (first, second):
        await finish(desk, no)
    assert (await amounts(), await paid_out()) == (["54.00", "51.00"], Decimal("105.00"))
    assert "金额：¥54.00 = （实付 ¥105.00 − 运费 ¥15.00）按价分摊" in await says(desk, "林晓", f"查 {first}")


async def test_freight_that_was_paid_stays_paid_when_its_case_is_closed(desk: Stage) -> None:
    await publish_policy(text=STANDARD.replace("退款时机: 质检合格", "退款时机: 审批通过"))
    await changed("规则 standard 退运费 运费=商家")
    await order()
    await submitted(desk, KETTLE)
    await play(desk, "王建国 同意", "李敏 同意")
    await desk.later(timedelta(days=31))
    await taps(desk, "王建国", "关闭")
    await submitted(desk, CUP)
    assert (await amounts(), await paid_out()) == (["69.00", "36.00"], Decimal("69.00"))


# -- an order that comes back in several cases at once -----------------------------------------------------------------

LAST = "运费 ¥15.00 整单都退了才退，随最后退款的那一单"


async def both(desk: Stage) -> list[str]:
    """Kettle and cup of one order are under way at once."""
    await order()
    return [await submitted(desk, KETTLE), await submitted(desk, CUP)]


async def test_the_last_to_be_paid_brings_it_whichever_was_opened_first(desk: Stage) -> None:
    await changed(ASKED)
    kettle, cup = await both(desk)
    assert await amounts() == ["54.00", "51.00"]
    await finish(desk, cup)
    assert await paid_out() == Decimal("36.00")
    assert LAST in await says(desk, "林晓", f"查 {kettle}")
    await finish(desk, kettle)
    assert (await amounts(), await paid_out()) == (["69.00", "36.00"], Decimal("105.00"))
    assert f"运费 ¥15.00 已随 {kettle} 退，每个订单只退一次" in await says(desk, "林晓", f"查 {cup}")
    assert "+ 运费 ¥15.00" in await says(desk, "林晓", f"查 {kettle}")


async def test_the_draft_and_the_approver_read_where_it_is(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    await submitted(desk, KETTLE)
    assert LAST in news(desk, "王建国")[-1]
    assert LAST in await says(desk, "林晓", CUP)


async def test_the_part_that_is_refused_takes_the_freight_off_the_other(desk: Stage) -> None:
    await changed(ASKED)
    kettle, cup = await both(desk)
    await says(desk, "王建国", f"驳回 {kettle} 看不出破损")
    await says(desk, "王建国", f"同意 {cup}")
    assert await amounts() == ["54.00", "36.00"]
    assert "¥36.00" in news(desk, "李敏")[-1]
    await finish(desk, cup)
    assert await paid_out() == Decimal("36.00")
    await finish(desk, await submitted(desk, KETTLE))
    assert await paid_out() == Decimal("105.00")


async def test_what_was_split_off_brings_it_where_it_is_paid_last(desk: Stage) -> None:
    await changed(ASKED)
    await order()
    no = await submitted(desk, WHOLE)
    await says(desk, "王建国", f"拆分 {no} W2×1")
    twin = (await Case.all().order_by("-id").limit(1))[0].no
    assert await amounts() == ["69.00", "36.00"]
    assert LAST in await says(desk, "林晓", f"查 {no}")
    await finish(desk, no)
    assert await paid_out() == Decimal("54.00")
    await finish(desk, twin)
    assert (await amounts(), await paid_out()) == (["54.00", "51.00"], Decimal("105.00"))


async def test_the_other_part_brings_it_where_the_first_was_withdrawn(desk: Stage) -> None:
    await changed("规则 standard 退运费 运费=商家")
    kettle, cup = await both(desk)
    assert f"运费 ¥15.00 随 {kettle} 退，每个订单只退一次" in await says(desk, "林晓", f"查 {cup}")
    await says(desk, "林晓", f"撤单 {kettle} 客户不退了")
    await finish(desk, cup)
    assert await paid_out() == Decimal("51.00")


PAID = [
    (Terms(Decimal(105), None, Decimal(15)), [Sale(Decimal(100), 1)], "90", "15"),
    (Terms(Decimal(105), None, Decimal(10)), [Sale(Decimal(100), 1)], "95", "10"),
    (Terms(Decimal(100), None, Decimal(10)), [Sale(Decimal(100), 1)], "100", "0"),  # what was paid leaves none
    (Terms(None, None, Decimal(10)), [Sale(Decimal(100), 1)], "100", "10"),
    (Terms(None, None, None), [Sale(Decimal(100), 1)], "100", "0"),
    (Terms(None, None, Decimal(10)), [Sale(Decimal(100), 1, Decimal(104))], "100", "4"),  # held in the line
    (Terms(None, None, Decimal(10)), [Sale(Decimal(100), 1, Decimal(90))], "90", "10"),
]


@pytest.mark.parametrize(("terms", "sales", "goods", "freight"), PAID)
def test_never_more_freight_than_was_paid(terms: Terms, sales: list[Sale], goods: str, freight: str) -> None:
    assert freight_paid(terms, sales, GoodsPaid((Decimal(goods),))) == Decimal(freight)


BROKEN = [
    ("退运费: 看情况", "退运费要写 不退"),
    ("退运费: {心情: 好}", "没有这一样"),
    ("退运费: {金额: 50-60}", "看不懂"),
]


@pytest.mark.parametrize(("line", "says"), BROKEN)
def test_a_rule_that_cannot_be_read_is_refused(line: str, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_policy(f"{STANDARD}\n{line}", "我的.yaml")
    assert any(says in problem for problem in refused.value.problems)
