"""What a case may still pay of its order: never more, with all other cases, than was paid for each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.amounts import NOTHING, counted, fitted
from flow.counting import BY_COUNT
from flow.freight import FREIGHT
from flow.orders import bill_without, freight_taken
from models import CaseLine
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from models import Case

LESS = "同一商品已退到实付为止"  #: name of a deduction: what other cases of the order have of the money


@dataclass(frozen=True, slots=True)
class Most:
    """What a case may pay back: of its goods, and of the freight that it takes along."""

    goods: Decimal
    freight: Decimal
    beyond: Decimal  #: freight that it would take along, and another case has taken by now

    def lessened(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that change, so that a case asks for no more."""
        amount = yuan(facts["金额"])
        said: dict[str, Any] = {}
        if self.beyond:
            amount = max(amount - self.beyond, NOTHING)
            said = {FREIGHT: str(self.freight), "金额": str(amount)}
        if (most := self.goods + self.freight) < amount:
            items = [*facts.get("扣款项", ()), {"name": LESS, "amount": str(amount - most)}]
            said |= {"扣款项": items, "金额": str(most)}
        return said


async def fit(case: Case, facts: Mapping[str, Any]) -> Most | None:
    """The most that a case may pay back; None for one without an order of ours.

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
    freight = min(taken, bill.freight)
    return Most(goods, freight, taken - freight)
