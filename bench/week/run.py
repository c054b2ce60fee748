"""A simulated week: hour by hour a burst of returns, one of two replicas killed in it, faults drawn, then the count."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bench import cores, engines
from bench.honest import Dishonest, check_durable
from bench.outside import outside
from bench.programs import Command
from bench.runs import to_end
from bench.week import count, figures, memory, skips, staff
from bench.week.keys import Keys
from bench.week.replicas import replicas
from bench.week.troubles import Troubles
from bench.week.walk import Gate, Street, Walk
from bench.week.watch import Watch
from sandbox.dingtalk.app import Limits
from sandbox.world import Place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bench.outside import Outside
    from bench.plan import Plan
    from bench.rows import Row
    from bench.week.memory import Memory
    from bench.week.replicas import Replica, Replicas
    from bench.week.staff import Errand

ENGINE = "postgres"
HOUR = timedelta(hours=1)
UNMETERED = 10**9  #: the month's quota of a free edition is no subject of the week
RETRY = 1.0  #: seconds after which WeCom brings again what was not answered
MORNING = timedelta(hours=24)  #: after the last hour, so that what was held back for the night is said


@dataclass(slots=True)
class Week:
    """One run under way."""

    plan: Plan
    world: Outside
    street: Street
    replicas: Replicas
    troubles: Troubles
    keys: Keys
    skips: skips.Skips
    chance: random.Random
    walks: list[Walk] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)  #: MB of the replica that is spared, at the end of each hour

    async def live(self, errands: list[Errand]) -> None:
        """Every hour of it, and the morning after."""
        hours = self.plan.week_days * self.plan.week_hours
        for hour in range(hours):
            share = errands[hour * len(errands) // hours : (hour + 1) * len(errands) // hours]
            await self._hour(hour, share)
            await self._skip(HOUR)
        await self._skip(MORNING)
        await asyncio.sleep(self.plan.week_settle)

    async def _hour(self, hour: int, errands: list[Errand]) -> None:
        """The returns of an hour begin at once; it is over when they are done, or whoever waits has gone home."""
        self.street.gate.open()
        began = {self._begin(errand) for errand in errands}
        burst = max(len(errands) * figures.CALLBACKS / self.plan.week_rate, 2.0)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.troubles.hour(self.plan.week_troubles, burst))
            group.create_task(self._kill(hour, self.chance.uniform(0.1, burst)))
        if began:
            await asyncio.wait(began)
        self.resident.append(cores.resident_mb(self.spared.pid))

    def _begin(self, errand: Errand) -> asyncio.Task[None]:
        agents = [person for person in self.world.sandbox.world.people if "客服" in person.roles]
        agent = agents[len(self.walks) % len(agents)]
        place = Place("wecom", agent.wecom) if agent.wecom else Place("dingtalk", str(agent.dingtalk))
        walk = Walk(self.street, errand, place)
        self.walks.append(walk)
        return asyncio.create_task(walk.live())

    @property
    def spared(self) -> Replica:
        """The one that is to grow old, so that it can be seen whether it grows fat."""
        return self.replicas.all[0]

    async def _kill(self, hour: int, after: float) -> None:
        """The other dies somewhere in the burst; when keys change, the spared one is started anew as well."""
        await asyncio.sleep(after)
        await self.keys.go_on(hour, self.replicas, self.street.gate)
        await self.replicas.replace(self.replicas.all[1])
        if hour == self.keys.began:
            await self.replicas.replace(self.spared)
            self.resident.clear()

    async def _skip(self, by: timedelta) -> None:
        await self.street.gate.close()
        self.skips.skip(by)
        self.world.sandbox.world.clock.advance(by)
        self.street.watch.sweep()
        self.street.gate.open()


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """On PostgreSQL and Redis."""
    if reason := await engines.missing(ENGINE) or memory.missing():
        yield figures.absent(reason)
        return
    async with AsyncExitStack() as stack:
        began = time.monotonic()
        week, environ = await _begun(stack, plan, core)
        errands = staff.errands(plan.week_days * plan.week_cases)
        await week.live(errands)
        found, verified = await _counted(week, environ)
        troubles = week.troubles
        lived = figures.Lived(week.street, week.replicas, troubles.met, troubles.cuts, troubles.pauses, week.resident)
        for row in figures.rows(lived, plan, found):
            yield row
        yield figures.verdict(plan, verified, len(week.walks), time.monotonic() - began)


async def _begun(stack: AsyncExitStack, plan: Plan, core: int | None) -> tuple[Week, Mapping[str, str]]:
    """Everything up and at work, and the settings of a bot's commands."""
    chance, people = random.Random(plan.week_seed), staff.people(*plan.week_staff)
    url = await stack.enter_async_context(engines.fresh(ENGINE, plan.folder))
    await staff.found(url, people, staff.errands(plan.week_days * plan.week_cases))
    world = await stack.enter_async_context(outside(people))
    redis = await stack.enter_async_context(memory.memory(plan.folder))
    clock = skips.Skips(plan.folder / "skipped")
    common = _settings(world, url, redis, plan)
    keys = Keys(world, began=1)
    both = await stack.enter_async_context(replicas(plan.folder, core, lambda: {**common, **keys.settings()}))
    way = both.way(world.port)
    await way.mend()
    stack.push_async_callback(way.cut)
    await both.start()
    for replica in both.all:
        check_durable(ENGINE, replica.said["durable"])
    street = Street(world.sandbox, Watch(world.sandbox.world), Gate(plan.week_rate))
    looking = asyncio.create_task(street.watch.run())
    stack.push_async_callback(_ended, looking)
    return Week(plan, world, street, both, Troubles(world.sandbox, url, redis, chance), keys, clock, chance), common


def _settings(world: Outside, url: str, redis: Memory, plan: Plan) -> dict[str, str]:
    sandbox = world.sandbox
    sandbox.wecom.push.retry_pause = RETRY
    sandbox.dingtalk.meters.limits = Limits(monthly_calls=UNMETERED, monthly_webhooks=UNMETERED)
    return world.environ(
        url, REDIS_URL=redis.url, AUDIT_KEY=secrets.token_hex(32), DINGTALK_MONTHLY_CALLS=str(UNMETERED),
        PHOTO_STORE=str(plan.folder / "photos"), **{skips.PLACE: str(plan.folder / "skipped")},
    )  # fmt: skip


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _counted(week: Week, environ: Mapping[str, str]) -> tuple[count.Found, str]:
    """What the three records say; Raises ProgramFailed when the audit's file does not hold."""
    path = week.plan.folder / "audit.jsonl"
    for words in (("anchor",), ("export", str(path)), ("verify", str(path))):
        command = Command(("bot", "audit", *words), environ, week.plan.folder)
        await to_end(command)
    if not week.walks:
        raise Dishonest("没有一张单")
    return count.count(week.street, week.walks, count.read(path)), command.out.read_text(encoding="utf-8").strip()
