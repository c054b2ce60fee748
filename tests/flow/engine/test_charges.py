"""算式 of a case: what is left when goods come, numbers become known, something is deducted by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from flow.definitions.charges import BORNE, Charge
from flow.definitions.conditions import When
from flow.definitions.formula import read
from flow.engine.breakdown import reckon
from flow.engine.charges import afresh, at_first, shared
from flow.engine.counting import Line, take_in
from flow.engine.values import Rules
from models.views.case import LineView
from tests.support.shipped import FLOW, POLICIES

TENTH = Charge("折旧", When(), read("金额 × 10%"))
GRADED = Charge("磨损", When(), read("磨损度 × 2"))
DEAR = Charge("折旧", When.parse({"金额": ">200"}), read("金额 × 10%"))
MORE = Charge("补贴", When(), read("5"), "加")
GOODS = (Line(1, "A", Decimal("200.00"), 2, received=1), Line(2, "B", Decimal("99.00"), 1, received=1))
DEPRECIATION = {"name": "折旧", "amount": "-29.90", "how": "金额 × 10%"}


def rules(*charges: Charge, refunds: bool = True) -> Rules:
    return Rules(replace(FLOW, refunds=refunds), replace(POLICIES["standard"], charges=charges))


FIRST: list[tuple[Rules, dict[str, Any], dict[str, Any]]] = [
    (rules(TENTH), {"金额": "299.00"}, {"金额": "269.10", "算式项": [DEPRECIATION]}),
    # freight goes back beside it, and is no part of the formula
    (rules(TENTH), {"金额": "311.00", "退运费": "12.00"}, {"金额": "281.10", "算式项": [DEPRECIATION]}),
    # of the part that is asked for
    (rules(TENTH), {"金额": "20.00", "只退": ["20.00", "299.00"]},
     {"金额": "18.00", "算式项": [{**DEPRECIATION, "amount": "-2.00"}]}),
    # never more than what was asked for, whatever is put on
    (rules(MORE), {"金额": "20.00", "只退": ["20.00", "299.00"]}, {}),
    (rules(TENTH, MORE), {"金额": "20.00", "只退": ["20.00", "299.00"]},
     {"金额": "20.00", "算式项": [{**DEPRECIATION, "amount": "-2.00"},
                               {"name": "补贴", "amount": "2.00", "how": "5"}]}),
    (rules(), {"金额": "299.00"}, {}),
    (rules(TENTH, refunds=False), {"金额": "299.00"}, {}),
    (rules(TENTH), {"金额": "30.00", "补偿金额": "30.00"}, {}),
    (rules(GRADED), {"金额": "299.00"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("by", "facts", "fresh"), FIRST)
def test_a_case_begins_with_its_lines(by: Rules, facts: dict[str, Any], fresh: dict[str, Any]) -> None:
    assert at_first(by, Decimal("299.00"), facts) == fresh


HELD = {"金额": "269.10", "算式项": [DEPRECIATION]}
AGAIN: list[tuple[Rules, dict[str, Any], dict[str, Any]]] = [
    # nothing else came of it
    (rules(TENTH), HELD, {}),
    # one of the first has not come: 199.00 are left, and their tenth
    (rules(TENTH), HELD | {"按实收": True, "金额": "169.10"},
     {"金额": "179.10", "算式项": [{**DEPRECIATION, "amount": "-19.90"}]}),
    # what was dear when it was asked for stays so: that less has come lets no deduction off
    (rules(DEAR), HELD | {"按实收": True, "金额": "169.10"},
     {"金额": "179.10", "算式项": [{**DEPRECIATION, "amount": "-19.90"}]}),
    # formulas first, then by hand; never below nothing
    (rules(TENTH, GRADED), HELD | {"磨损度": 5, "扣款项": [{"name": "滤网", "amount": "35.00"}]},
     {"金额": "224.10", "算式项": [DEPRECIATION, {"name": "磨损", "amount": "-10.00", "how": "磨损度 × 2"}]}),
    (rules(GRADED), {"金额": "299.00", "磨损度": 100, "扣款项": [{"name": "滤网", "amount": "150.00"}]},
     {"金额": "0.00", "算式项": [{"name": "磨损", "amount": "-200.00", "how": "磨损度 × 2"}]}),
    # the version of the rules has none any more
    (rules(), HELD, {"金额": "299.00", "算式项": []}),
    # freight that goes back only with all that was asked for
    (rules(TENTH), HELD | {"按实收": True, "退运费": "12.00", "运费随整单": True},
     {"金额": "179.10", "算式项": [{**DEPRECIATION, "amount": "-19.90"}]}),
    # what is paid, or agreed on, stays
    (rules(TENTH, GRADED), HELD | {"磨损度": 5, "已退款": True}, {}),
    (rules(TENTH, GRADED), HELD | {"磨损度": 5, "补偿金额": "20.00"}, {}),
    (rules(), {"金额": "299.00"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("by", "facts", "fresh"), AGAIN)
def test_what_a_step_changes(by: Rules, facts: dict[str, Any], fresh: dict[str, Any]) -> None:
    assert afresh(by, GOODS, facts) == fresh


def test_goods_that_are_counted_keep_the_lines_until_they_are_reckoned_anew() -> None:
    count = take_in(["登记收货"], GOODS, {"件数": {"A": 1, "B": 1}}, HELD)
    assert count.facts["金额"] == "169.10"
    assert afresh(rules(TENTH), count.lines, {**HELD, **count.facts})["金额"] == "179.10"


def test_the_breakdown_names_each_line_and_adds_up() -> None:
    views = tuple(LineView(x.sku, "", x.paid, x.requested, x.received, 0, 0) for x in GOODS)
    found = reckon(views, HELD, {}, Decimal("269.10"))
    assert found
    assert (found.lines, found.adds_up) == ((("折旧", Decimal("-29.90"), "金额 × 10%"),), True)


FREIGHT, SHARE = Charge("运费", When(), read("12")), Charge("手续费", When(), read("运费 × 10%"))
SPLITS: list[tuple[Rules, str, str, str, str]] = [
    # what is fixed is borne once, first by the case that stays
    (rules(FREIGHT), "200.00", "99.00", "188.00", "99.00"),
    # as far as its goods go, and the rest by the other: no split makes money
    (rules(FREIGHT), "5.00", "99.00", "0.00", "92.00"),
    (rules(FREIGHT), "5.00", "3.00", "0.00", "0.00"),
    # what follows from it is borne once, too
    (rules(FREIGHT, SHARE), "200.00", "99.00", "186.80", "99.00"),
    (rules(TENTH), "200.00", "99.00", "180.00", "89.10"),
    (rules(), "200.00", "99.00", "200.00", "99.00"),
]  # fmt: skip


@pytest.mark.parametrize(("by", "stays", "goes", "kept", "twin"), SPLITS)
def test_a_split_bears_what_is_fixed_once(by: Rules, stays: str, goes: str, kept: str, twin: str) -> None:
    goods = (Decimal(stays), Decimal(goes))
    both = shared(by, goods, {"金额": stays}, {"金额": goes})
    assert [facts["金额"] for facts in both] == [kept, twin]


def test_what_is_split_again_still_bears_it_once() -> None:
    by, goods = rules(FREIGHT), (Decimal("5.00"), Decimal("99.00"))
    kept, twin = shared(by, goods, {"金额": "5.00"}, {"金额": "99.00"})
    assert (kept[BORNE], twin[BORNE]) == ({"运费": "7.00"}, {"运费": "5.00"})
    rest = {name: value for name, value in twin.items() if name != "算式项"} | {"金额": "9.00"}
    both = shared(by, (Decimal("9.00"), Decimal("90.00")), rest, rest | {"金额": "90.00"})
    assert [facts["金额"] for facts in both] == ["2.00", "90.00"]
    assert twin["算式项"] == [{"name": "运费", "amount": "-7.00", "how": "12，拆开的另一单已算 5.00"}]
