"""The row that stands for one run: begun before the first change, finished with the counts after the last."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from flow.imports.bulk_writes import ROWS_AT_ONCE, slices
from flow.imports.report import ImportRefused, ImportReport, silent
from flow.imports.table import Table
from models import ImportBatch

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from flow.imports.report import BadRow, Progress

T = TypeVar("T")
BAD_ROWS = "没有导入的行"
NAME_LENGTH = 255  # of ImportBatch.file


@dataclass(slots=True)
class Run:
    """One run of an import: what every step of it needs to know."""

    kind: str
    table: Table
    now: datetime
    dry_run: bool = False
    progress: Progress = silent
    batch_id: int | None = None
    started: float = field(default_factory=time.perf_counter)
    remarks: list[str] = field(default_factory=list)

    async def begin(self, before: list[dict[str, Any]]) -> None:
        """Write the batch row with the rows that are about to change. A dry run has none.

        Raises ImportRefused when an earlier run of the same file is not finished: half an order may be there.
        """
        digest = self.table.found.digest
        if open_batch := await ImportBatch.filter(digest=digest, kind=self.kind, undone_at=None, counts={}).first():
            raise ImportRefused(
                f"这个文件的上一次导入（批次 {open_batch.id}）没有做完，请先运行 undo-import {open_batch.id} 再导入"
            )
        if not self.dry_run:
            name = self.table.name[-NAME_LENGTH:]
            batch = await ImportBatch.create(
                kind=self.kind, file=name, digest=digest, before=before, started_at=self.now
            )
            self.batch_id = batch.id

    async def each(self, stage: str, rows: Iterable[T], work: Callable[[list[T]], None]) -> int:
        """Work through ``rows`` in a thread, some at a time, so that the event loop stays free; how many there were."""
        parts, done = slices(rows, ROWS_AT_ONCE), 0

        def step() -> int:
            part = next(parts, [])
            if part:
                work(part)
            return len(part)

        while some := await asyncio.to_thread(step):
            done += some
            self.progress(stage, done, None)
        return done

    async def finish(self, mapping: str, good: Counter[str], bad: list[BadRow]) -> ImportReport:
        """Close the batch row with its counts, and say what happened."""
        counts = {name: count for name, count in good.items() if count}
        if self.batch_id is not None:
            await ImportBatch.filter(id=self.batch_id).update(counts={**counts, BAD_ROWS: len(bad)})
        seconds = time.perf_counter() - self.started
        return ImportReport(
            self.kind, self.table.name, mapping, counts, sorted(bad, key=lambda row: row[:2]), self.batch_id, seconds,
            tuple(self.remarks), self.table.head.line, self.table.sheet, self.table.dated,
        )  # fmt: skip


@asynccontextmanager
async def opened(path: Path, progress: Progress = silent) -> AsyncIterator[Table]:
    """The table in a file; a workbook's temporary copy is gone afterwards. Raises ImportRefused."""
    table = await asyncio.to_thread(Table, path, progress)
    try:
        yield table
    finally:
        table.close()
