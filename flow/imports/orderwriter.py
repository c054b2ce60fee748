"""Writes orders and their lines slice by slice; every order is there before its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.imports.store import insert, insert_sql, many, query_in
from models import Order, OrderLine
from models.fields import fen

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping, Sequence

    from flow.imports.rows import OrderRow
    from flow.imports.scan import OrderHead, Sum

Key = tuple[str, str]  # shop and order number

ORDER = (
    "shop", "no", "customer", "customer_name", "mobile", "email", "address", "region", "delivered_at", "freight",
    "ordered_at", "paid", "discount", "batch_id",
)  # fmt: skip
LINE = ("order_id", "sku", "title", "quantity", "claimed", "unit_price", "paid", "serial", "batch_id")


async def existing(keys: Iterable[Key]) -> set[Key]:
    """Which of the orders are in the database."""
    asked = set(keys)
    rows = await query_in("SELECT shop, no FROM shop_order WHERE no IN", {no for _, no in asked})
    return {(row["shop"], row["no"]) for row in rows} & asked


class OrderWriter:
    """Writes the lines of new orders. ``titles`` are the products' own, for lines that have none worth keeping."""

    def __init__(self, heads: Mapping[Key, OrderHead], titles: Mapping[str, str], *, per_line: bool) -> None:
        self._heads, self._titles, self._per_line = heads, titles, per_line
        self._ids: dict[Key, int] = {}

    async def write(
        self, rows: Sequence[OrderRow], batch_id: int, not_titles: re.Pattern[str] | None = None
    ) -> None:
        """Write some lines and the orders that they are the first of, in one transaction."""
        fresh = {(row.shop, row.no): None for row in rows if (row.shop, row.no) not in self._ids}
        async with in_transaction():
            if fresh:
                await self._write_orders(list(fresh), batch_id)
            await many(insert_sql(OrderLine, LINE), [self._line(row, batch_id, not_titles) for row in rows])

    async def _write_orders(self, keys: list[Key], batch_id: int) -> None:
        heads = [self._heads[key] for key in keys]
        await insert(Order, ORDER, [self._order(head, batch_id) for head in heads])
        found = await query_in("SELECT id, shop, no FROM shop_order WHERE no IN", {no for _, no in keys})
        self._ids |= {(row["shop"], row["no"]): row["id"] for row in found}

    def _order(self, head: OrderHead, batch_id: int) -> list[object]:
        amounts = [self._whole(head.paid), self._whole(head.discount)]
        return [head.shop, head.no, *head.fields, head.ordered_at, *amounts, batch_id]

    def _whole(self, amount: Sum) -> object:
        """The whole order's amount; unknown when the file gives it per line and leaves a line out."""
        return amount.total if self._per_line and amount.first is not None else amount.first

    def _line(self, row: OrderRow, batch_id: int, not_titles: re.Pattern[str] | None) -> list[object]:
        own = row.title if row.title and not (not_titles and not_titles.search(row.title)) else ""
        paid = fen(row.paid) if self._per_line and row.paid is not None else None
        return [
            self._ids[row.shop, row.no], row.sku, own or self._titles[row.sku], row.quantity, 0, fen(row.price), paid,
            row.serial, batch_id,
        ]  # fmt: skip
