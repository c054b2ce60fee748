"""The bot's DingTalk channel against the fake DingTalk, with an intake that only notes what came."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.base import Meter
from bot.channels.dingtalk import DingTalkChannel
from bot.channels.dingtalk.stream import Timings
from bot.runtime.clock import Clock
from bot.store.memory import MemoryStore
from cards.types import Button, Card, Fact, Select
from config.settings import DingTalkSettings
from handlers.chat.events import Message, Tap
from tests.peers.dingtalk.desk import CLIENT, GROUP, KEY, SECRET, Desk, an_app, open_desk, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from handlers.chat.events import Event
    from sandbox.dingtalk import Limits
    from sandbox.world import Item

TIMINGS = Timings(idle=5.0, first=0.02, longest=0.5, refused=5.0, tap=0.3)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
APPROVAL = Card(
    "审批：退款 ¥2,880.00",
    "质量问题 · 开机无反应",
    (Fact("单号", "R20261122-0007"), Fact("客户", "李** · 半年 9 单退 1"), Fact("时限", "已超时 2 小时", alert=True)),
    (Button("同意", "a:7:1", "primary"), Button("转交", "t:7:1"), Button("驳回", "r:7:1", "danger")),
    Select("opinion", "意见", (("ok", "符合政策"), ("no", "不符合政策")), "no"),
)
RECORD = Card("已同意：退款 ¥2,880.00", "王组长 14:03 同意", (Fact("单号", "R20261122-0007"),), verdict="已同意")


class Inbox:
    """Keeps each event once, answers taps with ``card``; can be slow, or broken so many times more."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.missed_taps: list[tuple[str, Card | None]] = []  #: whose answer came too late, and what it was
        self.knocks = 0
        self.card: Card | None = None
        self.slow = 0.0
        self.ready = asyncio.Event()  #: nothing is decided before
        self.ready.set()
        self.broken = 0

    async def accept(self, event: Event) -> None:
        self.knocks += 1
        await asyncio.sleep(self.slow)
        await self.ready.wait()
        if self.broken:
            self.broken -= 1
            raise ConnectionError("the database is away")
        if event.event_id not in {each.event_id for each in self.events}:
            self.events.append(event)

    async def tap(self, tap: Tap) -> Card | None:
        await self.accept(tap)
        return self.card

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        self.missed_taps.append((tap.event_id, face))

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Message)]

    @property
    def taps(self) -> list[Tap]:
        return [event for event in self.events if isinstance(event, Tap)]


@dataclass
class Bot:
    """One channel and the platform on its other end."""

    desk: Desk
    channel: DingTalkChannel
    inbox: Inbox
    store: MemoryStore
    metered: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    url: str = ""

    def meter(self, platform: str, api: str, counted: bool) -> None:
        assert platform == "dingtalk"
        self.metered[api] += 1
        self.counted[api] += counted

    async def online(self) -> None:
        """Start and wait until the platform sees the bot."""
        await self.channel.start()
        await until(lambda: self.channel.problem is None and bool(self.desk.fake.connections))

    def cards(self, userid: str = "lin") -> list[Item]:
        return self.desk.shown(userid, "card")

    async def approval(self, token: str = "t-1", userid: str = "lin") -> Item:
        """The approval card as it stands on a phone."""
        await self.channel.send(userid, APPROVAL, token=token)
        return self.cards(userid)[-1]


def settings(url: str = "http://127.0.0.1:1", **changes: Any) -> DingTalkSettings:
    keys = {"client_id": CLIENT, "client_secret": SECRET, "robot_code": CLIENT, "token": "123456", "aes_key": KEY}
    keys["corp_id"] = "dingcorp"
    return DingTalkSettings.model_validate(keys | {"api_base": url, "oapi_base": url} | changes)


def a_bot(
    desk: Desk, *, timings: Timings = TIMINGS, public_url: str = "", shared: MemoryStore | None = None, **changes: Any
) -> Bot:
    """A channel for ``desk``, not started yet; of another process than the one whose memory it has ``shared``."""
    inbox, store = Inbox(), shared or MemoryStore()
    bot = Bot(desk, None, inbox, store, url=public_url)  # type: ignore[arg-type] # given two lines below
    bot.channel = DingTalkChannel(
        settings(desk.url, **changes),
        {"风控群": GROUP},
        intake=inbox,
        session=desk.http,
        clock=Clock(desk.world.clock.now, time.time),
        meter=Meter(bot.meter, spent),
        store=store,
        public_url=public_url,
        timings=timings,
    )
    desk.closing.push_async_callback(bot.channel.stop)
    return bot


async def spent(platform: str) -> int:
    raise AssertionError(f"nobody asks what {platform} has spent")


def texts(bot: Bot, chat: str = "lin") -> list[str]:
    """The words that stand on a phone, or in a group."""
    return [item.body["content"] for item in bot.desk.shown(chat, "text")]


@asynccontextmanager
async def stream_bot(limits: Limits | None = None, **changes: Any) -> AsyncIterator[Bot]:
    async with open_desk(limits=limits) as desk:
        yield a_bot(desk, **changes)


@asynccontextmanager
async def http_bot(**changes: Any) -> AsyncIterator[Bot]:
    """The platform and the bot each on a port of their own, told of each other."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        async with open_desk(an_app("http", url)) as desk:
            bot = a_bot(desk, public_url=url, **{"mode": "http"} | changes)
            app = web.Application()
            app.add_routes(bot.channel.routes())
            runner = web.AppRunner(app)
            await runner.setup()
            desk.closing.push_async_callback(runner.cleanup)
            await web.SockSite(runner, door).start()
            yield bot
