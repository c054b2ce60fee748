"""Puts the bot together from its settings, and takes it apart again in reverse."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot.cards import CardDesk
from bot.channels.base import Meter
from bot.charts import ChartRenderer
from bot.clock import start_clock
from bot.customer import CustomerPage
from bot.definitions import Definitions
from bot.delivery import Deliverer
from bot.intake import Intake
from bot.links import CaseLinks, Links
from bot.meter import CallCounter
from bot.money import Payments
from bot.ops import Ops
from bot.outbox import OutboxWorker, take_back
from bot.page import DefinitionPage
from bot.pictures import Pictures
from bot.reach import Reach
from bot.schedule import Ticks
from bot.store import open_store
from bot.uploads import Uploads
from connectors.messengers import Mailbox, SmsGateway
from connectors.shops import ByHand, HttpShop
from flow.anchors import begin_empty
from flow.desk import Desk
from flow.publishing import publish_shipped
from models import seals
from models.database import database, migrate, sqlite_path
from models.solo import only_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
    from datetime import datetime

    from bot.channels.base import Channel, Clock
    from bot.channels.base import Intake as Door
    from bot.store import Store
    from config.settings import Settings
    from connectors.base import Messenger, Shop

MAX_BODY = 1024 * 1024  # bytes of a callback; the platforms' own are far smaller


@dataclass(slots=True)
class Bot:
    """A running bot, as its own tests and benchmarks see it."""

    settings: Settings
    desk: Desk
    clock: Clock
    intake: Intake
    outbox: OutboxWorker
    ticks: Ticks
    meter: CallCounter
    channels: dict[str, Channel]
    web: web.Application

    async def settled(self) -> None:
        """Until everything that came in is handled and everything due has been said."""
        while await self.intake.work_once() or not await self.outbox.idle():
            self.outbox.wake()
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class Parts:
    """What channels and workers share while they are put together."""

    settings: Settings
    clock: Clock
    desk: Desk
    session: aiohttp.ClientSession
    store: Store
    meter: CallCounter

    def local(self) -> datetime:
        return self.clock.now().astimezone(self.desk.zone)


def channels_of(parts: Parts, intake: Door) -> dict[str, Channel]:
    """The channels that settings turn on; a platform's library is imported only then."""
    settings, found = parts.settings, dict[str, "Channel"]()
    shared = {"intake": intake, "session": parts.session, "clock": parts.clock, "store": parts.store}
    shared["meter"] = Meter(parts.meter.add, parts.meter.spent)
    if settings.wecom:
        from bot.channels.wecom.channel import WeComChannel

        found["wecom"] = WeComChannel(settings.wecom, dict(settings.wecom_group_webhooks), **shared)  # type: ignore[arg-type]
    if settings.dingtalk:
        from bot.channels.dingtalk.channel import DingTalkChannel

        groups, url = dict(settings.dingtalk_groups), settings.public_url
        found["dingtalk"] = DingTalkChannel(settings.dingtalk, groups, public_url=url, **shared)  # type: ignore[arg-type]
    return found


def group_homes(settings: Settings) -> dict[str, str]:
    """Which platform an alert group is on; one that is on both is told on WeCom, which no quota counts."""
    homes = dict.fromkeys(settings.dingtalk_groups, "dingtalk") if settings.dingtalk else {}
    return homes | (dict.fromkeys(settings.wecom_group_webhooks, "wecom") if settings.wecom else {})


def group_places(settings: Settings) -> frozenset[tuple[str, str]]:
    """Platform and name of every alert group that is configured, for words that must stand on both platforms."""
    found = {("dingtalk", name) for name in settings.dingtalk_groups} if settings.dingtalk else set()
    return frozenset(found | ({("wecom", name) for name in settings.wecom_group_webhooks} if settings.wecom else set()))


def shop_of(parts: Parts) -> Shop:
    """The shop that pays refunds; the merchant's own hand when none is connected."""
    return HttpShop(parts.settings.shop, parts.session, parts.clock.wall) if parts.settings.shop else ByHand()


def messengers_of(parts: Parts) -> dict[str, Messenger]:
    """The ways to reach customers that are configured."""
    found: dict[str, Messenger] = {}
    if parts.settings.sms_url:
        found["sms"] = SmsGateway(parts.settings.sms_url, parts.session)
    if parts.settings.smtp_url:
        found["email"] = Mailbox(parts.settings.smtp_url)
    return found


