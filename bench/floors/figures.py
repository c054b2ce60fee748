"""The floor of a chart: one plain SELECT and a bare matplotlib Figure, in one process that has imported everything."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import sys
import time
from contextlib import closing
from typing import Any

from matplotlib.figure import Figure

from bench.charting import CHARTS
from bench.engines import connect_postgres
from bench.programs import announce

SQL = {
    "退货原因": "SELECT c.return_type, SUM(l.requested) FROM case_line l"
    " JOIN return_case c ON c.id = l.case_id GROUP BY 1",
    "SKU退货": "SELECT sku, SUM(requested) AS n FROM case_line GROUP BY 1 ORDER BY n DESC LIMIT 10",
}
SOLD = {
    "sqlite": "SELECT substr(o.ordered_at, 1, 7), SUM(l.quantity) FROM order_line l"
    " JOIN shop_order o ON o.id = l.order_id GROUP BY 1 ORDER BY 1",
    "postgres": "SELECT to_char(o.ordered_at, 'YYYY-MM'), SUM(l.quantity) FROM order_line l"
    " JOIN shop_order o ON o.id = l.order_id GROUP BY 1 ORDER BY 1",
}
SIZE, DPI = (7.2, 4.0), 100

Points = list[tuple[str, float]]


def drawn(chart: str, points: Points) -> bytes:
    """The picture with nothing but the numbers."""
    figure = Figure(figsize=SIZE, dpi=DPI)
    axes = figure.add_subplot()
    names, values = [name for name, _ in points], [value for _, value in points]
    if chart == "退货原因":
        axes.pie(values, labels=[str(n) for n in range(len(names))])
    elif chart == "SKU退货":
        axes.barh(names, values)
    else:
        axes.plot(names, values)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


async def select(url: str, chart: str) -> Points:
    """The chart's numbers by one statement."""
    if url.startswith("sqlite://"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as base:
            return [_point(row) for row in base.execute(SQL.get(chart) or SOLD["sqlite"])]
    connection = await connect_postgres(url)
    found = await connection.fetch(SQL.get(chart) or SOLD["postgres"])
    await connection.close()
    return [_point(row) for row in found]


def _point(row: Any) -> tuple[str, float]:
    return str(row[0]), float(row[1])


async def _seconds(url: str, chart: str) -> float:
    began = time.perf_counter()
    drawn(chart, await select(url, chart))
    return time.perf_counter() - began


async def main() -> None:
    """``python -m bench.floors.figures TIMES``."""
    times, url = int(sys.argv[1]), os.environ["DATABASE_URL"]
    first = await _seconds(url, CHARTS[0])
    warm = {chart: [await _seconds(url, chart) for _ in range(times)] for chart in CHARTS}
    announce(first=first, warm=warm)


if __name__ == "__main__":
    asyncio.run(main())
