"""The units of order lines that cases hold, taken and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import BY_COUNT, LET_GO
from flow.records.locks import take_units
from models import CaseLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models import Case


def units_held(claim: CaseLine, facts: Mapping[str, Any]) -> int:
    """Units of an order line that a case keeps from other cases: those that came, where the refund follows them.

    None where the customer has them: mended, exchanged, made good.
    """
    if facts.get(LET_GO):
        return 0
    return claim.received if facts.get(BY_COUNT) else claim.requested


async def release_claims(case: Case) -> None:
    """Give the units that a closed case still holds back to their order lines."""
    held = await CaseLine.filter(case_id=case.id).exclude(order_line_id=None)
    await take_units((claim.order_line_id, -units_held(claim, case.facts)) for claim in held)
