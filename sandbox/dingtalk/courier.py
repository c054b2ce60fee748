"""Brings pushes to the bot over either transport: faults on the way, deadlines, and bringing them again."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.frames import CARD_TOPIC, EVENT_TOPIC, ROBOT_TOPIC, Frame
from sandbox.dingtalk.stream import Attempt, Fate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from sandbox.dingtalk.app import DingTalkApp, Timing
    from sandbox.dingtalk.callbacks import Callbacks
    from sandbox.dingtalk.cards import Card
    from sandbox.dingtalk.stream import Stream
    from sandbox.faults import Faults

PUSH = "push:dingtalk"


class Courier:
    """``lost`` holds the ids of messages and events that the bot will never get."""

    def __init__(
        self,
        app: DingTalkApp,
        timing: Timing,
        faults: Faults,
        transports: tuple[Stream, Callbacks],
        problems: list[str],
    ) -> None:
        self._app, self._timing, self._faults, self.problems = app, timing, faults, problems
        self._stream, self._http = transports
        self.lost: list[str] = []
        self._url_checked = False
        self._held: list[asyncio.Event] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def message(self, body: dict[str, Any], replied: Callable[[Any], None]) -> None:
        """Bring a robot message; returns after the first try, later ones go on behind.

        ``replied`` gets the answer of HTTP mode, which may be a message itself.
        """

        async def send() -> Attempt:
            if self._app.mode == "http":
                return await self._http.robot(body)
            return await self._stream.push(Frame("CALLBACK", ROBOT_TOPIC, body), self._timing.redeliver_after)

        def accept(attempt: Attempt) -> bool:
            if attempt.code == 200 and self._app.mode == "http":
                replied(attempt.data)
            return attempt.code == 200

        await self._bring(body["msgId"], send, accept)

    async def event(self, event_type: str, data: dict[str, Any], event_id: str, born: str) -> None:
        """Bring an event at least once: missing or LATER answers bring it again (KB 1435)."""
        if self._app.mode == "http" and not self._url_checked and not await self.check_url():
            return
        headers = {
            "eventType": event_type,
            "eventId": event_id,
            "eventCorpId": self._app.corp_id,
            "eventBornTime": born,
            "eventUnifiedAppId": self._app.client_id,
        }
        plain = {"EventType": event_type, "CorpId": self._app.corp_id, "TimeStamp": born} | data

        async def send() -> Attempt:
            if self._app.mode == "http":
                return await self._http.event(plain)
            pushed = await self._stream.push(Frame("EVENT", EVENT_TOPIC, data, headers), self._timing.event_stream)
            return Attempt(Fate.UNANSWERED) if pushed.fate is Fate.LOST else pushed

        await self._bring(event_id, send, self._event_done)

    async def check_url(self) -> bool:
        """The console's first event; without a right answer it subscribes to nothing."""
        attempt = await self._http.event({"EventType": "check_url"})
        self._url_checked = attempt.fate is Fate.ANSWERED
        if not self._url_checked:
            self.problems.append("event: check_url failed")
        return self._url_checked

    async def tap(self, card: Card, body: dict[str, Any]) -> Any:
        """Bring a click, once; the answer within the deadline, or None."""
        frame = Frame("CALLBACK", CARD_TOPIC, body)

        async def send() -> Attempt:
            if card.callback_type == "STREAM":
                return await self._stream.push(frame, self._timing.card)
            return await self._http.card(card.route_key, body)

        attempt = await self._carry(send)
        if attempt.code != 200 or card.callback_type != "STREAM":
            return attempt.data if attempt.code == 200 else None
        return attempt.data.get("response") if isinstance(attempt.data, dict) else None

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- delivery ----------------------------------------------------------------------------------------------------

    async def _bring(self, key: str, send: Callable[[], Awaitable[Attempt]], accept: Callable[[Attempt], bool]) -> None:
        first = asyncio.Event()
        self._spawn(self._keep_bringing(key, send, accept, first))
        await first.wait()

    async def _keep_bringing(
        self, key: str, send: Callable[[], Awaitable[Attempt]], accept: Callable[[Attempt], bool], first: asyncio.Event
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            await self._hold(first)
            for _ in range(self._timing.attempts):
                started = loop.time()
                attempt = await self._carry(send)
                first.set()
                if attempt.fate is Fate.LOST:
                    break
                if attempt.fate is Fate.ANSWERED and accept(attempt):
                    return
                await asyncio.sleep(started + self._timing.redeliver_after - loop.time())
            self.lost.append(key)
        finally:
            first.set()

    async def _hold(self, first: asyncio.Event) -> None:
        """Fault ``reorder``: wait until the next push has been brought."""
        if self._faults.take("reorder", PUSH):
            gone_by = asyncio.Event()
            self._held.append(gone_by)
            first.set()
            await gone_by.wait()

    async def _carry(self, send: Callable[[], Awaitable[Attempt]]) -> Attempt:
        """One try, with what the faults do to it."""
        if late := self._faults.take("delay", PUSH):
            await asyncio.sleep(late.seconds)
        if self._faults.take("drop", PUSH):
            return Attempt(Fate.UNANSWERED)
        copies = 2 if self._faults.take("duplicate", PUSH) else 1
        tries = asyncio.gather(*(send() for _ in range(copies)))
        if self._faults.take("disconnect", PUSH):
            await asyncio.sleep(0)  # let the frame leave first, so that only its answer is cut off
            self._stream.cut()
        attempts = await tries
        self._release()
        return next((a for a in attempts if a.fate is Fate.ANSWERED), attempts[0])

    def _release(self) -> None:
        for event in self._held:
            event.set()
        self._held.clear()

    def _event_done(self, attempt: Attempt) -> bool:
        if self._app.mode == "http":
            return True
        status = attempt.data.get("status") if isinstance(attempt.data, dict) else None
        if status not in ("SUCCESS", "LATER"):
            self.problems.append("stream: an event was answered without a status")
        return status == "SUCCESS"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def new_id(prefix: str) -> str:
    """An id as the platform makes them."""
    return prefix + secrets.token_urlsafe(16)
