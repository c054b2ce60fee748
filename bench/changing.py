"""A change typed by an owner with 100,000 past cases behind: until it is answered in words, and until its picture."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from bench import cast, engines, simulation
from bench.honest import Dishonest, check_durable
from bench.outside import outside
from bench.programs import Command, Program, running
from bench.readiness import until_ready
from bench.rows import Row, Target
from bench.walker import seen
from models.database.connection import database
from sandbox.world import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.outside import Outside
    from bench.plan import Plan
    from sandbox.world import Item

ITEM = "改规则"
PLATFORM = "wecom"
OWNER = "客服主管"
MORE = ("操作员",)  #: whom the flow names beside the cast, and without whom it could not be changed
ANSWERED, DRAWN = Target(300), Target(1000)
DIFFERENCE, PICTURE = "和现在的不同", "image"


@dataclass(slots=True)
class Owner:
    """Somebody at a phone who changes the flow, and how long each change took, in milliseconds."""

    outside: Outside
    userid: str
    answered: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)

    async def types(self, words: str, *, picture: bool) -> None:
        """Say it; wait for the answer, and for the picture where there is to be one."""
        world = self.outside.sandbox.world
        known = set(world.items)

        def fresh(item: Item) -> bool:
            return item.id not in known and item.place.chat == self.userid and item.sender == "bot"

        began = time.perf_counter()
        await self.outside.sandbox.wecom.phones.say(self.userid, words)
        await seen(world, lambda item: fresh(item) and DIFFERENCE in str(item.body))
        self.answered.append((time.perf_counter() - began) * 1000)
        if picture:
            await seen(world, lambda item: fresh(item) and item.kind == PICTURE)
            self.drawn.append((time.perf_counter() - began) * 1000)

    def pictures(self) -> int:
        """How many have come so far."""
        items = self.outside.sandbox.world.items.values()
        return sum(item.kind == PICTURE and item.place.chat == self.userid for item in items)


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """On SQLite, through WeCom. Raises Dishonest when a picture came that nothing had changed, or did not come."""
    staff = [*cast.people(1, [PLATFORM]), *(Person(role, (role,), f"more{n}", None) for n, role in enumerate(MORE))]
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(engines.fresh("sqlite", plan.folder))
        await simulation.fill(url, plan.past_cases)
        async with database(url):
            await cast.hire(staff)
        world = await stack.enter_async_context(outside(staff))
        command = Command(("bench.bot",), world.environ(url), plan.folder, core)
        program = await stack.enter_async_context(running(command))
        check_durable("sqlite", program.said["durable"])
        await until_ready(program.url, rest=plan.rest)
        owner = Owner(world, str(getattr(cast.with_role(staff, OWNER), PLATFORM)))
        each = await _changed(owner, program, plan.changes)
    name = f"{plan.past_cases:,} 单 · {engines.NAMES['sqlite']}"
    note = f"从打字到手机上的不同，{len(owner.answered) - 1} 句；改标题的那些没有图"
    yield Row(ITEM, f"{name} 一句话到答复", "ms", median(owner.answered[1:]), target=ANSWERED, note=note)
    yield Row(ITEM, f"{name} 一句话的 CPU", "ms", each, note="机器人进程，答复、卡片和送图都在内；画图在它旁边的进程里")
    note = "只有图变了才来；从打字算起，答复在它前面"
    yield Row(ITEM, f"{name} 一句话到图", "ms", median(owner.drawn[1:]), target=DRAWN, note=note)


async def _changed(owner: Owner, program: Program, changes: int) -> float:
    """All the changes; the bot's CPU for one of them, in milliseconds. Raises Dishonest for a picture too many."""
    await owner.types("流程 质检 时限 40小时", picture=True)  # warms up
    began = program.cpu()
    for n in range(1, changes):
        await owner.types(f"流程 质检 时限 {n}小时", picture=True)
        await owner.types(f"流程 质检 标题 看第{n}样", picture=False)
    if owner.pictures() != changes:
        raise Dishonest(f"改了 {changes} 次时限，来了 {owner.pictures()} 张图")
    return (program.cpu() - began) / (len(owner.answered) - 1) * 1000
