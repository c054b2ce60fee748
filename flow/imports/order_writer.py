"""Writes orders and their lines slice by slice; an order goes in with the first of its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.imports.bulk_writes import insert, insert_sql, many, query_in
from models import Order, OrderLine
from models.fields import PRICE_PLACES, fen

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping, Sequence, Set

    from flow.imports.first_reading import Sold
    from flow.imports.order_head import OrderHead, Sum

Key = tuple[str, str]  # shop and order number

ORDER = (
    "shop", "no", "customer", "customer_name", "mobile", "email", "address", "region", "delivered_at", "freight",
    "ordered_at", "paid", "discount", "batch_id",
)  # fmt: skip
LINE = ("order_id", "sku", "title", "quantity", "claimed", "unit_price", "paid", "serial", "batch_id")


async def changed(heads: Iterable[OrderHead]) -> list[str]:
    """Of orders that are in the database: which have other lines or units there than in the file, in words."""
    told = {(head.shop, head.no): head for head in heads}
    sql = (
        "SELECT o.shop, o.no, COUNT(*) AS lines, SUM(l.quantity) AS units FROM shop_order o"
        " JOIN order_line l ON l.order_id = o.id WHERE o.no IN"
    )
    rows = await query_in(sql, {no for _, no in told}, " GROUP BY o.shop, o.no")
    found = []
    for row in rows:
        head = told.get((row["shop"], row["no"]))
        if head and (head.lines, head.units) != (row["lines"], row["units"]):
            file = f"文件里 {head.lines} 行 {head.units} 件"
            found.append(f"{head.no}（原来 {row['lines']} 行 {row['units']} 件，{file}）")
    return found


async def existing(keys: Iterable[Key]) -> set[Key]:
    """Which of the orders are in the database."""
    asked = set(keys)
    rows = await query_in("SELECT shop, no FROM shop_order WHERE no IN", {no for _, no in asked})
    return {(row["shop"], row["no"]) for row in rows} & asked


def _paid(line: Sold) -> int | None:
    """What was paid for a line whose file tells of each line: as it says, else the price less what was let off."""
    if line.paid is not None or line.discount is None:
        return line.paid
    return max(fen(Decimal(line.quantity * line.price).scaleb(-PRICE_PLACES)) - line.discount, 0)


def _whole(amount: Sum, *, by_line: bool) -> Decimal | None:
    """The whole order's amount; unknown when the file gives it per line and leaves a line out."""
    return amount.total if by_line and amount.first is not None else amount.first


@dataclass(slots=True)
class OrderWriter:
    """Writes the lines of new orders; a line without a title worth keeping gets its product's."""

    batch_id: int
    heads: Sequence[OrderHead]
    titles: Mapping[str, str]
    not_titles: re.Pattern[str] | None
    by_line: Set[int] = field(kw_only=True)  # numbers of the orders whose amounts are of each line
    _ids: dict[int, int] = field(default_factory=dict)
    _insane: dict[str, bool] = field(default_factory=dict)

    async def write(self, lines: Sequence[Sold]) -> None:
        """Write some lines and the orders that they are the first of, in one transaction."""
        fresh = sorted({line.order for line in lines} - self._ids.keys())
        async with in_transaction():
            if fresh:
                await self._write_orders([self.heads[number] for number in fresh])
            await many(insert_sql(OrderLine, LINE), [self._line(line) for line in lines])

    async def _write_orders(self, heads: list[OrderHead]) -> None:
        await insert(Order, ORDER, [self._order(head) for head in heads])
        found = await query_in("SELECT id, shop, no FROM shop_order WHERE no IN", {head.no for head in heads})
        ids = {(row["shop"], row["no"]): row["id"] for row in found}
        self._ids |= {head.number: ids[head.shop, head.no] for head in heads}

    def _order(self, head: OrderHead) -> list[object]:
        own = head.number in self.by_line
        amounts = (_whole(head.paid, by_line=own), _whole(head.discount, by_line=own))
        return [head.shop, head.no, *head.known(), head.ordered_at, *amounts, self.batch_id]

    def _line(self, line: Sold) -> tuple[object, ...]:
        title = line.title if line.title and not self._is_note(line.title) else self.titles[line.sku]
        paid = _paid(line) if line.order in self.by_line else None
        return (
            self._ids[line.order], line.sku, title, line.quantity, 0, line.price, paid, line.serial, self.batch_id,
        )  # fmt: skip

    def _is_note(self, title: str) -> bool:
        known = self._insane.get(title)
        if known is None:
            known = self._insane[title] = bool(self.not_titles and self.not_titles.search(title))
        return known
