"""What a case may still pay of its order: never more, with all other cases, than was paid for each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.definitions.vocabulary import BY_COUNT
from flow.engine.amounts import NOTHING, counted, fitted
from flow.orders import freight as carriage
from flow.orders.freight import foreseen, owed
from flow.orders.lookup import bill_without, freight_taken
from flow.records.claims import units_held
from models import UNDER_WAY, CaseLine, Refund, RefundState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from flow.engine.values import Rules
    from models import Case

PAID = "已退款"  #: fact: its money has gone
LESS = "同一商品已退到实付为止"  #: name of a deduction: what other cases of the order have of the money


@dataclass(frozen=True, slots=True)
class Most:
    """What a case may pay back: of its goods, and of the freight that it takes along."""

    goods: Decimal
    freight: Decimal
    before: Decimal  #: freight that it was to take along until now

    def fitted(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that change, so that a case asks for no more, and for the freight that is its to take along."""
        amount = yuan(facts["金额"])
        said: dict[str, Any] = {}
        if self.freight != self.before:
            amount = max(amount + self.freight - self.before, NOTHING)
            said = {**carried(self.freight), "金额": str(amount)}
        if (most := self.goods + self.freight) < amount:
            items = [*facts.get("扣款项", ()), {"name": LESS, "amount": str(amount - most)}]
            said |= {"扣款项": items, "金额": str(most)}
        return said


def carried(freight: Decimal) -> dict[str, Any]:
    """The facts of a case that takes so much freight along, whatever else comes of it."""
    return {FREIGHT: str(freight) if freight else None, WITH_ALL: None}


async def fit(case: Case, facts: Mapping[str, Any], rules: Rules) -> Most | None:
    """The most that a case may pay back by its rules; None for one without an order of ours.

    Behind the order's lock, in the caller's transaction. Lines that were taken up again, or came late, may by a 分 or
    two be worth more than others have left by now: these are put down as what is left.
    """
    if case.order_id is None:
        return None
    bill = await bill_without(case)
    paid = {line.id: amount for line, amount in zip(bill.lines, bill.goods.lines, strict=True)}
    goods, claims = NOTHING, await CaseLine.filter(case_id=case.id).order_by("id")
    for claim in claims:
        units = claim.received if facts.get(BY_COUNT) else claim.requested
        worth = counted(claim.paid, claim.requested, units)
        if claim.order_line_id in paid:
            left = max(paid[claim.order_line_id] - bill.held.get(claim.order_line_id, NOTHING), NOTHING)
            paid[claim.order_line_id] -= min(worth, left)
            if worth > left:
                worth = left
                await CaseLine.filter(id=claim.id).update(paid=fitted(claim.requested, units, left))
        goods += worth
    taken = freight_taken(claims, facts)
    return Most(goods, owed(rules, bill, facts, units_of(claims, facts), taken), taken)


def units_of(claims: Sequence[CaseLine], facts: Mapping[str, Any]) -> dict[int, int]:
    """Units of each order line that these lines of a case with ``facts`` hold."""
    held: dict[int, int] = {}
    for claim in claims:
        line = claim.order_line_id or 0
        held[line] = held.get(line, 0) + units_held(claim, facts)
    return held


async def expected(case: Case, facts: Mapping[str, Any], rules: Rules, *, now: bool) -> dict[str, Any]:
    """The facts that change where a case is to take other freight along than it was: the others have moved on.

    ``now``: as if it were paid at this moment; else if every other case under way is paid before it.
    """
    if case.order_id is None or rules.policy.freight is None or facts.get(PAID):
        return {}
    bill, claims = await bill_without(case), await CaseLine.filter(case_id=case.id).order_by("id")
    taken, mine = freight_taken(claims, facts), units_of(claims, facts)
    freight = (owed if now else foreseen)(rules, bill, facts, mine, taken)
    if freight == taken:
        return {}
    amount = max(yuan(facts["金额"]) + freight - taken, NOTHING)
    waits = not now and bool(freight) and carriage.rests_on_all(rules)
    return {**carried(freight), WITH_ALL: waits or None, "金额": str(amount)}


async def whereabouts(case: Case, rules: Rules) -> str:
    """Where the freight of its order is, where that is not plain from the amount of a case."""
    if case.order_id is None or rules.policy.freight is None:
        return ""
    bill, claims = await bill_without(case), await CaseLine.filter(case_id=case.id).order_by("id")
    gone = await Refund.exists(case_id=case.id, state__in=(*UNDER_WAY, RefundState.PAID))
    paid = gone or bool(case.facts.get(PAID))
    return carriage.whereabouts(rules, bill, case.facts, freight_taken(claims, case.facts), paid=paid)
