"""A change of rules tried on 100,000 past cases: seconds, what it takes of the memory, and what it lets others do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bench import engines, past
from bench.cases import POLICY
from bench.honest import Dishonest
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


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """On SQLite, in a process of its own. Raises Dishonest when cases were left out."""
    async with engines.fresh("sqlite", plan.folder) as url:
        await _prepare(url, plan.past_cases)
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


async def _prepare(url: str, count: int) -> None:
    await migrate(url)
    async with database(url):
        await publish_shipped(POLICY, past.NOW)
    path = sqlite_path(url)
    if path is None:
        raise ValueError("past cases are written into a file")
    await asyncio.to_thread(past.write, path, count)
