"""退运费 of a policy: what may be written, when it holds, and what of an amount it is. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions.conditions import When
from flow.definitions.freight import FREIGHT, NEVER, WITH_ALL, freight_of, read_rule, refundable, words

if TYPE_CHECKING:
    from flow.errors import Problem

LEFT = Decimal("15.00")


@pytest.mark.parametrize(
    ("raw", "said", "problem"),
    [
        (None, "不退", ""),
        (NEVER, "不退", ""),
        ({"运费": "商家|物流"}, "运费 商家|物流 的单连运费一起退，每个订单只退一次", ""),
        ({"运费": "商家", "整单": "是"}, "运费 商家，整单 是 的单连运费一起退，每个订单只退一次", ""),
        ("都退", "不退", "政策：退运费要写 不退，或者什么时候退"),
        ({}, "不退", "政策：退运费要写 不退，或者什么时候退"),
        ({"天气": "晴"}, "天气 晴 的单连运费一起退，每个订单只退一次", "政策 退运费 天气：没有这一样，条件可以写 "),
        ({"金额": "50~"}, "不退", "政策 退运费 "),
    ],
)
def test_what_a_policy_may_say(raw: Any, said: str, problem: str) -> None:
    problems: list[Problem] = []
    assert words(read_rule(raw, "政策", problems)) == said
    assert [str(each)[: len(problem)] for each in problems] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("rule", "left", "whole", "facts"),
    [
        (None, LEFT, True, {}),
        ({"运费": "商家"}, Decimal(0), True, {}),  # it has gone back already
        ({"运费": "客户"}, LEFT, True, {}),
        ({"运费": "商家"}, LEFT, False, {FREIGHT: "15.00", WITH_ALL: False}),
        ({"运费": "商家", "整单": "是"}, LEFT, False, {}),
        ({"运费": "商家", "整单": "是"}, LEFT, True, {FREIGHT: "15.00", WITH_ALL: True}),
    ],
)
def test_when_it_goes_back(rule: dict[str, str] | None, left: Decimal, facts: dict[str, Any], *, whole: bool) -> None:
    assert refundable(When.parse(rule) if rule else None, {"运费": "商家"}, left, whole=whole) == facts


@pytest.mark.parametrize(
    ("facts", "complete", "freight"),
    [
        ({}, True, "0.00"),
        ({FREIGHT: "15.00"}, False, "15.00"),
        ({FREIGHT: "15.00", WITH_ALL: True}, False, "0.00"),
        ({FREIGHT: "15.00", WITH_ALL: True}, True, "15.00"),
    ],
)
def test_what_of_an_amount_is_freight(facts: dict[str, Any], freight: str, *, complete: bool) -> None:
    assert freight_of(facts, complete=complete) == Decimal(freight)
