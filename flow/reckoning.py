"""How the amount of a case came about: what was paid, less what did not come, less what was deducted. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.amounts import counted
from flow.counting import BY_COUNT, MAKE_GOOD
from models.fields import yuan
from models.values import Reckoning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.values import LineView


def reckon(lines: Sequence[LineView], facts: Mapping[str, Any], amount: Decimal) -> Reckoning | None:
    """The parts of ``amount``; None for what was agreed on, which follows from nothing, and where prices are hidden."""
    paid = [line.paid for line in lines if line.paid is not None]
    if facts.get(MAKE_GOOD) or len(paid) < len(lines):
        return None
    asked = sum(paid, Decimal(0))
    came = sum((counted(cost, x.requested, x.received) for cost, x in zip(paid, lines, strict=True)), Decimal(0))
    items = tuple((str(item["name"]), yuan(item["amount"])) for item in facts.get("扣款项") or ())
    part, fee = facts.get("缺件"), facts.get("扣款")
    open_item = (str(part), yuan(fee)) if part and fee else None
    absent = asked - came if facts.get(BY_COUNT) else Decimal(0)
    return Reckoning(yuan(asked), yuan(absent), items, amount, open_item if open_item not in items else None)
