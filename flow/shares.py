"""What a case may still pay of its order: never more, with all other cases, than was paid for each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.amounts import NOTHING, counted, fitted
from flow.counting import BY_COUNT
from flow.orders import bill_without
from models import CaseLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from models import Case


async def fit(case: Case, facts: Mapping[str, Any]) -> Decimal | None:
    """The most that a case may pay back for its goods; None for one without an order of ours.

    Behind the order's lock, in the caller's transaction. Lines that were taken up again, or came late, may by a 分 or
    two be worth more than others have left by now: these are put down as what is left.
    """
    if case.order_id is None:
        return None
    bill = await bill_without(case)
    paid = {line.id: amount for line, amount in zip(bill.lines, bill.goods.lines, strict=True)}
    most = NOTHING
    for claim in await CaseLine.filter(case_id=case.id).order_by("id"):
        units = claim.received if facts.get(BY_COUNT) else claim.requested
        worth = counted(claim.paid, claim.requested, units)
        if claim.order_line_id in paid:
            left = max(paid[claim.order_line_id] - bill.held.get(claim.order_line_id, NOTHING), NOTHING)
            paid[claim.order_line_id] -= min(worth, left)
            if worth > left:
                worth = left
                await CaseLine.filter(id=claim.id).update(paid=fitted(claim.requested, units, left))
        most += worth
    return most
