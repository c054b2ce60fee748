"""Puts the bot together from its settings, and takes it apart again in reverse."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot.background import FAREWELL_SECONDS, Kept, in_background, last_words
from bot.channels.base import Meter
from bot.inbox.attachments import Attachments
from bot.inbox.door import Door
from bot.inbox.intake import Intake
from bot.inbox.worker import InboxWorker
from bot.jobs.retention import Pruner
from bot.jobs.schedule import Ticks
from bot.outbox.alarm import Alarm
from bot.outbox.cards import CardDesk
from bot.outbox.definitions import Definitions
from bot.outbox.delivery import Deliverer
from bot.outbox.keyring import open_keyring
from bot.outbox.links import CaseLinks, Links
from bot.outbox.payments import Payments
from bot.outbox.reach import Reach
from bot.outbox.renderer import ChartRenderer
from bot.outbox.reports import Pictures
from bot.outbox.worker import OutboxWorker
from bot.runtime.clock import start_clock
from bot.runtime.glances import Pulse
from bot.runtime.leases import Replicas
from bot.runtime.meter import CallCounter
from bot.runtime.supervision import Supervisor
from bot.store.opening import open_store
from bot.store.photos import StoreWatch, outside, store_of
from bot.web.connections import CONNECTIONS, Connections, at_work
from bot.web.customer_page import CustomerPage
from bot.web.definition_page import DefinitionPage
from bot.web.gate import gate
from bot.web.hooks import Hooks
from bot.web.ops import Ops
from bot.web.uploads import Uploads
from connectors.messengers import Mailbox, SmsGateway
from connectors.shops import ByHand, HttpShop
from flow.desk import Desk
from flow.publishing.release import publish_shipped
from flow.records.anchors import begin_empty
from flow.records.outbox import MANAGERS
from models import seals
from models.database.connection import database, migrate, sqlite_path
from models.database.sessions import Mark
from models.database.solo import only_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.channels.base import Channel
    from bot.channels.base import Intake as Knocked
    from bot.runtime.clock import Clock
    from bot.store.fallback import FallbackStore
    from bot.store.memory import MemoryStore
    from cards.types import Content
    from config.settings import Settings
    from connectors.base import Messenger, Shop

STATEMENT_SECONDS = 60.0  # of one statement on PostgreSQL: a line that is dead is known to be then
LINGER_SECONDS = 1.0  # for the rest of a body that is not read


@dataclass(slots=True)
class Bot:
    """A running bot, as its own tests and benchmarks see it."""

    settings: Settings
    desk: Desk
    clock: Clock
    intake: Intake
    inbox: InboxWorker
    outbox: OutboxWorker
    ticks: Ticks
    meter: CallCounter
    channels: dict[str, Channel]
    supervisor: Supervisor
    web: web.Application

    async def settled(self) -> None:
        """Until everything that came in is handled and everything due has been said."""
        while self.inbox.busy or self.outbox.busy or not await self._idle():  # noqa: ASYNC110
            await asyncio.sleep(0.002)

    async def _idle(self) -> bool:
        return await self.inbox.idle() and await self.outbox.idle()


@dataclass(slots=True)
class Parts:
    """What channels and workers share while they are put together."""

    settings: Settings
    clock: Clock
    desk: Desk
    session: aiohttp.ClientSession
    store: MemoryStore | FallbackStore
    meter: CallCounter
    supervisor: Supervisor = field(default_factory=Supervisor)

    def local(self) -> datetime:
        return self.clock.now().astimezone(self.desk.zone)


def channels_of(parts: Parts, intake: Knocked) -> dict[str, Channel]:
    """The channels that settings turn on; a platform's library is imported only then."""
    settings, found = parts.settings, dict[str, "Channel"]()
    shared = {"intake": intake, "session": parts.session, "clock": parts.clock, "store": parts.store}
    shared["supervisor"] = parts.supervisor
    shared["meter"] = Meter(parts.meter.add, parts.meter.spent)
    if settings.wecom:
        from bot.channels.wecom.channel import WeComChannel

        found["wecom"] = WeComChannel(settings.wecom, settings.group_robots, **shared)  # type: ignore[arg-type]
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
async def running(
    settings: Settings, clock: Clock | None = None, renderer: ChartRenderer | None = None
) -> AsyncIterator[Bot]:
    """A bot with its database migrated and open, its channels listening and its workers at work.

    ``renderer`` draws for this bot as for others: whoever gives it brings it up and stops it. Without one the bot has
    its own, whose process it brings up now rather than with the first chart.
    Raises DatabaseError when another bot uses the same SQLite file.
    """
    clock = clock or start_clock(settings.bot_now)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_bot(settings.database_url))
        seals.configure(settings.audit_key, settings.audit_key_old)
        await migrate(settings.database_url)
        await stack.enter_async_context(database(settings.database_url, STATEMENT_SECONDS))
        await publish_shipped(settings.policy, clock.now())
        await begin_empty(clock.now())
        parts = await make_parts(settings, clock, stack)
        yield await _assemble(parts, stack, renderer)


