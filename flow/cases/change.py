"""What a correction makes of a case's rows: its goods, the units that they hold of the order, its type and its note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.errors import PolicyRefused, StaleCase
from flow.records.claims import units_held
from flow.records.locks import take_units
from models import Case, CaseLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.orders.lookup import Portion


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
        freed = [(line_id, -units_held(line, case.facts)) for line_id, line in had.items()]
        if await take_units([*freed, *((line_id, portion.units) for line_id, portion in want.items())]):
            raise PolicyRefused("多要的件数刚刚被另一张售后单占用了，请重新核对数量")
        for line_id, portion in want.items():
            await _put(case, had.get(line_id), portion)
        await CaseLine.filter(case_id=case.id, order_line_id__in=[each for each in had if each not in want]).delete()


async def _put(case: Case, line: CaseLine | None, portion: Portion) -> None:
    if line is not None:
        await CaseLine.filter(id=line.id).update(requested=portion.units, paid=portion.paid)
        return
    sold = portion.line
    await CaseLine.create(
        case_id=case.id, order_line_id=sold.id, sku=sold.sku, title=sold.title, unit_price=sold.unit_price,
        paid=portion.paid, requested=portion.units,
    )  # fmt: skip
