"""What of an order can still go back, and what it cost: the bill, its refusals, and how an order is found."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.definitions.vocabulary import BY_COUNT, LET_GO
from flow.engine.amounts import GoodsPaid
from flow.engine.opening_facts import History
from flow.errors import NotFound, PolicyRefused
from flow.orders.lookup import (
    Bill,
    Choice,
    SeveralShops,
    bill_of,
    find_bill,
    freight_taken,
    history,
    is_over,
    keeps_units,
    shop_word,
)
from models import Case, CaseLine, CaseState, CloseReason, Order, OrderLine, Refund, RefundState
from models.database.connection import database
from tests.support.stage import START, sell

if TYPE_CHECKING:
    from collections.abc import Sequence

PAID = "已退款"


def a_line(n: int, sku: str, bought: int, claimed: int = 0, price: str = "10.00") -> OrderLine:
    return OrderLine(id=n, sku=sku, title=f"{sku} 灯", quantity=bought, claimed=claimed, unit_price=Decimal(price))


def a_bill(*lines: OrderLine, paid: Sequence[str] = (), held: dict[int, str] | None = None, shop: str = "") -> Bill:
    """``paid`` of each line where it is not what it cost by its price."""
    sums = [Decimal(each) for each in paid] or [line.unit_price * line.quantity for line in lines]
    taken = {n: Decimal(amount) for n, amount in (held or {}).items()}
    return Bill(Order(no="77", shop=shop), lines, GoodsPaid(tuple(sums)), taken)


# -- the bill, pure ----------------------------------------------------------------------------------------------------

TWO = (a_line(1, "A", 3, 1), a_line(2, "B", 1), a_line(3, "A", 2))


@pytest.mark.parametrize(
    ("lines", "choices"),
    [
        (TWO, [Choice("A", "A 灯", 5, 4), Choice("B", "B 灯", 1, 1)]),  # two lines of one product are one choice
        ((a_line(1, "A", 2, 2),), [Choice("A", "A 灯", 2, 0)]),  # all of it is on its way, and yet it was bought
        ((), []),
    ],
)
def test_what_can_be_chosen(lines: tuple[OrderLine, ...], choices: list[Choice]) -> None:
    assert a_bill(*lines).choices() == choices


@pytest.mark.parametrize(
    ("items", "portions"),
    [
        ([("A", 2)], [(1, 2, "20.00")]),
        ([("A", 3)], [(1, 2, "20.00"), (3, 1, "10.00")]),  # over two lines, the first one first
        ([("B", 1), ("A", 1)], [(2, 1, "10.00"), (1, 1, "10.00")]),
        ([], []),
    ],
)
def test_units_are_spread_over_the_lines_that_hold_them(
    items: list[tuple[str, int]], portions: list[tuple[int, int, str]]
) -> None:
    found = a_bill(*TWO, held={1: "10.00"}).portions(items)
    assert [(each.line.id, each.units, str(each.paid)) for each in found] == portions


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([("C", 1)], "订单 77 里没有商品 C"),
        ([("A", 0)], "A 至少要退 1 件"),
        ([("A", 5)], "订单 77 的 A 买了 5 件，最多还能退 4 件，请改数量"),
        ([("A", 1), ("D", 1)], "订单 77 的 D 买了 2 件，都已经在退或退过了"),
    ],
)
def test_what_cannot_go_back_is_said(items: list[tuple[str, int]], words: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        a_bill(*TWO, a_line(4, "D", 2, 2)).portions(items)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("items", "whole"),
    [([("A", 4), ("B", 1)], True), ([("A", 4)], False), ([("A", 3), ("B", 1)], False), ([], False)],
)
def test_when_all_of_an_order_goes_back(items: list[tuple[str, int]], *, whole: bool) -> None:
    bill = a_bill(*TWO)
    assert bill.is_whole(bill.portions(items)) is whole


@pytest.mark.parametrize(
    ("paid", "held", "gone", "dear"),
    [
        ((), {}, "0", []),
        (("33.00", "10.00", "20.00"), {}, "0", [["A 灯", "33.00", "30.00"]]),  # paid for more than it costs
        ((), {1: "12.00"}, "2.00", []),  # one unit is claimed, and 2.00 went without any goods
    ],
)
def test_what_is_odd_about_the_money(
    paid: tuple[str, ...], held: dict[int, str], gone: str, dear: list[list[str]]
) -> None:
    bill = a_bill(*TWO, paid=paid, held=held)
    portions = bill.portions([("A", 2)])
    assert (bill.gone(portions), bill.dear(portions)) == (Decimal(gone), dear)


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 5), st.integers(0, 5), st.integers(0, 9999)), max_size=5),
    st.data(),
)
def test_no_more_goes_back_than_is_there(rows: list[tuple[str, int, int, int]], data: st.DataObject) -> None:
    """Whatever is asked for within what is left is found, unit for unit, and never costs more than was paid."""
    lines = [a_line(n, sku, bought, min(claimed, bought)) for n, (sku, bought, claimed, _) in enumerate(rows)]
    bill = a_bill(*lines, paid=[str(Decimal(fen) / 100) for *_, fen in rows])
    items = [(each.sku, data.draw(st.integers(1, each.left))) for each in bill.choices() if each.left]
    portions = bill.portions(items)
    assert {sku: sum(each.units for each in portions if each.line.sku == sku) for sku, _ in items} == dict(items)
    for portion, paid in [(each, bill.goods.lines[bill.lines.index(each.line)]) for each in portions]:
        assert 0 < portion.units <= portion.line.quantity - portion.line.claimed
        assert 0 <= portion.paid <= paid
    assert bill.is_whole(bill.portions([(each.sku, each.left) for each in bill.choices() if each.left]))


@pytest.mark.parametrize(
    ("shop", "word", "name"),
    [("", "没写店铺", "77"), ("天猫", "天猫", "77 · 天猫"), ("天猫 旗舰 店", "天猫旗舰店", "77 · 天猫 旗舰 店")],
)
def test_what_a_shop_and_an_order_are_called(shop: str, word: str, name: str) -> None:
    assert (shop_word(shop), a_bill(shop=shop).name) == (word, name)


@pytest.mark.parametrize(
    ("state", "facts", "keeps"),
    [
        (CaseState.OPEN, {}, True),
        (CaseState.DONE, {}, True),
        (CaseState.CLOSED, {}, False),  # refused or withdrawn: another may have them
        (CaseState.CLOSED, {PAID: "是"}, True),  # its money has gone
        (CaseState.OPEN, {LET_GO: True}, False),
    ],
)
def test_whose_units_they_are(state: CaseState, facts: dict[str, object], *, keeps: bool) -> None:
    assert keeps_units(Case(state=state, facts=facts)) is keeps


@pytest.mark.parametrize(
    ("received", "facts", "freight"),
    [
        (2, {}, "0"),
        (2, {FREIGHT: "15.00"}, "15.00"),
        (1, {FREIGHT: "15.00", WITH_ALL: True}, "15.00"),
        (1, {FREIGHT: "15.00", BY_COUNT: True}, "15.00"),
        (1, {FREIGHT: "15.00", WITH_ALL: True, BY_COUNT: True}, "0"),  # not all came, so it was not the whole order
    ],
)
def test_the_freight_in_an_amount(received: int, facts: dict[str, object], freight: str) -> None:
    claims = [CaseLine(requested=2, received=received)]
    assert freight_taken(claims, facts) == Decimal(freight)


# -- in the database ---------------------------------------------------------------------------------------------------


async def closed(order: Order, line: OrderLine, **case: Any) -> Case:
    """A case of one unit of a line, that is over."""
    no = f"R{await Case.all().count()}"
    made = await Case.create(no=no, kind="退货", opened_at=START, order=order, state=CaseState.CLOSED, **case)
    await CaseLine.create(
        case=made, order_line_id=line.id, sku=line.sku, requested=1, paid=line.unit_price, unit_price=line.unit_price
    )
    return made


async def test_an_order_is_found_by_its_number_and_its_shop(database_url: str) -> None:
    async with database(database_url):
        for no, shop in (("a1", "天猫"), ("A2", ""), ("A3", "天猫 一店"), ("A3", "京东")):
            await sell(no, {"X": ("灯", 2, "9.90")}, shop=shop)
        found = [await find_bill(*asked) for asked in (("a1",), ("a2",), ("A3", "京东"), ("A3", "", ["京东"]))]
        assert [bill.name for bill in found] == ["a1 · 天猫", "A2", "A3 · 京东", "A3 · 京东"]
        with pytest.raises(SeveralShops) as several:
            await find_bill("A3")
        assert (several.value.no, several.value.shops) == ("A3", ("天猫一店", "京东"))
        refusals = []
        for asked in (("A9",), ("A2", "", ["天猫"]), ("A3", "拼多多")):
            with pytest.raises(NotFound) as refused:
                await find_bill(*asked)
            refusals.append(str(refused.value))
        assert refusals == [
            "没有找到订单 A9，请核对订单号",
            "没有找到订单 A2，请核对订单号",
            "拼多多 没有订单 A3，这个号在 天猫一店、京东",
        ]


async def test_money_that_went_out_is_held_by_the_case_that_paid_it(database_url: str) -> None:
    async with database(database_url):
        order = await sell("A1", {"X": ("灯", 3, "10.00")})
        [line] = await OrderLine.filter(order=order)
        before = await bill_of(order)
        assert (before.held, before.others) == ({}, ())
        refused = await closed(order, line, close_reason=CloseReason.REFUSED)
        noted = await closed(order, line, facts={PAID: "是", "金额": "8.00"})  # paid elsewhere, and noted here
        assert await is_over(before)
        bill = await bill_of(order)
        assert bill.held == {line.id: Decimal("10.00")}
        assert [(each.no, dict(each.units), each.paid) for each in bill.others] == [
            (refused.no, {}, False), (noted.no, {line.id: 1}, True),
        ]  # fmt: skip
        await Refund.create(
            no="T1", case=refused, amount=Decimal("4.00"), state=RefundState.PAID, created_at=START, reason="x"
        )
        assert (await bill_of(order)).held == {line.id: Decimal("14.00")}
        assert (await bill_of(order, noted.id)).held == {line.id: Decimal("4.00")}
        assert not await is_over(await bill_of(order))


async def test_what_a_customer_bought_and_sent_back(database_url: str) -> None:
    async with database(database_url):
        assert await history("", START) is None
        order = await sell("A1", {"X": ("灯", 3, "10.00"), "Y": ("烛台", 1, "2.55")})
        [line, _] = await OrderLine.filter(order=order).order_by("id")
        await OrderLine.filter(id=line.id).update(paid=Decimal("25.00"))
        for reason in (None, CloseReason.WITHDRAWN, CloseReason.DUPLICATE, CloseReason.REFUSED):
            await closed(order, line, customer="C1", close_reason=reason)
        assert await history("C1", START) == History(1, Decimal("27.55"), 2)
