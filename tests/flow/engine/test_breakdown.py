"""How an amount came about, and money that went before its goods: the parts of each, to the 分. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.definitions.vocabulary import BY_COUNT, DEAR, PART
from flow.engine.breakdown import dear_words, gone_words, reckon
from flow.engine.partial_refunds import MAKE_GOOD, ONLY
from models.views.case import LineView, Reckoning

NONE = Decimal("0.00")
FEEDER = LineView("FEEDER", "喂食器", Decimal("658.00"), 2, received=2)
FILTER = LineView("FILTER", "滤网", Decimal("35.00"), 1, received=1)
ALL = (FEEDER, FILTER)  #: ¥693.00
SOME = (replace(FEEDER, received=1), FILTER)  #: ¥329.00 of it did not come
MORE_CAME = (replace(FEEDER, received=3), FILTER)
ITEM = {"扣款项": [{"name": "滤网", "amount": "35"}]}
TWO_ITEMS = {"扣款项": [{"name": "滤网", "amount": "35"}, {"name": "线", "amount": "4.5"}]}
HALF = {ONLY: ["346.50", "693.00"]}


def parts(lines: tuple[LineView, ...], facts: Any, amount: str = "693.00", **snapshot: str) -> Reckoning:
    found = reckon(lines, facts, snapshot, Decimal(amount))
    assert found is not None
    return found


def test_where_one_price_is_hidden_nothing_is_told() -> None:
    assert reckon((FEEDER, replace(FILTER, paid=None)), {}, {}, Decimal(1)) is None


PARTS = [
    # lines, facts, amount; what was asked for, did not come, was deducted, and freight
    (ALL, {}, "693.00", "693.00", "0.00", 0, "0.00"),
    (SOME, {}, "693.00", "693.00", "0.00", 0, "0.00"),  # until they are counted, all units are as good as there
    (SOME, {BY_COUNT: True}, "364.00", "693.00", "329.00", 0, "0.00"),
    (ALL, {BY_COUNT: True}, "693.00", "693.00", "0.00", 0, "0.00"),
    (SOME, {BY_COUNT: True} | HALF, "182.00", "346.50", "164.50", 0, "0.00"),  # half of each
    (ALL, TWO_ITEMS, "653.50", "693.00", "0.00", 2, "0.00"),
    (ALL, {FREIGHT: "15"}, "708.00", "693.00", "0.00", 0, "15.00"),
    (SOME, {FREIGHT: "15", BY_COUNT: True}, "379.00", "693.00", "329.00", 0, "15.00"),
    (SOME, {FREIGHT: "15", WITH_ALL: True}, "708.00", "693.00", "0.00", 0, "15.00"),  # not counted yet
    (SOME, {FREIGHT: "15", WITH_ALL: True, BY_COUNT: True}, "364.00", "693.00", "329.00", 0, "0.00"),
    (ALL, {FREIGHT: "15", WITH_ALL: True, BY_COUNT: True}, "708.00", "693.00", "0.00", 0, "15.00"),
]


@pytest.mark.parametrize(("lines", "facts", "amount", "asked", "absent", "items", "freight"), PARTS)
def test_the_parts_of_an_amount(
    lines: Any, facts: Any, amount: str, asked: str, absent: str, items: int, freight: str
) -> None:
    found = parts(lines, facts, amount)
    told = [str(each) for each in (found.asked, found.absent, found.freight, found.amount)]
    assert (told, len(found.deductions)) == ([asked, absent, freight, amount], items)
    assert found.adds_up


def test_a_deduction_is_told_by_its_part_and_its_fee() -> None:
    assert parts(ALL, TWO_ITEMS).deductions == (("滤网", Decimal("35.00")), ("线", Decimal("4.50")))


@pytest.mark.parametrize(
    ("facts", "proposed"),
    [
        ({PART: "滤网", "扣款": "35"}, ("滤网", Decimal("35.00"))),
        ({PART: "滤网", "扣款": "35"} | ITEM, None),  # agreed on: no longer open
        ({PART: "滤网", "扣款": "36"} | ITEM, ("滤网", Decimal("36.00"))),  # a second one of that name
        ({PART: "滤网", "扣款": None}, None),
        ({PART: None, "扣款": "35"}, None),
        ({}, None),
    ],
)
def test_a_deduction_is_open_until_it_is_agreed_on(facts: Any, proposed: Any) -> None:
    assert parts(ALL, facts).proposed == proposed


@pytest.mark.parametrize(
    ("facts", "amount", "agreed"),
    [({MAKE_GOOD: "20"}, "20.00", True), ({MAKE_GOOD: "20"}, "21.00", False), ({MAKE_GOOD: ""}, "0.00", False),
     ({}, "0.00", False)],
)  # fmt: skip
def test_what_was_agreed_with_the_customer(facts: Any, amount: str, agreed: bool) -> None:
    assert parts(ALL, facts, amount).agreed is agreed


@pytest.mark.parametrize(
    ("facts", "snapshot", "basis"),
    [
        ({}, {"金额依据": "实付 ¥693.00", "申请金额": "693"}, "实付 ¥693.00"),
        ({}, {"金额依据": "实付 ¥999.00", "申请金额": "999"}, "拆单后的份额"),
        ({}, {"金额依据": "", "申请金额": "693"}, ""),
        ({}, {}, ""),
        (HALF, {"金额依据": "实付 ¥693.00", "申请金额": "693"}, "只退这些，实付 ¥693.00"),
        ({ONLY: ["1.00", "693.00"]}, {}, "只退这些，实付 ¥693.00"),
    ],
)
def test_where_what_was_asked_for_comes_from(facts: Any, snapshot: dict[str, str], basis: str) -> None:
    assert parts(ALL, facts, **snapshot).basis == basis


def test_thousands_are_told_apart_where_only_a_part_is_asked_for() -> None:
    dear = (replace(FEEDER, paid=Decimal(12880)),)
    assert parts(dear, {ONLY: ["1.00", "12880.00"]}).basis == "只退这些，实付 ¥12,880.00"


@given(st.lists(st.tuples(st.decimals("0.00", "9999.99", places=2), st.integers(1, 9), st.data()), max_size=4))
def test_what_came_and_what_did_not_make_up_what_was_asked_for(drawn: list[Any]) -> None:
    lines = tuple(LineView("A", "甲", paid, n, received=data.draw(st.integers(0, n))) for paid, n, data in drawn)
    found = parts(lines, {BY_COUNT: True})
    assert found.asked == sum((line.paid for line in lines if line.paid is not None), NONE)
    assert NONE <= found.absent <= found.asked


# -- money that went before the goods came -----------------------------------------------------------------------------

PAID: dict[str, Any] = {"已退款": True}
CAME: dict[str, Any] = PAID | {"已收货": True}
GONE = [
    # lines, facts, amount, whether nothing else is to be told; what there is to know
    (ALL, {}, "693", False, ""),  # nothing has gone
    (ALL, CAME, "693", False, ""),  # all is there
    (ALL, PAID, "693", False, "款已退 ¥693.00，货还没收到"),
    (ALL, PAID, "693", True, ""),  # which the card says anyway
    (ALL, PAID | {PART: "滤网"}, "693", True, "款已退 ¥693.00，扣款要另向客户收"),
    (SOME, CAME, "693", True, "款已退 ¥693.00，多退了 ¥329.00（没收到的 ¥329.00），请向客户收回"),
    (SOME, CAME | HALF, "346.5", True, "款已退 ¥346.50，多退了 ¥164.50（没收到的 ¥164.50），请向客户收回"),
    (ALL, CAME | ITEM, "693", True, "款已退 ¥693.00，多退了 ¥35.00（缺 滤网 ¥35.00），请向客户收回"),
    (
        SOME, CAME | TWO_ITEMS, "693", False,
        "款已退 ¥693.00，多退了 ¥368.50（没收到的 ¥329.00、缺 滤网 ¥35.00、缺 线 ¥4.50），请向客户收回",
    ),
    # no more comes back than has gone
    (SOME, CAME, "1200", True, "款已退 ¥1,200.00，多退了 ¥329.00（没收到的 ¥329.00），请向客户收回"),
    (SOME, CAME, "300", True, "款已退 ¥300.00，多退了 ¥300.00（没收到的 ¥329.00），请向客户收回"),
    (SOME, CAME, "0", True, ""),
    # a part that costs nothing is no reason
    (ALL, CAME | {"扣款项": [{"name": "纸", "amount": "0"}]}, "693", True, ""),
    (
        SOME, CAME | {"扣款项": [{"name": "纸", "amount": "0"}]}, "693", True,
        "款已退 ¥693.00，多退了 ¥329.00（没收到的 ¥329.00），请向客户收回",
    ),
    (SOME, CAME | {MAKE_GOOD: "20"}, "20", False, ""),  # nothing was to come back
    (SOME, CAME | {BY_COUNT: True}, "364", False, ""),  # it was paid by what came
    ((replace(FEEDER, paid=None), FILTER), CAME, "693", False, ""),  # for whoever may not see prices
    (ALL, CAME | {"扣款项": None}, "693", False, ""),
    # more units than were asked back make nothing good
    (MORE_CAME, CAME | ITEM, "693", True, "款已退 ¥693.00，多退了 ¥35.00（缺 滤网 ¥35.00），请向客户收回"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "facts", "amount", "plain", "words"), GONE)
def test_money_that_went_first(lines: Any, facts: Any, amount: str, plain: bool, words: str) -> None:
    assert gone_words(lines, facts, Decimal(amount), plain=plain) == words


def test_what_is_had_back_is_told_with_its_thousands() -> None:
    dear = (LineView("A", "甲", Decimal("2576.00"), 2, received=0),)
    told = gone_words(dear, CAME | {"扣款项": [{"name": "主机", "amount": "1000"}]}, Decimal(4000), plain=True)
    assert told == "款已退 ¥4,000.00，多退了 ¥3,576.00（没收到的 ¥2,576.00、缺 主机 ¥1,000.00），请向客户收回"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({DEAR: []}, ""),
        ({DEAR: [["滤网", "1035.5", "35"]]}, "实付比标价高（滤网 实付 ¥1,035.50，标价 ¥35.00），可能含运费，请核对"),
        (
            {DEAR: [["滤网", "45", "35"], ["主机", "9", "1008"]]},
            "实付比标价高（滤网 实付 ¥45.00，标价 ¥35.00、主机 实付 ¥9.00，标价 ¥1,008.00），可能含运费，请核对",
        ),
    ],
)
def test_more_than_the_price_was_paid(facts: Any, words: str) -> None:
    assert dear_words(facts) == words
