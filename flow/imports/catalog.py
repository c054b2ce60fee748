"""Products as an import finds and leaves them: which are new, which change, and how those were before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.imports.bulk_writes import NAMES_AT_ONCE, ROWS_AT_ONCE, insert, slices
from models import Product

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLUMNS = ("sku", "title", "category", "line", "supplier", "returnable", "batch_id")
BLANK = {"title": "", "category": "", "line": "", "supplier": "", "returnable": True}


@dataclass(slots=True)
class ProductPlan:
    """What an import will do to the products."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)  # the row as it is, its changes

    @property
    def before(self) -> list[dict[str, Any]]:
        return [{"table": "product", "row": row} for row, _ in self.changed]

    async def write(self, batch_id: int) -> None:
        """Create and change the products, some at a time."""
        for some in slices(self.new, ROWS_AT_ONCE):
            rows = [[(BLANK | product | {"batch_id": batch_id})[name] for name in COLUMNS] for product in some]
            async with in_transaction():
                await insert(Product, COLUMNS, rows)
        for part in slices(self.changed, NAMES_AT_ONCE):
            async with in_transaction():
                for row, changes in part:
                    await Product.filter(id=row["id"]).update(**changes)


async def plan(wanted: Mapping[str, dict[str, Any]], *, overwrite: bool) -> ProductPlan:
    """Compare what a file says of each SKU with what is known.

    Values that are blank in the file change nothing; with ``overwrite`` off, neither do values already known.
    """
    known = {row["sku"]: row for row in await _known(wanted)}
    result = ProductPlan()
    for sku, said in wanted.items():
        row = known.get(sku)
        if row is None:
            result.new.append({"sku": sku, **said, "title": said.get("title") or sku})
        elif changes := _changes(row, said, overwrite=overwrite):
            result.changed.append((row, changes))
    return result


async def _known(skus: Iterable[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for some in slices(skus, NAMES_AT_ONCE):
        rows += await Product.filter(sku__in=some).values("id", *COLUMNS)
    return rows


def _changes(row: Mapping[str, Any], said: Mapping[str, Any], *, overwrite: bool) -> dict[str, Any]:
    told = {name: value for name, value in said.items() if value != "" and value != row[name]}
    if overwrite:
        return told
    return {name: value for name, value in told.items() if row[name] in ("", row["sku"])}
