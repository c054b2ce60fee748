"""Whole returns: how many a second, what one costs in CPU, and how many platform calls it takes (P10)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench import cast, engines
from bench.cases import POLICY
from bench.honest import Dishonest, check_durable
from bench.outside import outside
from bench.programs import Command, Program, running
from bench.readiness import until_ready
from bench.rows import Row, Target, figure
from bench.walker import Walker
from flow.publishing.release import publish_shipped
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bench.outside import Outside
    from bench.plan import Plan
    from sandbox.world import Person

ITEM = "走单"
WORDS = {"wecom": "企业微信", "dingtalk": "钉钉"}
SETTLE = 1.5  #: seconds for what is still said after the customer has been told
COUNTED = Target(12)
NO_MESSAGE = ("gettoken", "accessToken", "connections/open")  #: calls that no case causes
LIMITS = {
    "wecom": "同时走 {n} 单；每人每分钟 30 条的限制内",
    "dingtalk": "同时走 {n} 单；速度受每个接口每秒 20 次的限制，机器人按每 2 秒 20 次排队",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What walking some cases came to, per case where it says so."""

    cases: int
    seconds: float
    cpu: float
    calls: Counter[str]  #: by API, of all cases together
    counted: float
    grown: float  #: bytes of the database, of all cases together


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """Every engine and platform."""
    for engine in plan.engines:
        if reason := await engines.missing(engine):
            yield Row(ITEM, engines.NAMES[engine], note=reason)
            continue
        for platform in plan.platforms:
            for row in _rows(engine, platform, await _walked(plan, engine, platform, core)):
                yield row


async def _walked(plan: Plan, engine: str, platform: str, core: int | None) -> Outcome:
    staff = cast.people(plan.walks, [platform])
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(engines.fresh(engine, plan.folder))
        orders = await _stock(url, staff, plan.walks)
        world = await stack.enter_async_context(outside(staff))
        command = Command(("bench.bot",), world.environ(url), plan.folder, core)
        program = await stack.enter_async_context(running(command))
        check_durable(engine, program.said["durable"])
        await until_ready(program.url, rest=plan.rest)
        before = await _size(url)
        found = await _walk(world, platform, program, orders)
        await _check(url, world, plan.walks)
        return replace(found, grown=await _size(url) - before)


async def _size(url: str) -> int:
    """Bytes that the content of the database takes."""
    asked = "SELECT pg_database_size(current_database())"
    if url.startswith("sqlite"):
        asked = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    [size] = await engines.numbers(url, asked)
    return int(size)


async def _stock(url: str, staff: Sequence[Person], count: int) -> list[str]:
    await migrate(url)
    async with database(url):
        await publish_shipped(POLICY, datetime.now(UTC))
        await cast.hire(staff)
        return await cast.sell(count)


async def _walk(world: Outside, platform: str, program: Program, orders: Sequence[str]) -> Outcome:
    staff, count = world.sandbox.world.people, len(orders)
    agents = cast.agents_of(staff)
    walkers = [
        Walker(world, platform, staff, agent, order, cast.MOBILE % n)
        for n, (agent, order) in enumerate(zip(agents, orders, strict=True))
    ]
    calls, counted = _calls(world), world.sandbox.dingtalk.counted
    began, cpu = time.perf_counter(), program.cpu()
    await asyncio.gather(*(walker.walk() for walker in walkers))
    seconds = time.perf_counter() - began
    await asyncio.sleep(SETTLE)
    charged = (world.sandbox.dingtalk.counted - counted) / count
    return Outcome(count, seconds, program.cpu() - cpu, _calls(world) - calls, charged, grown=0)


def _calls(world: Outside) -> Counter[str]:
    """Requests of the bot to the platforms, those that only keep it connected left out."""
    both = world.sandbox.wecom.calls + world.sandbox.dingtalk.calls
    return Counter({path: count for path, count in both.items() if not any(word in path for word in NO_MESSAGE)})


async def _check(url: str, world: Outside, cases: int) -> None:
    """Every case is finished and paid once, and the platforms have nothing to complain of."""
    [done] = await engines.numbers(url, "SELECT count(*) FROM return_case WHERE state = '已完成'")
    paid = len(world.sandbox.shop.refunds)
    problems = [*world.sandbox.wecom.problems, *world.sandbox.dingtalk.problems, *world.sandbox.wecom.dropped]
    if not done == paid == cases or problems:
        raise Dishonest(f"{cases} 单里完成 {done}、退款 {paid}，平台的抱怨：{problems[:3]}")


def _listed(found: Outcome) -> str:
    return "，".join(f"{path} {figure(count / found.cases)}" for path, count in found.calls.most_common())


def _rows(engine: str, platform: str, found: Outcome) -> list[Row]:
    name = f"{WORDS[platform]} · {engines.NAMES[engine]}"
    note = LIMITS[platform].format(n=found.cases)
    rows = [
        Row(ITEM, f"{name} 每秒走完", "单", found.cases / found.seconds, note=note),
        Row(ITEM, f"{name} 每单 CPU", "ms", found.cpu / found.cases * 1000),
        Row(ITEM, f"{name} 每单平台调用", "次", found.calls.total() / found.cases, note=_listed(found)),
        Row(ITEM, f"{name} 每千单长大", "MB", found.grown / found.cases / 1000, note="什么都没有清掉的时候，照片不算"),
    ]
    if platform == "dingtalk":
        rows.append(Row(ITEM, f"{name} 每单计入额度的调用", "次", found.counted, target=COUNTED))
    return rows
