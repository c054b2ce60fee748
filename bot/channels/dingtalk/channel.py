"""DingTalk as a channel of the bot: an internal app's robot and cards, over Stream or over HTTP."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.channels.base import ChannelError, Rejected, Retryable, Sent
from bot.channels.dingtalk.api import Api
from bot.channels.dingtalk.app import App
from bot.channels.dingtalk.callbacks import Callbacks
from bot.channels.dingtalk.card_delivery import CardDelivery
from bot.channels.dingtalk.clicks import Clicks
from bot.channels.dingtalk.contacts import contacts
from bot.channels.dingtalk.frame_handler import FrameHandler
from bot.channels.dingtalk.health import Health
from bot.channels.dingtalk.http import CallbackRoutes
from bot.channels.dingtalk.media import MediaStore
from bot.channels.dingtalk.message_delivery import MessageDelivery
from bot.channels.dingtalk.namespace import Namespace
from bot.channels.dingtalk.pace import Pace
from bot.channels.dingtalk.robot import Robot
from bot.channels.dingtalk.stream import StreamClient, Timings
from bot.channels.dingtalk.tokens import Tokens
from bot.channels.dingtalk.wire import Wire
from bot.runtime.supervision import Supervisor
from cards.types import Card
from config.settings import HTTP_CAUTION

if TYPE_CHECKING:
    from aiohttp import ClientSession, web

    from bot.channels.base import CardRef, Circular, Contact, Intake, Meter
    from bot.runtime.clock import Clock
    from bot.store.base import Store
    from cards.types import Content
    from config.settings import DingTalkSettings
    from handlers.chat.events import Media, ReplyTo

log = logging.getLogger(__name__)


class DingTalkChannel:
    """Implements ``bot.channels.base.Channel``; ``groups`` leads from a group's name to its conversation id.

    Cards are delivered once whatever happens; texts, pictures and files at least once (dingtalk.md §4.7).
    """

    platform = "dingtalk"

    def __init__(  # noqa: PLR0913 - everything that a channel needs from outside, each by name
        self,
        settings: DingTalkSettings,
        groups: dict[str, str],
        *,
        intake: Intake,
        session: ClientSession,
        clock: Clock,
        meter: Meter,
        store: Store,
        public_url: str,
        timings: Timings | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._supervisor = supervisor or Supervisor()
        health = Health()
        self._app = App(settings, intake, Wire(session, health), clock, meter, health, public_url)
        self._groups, self._store = groups, store
        self._api = Api(self._app, Tokens(self._app), Pace(store.counters, settings.client_id))
        namespace = Namespace(store)
        robot = Robot(self._app, self._api, namespace)
        self._card_delivery = CardDelivery(self._app, self._api, robot, namespace)
        self._media_store = MediaStore(self._api, namespace, session, settings.robot_code)
        self._message_delivery = MessageDelivery(robot, self._media_store, clock)
        self._timings = timings or Timings()
        self._clicks = Clicks(namespace)
        self._callbacks = Callbacks(self._app, self._card_delivery, robot, self._clicks, self._timings.tap)
        self._stream = StreamClient(
            self._app, session, FrameHandler(self._callbacks).answer, self._timings, self._supervisor
        )
        self._registering: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        return CallbackRoutes(self._app, self._callbacks, self._store).routes() if self._in_http_mode else []

    async def start(self) -> None:
        if self._in_http_mode:
            log.warning(HTTP_CAUTION)
            self._app.health.note("register", "正在登记钉钉卡片的回调地址")
            worker = self._supervisor.worker("dingtalk-register", "钉钉回调地址的登记")
            self._registering = asyncio.create_task(self._supervisor.keep(worker, self._register, ends=True))
        else:
            self._stream.start()

    async def stop(self) -> None:
        if self._registering:
            self._registering.cancel()
            await asyncio.gather(self._registering, return_exceptions=True)
        await self._stream.stop()
        await self._callbacks.close()
        await self._clicks.close()

    @property
    def problem(self) -> str | None:
        return self._app.health.summary

    @property
    def quota_exhausted(self) -> bool:
        """Whether messages come without their text, because the month's allowance is used up (KB 1433)."""
        return self._callbacks.quota_exhausted

    @property
    def circular(self) -> Circular:
        """Words, a picture or a file for up to twenty people are one call of the month's quota (KB 1431)."""
        return self._message_delivery

    async def send(
        self, userid: str, content: Content, *, token: str = "", reply: ReplyTo | None = None, again: int = 0
    ) -> Sent:
        """A card with a ``token`` stands and can be redrawn; without one it is shown as words.

        An outTrackId makes a card once whoever asks (dingtalk.md §3.2); words may come twice, and then say so.
        """
        if isinstance(content, Card) and token:
            await self._card_delivery.deliver(userid, content, token)
        elif not await self._message_delivery.answer(reply, content, again):
            failed = await self._message_delivery.send([userid], content, again)
            if userid in failed:
                raise failed[userid]
        return Sent()

    async def send_group(self, group: str, content: Content, *, reply: ReplyTo | None = None, again: int = 0) -> None:
        """Cards are shown as words here: nobody's button would know who may tap it."""
        if not await self._message_delivery.answer(reply, content, again):
            await self._message_delivery.send_group(self._groups.get(group, group), content, again)

    async def update(self, card: CardRef, content: Card) -> None:
        await self._clicks.over(card.token)
        await self._card_delivery.update(card.token, content)

    async def download(self, media: Media) -> bytes:
        return await self._media_store.download(media.ref)

    async def contacts(self) -> list[Contact]:
        return await contacts(self._api)

    @property
    def _in_http_mode(self) -> bool:
        return self._app.settings.mode == "http"

    async def _register(self) -> None:
        """Try until the platform knows where taps go; only then is the channel ready."""
        while True:
            try:
                await self._card_delivery.register()
            except ChannelError as error:
                log.warning("dingtalk card callback not registered: %s", error)
                self._app.health.note("register", f"钉钉卡片的回调地址没有登记上：{error}")
                await asyncio.sleep(self._pause(error))
            else:
                self._app.health.clear("register")
                return

    def _pause(self, error: ChannelError) -> float:
        if isinstance(error, Rejected):
            return self._timings.refused
        return min(self._timings.longest, error.retry_after if isinstance(error, Retryable) else 0)
