"""From the command to a ready bot, and what it keeps of the memory when nobody wants anything of it (P13)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench import cast, cores, engines
from bench.outside import outside
from bench.programs import Command, stop
from bench.readiness import until_ready
from bench.rows import Row, Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.plan import Plan

ITEM = "启动"
REST = 4.0  #: seconds until the chart worker has warmed up and memory is at rest
READY, MEMORY = Target(2.0), Target(120)


@dataclass(frozen=True, slots=True)
class Start:
    """One start: wall and CPU seconds to ``/readyz``, and memory at rest in MiB."""

    seconds: float
    cpu: float
    bot: float
    worker: float
    together: float


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """On each engine: the first start, which makes the tables, then some more."""
    for engine in plan.engines:
        if reason := await engines.missing(engine):
            yield Row(ITEM, engines.NAMES[engine], note=reason)
            continue
        async with engines.fresh(engine, plan.folder) as url:
            first = await _start(plan, url, core)
            again = [await _start(plan, url, core) for _ in range(plan.starts)]
        for row in _rows(engines.NAMES[engine], first, again):
            yield row


async def _start(plan: Plan, url: str, core: int | None) -> Start:
    async with outside(cast.people(1)) as world:
        command = Command(("bot", "serve"), world.environ(url), plan.folder, core)
        began = time.perf_counter()
        process = await command.spawn()
        try:
            await until_ready(f"http://127.0.0.1:{world.port}")
            seconds, cpu = time.perf_counter() - began, cores.cpu_seconds(process.pid)
            await asyncio.sleep(REST)
            return _weighed(seconds, cpu, process.pid)
        finally:
            await stop(process)


def _weighed(seconds: float, cpu: float, pid: int) -> Start:
    """The chart worker is the heaviest child; beside it stands only multiprocessing's own small tracker."""
    family = cores.children(pid)
    worker = max((cores.resident_mb(child) for child in family), default=0.0)
    together = sum(cores.proportional_mb(each) for each in [pid, *family])
    return Start(seconds, cpu, cores.resident_mb(pid), worker, together)


def _rows(name: str, first: Start, again: list[Start]) -> list[Row]:
    seconds, bot = median(start.seconds for start in again), median(start.bot for start in again)
    worker, together = median(start.worker for start in again), median(start.together for start in again)
    return [
        Row(ITEM, f"{name} 首次（建表）到 /readyz", "秒", first.seconds),
        Row(ITEM, f"{name} 再次到 /readyz", "秒", seconds, target=READY),
        Row(ITEM, f"{name} 再次到 /readyz 的 CPU", "秒", median(start.cpu for start in again)),
        Row(ITEM, f"{name} 静止内存：机器人", "MB", bot, target=MEMORY, note="RSS"),
        Row(ITEM, f"{name} 静止内存：画图进程", "MB", worker, note="RSS"),
        Row(ITEM, f"{name} 静止内存：合计", "MB", together, note="PSS 之和：共用的页只算一次"),
    ]