async def make_parts(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Parts:
    session = await stack.enter_async_context(aiohttp.ClientSession())
    store = open_store(settings.redis_url)
    stack.push_async_callback(store.close)
    desk = Desk(settings.bot_timezone)
    quota = settings.dingtalk.monthly_calls if settings.dingtalk else 0
    meter = CallCounter(lambda: clock.now().astimezone(desk.zone), quota)
    return Parts(settings, clock, desk, session, store, meter)


async def _assemble(parts: Parts, stack: AsyncExitStack, shared: ChartRenderer | None) -> Bot:
    channels: dict[str, Channel] = {}
    reach = Reach(parts.desk, channels, group_homes(parts.settings), parts.store, group_places(parts.settings))
    renderer = shared or _own_renderer(stack)
    keys = await open_keyring(parts.settings, parts.clock.now())
    definitions = Definitions(parts.desk, renderer, Links.of(parts.settings, keys), parts.local)
    cards = CardDesk(parts.desk, reach, parts.local, definitions)
    customers = CustomerPage(parts.desk, CaseLinks.of(parts.settings, keys), parts.store, parts.local, keys.renew)
    payments = Payments(parts.desk, shop_of(parts), messengers_of(parts), parts.local, customers.url)
    delivery = Deliverer(
        parts.desk, reach, cards, payments, Pictures(renderer, parts.desk).draw, definitions, customers.invitation,
        parts.local, outside(parts.settings),
    )  # fmt: skip
    replicas = await _joined(parts.settings, stack)
    outbox = OutboxWorker(delivery, parts.clock.now, replicas)
    inbox = InboxWorker(parts.desk, parts.clock, outbox.wake, Attachments(channels), replicas)
    intake = Intake(parts.desk, parts.clock, outbox.wake, reach.seen, inbox.wake)
    door = Door(intake, channels)
    stack.push_async_callback(door.close)
    channels.update(channels_of(parts, door))
    stack.push_async_callback(last_words, parts.meter.flush)
    ticks = Ticks(parts.desk, parts.clock, parts.meter, outbox.wake, channels, _pruner(parts).run, parts.supervisor)
    inbox.staff_changed, replicas.taken_over = ticks.refresh_soon, (outbox.wake, inbox.wake)
    ops = _supervise(parts, stack, channels, (inbox, outbox, replicas), None if shared else renderer)
    await _open(channels, ticks, stack)
    receive = Uploads(parts.desk, reach, parts.local, outbox.wake).receive
    page = DefinitionPage(definitions.links, definitions, parts.clock, receive, keys.renew)
    hooks = Hooks(parts.desk, keys, parts.local, keys.renew, outbox.wake)
    app = _web(ops, page, customers, hooks, *channels.values())
    return Bot(
        parts.settings, parts.desk, parts.clock, intake, inbox, outbox, ticks, parts.meter, channels, parts.supervisor,
        app,
    )  # fmt: skip


def _own_renderer(stack: AsyncExitStack) -> ChartRenderer:
    renderer = ChartRenderer()
    stack.push_async_callback(renderer.stop)
    return renderer


async def _joined(settings: Settings, stack: AsyncExitStack) -> Replicas:
    """This process as one of the replicas, until it stops."""
    alone = sqlite_path(settings.database_url) is not None
    replicas = Replicas(mark=None if alone else Mark(settings.database_url))
    await replicas.join(alone=alone)
    stack.push_async_callback(last_words, replicas.leave)
    return replicas


def _supervise(
    parts: Parts, stack: AsyncExitStack, channels: dict[str, Channel],
    queues: tuple[InboxWorker, OutboxWorker, Replicas], renderer: ChartRenderer | None,
) -> Ops:  # fmt: skip
    """Set all that runs for as long as the bot does to work, watched; what tells of it."""
    pulse, photos = Pulse(parts.settings.database_url, parts.clock.now), StoreWatch(store_of(parts.settings))
    ops = Ops(channels, pulse, parts.supervisor, parts.store, photos)
    bell = Alarm(lambda: ops.troubles, _managers(channels, parts.settings), slow=channels.keys())
    kept = Kept(parts.supervisor, *queues, (pulse, bell, parts.store, photos), renderer)
    in_background(stack, *kept.jobs())
    return ops


async def _open(channels: Mapping[str, Channel], ticks: Ticks, stack: AsyncExitStack) -> None:
    """Let events in, and time pass."""
    for channel in channels.values():
        await channel.start()
        stack.push_async_callback(channel.stop)
    scheduler = ticks.start()
    stack.callback(scheduler.shutdown, wait=False)


def _pruner(parts: Parts) -> Pruner:
    return Pruner(parts.settings.keep, store_of(parts.settings), parts.clock.now)


def _managers(channels: Mapping[str, Channel], settings: Settings) -> Callable[[Content], Awaitable[None]]:
    """What says something in the administrators' group, where there is one. Raises ChannelError."""

    async def say(words: Content) -> None:
        if channel := channels.get(group_homes(settings).get(MANAGERS, "")):
            await channel.send_group(MANAGERS, words)

    return say


def _web(*places: Ops | DefinitionPage | CustomerPage | Hooks | Channel) -> web.Application:
    """Everything that the bot answers over HTTP; whatever takes a body reads it within limits of its own."""
    app = web.Application(middlewares=[at_work, gate])
    app[CONNECTIONS] = Connections()
    for place in places:
        app.add_routes(place.routes())
    return app


@asynccontextmanager
async def listening(bot: Bot, host: str, port: int) -> AsyncIterator[str]:
    """The bot's callbacks and probes on ``host:port`` (0 picks a free one); the base URL. Raises OSError if taken."""
    runner = web.AppRunner(bot.web, access_log=None, shutdown_timeout=FAREWELL_SECONDS, lingering_time=LINGER_SECONDS)
    await runner.setup()
    try:
        if runner.server is None:
            raise RuntimeError("the runner is not set up")
        async with bot.web[CONNECTIONS].listening(runner.server, host, port) as taken:
            yield f"http://{host}:{taken}"
    finally:
        await runner.cleanup()
