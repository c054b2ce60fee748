"""``/wecom/callback``: verified, stored, and only then acknowledged (wecom.md §2)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels import bodies
from bot.channels.bodies import BadBody
from bot.channels.wecom.cards import to_update
from bot.channels.wecom.envelope import Envelope
from bot.channels.wecom.parse import Malformed, Unreadable, parse
from bot.channels.wecom.xml import document
from handlers.chat.events import Tap

if TYPE_CHECKING:
    from bot.channels.base import Intake
    from bot.channels.wecom.envelope import Letter
    from bot.runtime.clock import Clock
    from cards.types import Card
    from config.settings import WeComSettings
    from handlers.chat.events import Event

log = logging.getLogger(__name__)

PATH = "/wecom/callback"
TAP_SECONDS = 4.0  #: the platform hangs up after 5 (D/90238)
ASKS_AGAIN = 3.0  #: seconds in which the platform brings again what was not answered (wecom.md §2.3)
CLOSE_SECONDS = 3.0  #: for taps that are being decided when the bot stops


class Callback:
    """The app's door. A tap's answer is in the response, everything else is answered later by a message."""

    def __init__(self, settings: WeComSettings, intake: Intake, clock: Clock, tap_seconds: float) -> None:
        self._settings = settings
        self._envelope = Envelope(settings, clock)
        self._intake = intake
        self._clock = clock
        self._tap_seconds = tap_seconds
        self._asks_again = ASKS_AGAIN
        self._taps: dict[str, asyncio.Task[Card | None]] = {}
        self._unheard: set[str] = set()  #: taps that were decided too late, and have not been asked about again
        self._following: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._verify, allow_head=False), web.post(PATH, self._receive)]

    async def close(self) -> None:
        """Let running taps come to their end, then cut them off: WeCom sends again what was not answered."""
        for following in self._following:
            following.cancel()
        tasks = set(self._taps.values())
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _verify(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=self._envelope.echo(request.query))
        except Unreadable as error:
            return _refused(error)

    async def _receive(self, request: web.Request) -> web.Response:
        try:
            letter = self._envelope.open(request.query, await bodies.read(request))
            event = parse(letter.xml, self._settings.agent_id)
        except (BadBody, Unreadable) as error:
            return _refused(error)
        if event is None:
            return web.Response()
        return await self._tap(event, request, letter) if isinstance(event, Tap) else await self._accept(event)

    async def _accept(self, event: Event) -> web.Response:
        try:
            await self._intake.accept(event)
        except Exception:
            log.exception("wecom event %s was not stored", event.event_id)
            return web.Response(status=500)
        return web.Response()

    async def _tap(self, tap: Tap, request: web.Request, letter: Letter) -> web.Response:
        task = self._deciding(tap)
        try:
            card = await asyncio.wait_for(asyncio.shield(task), self._tap_seconds)
        except TimeoutError:
            log.warning("wecom tap %s is not decided in time, the platform will ask again", tap.event_id)
            self._watch(tap, task)
            return web.Response(status=500)
        except Exception:  # noqa: BLE001 - logged where the task ends
            return web.Response(status=500)
        if request.transport is None:  # it has hung up, and will ask again
            self._watch(tap, task)
        else:
            self._unheard.discard(tap.event_id)
        return web.Response() if card is None else self._redraw(tap.userid, card, letter)

    def _deciding(self, tap: Tap) -> asyncio.Task[Card | None]:
        """The task that decides it: a second delivery waits for the first one's."""
        task = self._taps.get(tap.event_id)
        if task is None:
            task = asyncio.create_task(self._intake.tap(tap), name=tap.event_id)
            self._taps[tap.event_id] = task
            task.add_done_callback(self._decided)
        return task

    def _watch(self, tap: Tap, task: asyncio.Task[Card | None]) -> None:
        """See to it that an answer which came too late is heard in the end."""
        if tap.event_id not in self._unheard:
            self._unheard.add(tap.event_id)
            following = asyncio.create_task(self._follow(tap, task))
            self._following.add(following)
            following.add_done_callback(self._following.discard)

    async def _follow(self, tap: Tap, task: asyncio.Task[Card | None]) -> None:
        """Draw by a call what a tap has made of the card, unless the platform has asked again and was answered."""
        await asyncio.wait([task])
        await asyncio.sleep(self._asks_again)
        if tap.event_id in self._unheard and not task.cancelled() and not task.exception():
            await self._intake.missed(tap, task.result())
        self._unheard.discard(tap.event_id)

    def _decided(self, task: asyncio.Task[Card | None]) -> None:
        self._taps.pop(task.get_name())
        if not task.cancelled() and (error := task.exception()):
            log.error("wecom tap %s failed", task.get_name(), exc_info=error)

    def _redraw(self, userid: str, card: Card, letter: Letter) -> web.Response:
        """The passive reply that changes the tapper's own copy, and nobody else's (D/90241)."""
        reply = document(
            {
                "to_user_name": userid,
                "from_user_name": self._settings.corp_id,
                "create_time": int(self._clock.wall()),
                "msg_type": "update_template_card",
                "template_card": to_update(card),
            }
        )
        return web.Response(text=letter.seal(reply), content_type="text/xml")


def _refused(error: BadBody | Unreadable) -> web.Response:
    """An empty answer: it tells a stranger nothing."""
    log.warning("wecom callback refused: %s", error)
    if isinstance(error, BadBody):
        return web.Response(status=error.status)
    return web.Response(status=400 if isinstance(error, Malformed) else 403)
