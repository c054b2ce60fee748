"""``import orders``: read the whole file, write the orders that are new, match the returns."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flow.imports import catalog
from flow.imports.batches import Run, opened
from flow.imports.case_writer import write_cases
from flow.imports.choosing import fitted, remarks
from flow.imports.claims import match, purchases_for, unknown
from flow.imports.first_reading import Scan
from flow.imports.matching import Purchase
from flow.imports.order_rows import OrderReader
from flow.imports.order_writer import OrderWriter, changed, existing
from flow.imports.report import silent
from flow.imports.spool import Spool

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from pathlib import Path

    from flow.imports.first_reading import Sold
    from flow.imports.mapping import Mapping
    from flow.imports.matching import Purchases
    from flow.imports.order_head import OrderHead
    from flow.imports.order_rows import ReturnRow
    from flow.imports.report import BadRow, ImportReport, Progress

SHOWN_CHANGED = 5  #: known orders named that the file tells otherwise


async def import_orders(
    path: Path,
    mapping: Mapping | None,
    *,
    tz: tzinfo,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import order lines, the products they name and, where the mapping tells them, returns as finished cases.

    Orders and returns that are in the database already are left alone. A dry run reports the same and writes nothing.
    Raises ImportRefused when the file or the mapping cannot be used; then nothing is written.
    """
    async with opened(path, progress) as table:
        chosen = fitted("orders", table, mapping)
        run = Run("orders", table, now, dry_run, progress)
        with Spool() as spool:
            return await _OrderImport(run, chosen, tz, Scan(spool)).whole()


@dataclass(slots=True)
class _OrderImport:
    run: Run
    mapping: Mapping
    tz: tzinfo
    scan: Scan
    good: Counter[str] = field(default_factory=Counter)
    known: set[int] = field(default_factory=set)  # numbers of the orders that are in the database already

    async def whole(self) -> ImportReport:
        run, scan = self.run, self.scan
        reader = OrderReader(self.mapping, run.table.header, self.tz)
        total = await run.each("读取", run.table.rows(), lambda rows: scan.add([reader.read(row) for row in rows]))
        await asyncio.to_thread(reader.check_codes, run.table)
        parted = self.mapping.is_parted(run.table.header)
        await asyncio.to_thread(partial(scan.settle, self.mapping.amounts, parted=parted))
        run.remarks += [*remarks("orders", self.mapping, run.table), *reader.remarks(), *scan.remarks()]
        self.known = {scan.heads[key].number for key in await existing(scan.heads)} - scan.refused
        titles = {sku: facts.title(self.mapping.not_titles) or sku for sku, facts in scan.products.items()}
        plan = await catalog.plan(self._said_of_products(titles), overwrite=False)
        await run.begin(plan.before)
        returns = await unknown(scan.returns)
        purchases = await purchases_for(returns)
        purchases.orders_known |= {key for key, head in scan.heads.items() if head.number not in scan.refused}
        if run.batch_id is not None:
            await plan.write(run.batch_id)
        await self._write_lines(purchases, titles, total)
        await self._settle(purchases, returns)
        run.remarks += await self._changed()
        self._count(plan)
        return await run.finish(self.mapping.name, self.good, scan.bad)

    async def _changed(self) -> list[str]:
        """What the file says of known orders that is not so here: it is left alone, never in silence."""
        found = await changed(head for head in self.scan.heads.values() if head.number in self.known)
        if not found:
            return []
        more = " 等" if len(found) > SHOWN_CHANGED else ""
        named = "、".join(found[:SHOWN_CHANGED])
        return [f"已有的 {len(found):,} 张订单和文件里的不一样，没有改：{named}{more}；要改，先撤销原来那一批再导入"]

    def _said_of_products(self, titles: dict[str, str]) -> dict[str, dict[str, str]]:
        return {
            sku: {"title": titles[sku], "category": facts.category, "supplier": facts.supplier}
            for sku, facts in self.scan.products.items()
        }

    async def _write_lines(self, purchases: Purchases, titles: dict[str, str], total: int) -> None:
        """Lines of new orders go in, and to the purchases that a return may be of."""
        scan, run = self.scan, self.run
        heads = list(scan.heads.values())
        write = None
        if run.batch_id is not None:
            by_line = scan.amounts.by_line
            write = OrderWriter(run.batch_id, heads, titles, self.mapping.not_titles, by_line=by_line).write
        parts, done = scan.lines(), 0
        while (part := await asyncio.to_thread(next, parts, None)) is not None:
            fresh = self._new_lines(part, heads, purchases)
            if write and fresh:
                await write(fresh)
            done += len(part)
            run.progress("写入订单", done, total)

    def _new_lines(self, lines: list[Sold], heads: list[OrderHead], purchases: Purchases) -> list[Sold]:
        whole = [line for line in lines if line.order not in self.scan.refused] if self.scan.refused else lines
        fresh = [line for line in whole if line.order not in self.known]
        self.good["已存在订单行"] += len(whole) - len(fresh)
        self.good["订单行"] += len(fresh)
        for line in fresh:
            head = heads[line.order]
            key = head.shop, head.no, line.sku, head.fields.customer
            if purchases.wants(*key):
                purchases.add(Purchase(*key, head.ordered_at, line.quantity))
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
        self.good["订单"] = len(self.scan.heads) - len(self.known) - len(self.scan.refused)
        self.good["已存在订单"] = len(self.known)
        self.good["新商品"], self.good["商品更新"] = len(plan.new), len(plan.changed)
