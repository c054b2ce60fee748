"""Imports of order files: lines a second, beside ``executemany`` or COPY, and the peak of memory (P14)."""

from __future__ import annotations

import asyncio
import lzma
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import engines, retail
from bench.honest import Dishonest
from bench.programs import Command
from bench.rows import Row, Target
from bench.runs import Ended, to_end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bench.plan import Plan

ITEM = "导入"
SLOWER = Target(3.0, "ratio")
PEAK = Target(300)
LINES = "SELECT count(*) FROM order_line"


@dataclass(frozen=True, slots=True)
class File:
    """What is imported: ``good`` is the number of order lines in it, None where only the import can tell."""

    name: str
    path: Path
    lines: int
    good: int | None = None


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """Each file into each engine."""
    files = await asyncio.to_thread(_files, plan)
    for engine in plan.engines:
        if reason := await engines.missing(engine):
            yield Row(ITEM, engines.NAMES[engine], note=reason)
            continue
        for file in files:
            for row in await _imported(plan, engine, file, core):
                yield row
    if plan.retail is None:
        yield Row(ITEM, "Online Retail 整个文件", note="没有测：ONLINE_RETAIL 没有指明文件，../shared/data 里也没有")


def _files(plan: Plan) -> list[File]:
    path = plan.folder / "generated.csv"
    good = retail.write(path, plan.import_lines)
    files = [File("生成的", path, _length(path), good)]
    return files + ([File("Online Retail", plan.retail, _length(plan.retail))] if plan.retail else [])


def _length(path: Path) -> int:
    """Data lines of a file, packed or not."""
    with lzma.open(path, "rb") if path.suffix == ".xz" else path.open("rb") as file:
        return sum(1 for _ in file) - 1


async def _imported(plan: Plan, engine: str, file: File, core: int | None) -> list[Row]:
    floor = await _run(plan, engine, file, ("bench.floors.lines", str(file.path)), core)
    ours = await _run(plan, engine, file, ("bot", "import", "orders", str(file.path)), core)
    name = f"{file.name} {file.lines:,} 行 · {engines.NAMES[engine]}"
    speed, fastest = file.lines / ours.seconds, file.lines / floor.seconds
    note = f"用时 {ours.seconds:.1f} 秒，地板 {floor.seconds:.1f} 秒，都从命令算起；倍数是时间之比"
    ratio = ours.seconds / floor.seconds
    return [
        Row(ITEM, f"{name} 每秒", "行", speed, fastest, ratio, target=SLOWER, note=note),
        Row(ITEM, f"{name} CPU", "秒", ours.cpu, floor.cpu, ours.cpu / floor.cpu),
        Row(ITEM, f"{name} 内存峰值", "MB", ours.peak_mb, floor.peak_mb, target=PEAK),
    ]


async def _run(plan: Plan, engine: str, file: File, words: tuple[str, ...], core: int | None) -> Ended:
    """One import into an empty database. Raises Dishonest when the file's order lines are not all there."""
    async with engines.fresh(engine, plan.folder) as url:
        ended = await to_end(Command(words, {"DATABASE_URL": url}, plan.folder, core))
        [found] = await engines.numbers(url, LINES)
        if found != (file.good or found) or not found:
            raise Dishonest(f"{words[0]} 导入了 {found} 行订单，应是 {file.good}")
        return ended
