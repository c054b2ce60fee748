"""``import orders``: read the file once for what it holds, once more to write it, then match its returns."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.imports import catalog
from flow.imports.batches import Run, opened, silent
from flow.imports.casewriter import write_cases
from flow.imports.claims import match, purchases_for, unknown
from flow.imports.mapping import choose
from flow.imports.matching import Purchase
from flow.imports.orderwriter import Key, OrderWriter, existing
from flow.imports.rows import OrderReader, OrderRow
from flow.imports.scan import Scan
from flow.imports.store import ROWS_AT_ONCE, slices

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from pathlib import Path

    from flow.imports.mapping import Mapping
    from flow.imports.matching import Purchases
    from flow.imports.report import BadRow, ImportReport, Progress
    from flow.imports.rows import ReturnRow
    from flow.imports.table import Row


async def import_orders(
    path: Path, mapping: Mapping | None, *, tz: tzinfo, now: datetime, dry_run: bool = False, progress: Progress = silent
) -> ImportReport:
    """Import order lines, the products they name and, where the mapping tells them, returns as finished cases.

    Orders and returns that are in the database already are left alone. A dry run reports the same and writes nothing.
    Raises ImportRefused when the file or the mapping cannot be used; then nothing is written.
    """
    async with opened(path) as table:
        chosen = choose("orders", table.header, mapping)
        run = Run("orders", table, now, dry_run, progress)
        return await _OrderImport(run, chosen, tz, OrderReader(chosen, table.header, tz)).whole()


@dataclass(slots=True)
class _OrderImport:
    run: Run
    mapping: Mapping
    tz: tzinfo
    reader: OrderReader
    scan: Scan = field(default_factory=Scan)
    good: Counter[str] = field(default_factory=Counter)
    known: set[Key] = field(default_factory=set)

    async def whole(self) -> ImportReport:
        run, scan = self.run, self.scan
        total = await run.each("读取", run.table.rows(), self._scan_rows)
        self.known = await existing(scan.heads)
        titles = {sku: facts.title(self.mapping.not_titles) or sku for sku, facts in scan.products.items()}
        plan = await catalog.plan(self._said_of_products(titles), overwrite=False)
        await run.begin(plan.before)
        returns = await unknown(scan.returns)
        purchases = await purchases_for(returns)
        purchases.orders_known |= set(scan.heads)
        if run.batch_id is not None:
            await plan.write(run.batch_id)
        await self._write_lines(purchases, titles, total)
        await self._settle(purchases, returns)
        self._count(plan)
        return await run.finish(self.mapping.name, self.good, scan.bad)

    def _scan_rows(self, rows: list[Row]) -> None:
        for row in rows:
            self.scan.add(self.reader.read(row))

    def _said_of_products(self, titles: dict[str, str]) -> dict[str, dict[str, str]]:
        return {
            sku: {"title": titles[sku], "category": facts.category, "supplier": facts.supplier}
            for sku, facts in self.scan.products.items()
        }

    async def _write_lines(self, purchases: Purchases, titles: dict[str, str], total: int) -> None:
        """The second reading: lines of new orders go in, and to the purchases that a return may be of."""
        writer = OrderWriter(self.scan.heads, titles, per_line=self.scan.per_line(self.mapping.amounts))
        parts, done = slices(self.run.table.rows(), ROWS_AT_ONCE), 0
        while part := await asyncio.to_thread(next, parts, None):
            lines = await asyncio.to_thread(self._new_lines, part, purchases)
            if self.run.batch_id is not None and lines:
                await writer.write(lines, self.run.batch_id, self.mapping.not_titles)
            done += len(part)
            self.run.progress("写入订单", done, total)

    def _new_lines(self, rows: list[Row], purchases: Purchases) -> list[OrderRow]:
        lines = [read for row in rows if isinstance(read := self.reader.read(row), OrderRow)]
        fresh = [row for row in lines if (row.shop, row.no) not in self.known]
        self.good["已存在订单行"] += len(lines) - len(fresh)
        self.good["订单行"] += len(fresh)
        for row in fresh:
            head = self.scan.heads[row.shop, row.no]
            key = row.shop, row.no, row.sku, head.fields.customer
            if purchases.wants(*key):
                purchases.add(Purchase(*key, head.ordered_at, row.quantity))
        return fresh

    async def _settle(self, purchases: Purchases, returns: list[tuple[str, ReturnRow]]) -> None:
        matched, bad = match(purchases, returns)
        lost: list[BadRow] = []
        if self.run.batch_id is not None:
            lost = await write_cases(self.run, matched, self.tz)
        self.scan.bad += bad + lost
        self.good["售后单"] = len(matched) - len(lost)
        self.good["已存在售后单"] = len(self.scan.returns) - len(returns)

    def _count(self, plan: catalog.ProductPlan) -> None:
        self.good["订单"] = len(self.scan.heads) - len(self.known)
        self.good["已存在订单"] = len(self.known)
        self.good["新商品"], self.good["商品更新"] = len(plan.new), len(plan.changed)
