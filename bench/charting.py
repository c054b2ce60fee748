"""From the words of a chart to its picture, over a small shop and over the imported file (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import engines, retail
from bench.honest import Dishonest
from bench.programs import Command, ProgramFailed
from bench.rows import Row, Target
from bench.runs import to_end
from sandbox import sample

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bench.plan import Plan

ITEM = "画图"
CHARTS = ("退货原因", "退货率趋势", "SKU退货")
WARM, FIRST = Target(0.3), Target(2.0, "ratio")
CASES = "SELECT count(*) FROM case_line"


@dataclass(frozen=True, slots=True)
class Shop:
    """What is imported before the drawing, and the days that the charts are of."""

    name: str
    files: tuple[tuple[str, Path], ...]
    period: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Seconds of the first chart after the start, and of each chart afterwards."""

    first: float
    warm: dict[str, list[float]]

    def with_more(self, other: Drawn) -> Drawn:
        """Both runs as one; the slower first chart counts."""
        warm = {chart: self.warm[chart] + other.warm[chart] for chart in self.warm}
        return Drawn(max(self.first, other.first), warm)


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """Each shop on each engine."""
    shops = [_small(plan.folder), _big(plan)]
    for engine in plan.engines:
        if reason := await engines.missing(engine):
            yield Row(ITEM, engines.NAMES[engine], note=reason)
            continue
        for shop in shops:
            for row in await _shop(plan, engine, shop, core):
                yield row


async def _shop(plan: Plan, engine: str, shop: Shop, core: int | None) -> list[Row]:
    async with engines.fresh(engine, plan.folder) as url:
        environ, times = {"DATABASE_URL": url}, str(plan.draws)
        for kind, path in shop.files:
            await to_end(Command(("bot", "import", kind, str(path)), environ, plan.folder, core))
        if not (await engines.numbers(url, CASES))[0]:
            raise Dishonest(f"{shop.name} 没有退货，画出来是空的")
        ours = Command(("bench.drawing", times, shop.period), environ, plan.folder, core)
        floor = Command(("bench.floors.figures", times), environ, plan.folder, core)
        a, b, b2, a2 = [await _draw(command) for command in (floor, ours, ours, floor)]
    return _rows(f"{shop.name} · {engines.NAMES[engine]}", b.with_more(b2), a.with_more(a2))


def _small(folder: Path) -> Shop:
    """The demo's own trade of the last ninety days."""
    now = datetime.now(UTC)
    orders = sample.write_orders_csv(folder / "orders.csv", now)
    return Shop(
        "演示店铺", (("orders", orders), ("cases", sample.write_cases_csv(folder / "cases.csv", now))), "近90天"
    )


def _big(plan: Plan) -> Shop:
    """The real file, or as many lines as the imports get."""
    period = "2010-12-01~2011-08-31"
    if plan.retail:
        return Shop("Online Retail", (("orders", plan.retail),), period)
    path = plan.folder / "shop.csv"
    retail.write(path, plan.import_lines)
    return Shop(f"生成的 {plan.import_lines:,} 行", (("orders", path),), period)


async def _draw(command: Command) -> Drawn:
    await to_end(command)
    said: dict[str, Any] | None = command.said()
    if said is None:
        raise ProgramFailed(f"{command.words[0]}: {command.tail()}")
    return Drawn(said["first"], said["warm"])


def _rows(name: str, ours: Drawn, floor: Drawn) -> list[Row]:
    rows = [_warm(f"{name} {chart}", ours.warm[chart], floor.warm[chart]) for chart in CHARTS]
    warm = median(ours.warm[CHARTS[0]])
    note = "启动后的第一张，与之后的中位数相比"
    first = Row(ITEM, f"{name} 第一张", "秒", ours.first, warm, ours.first / warm, target=FIRST, note=note)
    return [*rows, first]


def _warm(metric: str, ours: list[float], floor: list[float]) -> Row:
    """The 95th percentile against the target, medians against each other."""
    high = sorted(ours)[min(len(ours) * 95 // 100, len(ours) - 1)]
    ratio = median(ours) / median(floor)
    return Row(ITEM, f"{metric} p95", "秒", high, median(floor), ratio, target=WARM, note="倍数是中位数之比")
