"""From a tap to the decided, durable, answered state, beside a floor that does only that (P1 and P2)."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bench import cast, engines, pairs
from bench.bot import HOLD
from bench.cases import AGREE, Target, prepare
from bench.floors.serving import TASKS
from bench.honest import check_durable, check_rows
from bench.load import Side, Slice, load
from bench.outside import outside
from bench.programs import Command, running
from bench.readiness import until_ready
from bench.rows import Row
from bench.rows import Target as Goal
from bench.taps import HttpTapper, StreamTapper, WeComTapper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.outside import Outside
    from bench.pairs import Pairs
    from bench.plan import Plan
    from bench.taps import Tapper

ITEM = "点按"
FLOORS = {"wecom": "wecom_tap", "stream": "dingtalk_stream", "http": "dingtalk_http"}
WIRES = {"wecom": "企业微信", "stream": "钉钉 Stream", "http": "钉钉 HTTP"}
FLOOR_SPEED = 4  #: the floor is given so many times the bot's cards
WARM = 1  #: slices before the first that counts
CPU, RATE = Goal(2.5, "ratio"), Goal(0.7, "ratio", at_least=True)
P50, P99 = Goal(1.3, "ratio"), Goal(1.5, "ratio")


@dataclass(frozen=True, slots=True)
class Contest:
    """One engine and one wire."""

    plan: Plan
    engine: str
    wire: str
    core: int | None

    @property
    def name(self) -> str:
        return f"{WIRES[self.wire]} · {engines.NAMES[self.engine]}"

    @property
    def per_slice(self) -> int:
        return max(int(self.plan.fastest * self.plan.seconds), 8)

    @property
    def cards(self) -> int:
        """Cards that the bot may need."""
        return self.per_slice * (WARM + 2 * (self.plan.quads + self.plan.lone_quads))

    def command(self, environ: dict[str, str], *words: str) -> Command:
        return Command(words, environ, self.plan.folder, self.core)


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """Rows of every engine and wire of the plan."""
    for engine in plan.engines:
        if reason := await engines.missing(engine):
            yield Row(ITEM, engines.NAMES[engine], note=reason)
            continue
        for wire in plan.wires:
            for row in await _contest(Contest(plan, engine, wire, core)):
                yield row


async def _contest(contest: Contest) -> list[Row]:
    """Both servers stand at once, each with its own database and its own outside world."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        floor, floor_url = await _floor(contest, stack, session)
        ours, our_url = await _ours(contest, stack, session)
        plan = contest.plan
        for side in (floor, ours):
            check_durable(contest.engine, side.program.said["durable"])
            await load(side, plan.seconds * WARM, plan.clients)
            await side.backends.find()
        busy = await pairs.measure(floor, ours, plan.quads, plan.seconds, plan.clients)
        alone = await pairs.measure(floor, ours, plan.lone_quads, plan.seconds / 2, 1)
        check_rows(floor.acknowledged, await engines.floor_tally(floor_url), floor.errors)
        check_rows(ours.acknowledged, await engines.bot_tally(our_url, AGREE), ours.errors)
        return _rows(contest, busy, alone)


async def _floor(contest: Contest, stack: AsyncExitStack, session: ClientSession) -> tuple[Side, str]:
    url = await stack.enter_async_context(engines.fresh(contest.engine, contest.plan.folder))
    world = await stack.enter_async_context(outside(cast.people(1), http=contest.wire == "http"))
    count = contest.cards * FLOOR_SPEED
    environ = world.environ(url) | {TASKS: str(count)}
    command = contest.command(environ, f"bench.floors.{FLOORS[contest.wire]}")
    program = await stack.enter_async_context(running(command))
    targets = [Target(f"R20260101-{n:06d}-v1-m1", f"a1|{n}|1|{AGREE}", "m0") for n in range(1, count + 1)]
    tapper = _tapper(contest.wire, session, world, program.url)
    return Side(program, tapper, engines.Backends(url), targets, contest.per_slice * FLOOR_SPEED), url


async def _ours(contest: Contest, stack: AsyncExitStack, session: ClientSession) -> tuple[Side, str]:
    url = await stack.enter_async_context(engines.fresh(contest.engine, contest.plan.folder))
    world = await stack.enter_async_context(outside(cast.people(1), http=contest.wire == "http"))
    platform = "wecom" if contest.wire == "wecom" else "dingtalk"
    targets = await prepare(url, platform, contest.cards)
    command = contest.command(world.environ(url, **{HOLD: "1"}), "bench.bot")
    program = await stack.enter_async_context(running(command))
    await until_ready(program.url, rest=contest.plan.rest)
    tapper = _tapper(contest.wire, session, world, program.url)
    return Side(program, tapper, engines.Backends(url), targets, contest.per_slice), url


def _tapper(wire: str, session: ClientSession, world: Outside, url: str) -> Tapper:
    if wire == "stream":
        return StreamTapper(world.sandbox.dingtalk.stream, world.dingtalk)
    if wire == "http":
        return HttpTapper(session, f"{url}/dingtalk/card", world.dingtalk)
    return WeComTapper.of(session, url, world.wecom)


def _cpu(each: Slice) -> float:
    return each.cpu_us


def _database(each: Slice) -> float:
    return each.database_us


def _rate(each: Slice) -> float:
    return each.rate


def _rows(contest: Contest, busy: Pairs, alone: Pairs) -> list[Row]:
    name = contest.name
    same = busy.same(_cpu)
    note = f"A/A {same.middle:.2f}× [{same.spread[0]:.2f}–{same.spread[1]:.2f}]，{len(busy.ours)} 对"
    rows = [
        _paired(busy, f"{name} CPU", "µs", _cpu, CPU, note=note),
        _paired(busy, f"{name} 每秒", "次", _rate, RATE),
        _wait(alone, f"{name} 单独 p50", 50, P50),
        _wait(alone, f"{name} 单独 p99", 99, P99),
        _wait(busy, f"{name} 同时 {contest.plan.clients} 个 p99", 99, None),
    ]
    if contest.engine == "postgres":
        rows.insert(1, _paired(busy, f"{name} 数据库 CPU", "µs", _database, None))
    return rows


def _paired(found: Pairs, metric: str, unit: str, figure: pairs.Figure, target: Goal | None, *, note: str = "") -> Row:
    ratio = found.ratio(figure)
    ours, floor = pairs.middle(found.ours, figure), pairs.middle(found.floor, figure)
    return Row(ITEM, metric, unit, ours, floor, ratio.middle, ratio.spread, target, note)


def _wait(found: Pairs, metric: str, percent: int, target: Goal | None) -> Row:
    ours, floor = pairs.waits(found.ours, percent), pairs.waits(found.floor, percent)
    return Row(ITEM, metric, "ms", ours, floor, ours / floor, target=target)
