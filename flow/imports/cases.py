"""``import cases``: only the returns of a file, matched with orders that are in the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from flow.imports.batches import Run, opened
from flow.imports.case_rows import CaseReader
from flow.imports.case_writer import dearer, write_cases
from flow.imports.choosing import fitted, remarks
from flow.imports.claims import match, purchases_for, unknown
from flow.imports.first_reading import Scan
from flow.imports.order_rows import RETURN, OrderReader, OrderRow, ReturnRow
from flow.imports.report import BadRow, silent
from flow.imports.spool import Spool

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from pathlib import Path

    from flow.imports.mapping import Mapping
    from flow.imports.report import ImportReport, Progress
    from flow.imports.table import Row


async def import_cases(
    path: Path,
    mapping: Mapping | None,
    *,
    tz: tzinfo,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import historical returns as finished cases: a table of cases, or the return lines among order lines.

    Cases that an earlier run has made are left alone. A dry run reports the same and writes nothing.
    Raises ImportRefused when the file or the mapping cannot be used; then nothing is written.
    """
    async with opened(path, progress) as table:
        chosen = fitted("cases", table, mapping)
        run = Run("cases", table, now, dry_run, progress)
        reader = (OrderReader if chosen.returns else CaseReader)(chosen, table.header, tz)
        skipped = Counter[str]()

        def told(rows: list[Row]) -> list[OrderRow | ReturnRow | BadRow]:
            read = [reader.read(row) for row in rows]
            kept = [found for found in read if not (chosen.returns and _not_a_return(found))]
            skipped["跳过的订单行"] += len(read) - len(kept)
            return kept

        with Spool() as spool:
            scan = Scan(spool)
            await run.each("读取", table.rows(), lambda rows: scan.add(told(rows)))
        await asyncio.to_thread(reader.check_codes, table)
        run.remarks += [*remarks("cases", chosen, table), *reader.remarks()]
        await run.begin([])
        return await _settle(run, scan, skipped, (chosen.name, tz))


def _not_a_return(found: OrderRow | ReturnRow | BadRow) -> bool:
    return isinstance(found, OrderRow) or (isinstance(found, BadRow) and not found.reason.startswith(RETURN))


async def _settle(run: Run, scan: Scan, good: Counter[str], chosen: tuple[str, tzinfo]) -> ImportReport:
    name, tz = chosen
    returns = await unknown(scan.returns)
    matched, bad = match(await purchases_for(returns), returns)
    run.remarks += await dearer(matched)
    lost = await write_cases(run, matched, tz) if run.batch_id is not None else []
    good["售后单"] = len(matched) - len(lost)
    good["已存在售后单"] = len(scan.returns) - len(returns)
    return await run.finish(name, good, scan.bad + bad + lost)
