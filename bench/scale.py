"""The same work in a small shop and in one with years behind it: a draft, a submit, a look-up, a scrape."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bench import cast, crowd, engines
from bench.honest import Dishonest, check_durable
from bench.outside import outside
from bench.programs import Command, Program, running
from bench.readiness import until_ready
from bench.rows import Row, Target
from bench.walker import CASE_NO, is_live, seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence
    from typing import TypeVar

    from bench.outside import Outside
    from bench.plan import Plan
    from sandbox.world import Item, Person

    T = TypeVar("T")

ITEM = "规模"
PLATFORM = "wecom"
DRAFT, SUBMIT, TAIL, SHARED, SCRAPE = "草稿", "提交", "查 手机尾号", "查 很多客户共有的尾号", "/metrics"
WANTED = Target(1.2, "ratio")
EACH = 2  #: rounds of one agent: a person hears at most 30 messages a minute
FIRST = 100  #: measured orders begin here
GAP = 3  #: orders to a customer: each round asks for another one


@dataclass(slots=True)
class Shop:
    """A database of one size with the bot at work on it."""

    orders: int
    outside: Outside
    program: Program
    agents: Sequence[Person]
    session: ClientSession
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  #: seconds, by what was done

    async def round(self, number: int) -> None:
        """Everything once, with an agent and an order of their own."""
        agent, order = self.agents[number // EACH], FIRST + GAP * number
        draft = await self._timed(DRAFT, self._draft(agent, crowd.order_no(order)))
        await self._timed(SUBMIT, self._submit(draft))
        await self._timed(TAIL, self._look_up(agent, crowd.tail(order), found=True))
        shared = crowd.shared_tail(number)
        await self._timed(SHARED, self._look_up(agent, shared, found=crowd.is_shared(number, self.orders)))
        await self._timed(SCRAPE, self._scrape())

    async def _timed(self, what: str, work: Awaitable[T]) -> T:
        began = time.perf_counter()
        found = await work
        self.took[what].append(time.perf_counter() - began)
        return found

    async def _draft(self, agent: Person, order: str) -> Item:
        userid = str(getattr(agent, PLATFORM))
        known = set(self.outside.sandbox.world.items)
        await self.outside.sandbox.wecom.phones.say(userid, f"退货 {order} {cast.SKU}×1 质量问题 外壳破裂")
        return await seen(
            self.outside.sandbox.world,
            lambda item: item.id not in known and item.place.chat == userid and is_live(item),
        )

    async def _submit(self, draft: Item) -> None:
        world = self.outside.sandbox.world
        await self.outside.sandbox.wecom.phones.tap(draft.id, "提交")
        await seen(world, lambda item: item.id == draft.id and bool(CASE_NO.search(_text(item))))

    async def _look_up(self, agent: Person, tail: str, *, found: bool) -> None:
        userid = str(getattr(agent, PLATFORM))
        known = set(self.outside.sandbox.world.items)
        await self.outside.sandbox.wecom.phones.say(userid, f"查 {tail}")
        answer = await seen(
            self.outside.sandbox.world,
            lambda item: item.id not in known and item.place.chat == userid and item.sender == "bot",
        )
        if found and not re.search(r"找到 \d+ 单", _text(answer)):
            raise Dishonest(f"查 {tail} 没有找到：{_text(answer)[:200]}")

    async def _scrape(self) -> None:
        async with self.session.get(f"{self.program.url}/metrics") as answer:
            said = await answer.text()
        if not re.search(r"^boomerang_open_cases [1-9]", said, re.MULTILINE):
            raise Dishonest("/metrics 没有数出处理中的单")


def _text(item: Item) -> str:
    return json.dumps(item.body, ensure_ascii=False)


async def measure(plan: Plan, core: int | None) -> AsyncIterator[Row]:
    """On each engine both shops at once, round by round in the order A B B A."""
    for engine in plan.engines:
        if reason := await engines.missing(engine):
            yield Row(ITEM, engines.NAMES[engine], note=reason)
            continue
        for row in await _compared(plan, engine, core):
            yield row


async def _compared(plan: Plan, engine: str, core: int | None) -> list[Row]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        small = await _open(stack, plan, engine, core, min(crowd.SMALL, plan.scale_orders), session)
        big = await _open(stack, plan, engine, core, plan.scale_orders, session)
        for n in range(plan.scale_rounds):
            for shop in (small, big) if n % 2 == 0 else (big, small):
                await shop.round(n)
        return _rows(engine, small, big)


async def _open(
    stack: AsyncExitStack, plan: Plan, engine: str, core: int | None, orders: int, session: ClientSession
) -> Shop:
    staff = cast.people(-(-plan.scale_rounds // EACH), [PLATFORM])
    url = await stack.enter_async_context(engines.fresh(engine, plan.folder))
    await crowd.found(url, orders, staff)
    world = await stack.enter_async_context(outside(staff))
    folder = plan.folder / url.rpartition("/")[2].partition(".")[0]
    folder.mkdir()
    program = await stack.enter_async_context(running(Command(("bench.bot",), world.environ(url), folder, core)))
    check_durable(engine, program.said["durable"])
    await until_ready(program.url, rest=plan.rest)
    return Shop(orders, world, program, cast.agents_of(staff), session)


def _rows(engine: str, small: Shop, big: Shop) -> list[Row]:
    note = f"{big.orders:,} 个订单、{big.orders * crowd.CASES:,} 张单，旁边是 {small.orders:,} 个订单的同一件事"
    many = f"这样的尾号有 {-(-big.orders // crowd.ORDERS // 9000)} 位客户，旁边是只有一位客户的尾号，所以没有目标"
    return [
        _row(engine, what, (small.took[beside], big.took[what]), target, more)
        for what, beside, target, more in (
            (DRAFT, DRAFT, WANTED, note), (SUBMIT, SUBMIT, WANTED, note), (TAIL, TAIL, WANTED, note),
            (SHARED, TAIL, None, many), (SCRAPE, SCRAPE, WANTED, note),
        )
    ]  # fmt: skip


def _row(engine: str, what: str, both: tuple[list[float], list[float]], target: Target | None, note: str) -> Row:
    """The first round of each shop warms it up and is left out where there are more."""
    small, big = (took[1:] or took for took in both)
    ratios = [b / a for a, b in zip(small, big, strict=True)]
    low, middle, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Row(
        ITEM, f"{what} · {engines.NAMES[engine]}", "ms", median(big) * 1000, median(small) * 1000, middle, (low, high),
        target, note,
    )  # fmt: skip
