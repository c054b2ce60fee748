"""``python -m bench [tap walk start import chart … scale week] [--quick]``: measures, and writes a result file."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import changing, charting, cores, engine, importing, results, scale, simulation, start, table, tap, walk
from bench.honest import Dishonest
from bench.load import NotEnough
from bench.plan import ENGINES, ROOT, Plan, sample
from bench.plan import quick as quick_plan
from bench.programs import ProgramFailed
from bench.week import run as week

if TYPE_CHECKING:
    from bench.rows import Row

Measure = Callable[[Plan, int | None], AsyncIterator["Row"]]
ITEMS: dict[str, Measure] = {
    "tap": tap.measure, "walk": walk.measure, "start": start.measure, "import": importing.measure,
    "chart": charting.measure, "simulation": simulation.measure, "change": changing.measure, "check": engine.measure,
    "scale": scale.measure, "week": week.measure,
}  # fmt: skip
LONG = {"week"}  #: only when it is asked for
DISK = ROOT / "var"
RESULTS = ROOT / "bench" / "results"


@click.command(
    help="量一遍：点按、走单、启动、导入、画图、模拟、改规则、引擎、规模，旁边是手写的最小实现（地板）；一周要另外点名"
)
@click.argument("items", nargs=-1, type=click.Choice(list(ITEMS)))
@click.option("--quick", is_flag=True, help="只看还能不能跑：数字没有意义")
@click.option("--orders", type=click.IntRange(min=1000), help="规模一项填多少订单，单是它的五倍；整个目标是 1000000")
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), help="只量这个数据库")
@click.option("--week", "size", type=int, nargs=3, metavar="天 单 种子", help="一周这一项走几天、一天几单、故障的种子")
def main(
    items: tuple[str, ...], quick: bool, orders: int | None, engines: tuple[str, ...], size: tuple[int, int, int] | None
) -> None:
    """Measure what was asked for, everything by default. Exit code 1 when an item could not be measured."""
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=DISK) as name:
        plan = plan_of(Path(name), engines, quick=quick)
        plan = replace(plan, scale_orders=orders or plan.scale_orders)
        if size:
            plan = replace(plan, week_days=size[0], week_cases=size[1], week_seed=size[2])
        rows, failures = asyncio.run(measured(items or tuple(item for item in ITEMS if item not in LONG), plan))
    click.echo(table.render(rows))
    click.echo(f"结果文件：{results.write(RESULTS, rows, datetime.now(UTC), quick=quick).relative_to(ROOT)}")
    if failures:
        raise click.ClickException("\n".join(failures))


def plan_of(folder: Path, engines: tuple[str, ...], *, quick: bool) -> Plan:
    """The sizes of this run."""
    if quick:
        return quick_plan(folder, engines or ENGINES)
    return Plan(folder, engines or ENGINES, retail=sample(dict(os.environ)))


async def measured(items: tuple[str, ...], plan: Plan) -> tuple[list[Row], list[str]]:
    """Every row of the items, told on stderr as it comes out, and which items broke off and why."""
    rows: list[Row] = []
    failures: list[str] = []
    with cores.split() as core:
        for item in items:
            try:
                async for row in ITEMS[item](plan, core):
                    click.echo(table.brief(row), err=True)
                    rows.append(row)
            except (Dishonest, NotEnough, ProgramFailed, TimeoutError) as error:
                failures.append(f"{item} 没有量完：{error}")
    return rows, failures


if __name__ == "__main__":
    main()
