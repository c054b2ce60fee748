"""What people did on the platform, on its way to the intake; the same for both transports."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from bot.channels.base import ChannelError
from bot.channels.dingtalk import cards, messages, parse
from bot.channels.dingtalk.clicks import HANGS_UP
from bot.channels.dingtalk.parse import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.channels.dingtalk.app import App
    from bot.channels.dingtalk.card_delivery import CardDelivery
    from bot.channels.dingtalk.clicks import Clicks
    from bot.channels.dingtalk.robot import Robot
    from cards.types import Card
    from handlers.chat.events import ReplyTo, Tap

T = TypeVar("T")
TOO_LATE = 1.7  #: seconds from the platform's stamp to our answer, of the two that a click may take (dingtalk.md §3.2)
RECENT = 50  #: clicks from which it is told how the clocks differ, so that a clock may be set
log = logging.getLogger(__name__)


class Callbacks:
    """A method that returns has stored what it was given; the platform may then be told so."""

    def __init__(self, app: App, card_delivery: CardDelivery, robot: Robot, clicks: Clicks, tap_seconds: float) -> None:
        self._app, self._card_delivery, self._robot, self._clicks = app, card_delivery, robot, clicks
        self._tap_seconds = tap_seconds
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ages = deque[float](maxlen=RECENT)  #: of clicks at their arrival; the least is what the clocks differ by
        self.quota_exhausted = False  #: the last message came without its text (KB 1433)

    async def message(self, body: dict[str, Any]) -> None:
        """Raises Malformed, and whatever the intake raises: then the message is not ours yet."""
        try:
            with parse.reading():
                message = parse.message(body, self._app.clock.now())
        except Skipped as skipped:
            self._skip(skipped.reason, str(body.get("msgId")))
            return
        self._refill()
        if tap := await self._card_delivery.tap(message):
            card = await self._app.intake.tap(tap)
            if card and message.reply:
                self._spawn(self._show(message.reply, card))
        else:
            await self._app.intake.accept(message)

    async def event(self, event_type: str, event_id: str, data: dict[str, Any]) -> None:
        """Events that nobody here cares for are dropped."""
        with parse.reading():
            changed = parse.staff(event_type, event_id, data, self._app.clock.now())
        if changed:
            await self._app.intake.accept(changed)

    async def tap(
        self, body: dict[str, Any], key: str, stamp: str, hung_up: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        """The answer to a click that left the platform at ``stamp`` (ms): the card to show, or nothing to change.

        Raises TimeoutError when it was not decided in time. The decision goes on, and what it makes of the card, which
        the platform brings no second time, is drawn by a call; so it is where the answer will be too late.
        """
        arrived = asyncio.get_running_loop().time()
        self._ages.append(self._age(stamp))
        try:
            with parse.reading():
                tap = parse.tap(body, key, self._app.clock.now())
        except Skipped as skipped:
            log.warning("dingtalk tap skipped: %s", skipped.reason)
            return {}
        self._clicks.arrived(tap.token)
        task = self._spawn(self._app.intake.tap(tap))
        if not (await asyncio.wait((task,), timeout=self._tap_seconds))[0]:
            task.add_done_callback(lambda done: self._late(done, tap, arrived))
            raise TimeoutError
        self._clicks.answered(tap.token)
        card = task.result()
        if hung_up():
            self._spawn(self._app.intake.missed(tap, card))
        elif self._age(stamp) - min(self._ages) > TOO_LATE:
            self._spawn(self._app.intake.missed(tap, card, _left(arrived)))
        return cards.update(card) if card else {}

    async def close(self, seconds: float = 0.5) -> None:
        """Let what runs come to its end, for so long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _age(self, stamp: str) -> float:
        """Seconds since the platform sent it, by two clocks that may differ; 0 where it does not say."""
        return self._app.clock.wall() - int(stamp) / 1000 if stamp.isdecimal() else 0.0

    def _late(self, task: asyncio.Task[Card | None], tap: Tap, arrived: float) -> None:
        if task.cancelled():
            return
        if error := task.exception():
            log.error("dingtalk tap %s failed", tap.event_id, exc_info=error)
        else:
            self._spawn(self._app.intake.missed(tap, task.result(), _left(arrived)))

    def _skip(self, reason: str, msg_id: str) -> None:
        if reason == "over-quota":
            self.quota_exhausted = True
            self._app.health.note("inbound", "本月的钉钉 Webhook&Stream 次数已用完，收到的消息没有内容")
        hint = "the robot is not published, or an outsider wrote" if reason == "no-staff-id" else "no event"
        log.warning("dingtalk message %s skipped: %s, %s", msg_id, reason, hint)

    def _refill(self) -> None:
        self.quota_exhausted = False
        self._app.health.clear("inbound")

    async def _show(self, reply: ReplyTo, card: Card) -> None:
        """An ActionCard can't change, so its tap is answered with the card below it."""
        try:
            await self._robot.answer(reply.url, messages.markdown(card.title, cards.message(card)))
        except ChannelError as error:
            log.warning("dingtalk answer to a tap not delivered: %s", error)

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _left(arrived: float) -> float:
    """Seconds until the platform has hung up for certain on a click that arrived then."""
    return max(arrived + HANGS_UP - asyncio.get_running_loop().time(), 0.0)
