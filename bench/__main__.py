"""``python -m bench [tap walk start import chart] [--quick]``: measure, print the table, write the result file."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import charting, cores, importing, results, start, table, tap, walk
from bench.plan import ENGINES, ROOT, Plan, sample
from bench.plan import quick as quick_plan

if TYPE_CHECKING:
    from bench.rows import Row

Measure = Callable[[Plan, int | None], AsyncIterator["Row"]]
ITEMS: dict[str, Measure] = {
    "tap": tap.measure, "walk": walk.measure, "start": start.measure, "import": importing.measure,
    "chart": charting.measure,
}  # fmt: skip
DISK = ROOT / "var"
RESULTS = ROOT / "bench" / "results"


@click.command(help="量一遍：点按、走单、启动、导入、画图，旁边是手写的最小实现（地板）")
@click.argument("items", nargs=-1, type=click.Choice(list(ITEMS)))
@click.option("--quick", is_flag=True, help="只看还能不能跑：数字没有意义")
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), help="只量这个数据库")
def main(items: tuple[str, ...], quick: bool, engines: tuple[str, ...]) -> None:
    """Measure what was asked for, everything by default."""
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=DISK) as name:
        rows = asyncio.run(measured(items or tuple(ITEMS), plan_of(Path(name), engines, quick=quick)))
    click.echo(table.render(rows))
    click.echo(f"结果文件：{results.write(RESULTS, rows, datetime.now(UTC), quick=quick).relative_to(ROOT)}")


def plan_of(folder: Path, engines: tuple[str, ...], *, quick: bool) -> Plan:
    """The sizes of this run."""
    if quick:
        return quick_plan(folder, engines or ENGINES)
    return Plan(folder, engines or ENGINES, retail=sample(dict(os.environ)))


async def measured(items: tuple[str, ...], plan: Plan) -> list[Row]:
    """Every row of the items, telling on stderr what has come out so far."""
    rows: list[Row] = []
    with cores.split() as core:
        for item in items:
            async for row in ITEMS[item](plan, core):
                click.echo(f"… {row.item} {row.metric}", err=True)
                rows.append(row)
    return rows


if __name__ == "__main__":
    main()
