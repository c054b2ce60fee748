"""WeCom as a channel of the bot: one self-built app for people, robots for groups."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.channels.base import Retryable, Sent
from bot.channels.wecom.api import WeComApi
from bot.channels.wecom.callback import TAP_SECONDS, Callback
from bot.channels.wecom.contacts import read_contacts
from bot.channels.wecom.people import People
from bot.channels.wecom.webhooks import Webhooks
from bot.channels.wecom.wire import Wire
from bot.runtime.supervision import Supervisor
from bot.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import ClientSession, web

    from bot.channels.base import CardRef, Contact, Intake, Meter
    from bot.channels.wecom.webhooks import Addresses
    from bot.runtime.clock import Clock
    from bot.store.base import Store
    from cards.types import Card, Content
    from config.settings import WeComSettings
    from handlers.chat.events import Media, ReplyTo

log = logging.getLogger(__name__)


class WeComChannel:
    """Implements ``bot.channels.base.Channel``; ``webhooks`` leads from a group's name to its robots' URLs."""

    platform = "wecom"
    circular = None  #: its calls are not charged for

    def __init__(  # noqa: PLR0913 - everything that a channel needs from outside, each by name
        self,
        settings: WeComSettings,
        webhooks: Addresses,
        *,
        intake: Intake,
        session: ClientSession,
        clock: Clock,
        meter: Meter,
        store: Store,
        tap_seconds: float = TAP_SECONDS,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._supervisor = supervisor or Supervisor()
        wire = Wire(session, meter)
        self._api = WeComApi(settings, wire, store)
        self._people = People(self._api, store, clock)
        self._webhooks = Webhooks(webhooks, wire, store, clock)
        self._callback = Callback(settings, intake, clock, tap_seconds)
        self._priming: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        return self._callback.routes()

    async def start(self) -> None:
        worker = self._supervisor.worker("wecom-token", "企业微信凭证的获取")
        self._priming = asyncio.create_task(self._supervisor.keep(worker, self._prime, ends=True))

    async def stop(self) -> None:
        if self._priming:
            self._priming.cancel()
            await asyncio.gather(self._priming, return_exceptions=True)
        await self._callback.close()

    @property
    def problem(self) -> str | None:
        return self._api.problem

    async def send(
        self, userid: str, content: Content, *, token: str = "", reply: ReplyTo | None = None, again: int = 0
    ) -> Sent:
        """``reply`` is DingTalk's; here an answer is a message like any other."""
        with _store_watched():
            return await self._people.send(userid, content, token, again=again)

    async def send_group(self, group: str, content: Content, *, reply: ReplyTo | None = None, again: int = 0) -> None:
        """``group`` is a configured name: an app hears nothing from groups (D/90235), so there is no chat id."""
        with _store_watched():
            await self._webhooks.send(group, content, again)

    async def update(self, card: CardRef, content: Card) -> None:
        """One use of the card's code, within 72 h. Raises Rejected ``stale`` when it can't be redrawn any more."""
        with _store_watched():
            await self._people.update(card, content)

    async def download(self, media: Media) -> bytes:
        with _store_watched():
            return await self._api.download(media.ref)

    async def contacts(self) -> list[Contact]:
        with _store_watched():
            return await read_contacts(self._api.get)

    async def _prime(self) -> None:
        """Until a token is there, so that ``problem`` goes away by itself when the settings have been mended."""
        while True:
            try:
                with _store_watched():
                    return await self._api.prime()
            except Retryable as error:
                log.warning("wecom is not ready: %s", error)
                await asyncio.sleep(error.retry_after)


@contextmanager
def _store_watched() -> Iterator[None]:
    try:
        yield
    except StoreDown as error:
        raise Retryable(f"共享存储连不上（{error}）", 5.0) from error