@asynccontextmanager
async def running(settings: Settings, clock: Clock | None = None, *, warm: bool = True) -> AsyncIterator[Bot]:
    """A bot with its database migrated and open, its channels listening and its workers at work.

    ``warm`` brings up the process that draws charts now, rather than with the first chart.
    Raises DatabaseError when another bot uses the same SQLite file.
    """
    clock = clock or start_clock(settings.bot_now)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_bot(settings.database_url))
        seals.configure(settings.audit_key, settings.audit_key_old)
        await migrate(settings.database_url)
        await stack.enter_async_context(database(settings.database_url))
        await publish_shipped(settings.policy, clock.now())
        await begin_empty(clock.now())
        parts = await make_parts(settings, clock, stack)
        yield await _assemble(parts, stack, warm=warm)


async def make_parts(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Parts:
    session = await stack.enter_async_context(aiohttp.ClientSession())
    store = open_store(settings.redis_url)
    stack.push_async_callback(store.close)
    desk = Desk(settings.bot_timezone)
    quota = settings.dingtalk.monthly_calls if settings.dingtalk else 0
    meter = CallCounter(lambda: clock.now().astimezone(desk.zone), quota)
    return Parts(settings, clock, desk, session, store, meter)


async def _assemble(parts: Parts, stack: AsyncExitStack, *, warm: bool) -> Bot:
    channels: dict[str, Channel] = {}
    reach = Reach(parts.desk, channels, group_homes(parts.settings), parts.store, group_places(parts.settings))
    renderer = ChartRenderer()
    links = Links.of(parts.settings)
    definitions = Definitions(parts.desk, renderer, links, parts.local)
    cards = CardDesk(parts.desk, reach, parts.local, definitions)
    cases = CaseLinks.of(parts.settings)
    customers = CustomerPage(parts.desk, cases, parts.store, parts.local)
    payments = Payments(parts.desk, shop_of(parts), messengers_of(parts), parts.local, cases.url)
    delivery = Deliverer(
        parts.desk, reach, cards, payments, Pictures(renderer, parts.desk).draw, definitions, customers, parts.local
    )
    outbox = OutboxWorker(delivery, parts.clock.now)
    intake = Intake(parts.desk, parts.clock, outbox.wake, reach.seen, reach.codes, reach.attached)
    channels.update(channels_of(parts, intake))
    stack.push_async_callback(parts.meter.flush)
    ticks = Ticks(parts.desk, parts.clock, parts.meter, outbox.wake, channels)
    intake.staff_changed = ticks.refresh_soon
    await take_back(None if sqlite_path(parts.settings.database_url) else parts.clock.now())
    stack.push_async_callback(renderer.stop)
    _in_background(stack, outbox.run, intake.work, *([renderer.start] if warm else []))
    for channel in channels.values():
        await channel.start()
        stack.push_async_callback(channel.stop)
    scheduler = ticks.start()
    stack.callback(scheduler.shutdown, wait=False)
    page = DefinitionPage(links, definitions, parts.clock, Uploads(parts.desk, reach, parts.local, outbox.wake).receive)
    app = _web(channels, parts, page, customers)
    return Bot(parts.settings, parts.desk, parts.clock, intake, outbox, ticks, parts.meter, channels, app)


def _web(channels: Mapping[str, Channel], parts: Parts, *pages: DefinitionPage | CustomerPage) -> web.Application:
    """Everything that the bot answers over HTTP."""
    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(Ops(channels, parts.clock.now).routes())
    for page in pages:
        app.add_routes(page.routes())
    for channel in channels.values():
        app.add_routes(channel.routes())
    return app


def _in_background(stack: AsyncExitStack, *jobs: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run coroutines beside the rest, with a reference kept until they are cancelled and awaited at the end."""
    tasks = [asyncio.create_task(job()) for job in jobs]

    async def end() -> None:
        while left := [task for task in tasks if not task.done()]:
            for task in left:  # again and again: what a library swallows once must not keep the bot from ending
                task.cancel()
            await asyncio.wait(left, timeout=1)
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    stack.push_async_callback(end)


@asynccontextmanager
async def listening(bot: Bot, host: str, port: int) -> AsyncIterator[str]:
    """The bot's callbacks and probes on ``host:port`` (0 picks a free one); the base URL. Raises OSError if taken."""
    runner = web.AppRunner(bot.web, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
