"""A change of rules tried on 100,000 past cases: seconds, what it takes of the memory, and what it lets others do."""

from __future__ import annotations

import asyncio
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import earlier, engines, past
from bench.cases import POLICY
from bench.honest import Dishonest
from bench.pairs import ratio_of
from bench.plan import ROOT
from bench.programs import Command, ProgramFailed
from bench.rows import Row, Target
from bench.runs import to_end
from flow.publishing.release import publish_shipped
from models.database.connection import database, migrate, sqlite_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.plan import Plan

ITEM = "模拟"
WHOLE, SILENCE, HELD, PEAK = Target(10.0), Target(0.5), Target(0.1), Target(300)
HALF = Target(0.5, "ratio")
#: what both commits understand: fill a file, and CPU seconds of one simulation without the start
FILL = """
import asyncio, os
from bench import simulation
fill = getattr(simulation, "fill", None) or simulation._prepare
asyncio.run(fill(os.environ["DATABASE_URL"], int(os.environ["PAST_CASES"])))
"""
TRY = """
import asyncio, json, time
from bench import simulating
began = time.process_time()
asyncio.run(simulating.main())
print(json.dumps({"cpu": time.process_time() - began}))
"""


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """On SQLite, in a process of its own. Raises Dishonest when cases were left out."""
    async with engines.fresh("sqlite", plan.folder) as url:
        await fill(url, plan.past_cases)
        command = Command(("bench.simulating",), {"DATABASE_URL": url}, plan.folder, core)
        ended = await to_end(command)
        said: dict[str, Any] | None = command.said()
    if said is None:
        raise ProgramFailed(f"bench.simulating: {command.tail()}")
    if said["compared"] != plan.past_cases or not said["changed"]:
        raise Dishonest(f"比较了 {said['compared']} 单，应是 {plan.past_cases}；变了 {said['changed']} 单")
    name = f"{plan.past_cases:,} 单 · {engines.NAMES['sqlite']}"
    yield Row(ITEM, name, "秒", said["seconds"], target=WHOLE, note=f"其中 {said['changed']:,} 单走法会变")
    yield Row(ITEM, f"{name} 进度最长停顿", "秒", said["silence"], target=SILENCE)
    yield Row(ITEM, f"{name} 占住循环最久", "秒", said["held"], target=HELD, note="点按要等这么久")
    yield Row(ITEM, f"{name} 内存峰值", "MB", ended.peak_mb, target=PEAK)
    yield await beside(plan, core, f"{name} CPU，和提交 {plan.earlier or '—'} 比")


async def beside(plan: Plan, core: int | None, name: str) -> Row:
    """The same simulation by an earlier commit, each on a file of its own making, in the order A B B A."""
    root = await earlier.unpacked(plan.earlier, plan.folder) if plan.earlier else None
    if root is None:
        words = f"这个克隆里没有提交 {plan.earlier}，没有比" if plan.earlier else "没有要比的提交"
        return Row(ITEM, name, "秒", target=HALF, note=words)
    floor: list[float] = []
    ours: list[float] = []
    sides = [
        (each, {"DATABASE_URL": f"sqlite://{plan.folder / f'past-{n}.db'}"}) for n, each in enumerate((root, ROOT))
    ]
    for each, environ in sides:
        await earlier.ran(each, FILL, environ | {"PAST_CASES": str(plan.past_cases)}, core)
    for n in range(2 * plan.past_rounds):
        for each, environ in sides if n % 2 == 0 else sides[::-1]:
            said = await earlier.ran(each, TRY, environ, core)
            (floor if each == root else ours).append(said["cpu"])
    ratio = ratio_of([b / a for a, b in zip(floor, ours, strict=True)])
    note = f"地板是提交 {plan.earlier}，{len(ours)} 对"
    return Row(ITEM, name, "秒", median(ours), median(floor), ratio.middle, ratio.spread, HALF, note)


async def fill(url: str, count: int) -> None:
    """A published business with so many past cases."""
    await migrate(url)
    async with database(url):
        await publish_shipped(POLICY, past.NOW)
    path = sqlite_path(url)
    if path is None:
        raise ValueError("past cases are written into a file")
    await asyncio.to_thread(past.write, path, count)
