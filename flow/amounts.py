"""Money arithmetic: what a part of an order line cost, and what is left of a refund after counting."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal

from models.fields import yuan


@dataclass(frozen=True, slots=True)
class Bought:
    """An order line as money: ``paid`` for all ``quantity`` units, of which cases hold ``claimed``, worth ``held``."""

    quantity: int
    claimed: int
    paid: Decimal
    held: Decimal = Decimal("0.00")


def line_paid(unit_price: Decimal, quantity: int, paid: Decimal | None) -> Decimal:
    """What the customer paid for a whole line: what the shop says, else price × quantity."""
    return yuan(paid if paid is not None else unit_price * quantity)


def spread(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split ``total`` over ``weights`` to the 分, so that the parts add up to it exactly."""
    whole = sum(weights, Decimal(0))
    if not whole:
        return [Decimal("0.00") for _ in weights]
    edges = [Decimal(0)]
    for weight in weights:
        edges.append(edges[-1] + weight)
    cuts = [yuan(total * edge / whole) for edge in edges]
    return [high - low for low, high in itertools.pairwise(cuts)]


def part(bought: Bought, units: int) -> Decimal:
    """What the next ``units`` of a line cost: their share of the money that no case holds yet.

    Returned in any portions, some of them taken back in between, a line gives back exactly what was paid.
    """
    left = max(bought.paid - bought.held, Decimal(0))
    return yuan(left * units / (bought.quantity - bought.claimed))


def counted(paid: Decimal, requested: int, units: int) -> Decimal:
    """The share of ``paid`` (for ``requested`` units) that ``units`` of them carry."""
    return yuan(paid * units / requested) if requested else Decimal("0.00")
