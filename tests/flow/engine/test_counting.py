"""What counting goods does: units per line, and the refund that is left."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.engine.counting import Line, take_in
from flow.errors import PolicyRefused

FEEDER = Line(1, "FEEDER", Decimal("658.00"), 2)
FILTER = Line(2, "FILTER", Decimal("35.00"), 1)
FEEDER_AGAIN = Line(3, "FEEDER", Decimal("300.00"), 1)  # bought on a second line at another price
GOODS = (FEEDER, FILTER)
ASKED = {"金额": "693.00"}


def after(*effects: str, lines: tuple[Line, ...] = GOODS, said: Any = None, facts: Any = None) -> Any:
    return take_in(effects, lines, said or {}, facts or ASKED)


def units(count: Any, part: str) -> list[int]:
    return [getattr(line, part) for line in count.lines]


RECEIVED = [
    ({}, [2, 1], "693.00"),  # nothing said: all of it came
    ({"FEEDER": 2, "FILTER": 1}, [2, 1], "693.00"),
    ({"FEEDER": 1}, [1, 0], "329.00"),  # half of one line, nothing of the other
    ({"FILTER": 1}, [0, 1], "35.00"),
    ({"FEEDER": 0, "FILTER": 1}, [0, 1], "35.00"),
]


@pytest.mark.parametrize(("said", "came", "refund"), RECEIVED)
def test_the_refund_carries_only_what_came(said: dict[str, int], came: list[int], refund: str) -> None:
    count = after("登记收货", said={"件数": said})
    assert units(count, "received") == came
    assert count.facts == {"实收件数": sum(came), "按实收": True, "金额": refund}


def test_units_of_one_product_fill_its_lines_in_order() -> None:
    count = after("登记收货", lines=(FEEDER, FEEDER_AGAIN), said={"件数": {"FEEDER": 3}})
    assert units(count, "received") == [2, 1]
    assert count.facts["金额"] == "958.00"


def test_fewer_units_come_off_the_last_line() -> None:
    count = after("登记收货", lines=(FEEDER, FEEDER_AGAIN), said={"件数": {"FEEDER": 2}})
    assert (units(count, "received"), count.facts["金额"]) == ([2, 0], "658.00")


IMPOSSIBLE = [
    ("登记收货", {"FEEDER": 3}, "FEEDER 最多收 2 件，不能是 3 件"),
    ("登记收货", {"LAMP": 1}, "这单没有商品 LAMP"),
    ("登记收货", {"FEEDER": 0}, "一件都没有收到，请点拒收或等包裹到齐"),
    ("登记收货", {"FEEDER": -1}, "FEEDER 最多收 2 件，不能是 -1 件"),
    ("质检合格", {"FEEDER": 2}, "FEEDER 最多合格 1 件，不能是 2 件"),  # one came
    ("质检次品", {"FILTER": 1}, "FILTER 最多次品 0 件，不能是 1 件"),  # none came
]


@pytest.mark.parametrize(("effect", "said", "sentence"), IMPOSSIBLE)
def test_impossible_counts_are_refused(effect: str, said: dict[str, int], sentence: str) -> None:
    lines = (Line(1, "FEEDER", Decimal("658.00"), 2, received=1), FILTER)
    with pytest.raises(PolicyRefused) as refused:
        after(effect, lines=lines, said={"件数": said})
    assert str(refused.value) == sentence


INSPECTED = [
    ("质检合格", {}, [2, 1], [0, 0]),  # all good
    ("质检合格", {"FEEDER": 1}, [1, 0], [1, 1]),  # what is not good is damaged
    ("质检次品", {}, [0, 0], [2, 1]),  # all damaged
    ("质检次品", {"FEEDER": 1}, [1, 1], [1, 0]),  # what is not damaged is good
]


@pytest.mark.parametrize(("effect", "said", "good", "bad"), INSPECTED)
def test_every_unit_that_came_is_good_or_damaged(
    effect: str, said: dict[str, int], good: list[int], bad: list[int]
) -> None:
    lines = after("登记收货").lines
    count = after(effect, lines=lines, said={"件数": said})
    assert (units(count, "accepted"), units(count, "damaged")) == (good, bad)
    assert count.facts == {"合格件数": sum(good)}


# ---- a missing part


def test_a_missing_part_is_written_down_and_costs_nothing_yet() -> None:
    count = after("登记缺件", said={"缺件": "滤网组件", "扣款": "35"})
    assert count.facts == {"缺件": "滤网组件", "扣款": "35.00"}


def test_the_agreed_fee_comes_off_the_refund() -> None:
    facts = ASKED | {"缺件": "滤网组件", "扣款": "35.00"}
    count = after("确认扣款", "登记收货", facts=facts)
    assert count.facts["扣款项"] == [{"name": "滤网组件", "amount": "35.00"}]
    assert count.facts["金额"] == "658.00"
    assert units(count, "received") == [2, 1]


def test_the_fee_stays_off_when_goods_are_counted_again() -> None:
    facts = ASKED | {"扣款项": [{"name": "滤网组件", "amount": "35.00"}]}
    assert after("登记收货", facts=facts).facts["金额"] == "658.00"
    assert after("登记收货", facts=facts, said={"件数": {"FEEDER": 1}}).facts["金额"] == "294.00"


def test_a_second_fee_joins_the_first() -> None:
    facts = {"金额": "658.00", "扣款项": [{"name": "滤网", "amount": "35.00"}], "缺件": "电源", "扣款": "20.00"}
    count = after("确认扣款", facts=facts)
    assert [item["name"] for item in count.facts["扣款项"]] == ["滤网", "电源"]
    assert count.facts["金额"] == "638.00"


def test_an_amount_that_has_become_less_than_the_fee_is_nothing_and_never_below() -> None:
    facts = {"金额": "12.00", "缺件": "电源", "扣款": "20.00"}
    assert after("确认扣款", facts=facts).facts["金额"] == "0.00"


def test_a_fee_may_take_all_but_no_more() -> None:
    assert after("登记缺件", said={"缺件": "主机", "扣款": "693.00"}).facts["扣款"] == "693.00"
    with pytest.raises(PolicyRefused, match=r"^扣款 ¥693\.01 超过了这单的退款，请改小扣款再回复$"):
        after("登记缺件", said={"缺件": "主机", "扣款": "693.01"})


def test_a_part_that_comes_after_all_costs_nothing() -> None:
    facts = ASKED | {"缺件": "滤网组件", "扣款": "35.00"}
    assert after("取消扣款", facts=facts).facts == {"缺件": None, "扣款": None}


@pytest.mark.parametrize("effects", [(), ("确认退款",), ("登记拒收", "通知客户")])
def test_other_effects_count_nothing(effects: tuple[str, ...]) -> None:
    count = after(*effects)
    assert (count.lines, count.facts) == (GOODS, {})


# ---- in general

MONEY = st.decimals("0.00", "9999.99", places=2)
LINES = st.lists(st.tuples(st.sampled_from("ABC"), MONEY, st.integers(1, 9)), min_size=1, max_size=5).map(
    lambda rows: tuple(Line(n, *row) for n, row in enumerate(rows))
)


@given(LINES, st.lists(MONEY, max_size=3), st.data())
def test_a_refund_is_never_negative_nor_more_than_was_paid(
    lines: tuple[Line, ...], fees: list[Decimal], data: st.DataObject
) -> None:
    said = {line.sku: data.draw(st.integers(0, line.requested)) for line in lines}
    facts = {"金额": "0.00", "扣款项": [{"name": "件", "amount": str(fee)} for fee in fees]}
    try:
        count = take_in(["登记收货"], lines, {"件数": said}, facts)
    except PolicyRefused:
        assert not sum(said.values())
        return
    assert 0 <= Decimal(count.facts["金额"]) <= sum(line.paid for line in lines)
    assert all(0 <= line.received <= line.requested for line in count.lines)


@given(LINES, st.data())
def test_good_and_damaged_make_up_what_came(lines: tuple[Line, ...], data: st.DataObject) -> None:
    came = take_in(["登记收货"], lines, {}, {}).lines
    said = {line.sku: data.draw(st.integers(0, line.requested)) for line in lines}
    effect = data.draw(st.sampled_from(["质检合格", "质检次品"]))
    count = take_in([effect], came, {"件数": said}, {})
    assert [line.accepted + line.damaged for line in count.lines] == [line.received for line in came]


def test_money_that_is_gone_before_the_goods_came_stays_gone() -> None:
    count = after("登记收货", said={"件数": {"FEEDER": 1}}, facts={"金额": "693.00", "已退款": True})
    assert count.facts == {"实收件数": 1}


@pytest.mark.parametrize(
    ("came", "facts", "amount"),
    [
        ({}, {"退运费": "15.00"}, "708.00"),  # the freight goes back beside the goods
        ({"FEEDER": 1}, {"退运费": "15.00"}, "344.00"),
        ({"FEEDER": 1}, {"退运费": "15.00", "运费随整单": True}, "329.00"),  # not all has come
        ({}, {"退运费": "15.00", "运费随整单": True}, "708.00"),
    ],
)
def test_freight_goes_back_with_what_came(came: dict[str, int], facts: dict[str, Any], amount: str) -> None:
    assert after("登记收货", said={"件数": came}, facts=ASKED | facts).facts["金额"] == amount


@pytest.mark.parametrize("fee", ["0", "0.50", "693.00"])
def test_a_fee_may_be_anything_from_nothing_on(fee: str) -> None:
    count = after("登记缺件", said={"缺件": "滤网", "扣款": fee})
    assert (Decimal(count.facts["扣款"]), count.lines) == (Decimal(fee), GOODS)


@pytest.mark.parametrize("effect", ["取消扣款", "登记收货"])
def test_lines_stay_where_they_are(effect: str) -> None:
    count = after(effect, facts=ASKED | {"已退款": True, "缺件": "滤网", "扣款": "1"})
    assert [line.id for line in count.lines] == [1, 2]


def test_nothing_to_deduct_is_said() -> None:
    with pytest.raises(PolicyRefused) as refused:
        after("确认扣款")
    assert str(refused.value) == "还没有登记缺件，没有可以扣的款"


@pytest.mark.parametrize(
    ("said", "facts", "amount"),
    [
        ({"补偿金额": "20"}, {}, "20.00"),
        ({}, {"补偿金额": "20"}, "20.00"),  # agreed before
        ({"补偿金额": "30"}, {"补偿金额": "20"}, "30.00"),  # and now
        ({"补偿金额": "693"}, {}, "693.00"),  # all that the goods cost
        ({"补偿金额": "0.01"}, {}, "0.01"),
        ({"补偿金额": "693.01"}, {}, None),
        ({"补偿金额": "0"}, {}, None),
        ({}, {}, None),
    ],
)
def test_what_was_agreed_is_what_will_be_paid(said: dict[str, str], facts: dict[str, str], amount: str | None) -> None:
    if amount:
        count = after("登记补偿", said=said, facts=ASKED | facts)
        assert (count.facts["金额"], count.lines) == (amount, GOODS)
        return
    agreed = Decimal(said.get("补偿金额", "0"))
    with pytest.raises(PolicyRefused) as refused:
        after("登记补偿", said=said, facts=ASKED | facts)
    assert str(refused.value) == f"补偿要大于 0，不超过这几件商品的实付 ¥693.00，不能是 ¥{agreed:,.2f}"
