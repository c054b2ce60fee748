"""The bot's WeCom channel against the fake WeCom, over real HTTP, with an inbox that only notes what came."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.channels.base import Meter
from bot.channels.wecom import WeComChannel
from bot.runtime.clock import Clock
from bot.store.memory import MemoryStore
from cards.types import Button, Card, Fact, Select
from config.settings import WeComSettings
from handlers.chat.events import Message, Tap
from sandbox.clock import Clock as SandboxClock
from sandbox.wecom import WeCom, WeComApp
from sandbox.world import Item, Person, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store.base import Store
    from handlers.chat.events import Event

CORP, AGENT, SECRET = "wwcorp0001", 1000002, "app-secret"
TOKEN, AES_KEY = "callbackToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)

PEOPLE = [
    Person("王组长", ("客服组长",), wecom="WangWu"),
    Person("小林", ("客服",), wecom="lin", manager="王组长"),
    Person("赵总监", ("运营总监",), wecom="zhao"),
]
APPROVAL = Card(
    "审批：退款 ¥2,880.00",
    "质量问题 · 开机无反应",
    (Fact("单号", "R20261122-0007"), Fact("时限", "已超时 2 小时 10 分", alert=True)),
    (Button("同意", "a:7:1", "primary"), Button("转交", "t:7:1"), Button("驳回", "r:7:1", "danger")),
    Select("opinion", "意见", (("ok", "符合政策"), ("no", "不符合政策")), "ok"),
)
RECORD = Card(
    "已同意：退款 ¥2,880.00",
    "赵总监 今天 14:03 · 用时 12 分 ]]> <b>",
    (Fact("单号", "R20261122-0007"),),
    select=APPROVAL.select,
    verdict="已同意",
)


def settings(api_base: str = "http://127.0.0.1", secret: str = SECRET) -> WeComSettings:
    keys = {"corp_id": CORP, "agent_id": AGENT, "secret": secret, "token": TOKEN, "aes_key": AES_KEY}
    return WeComSettings.model_validate(keys | {"api_base": api_base})


class Inbox:
    """An intake that notes events once each, answers taps with ``card``, and can be slow or broken."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.missed_taps: list[tuple[str, Card | None]] = []  #: whose answer came too late, and what it was
        self.knocks = 0
        self.card: Card | None = None
        self.slow = 0.0
        self.ready = asyncio.Event()  #: nothing is decided before
        self.ready.set()
        self.broken = 0  #: how many more times it fails

    async def accept(self, event: Event) -> None:
        self.knocks += 1
        await self._trouble()
        if event.event_id not in {each.event_id for each in self.events}:
            self.events.append(event)

    async def tap(self, tap: Tap) -> Card | None:
        await self.accept(tap)
        return self.card

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        self.missed_taps.append((tap.event_id, face))

    async def _trouble(self) -> None:
        await asyncio.sleep(self.slow)
        await self.ready.wait()
        if self.broken:
            self.broken -= 1
            raise ConnectionError("the database is away")

    @property
    def words(self) -> list[str]:
        return [each.text for each in self.events if isinstance(each, Message)]

    @property
    def taps(self) -> list[Tap]:
        return [each for each in self.events if isinstance(each, Tap)]


class Desk:
    """The channel, the fake behind it, and its people's phones."""

    def __init__(self, base: str, wecom: WeCom, channel: WeComChannel, inbox: Inbox, calls: Counter[str]) -> None:
        self.base, self.wecom, self.channel, self.inbox, self.metered = base, wecom, channel, inbox, calls
        self.phones = wecom.phones

    def phone(self, userid: str) -> list[Item]:
        return self.wecom.desk.world.phone("wecom", userid)

    def last(self, userid: str) -> Item:
        return self.phone(userid)[-1]

    def later(self, **span: float) -> None:
        self.wecom.desk.world.clock.advance(timedelta(**span))

    def arm(self, trouble: str, api: str, times: int = 1, seconds: float = 0.0) -> None:
        self.wecom.faults.arm(trouble, api, times=times, seconds=seconds)  # type: ignore[arg-type]


def hangs_up_once(here: Desk) -> None:
    """The platform waits for the next tap in vain; when it brings it again that is decided, and it is answered."""
    callback, asked = here.channel._callback, 0
    deciding = callback._deciding
    here.inbox.ready.clear()

    def counted(tap: Tap) -> asyncio.Task[Card | None]:
        nonlocal asked
        asked += 1
        callback._tap_seconds = 0.0 if asked == 1 else 60.0
        if asked > 1:
            here.inbox.ready.set()
        return deciding(tap)

    callback._deciding = counted  # type: ignore[method-assign]


#: keys of each group's robots, the new one first; the platform knows ``k-risk`` alone
ROBOTS = {"风控群": ["k-risk"], "旧群": ["gone"], "换新": ["k-risk", "gone"], "没换": ["not-yet", "k-risk"]}


@asynccontextmanager
async def desk(secret: str = SECRET, store: Store | None = None, tap_seconds: float = 4.0) -> AsyncIterator[Desk]:
    """Platform and callback share one server, whose port must be known before either is made.

    The bot's clock is the sandbox's, hours or years away from the machine's, as with ``BOT_NOW``.
    """
    sock = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    world = World(PEOPLE, clock=SandboxClock(START))
    app = WeComApp(CORP, AGENT, SECRET, TOKEN, AES_KEY, f"{base}/wecom/callback")
    wecom, inbox, calls = WeCom(world, app, {"k-risk": "风控群"}), Inbox(), Counter[str]()
    wecom.push.retry_pause = 0.01
    async with ClientSession() as session:
        channel = WeComChannel(
            settings(base, secret),
            {name: [f"{base}/cgi-bin/webhook/send?key={key}" for key in keys] for name, keys in ROBOTS.items()},
            intake=inbox,
            session=session,
            clock=Clock(world.clock.now, time.time),
            meter=Meter(lambda _platform, api, _counted: calls.update([api]), nothing_spent),
            store=store or MemoryStore(),
            tap_seconds=tap_seconds,
        )
        site = web.Application()
        site.add_routes([*wecom.routes(), *channel.routes()])
        async with TestServer(site, socket_factory=lambda *_: sock):
            yield Desk(base, wecom, channel, inbox, calls)
            await channel.stop()
            await wecom.close()


async def nothing_spent(_platform: str) -> int:
    return 0
