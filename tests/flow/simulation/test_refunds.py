"""What refunds of the past would have come to by other formulas."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from flow.definitions.charges import Charge
from flow.definitions.conditions import When
from flow.definitions.formula import read
from flow.simulation.comparison import Tally
from flow.simulation.past import PastCase
from flow.simulation.refunds import repriced, spelt
from flow.simulation.replay import Hints
from tests.support.shipped import POLICIES

NONE = POLICIES["standard"]
TENTH = replace(NONE, charges=(Charge("折旧", When(), read("金额 × 10%")),))
DEAR = replace(NONE, charges=(Charge("折旧", When.parse({"金额": ">60"}), read("金额 × 10%")),))
LATE = replace(NONE, charges=(Charge("折旧", When.parse({"签收天数": ">7"}), read("金额 × 10%")),))


def case(**final: Any) -> PastCase:
    known = {"金额": Decimal("100.00"), "签收天数": 3}
    return PastCase("R1", "质量问题", known, Hints({}, {"金额": known["金额"], **final}), False, None)


CASES = [
    (case(), NONE, TENTH, "100.00", "90.00"),
    (case(), TENTH, NONE, "90.00", "100.00"),
    (case(), NONE, LATE, "100.00", "100.00"),
    # one of its lines is in what was left, its freight and what was agreed on by hand are not of the goods
    (case(金额=Decimal("67.00"), 算式项=[{"name": "折旧", "amount": "-10.00", "how": "金额 × 10%"}], 退运费="12.00",
          扣款项=[{"name": "滤网", "amount": "35.00"}]), TENTH, NONE, "67.00", "77.00"),
    # freight that did not go back, for one did not come, is no part of what was left
    (case(金额=Decimal("50.00"), 退运费="12.00", 运费随整单=True, 按实收=True, 件数=2, 实收件数=1),
     NONE, TENTH, "50.00", "45.00"),
    (case(金额=Decimal("50.00"), 按实收=True, 件数=2, 实收件数=1), NONE, DEAR, "50.00", "45.00"),
]  # fmt: skip


@pytest.mark.parametrize(("past", "old", "new", "before", "after"), CASES)
def test_a_refund_under_both(past: PastCase, old: Any, new: Any, before: str, after: str) -> None:
    assert repriced(past, old, new) == (Decimal(before), Decimal(after))


def test_only_what_differs_is_added_up() -> None:
    tally = Tally()
    for pair in ((Decimal(100), Decimal(90)), (Decimal(5), Decimal(5)), (Decimal(10), Decimal(9))):
        tally.reprice(*pair)
    assert [(each.count, str(each.yuan)) for each in tally.refunds] == [(2, "110.00"), (2, "99.00")]


def test_two_readings_of_one_text_are_alike() -> None:
    again = Charge("折旧", When.parse({"签收天数": ">7"}), read("金额×10%"))
    assert spelt((again,)) == spelt(LATE.charges) != spelt(TENTH.charges)
