"""Money never appears, disappears or turns negative, however a return is cut up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.engine.amounts import (
    Bought,
    Sale,
    Taken,
    Terms,
    counted,
    fitted,
    freight_paid,
    gone_alone,
    goods_paid,
    part,
    reckoned,
    spread,
)
from models.fields import fen, yuan

CENT = Decimal("0.01")
PAID = st.decimals("0.00", "99999.99", places=2)


@st.composite
def portioned(draw: st.DrawFn) -> tuple[int, Decimal, list[int]]:
    """A line and the portions in which all of it comes back."""
    quantity = draw(st.integers(1, 60))
    left, portions = quantity, []
    while left:
        portions.append(draw(st.integers(1, left)))
        left -= portions[-1]
    return quantity, draw(PAID), portions


@given(portioned())
def test_returned_in_any_portions_a_line_gives_back_exactly_what_was_paid(
    line: tuple[int, Decimal, list[int]],
) -> None:
    quantity, paid, portions = line
    claimed, back = 0, list[Decimal]()
    for units in portions:
        back.append(part(Bought(quantity, claimed, paid, sum(back, Decimal(0))), units))
        claimed += units
    assert sum(back) == paid
    assert min(back) >= 0


@given(st.integers(1, 60), PAID, st.data())
def test_a_portion_is_within_a_cent_of_its_share(quantity: int, paid: Decimal, data: st.DataObject) -> None:
    claimed = data.draw(st.integers(0, quantity - 1))
    units = data.draw(st.integers(1, quantity - claimed))
    held = yuan(paid * claimed / quantity)
    assert abs(part(Bought(quantity, claimed, paid, held), units) - paid * units / quantity) <= CENT


@given(PAID, st.lists(PAID, min_size=1, max_size=20))
def test_what_is_spread_adds_up(total: Decimal, weights: list[Decimal]) -> None:
    parts = spread(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == (total if any(weights) else 0)
    assert min(parts) >= 0


@given(PAID, st.lists(PAID, min_size=2, max_size=8))
def test_a_line_that_weighs_nothing_gets_nothing(total: Decimal, weights: list[Decimal]) -> None:
    assert spread(total, [*weights, Decimal(0)])[-1] == 0


@given(PAID, st.integers(1, 60), st.data())
def test_counting_fewer_never_gives_more(paid: Decimal, requested: int, data: st.DataObject) -> None:
    units = data.draw(st.integers(0, requested))
    share = counted(paid, requested, units)
    assert 0 <= share <= paid
    assert counted(paid, requested, requested) == paid
    assert counted(paid, requested, 0) == 0


PORTIONS = [
    ("10.00", 3, [1, 1, 1], ["3.33", "3.34", "3.33"]),  # the odd cent goes out once
    ("10.00", 3, [2, 1], ["6.67", "3.33"]),
    ("0.01", 3, [1, 1, 1], ["0.00", "0.01", "0.00"]),  # one cent over three units
    ("329.00", 1, [1], ["329.00"]),
    ("5.10", 2, [1, 1], ["2.55", "2.55"]),
    ("0.00", 2, [1, 1], ["0.00", "0.00"]),  # a gift
]


@pytest.mark.parametrize(("paid", "quantity", "portions", "back"), PORTIONS)
def test_portions(paid: str, quantity: int, portions: list[int], back: list[str]) -> None:
    parts: list[Decimal] = []
    for n, units in enumerate(portions):
        held = sum(parts, Decimal(0))
        parts.append(part(Bought(quantity, sum(portions[:n]), Decimal(paid), held), units))
    assert parts == [Decimal(each) for each in back]


SPREADS = [
    ("100.00", ["30", "30", "30"], ["33.33", "33.34", "33.33"]),
    ("90.00", ["100", "50"], ["60.00", "30.00"]),  # a third off everything
    ("0.05", ["1", "1", "1", "1"], ["0.01", "0.02", "0.01", "0.01"]),
    ("10.00", ["0", "0"], ["0.00", "0.00"]),  # nothing to go by
    ("10.00", [], []),
]


@pytest.mark.parametrize(("total", "weights", "parts"), SPREADS)
def test_spreads(total: str, weights: list[str], parts: list[str]) -> None:
    assert spread(Decimal(total), [Decimal(w) for w in weights]) == [Decimal(p) for p in parts]


def sold(*lines: tuple[Any, ...]) -> list[Sale]:
    """Lines as (price, units) or (price, units, paid)."""
    return [Sale(Decimal(line[0]), line[1], Decimal(line[2]) if len(line) > 2 else None) for line in lines]


def terms(paid: str = "", discount: str = "", freight: str = "") -> Terms:
    return Terms(*(Decimal(each) if each else None for each in (paid, discount, freight)))


GOODS = [
    # what the shop says of the order; its lines; what each line's goods cost; in words
    (terms(), [("2.55", 6)], ["15.30"], ""),
    (terms("105", "", "15"), [("60", 1), ("40", 1)], ["54.00", "36.00"], "实付 ¥105.00 − 运费 ¥15.00"),
    (terms("105", "", "10"), [("100", 1)], ["95.00"], "实付 ¥105.00 − 运费 ¥10.00"),
    (terms("115", "", "15"), [("60", 1), ("40", 1)], ["60.00", "40.00"], "实付 ¥115.00 − 运费 ¥15.00"),
    (terms("90"), [("60", 1), ("40", 1)], ["54.00", "36.00"], "实付 ¥90.00"),
    (terms("10", "", "15"), [("60", 1)], ["0.00"], "实付 ¥10.00 − 运费 ¥15.00"),  # never below nothing
    (
        terms("130"),
        [("100", 1)],
        ["100.00"],
        "商品 ¥100.00（实付 ¥130.00，多付的不是货款）",
    ),  # freight that nobody told
    (terms("130", "", "10"), [("100", 1)], ["100.00"], "商品 ¥100.00（实付 ¥130.00 − 运费 ¥10.00，多付的不是货款）"),
    (terms("0"), [("100", 1)], ["0.00"], "实付 ¥0.00"),  # nothing is an answer too
    (terms("", "10"), [("60", 1), ("40", 1)], ["54.00", "36.00"], "商品 ¥100.00 − 优惠 ¥10.00"),
    (terms("", "10", "15"), [("100", 1)], ["90.00"], "商品 ¥100.00 − 优惠 ¥10.00"),  # freight is beside the prices
    (terms("", "120"), [("100", 1)], ["0.00"], "商品 ¥100.00 − 优惠 ¥120.00"),
    (terms("90", "10", "15"), [("100", 1)], ["90.00"], "实付 ¥90.00"),  # it adds up without the freight
    (terms("105", "10", "15"), [("100", 1)], ["90.00"], "实付 ¥105.00 − 运费 ¥15.00"),  # and here with it
    (terms("27"), [("60", 1, "15"), ("40", 1, "12")], ["15.00", "12.00"], ""),  # each line's own
    (terms("27", "", "5"), [("60", 1, "15"), ("40", 1, "12")], ["15.00", "12.00"], ""),  # which holds no freight
    (terms("110", "", "10"), [("60", 1, "66"), ("40", 1, "44")], ["60.00", "40.00"], "实付 ¥110.00 − 运费 ¥10.00"),
    # what was paid of each line is bounded too: freight that is told too low is no money for goods
    (
        terms("115", "", "10"),
        [("60", 1, "70"), ("40", 1, "45")],
        ["60.00", "40.00"],
        "商品 ¥100.00（实付 ¥115.00 − 运费 ¥10.00，多付的不是货款）",
    ),
    (terms("105", "", "10"), [("100", 1, "105")], ["95.00"], "实付 ¥105.00 − 运费 ¥10.00"),  # more than goods cost
    (terms("15"), [("60", 1, "15"), ("40", 1)], ["15.00", "40.00"], ""),  # one line says, one does not
    (terms("", "", "5"), [("60", 1, "95"), ("40", 1)], ["54.00", "36.00"], "实付 ¥95.00 − 运费 ¥5.00"),  # of all
    (terms(), [("0.035", 1000)], ["35.00"], ""),  # the line is rounded, never the unit
    (terms(), [("13.9563", 9)], ["125.61"], ""),
    (terms(), [("0.004", 500)], ["2.00"], ""),
    (terms("3.00"), [("0.004", 500), ("2", 1)], ["1.50", "1.50"], "实付 ¥3.00"),
    (terms(), [], [], ""),
]


@pytest.mark.parametrize(("said", "lines", "paid", "words"), GOODS)
def test_what_the_goods_of_an_order_cost(said: Terms, lines: Any, paid: list[str], words: str) -> None:
    found = goods_paid(said, sold(*lines))
    assert (found.lines, found.basis) == (tuple(Decimal(each) for each in paid), words)


MAYBE = st.none() | PAID
PRICES = st.decimals("0.000001", "9999.99", places=6)
SALES = st.lists(st.builds(Sale, PRICES, st.integers(1, 60), MAYBE), min_size=1, max_size=8)


@given(st.builds(Terms, MAYBE, MAYBE, MAYBE), SALES)
def test_no_line_is_below_nothing_and_all_never_pass_what_was_paid(said: Terms, sales: list[Sale]) -> None:
    found = goods_paid(said, sales)
    assert min(found.lines) >= 0
    known = [sale.paid for sale in sales if sale.paid is not None]
    if known and len(known) == len(sales):
        assert found.whole <= sum(known)
    elif not known and said.paid is not None:
        assert found.whole <= said.paid
        assert found.whole <= sum(sale.listed for sale in sales)


@st.composite
def taken_back(draw: st.DrawFn) -> tuple[Terms, list[Sale], list[int]]:
    """An order, and the line of each of its units in the sequence in which they come back."""
    sales = [Sale(draw(PRICES), draw(st.integers(1, 8))) for _ in range(draw(st.integers(1, 5)))]
    units = [n for n, sale in enumerate(sales) for _ in range(sale.quantity)]
    return draw(st.builds(Terms, MAYBE, MAYBE, MAYBE)), sales, draw(st.permutations(units))


@given(taken_back())
def test_any_split_in_any_sequence_gives_back_the_share_of_the_goods(
    order: tuple[Terms, list[Sale], list[int]],
) -> None:
    said, sales, sequence = order
    found = goods_paid(said, sales)
    claimed, held = [0] * len(sales), [Decimal("0.00")] * len(sales)
    for n in sequence:
        held[n] += part(Bought(sales[n].quantity, claimed[n], found.lines[n], held[n]), 1)
        claimed[n] += 1
    assert sum(held) == found.whole


REASONS = [
    (terms(), [("2.55", 6)], [(0, 2, "5.10")], "¥2.55 × 2 件"),
    (terms(), [("0.035", 1000)], [(0, 1000, "35.00")], "¥0.035 × 1000 件"),
    (terms(), [("2.55", 6), ("3.39", 6)], [(0, 2, "5.10"), (1, 1, "3.39")], "¥2.55 × 2 件 + ¥3.39 × 1 件"),
    (terms("105", "", "15"), [("60", 1), ("40", 1)], [(0, 1, "54"), (1, 1, "36")], "实付 ¥105.00 − 运费 ¥15.00"),
    (terms("105", "", "15"), [("60", 1), ("40", 1)], [(1, 1, "36")], "（实付 ¥105.00 − 运费 ¥15.00）按价分摊"),
    (terms(), [("3.34", 3, "10")], [(0, 3, "10")], "实付 ¥10.00"),
    (terms(), [("3.34", 3, "10")], [(0, 1, "3.33")], "实付 ¥10.00 × 1/3 件"),
    (terms(), [("1", 1)] * 4, [(n, 1, "1") for n in range(4)], "4 行各自的实付或单价相加"),
]


@pytest.mark.parametrize(("said", "lines", "taken", "words"), REASONS)
def test_how_an_amount_came_about(said: Terms, lines: Any, taken: list[tuple[int, int, str]], words: str) -> None:
    sales = sold(*lines)
    of = [(sales[n], units, Decimal(paid)) for n, units, paid in taken]
    assert reckoned(goods_paid(said, sales), [Taken(*each) for each in of]) == words


ROUNDED = [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("35", "35.00")]


@pytest.mark.parametrize(("value", "expected"), ROUNDED)
def test_half_a_cent_rounds_up_as_on_an_invoice(value: str, expected: str) -> None:
    assert str(yuan(value)) == expected


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="float"):
        yuan(0.1)  # type: ignore[arg-type]


@given(st.decimals("-99999999.99", "99999999.99", places=2))
def test_cents_and_yuan_are_the_same_money(amount: Decimal) -> None:
    assert Decimal(fen(amount)) / 100 == amount


# -- the edges of each decision ----------------------------------------------------------------------------------------

BY_LINES = [
    # the lines say it, freight and all, and it is spread by what each says while that is no more than they cost
    (terms("", "", "15"), [("60", 1, "72"), ("40", 1, "36")], ["62.00", "31.00"]),
    (terms("", "", "10"), [("60", 1, "80"), ("40", 1, "30")], ["72.73", "27.27"]),  # to the last 分
    (terms("", "", "15"), [("60", 1, "60"), ("40", 1, "40")], ["60.00", "40.00"]),  # all of it, and no more: no freight
    # some lines say it: exactly what they cost is theirs
    (terms("", "5", "15"), [("60", 1, "60"), ("40", 1)], ["60.00", "40.00"]),
    # more than they cost is what was paid for the order, less what was let off
    (terms("", "20"), [("60", 1, "80"), ("40", 1)], ["48.00", "32.00"]),
    (terms("", "", ""), [("10", 1, "12"), ("40", 1)], ["2.40", "9.60"]),
    (terms("", "20", "15"), [("60", 1, "80"), ("40", 1)], ["48.00", "32.00"]),  # it adds up without the freight
    (terms("", "10", "15"), [("60", 1, "85"), ("40", 1)], ["42.00", "28.00"]),  # and here with it
    (terms("90", "20", "15"), [("60", 1, "80"), ("40", 1)], ["48.00", "32.00"]),  # the lines, not the order's sum
]


@pytest.mark.parametrize(("said", "lines", "paid"), BY_LINES)
def test_what_lines_say_of_themselves(said: Terms, lines: Any, paid: list[str]) -> None:
    assert [str(each) for each in goods_paid(said, sold(*lines)).lines] == paid


FREIGHT = [
    # what the shop says; its lines; freight that was paid
    (terms("115", "", "15"), [("100", 1)], "15"),
    (terms("110", "", "15"), [("100", 1)], "15"),  # the goods cost less then
    (terms("100", "10", "15"), [("100", 1)], "15"),
    (terms("90", "10", "15"), [("100", 1)], "0.00"),  # it adds up without it
    (terms("100"), [("100", 1)], "0.00"),
    (terms("", "", "15"), [("100", 1)], "15"),  # beside the prices
    (terms("", "", "15"), [("100", 1, "110")], "15"),
    (terms("", "", "15"), [("100", 1, "100")], "15"),
    (terms("", "", "3"), [("100", 1, "101"), ("50", 1)], "3"),  # not every line says it
    (terms("", "", "15"), [("60", 1, "62"), ("40", 1, "40")], "15"),
    # the lines say more than the goods cost: never more freight than they leave for it
    (terms("", "", "10"), [("60", 1, "70"), ("40", 1, "45")], "10"),
    (terms("", "", "15"), [("10", 1, "12")], "12"),
    (terms("", "", "15"), [("0.40", 1, "0.50")], "0.50"),
]


@pytest.mark.parametrize(("said", "lines", "paid"), FREIGHT)
def test_what_was_paid_for_freight(said: Terms, lines: Any, paid: str) -> None:
    sales = sold(*lines)
    assert freight_paid(said, sales, goods_paid(said, sales)) == Decimal(paid)


@pytest.mark.parametrize(
    ("bought", "gone"),
    [
        (Bought(3, 1, Decimal("30"), Decimal("10")), "0.00"),  # held for the unit that is held
        (Bought(3, 1, Decimal("30"), Decimal("10.01")), "0.00"),  # a 分 for each of them is rounding
        (Bought(3, 1, Decimal("30"), Decimal("10.02")), "0.02"),
        (Bought(3, 0, Decimal("30"), Decimal("4")), "4"),
        (Bought(3, 2, Decimal("30"), Decimal("22")), "2"),
    ],
)
def test_money_that_went_without_any_goods(bought: Bought, gone: str) -> None:
    assert gone_alone(bought) == Decimal(gone)


@given(st.integers(1, 40), st.data(), PAID)
def test_what_units_are_put_down_as_is_as_much_as_is_left_can_be(
    requested: int, data: st.DataObject, left: Decimal
) -> None:
    units = data.draw(st.integers(1, requested))
    put = fitted(requested, units, left)
    assert left - CENT <= counted(put, requested, units) <= left
    assert put == put.quantize(CENT)


def test_nothing_was_asked_for_and_nothing_is_counted() -> None:
    assert counted(Decimal("10"), 0, 0) == 0


ODD_PRICE, GONE = ("0.035", 100), Decimal("2")
WORDS = [
    # a price that its 分 cannot say, one that they can, and one of whole yuan
    (terms(), [ODD_PRICE], [Taken(sold(ODD_PRICE)[0], 100, Decimal("3.50"))], "¥0.035 × 100 件"),
    (terms(), [("2.55", 2)], [Taken(sold(("2.55", 2))[0], 2, Decimal("5.10"))], "¥2.55 × 2 件"),
    (terms(), [("2.50", 2)], [Taken(sold(("2.50", 2))[0], 2, Decimal("5.00"))], "¥2.50 × 2 件"),
    (terms(), [("1200", 2)], [Taken(sold(("1200", 2))[0], 2, Decimal("2400"))], "¥1,200.00 × 2 件"),
    # money of the line went before
    (
        terms(), [("10", 3)], [Taken(sold(("10", 3))[0], 2, Decimal("18"), GONE, 2, Decimal("20"))],
        "¥20.00 − 已退过的 ¥2.00",
    ),
    (
        terms(), [("10", 3)], [Taken(sold(("10", 3))[0], 1, Decimal("9"), GONE, 2, Decimal("20"))],
        "（¥20.00 − 已退过的 ¥2.00）× 1/2 件",
    ),
    (
        terms("90"), [("60", 1), ("40", 1)], [Taken(sold(("60", 1))[0], 1, Decimal("52"), GONE, 1, Decimal("54"))],
        "（实付 ¥90.00）按价分摊，减去已退过的 ¥2.00",
    ),
    # three lines are told one by one, four are counted
    (terms(), [("1", 1)] * 3, [Taken(each, 1, Decimal(1)) for each in sold(*[("1", 1)] * 3)],
     "¥1.00 × 1 件 + ¥1.00 × 1 件 + ¥1.00 × 1 件"),
    (terms(), [("1", 1)] * 4, [Taken(each, 1, Decimal(1), GONE) for each in sold(*[("1", 1)] * 4)],
     "4 行各自的实付或单价相加，减去已退过的"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "lines", "taken", "words"), WORDS)
def test_what_is_said_of_an_amount(said: Terms, lines: Any, taken: list[Taken], words: str) -> None:
    assert reckoned(goods_paid(said, sold(*lines)), taken) == words
