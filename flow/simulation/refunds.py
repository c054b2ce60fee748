"""What refunds of the past would have come to by other formulas. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.charges import AMOUNT, LINES, lines_of, reckon
from flow.definitions.freight import FREIGHT, freight_of
from flow.definitions.vocabulary import BY_COUNT
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.charges import Charge
    from flow.definitions.policy import Policy
    from flow.simulation.past import PastCase

NOTHING, TAKEN = Decimal("0.00"), "扣款项"


def spelt(charges: tuple[Charge, ...]) -> list[tuple[object, ...]]:
    """The rows by what they say, which is the same for two readings of one text."""
    return [(row.rule, row.formula.text, row.sign, sorted((c.fact, c.text) for c in row.when.cells)) for row in charges]


def repriced(case: PastCase, old: Policy, new: Policy) -> tuple[Decimal, Decimal]:
    """What was left to refund under the old formulas and under the new ones, of the same goods and deductions."""
    final: Mapping[str, Any] = case.hints.final
    facts: dict[str, Any] = {**case.facts, **final}
    by_hand = sum((yuan(item["amount"]) for item in facts.get(TAKEN) or ()), NOTHING)
    complete = not facts.get(BY_COUNT) or facts.get("实收件数") == facts.get("件数")
    freight = freight_of(facts, complete=complete)
    lines = sum((line.amount for line in lines_of({LINES: final.get(LINES)})), NOTHING)
    goods = max(yuan(case.counted) - lines - freight + by_hand, NOTHING)
    asked = goods if complete else yuan(case.facts[AMOUNT]) - lines - yuan(facts.get(FREIGHT) or 0)
    facts[AMOUNT] = str(asked)
    return _left(old, goods, facts, freight - by_hand), _left(new, goods, facts, freight - by_hand)


def _left(policy: Policy, goods: Decimal, facts: Mapping[str, Any], more: Decimal) -> Decimal:
    lines = reckon(policy.charges, goods, goods, facts)
    return max(goods + sum((line.amount for line in lines), NOTHING) + more, NOTHING)
