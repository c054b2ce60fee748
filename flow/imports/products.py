"""``import products``: the product table, by SKU; blank cells change nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from flow.imports import catalog
from flow.imports.batches import Run, opened
from flow.imports.choosing import fitted, remarks
from flow.imports.columns import Columns
from flow.imports.report import BadRow, silent
from flow.imports.values import BadValue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from flow.imports.mapping import Mapping
    from flow.imports.report import ImportReport, Progress
    from flow.imports.table import Row

FIELDS = {"名称": "title", "品类": "category", "产品线": "line", "供应商": "supplier"}
RETURNABLE = dict.fromkeys(("是", "可", "可退", "Y", "YES", "TRUE", "1", "√"), True) | dict.fromkeys(
    ("否", "不可", "不可退", "N", "NO", "FALSE", "0", "×"), False
)


async def import_products(
    path: Path,
    mapping: Mapping | None,
    *,
    tz: tzinfo,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Create and update products by SKU.

    Raises ImportRefused when the file or the mapping cannot be used; then nothing is written. ``tz`` plays no part:
    the file has no times.
    """
    async with opened(path, progress) as table:
        chosen = fitted("products", table, mapping)
        run = Run("products", table, now, dry_run, progress)
        reader = ProductReader(chosen, table.header)
        await run.each("读取", table.rows(), reader.take)
        await asyncio.to_thread(reader.columns.check_codes, table)
        run.remarks += remarks("products", chosen, table)
        plan = await catalog.plan(reader.said, overwrite=True)
        await run.begin(plan.before)
        if run.batch_id is not None:
            await plan.write(run.batch_id)
        same = len(reader.said) - len(plan.new) - len(plan.changed)
        good = Counter({"新商品": len(plan.new), "商品更新": len(plan.changed), "没有变化": same})
        return await run.finish(chosen.name, good, reader.bad)


class ProductReader:
    """Reads rows by a mapping bound to a header, and remembers each product's first row."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self.columns = Columns(mapping, header)
        self.said: dict[str, dict[str, Any]] = {}
        self.bad: list[BadRow] = []

    def take(self, rows: list[Row]) -> None:
        for row in rows:
            try:
                self._product(self.columns.texts(row))
            except BadValue as error:
                self.bad.append(BadRow(row.line, error.reason, error.fix))

    def _product(self, texts: dict[str, str]) -> None:
        sku = texts["SKU"]
        if not sku or not texts["名称"]:
            raise BadValue("没有SKU" if not sku else "没有名称", "补上商品编号和名称")
        if sku in self.said:
            raise BadValue("SKU重复", "同一件商品写成一行")
        said: dict[str, Any] = {field: texts[name] for name, field in FIELDS.items() if texts.get(name)}
        if text := texts.get("可退"):
            said["returnable"] = _returnable(text)
        self.said[sku] = said


def _returnable(text: str) -> bool:
    if text.upper() not in RETURNABLE:
        raise BadValue("可退认不出", "可退写成 是 或 否")
    return RETURNABLE[text.upper()]
