"""Order files as shops export them, each with what has to come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from models import OrderLine, Product
from tests.support import exported as x
from tests.support.importing import reasons, take_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD = ["订单号", "SKU", "商品", "数量", "单价", "下单时间", "客户"]
DAY = "2026-11-01"
LONG = "3001234567890123456"
Orders = dict[str, list[tuple[str, int]]]
NONE: dict[str, list[int]] = {}


class File(NamedTuple):
    """A file and what an import makes of it: orders with their lines, rows left out, what is said."""

    rows: Sequence[Sequence[str]] | str | bytes
    orders: Orders
    bad: dict[str, list[int]] = NONE
    said: str = ""
    book: dict[str, Any] | None = None  #: of a workbook: formats, merged ranges

    def write(self, folder: Path) -> Path:
        if self.book is not None:
            assert not isinstance(self.rows, str | bytes)
            return x.workbook(folder / "订单.xlsx", self.rows, **self.book)
        rows = self.rows if isinstance(self.rows, str | bytes) else "\n".join(map(",".join, self.rows))
        (folder / "订单.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
        return folder / "订单.csv"


def line(no: str = "A1", sku: str = "S1", title: str = "杯子", units: str = "2", price: str = "2.5") -> list[str]:
    return [no, sku, title, units, price, DAY, "C9"]


def csv(*lines: list[str], head: list[str] = HEAD) -> list[list[str]]:
    return [head, *lines]


async def check(file: File, folder: Path, **options: Any) -> None:
    """Import it, dry and wet, and compare all that comes of it."""
    path = file.write(folder)
    dry = await take_in("orders", path, dry_run=True, **options)
    report = await take_in("orders", path, **options)
    orders: Orders = {}
    for no, sku, units in await OrderLine.all().order_by("id").values_list("order__no", "sku", "quantity"):
        orders.setdefault(no, []).append((sku, units))
    assert (orders, reasons(report)) == (file.orders, file.bad)
    assert file.said in report.text()
    assert (dry.good, dry.bad, dry.remarks) == (report.good, report.bad, report.remarks)
    assert await Product.all().count() == report.good.get("新商品", 0)
