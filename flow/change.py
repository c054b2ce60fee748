"""What a correction makes of a case's rows: its goods, the units that they hold of the order, its type and its note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from flow.errors import PolicyRefused, StaleCase
from flow.orders import units_held
from models import Case, CaseLine, OrderLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.orders import Portion


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it is to be."""

    portions: tuple[Portion, ...]
    return_type: str
    note: str
    basis: Mapping[str, str]  #: how its amount comes about

    async def write(self, case: Case) -> None:
        """Put goods, type and note down, in the caller's transaction, which a refusal is to roll back.

        Raises StaleCase when the case is no more what was looked at, PolicyRefused for units that another one has now.
        """
        words: dict[str, Any] = {"return_type": self.return_type, "note": self.note, "reason": self.note[:64]}
        words |= {"snapshot": {**case.snapshot, **self.basis}}
        if not await Case.filter(id=case.id, version=case.version).update(**words):
            raise StaleCase(f"{case.no} 刚刚被别人处理了")
        lines = CaseLine.filter(case_id=case.id).exclude(order_line_id=None).order_by("id")
        had = {line.order_line_id or 0: line for line in await lines}
        want = {portion.line.id: portion for portion in self.portions}
        for line_id in sorted({*had, *want}):  # in one order, so that no two corrections wait for each other
            held = units_held(had[line_id], case.facts) if line_id in had else 0
            await _hold(line_id, (want[line_id].units if line_id in want else 0) - held)
        for line_id, portion in want.items():
            await _put(case, had.get(line_id), portion)
        await CaseLine.filter(case_id=case.id, order_line_id__in=[each for each in had if each not in want]).delete()


async def _hold(line_id: int, more: int) -> None:
    """Take so many units more off what may still be returned, or give them back where it is less than none."""
    free = OrderLine.filter(id=line_id, quantity__gte=F("claimed") + more)
    if more and not await free.update(claimed=F("claimed") + more):
        raise PolicyRefused("多要的件数刚刚被另一张售后单占用了，请重新核对数量")


async def _put(case: Case, line: CaseLine | None, portion: Portion) -> None:
    if line is not None:
        await CaseLine.filter(id=line.id).update(requested=portion.units, paid=portion.paid)
        return
    sold = portion.line
    await CaseLine.create(
        case_id=case.id, order_line_id=sold.id, sku=sold.sku, title=sold.title, unit_price=sold.unit_price,
        paid=portion.paid, requested=portion.units,
    )  # fmt: skip
