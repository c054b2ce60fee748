"""What the import tests share: small files, a fixed moment, and the importers with both filled in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from flow import imports
from models import OrderLine
from models.database.connection import database, migrate, sqlite_path
from tests import HERE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from flow.imports import ImportReport

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DATA = HERE / "data"
SAMPLE = DATA / "online-retail-sample.csv"
ORDER_HEADER = "订单号,SKU,商品,数量,单价,下单时间,客户"


_migrated: list[bytes] = []  # an empty SQLite file: migrating takes longer than most tests


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """A new database with every table."""
    path = sqlite_path(url)
    if path is None or not _migrated:
        await migrate(url)
    if path and not _migrated:
        _migrated.append(path.read_bytes())
    elif path:
        path.write_bytes(_migrated[0])
    async with database(url):
        yield


def table(folder: Path, *lines: str, name: str = "表.csv") -> Path:
    """A CSV file of these lines."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def orders(folder: Path, *lines: str, more: str = "", name: str = "订单.csv") -> Path:
    """An order file with the default columns, and ``more`` ones behind them."""
    return table(folder, ORDER_HEADER + more, *lines, name=name)


def book(folder: Path, rows: Sequence[Sequence[Any]], name: str = "表.xlsx") -> Path:
    """A workbook with one sheet of these rows."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    made.save(folder / name)
    made.close()
    return folder / name


async def take_in(kind: str, path: Path, **options: Any) -> ImportReport:
    """Import a file at the fixed moment; ``mapping`` and ``dry_run`` as options."""
    importer = getattr(imports, f"import_{kind}")
    report: ImportReport = await importer(path, options.pop("mapping", None), tz=SHANGHAI, now=NOW, **options)
    return report


def reasons(report: ImportReport) -> dict[str, list[int]]:
    """The lines left out, by reason."""
    return {reason: [row.line for row in rows] for reason, rows in report.reasons().items()}


async def claimed() -> list[int]:
    """The units of each order line that are in returns."""
    return [line.claimed for line in await OrderLine.all().order_by("id")]
