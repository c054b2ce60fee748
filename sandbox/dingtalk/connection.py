"""One websocket of the bot: frames out, acknowledgements in."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from aiohttp import WSMsgType

from sandbox.dingtalk.frames import Ack, Frame, read_ack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from sandbox.clock import Clock

Subscription = tuple[str, str]  #: frame type and topic


class Connection:
    """``closing`` lines were sent a ``disconnect`` frame: they still hear, but get no new push."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        subscriptions: frozenset[Subscription],
        app_id: str,
        clock: Clock,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.closing = False
        self.ended = False
        self.subscriptions = subscriptions
        self._socket, self._transport, self._app_id, self._clock = socket, transport, app_id, clock
        self._waiting: dict[str, asyncio.Future[Ack | None]] = {}
        self._silence: float | None = None
        self._end: asyncio.TimerHandle | None = None

    def takes(self, frame: Frame) -> bool:
        return (frame.type, frame.topic) in self.subscriptions

    async def listen(self) -> AsyncIterator[str]:
        """Read until the line ends; yields what is wrong with the bot's frames."""
        try:
            async for message in self._socket:
                if message.type is WSMsgType.ERROR:
                    return  # the line broke: that is no frame of the bot's
                self._rearm()
                problem = self._hear(str(message.data)) if message.type is WSMsgType.TEXT else "not a text frame"
                if problem:
                    yield problem
        finally:
            self.ended = True
            self._rearm()
            for future in self._waiting.values():
                _settle(future, None)

    async def send(self, frame: Frame) -> None:
        text = frame.text(millis=self._clock.millis(), app_id=self._app_id, connection_id=self.id)
        try:
            await self._socket.send_str(text)
        except ConnectionError:
            self.cut()

    async def push(self, frame: Frame, deadline: float) -> Ack | None:
        """Send and wait for the acknowledgement; None when the deadline passes or the line ends first."""
        future = self._waiting.setdefault(frame.message_id, asyncio.get_running_loop().create_future())
        await self.send(frame)
        if self.ended:
            _settle(future, None)
        try:
            return await asyncio.wait_for(asyncio.shield(future), deadline)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(frame.message_id, None)

    def end_after(self, silence: float) -> None:
        """Cut the line once the bot has been silent for so many seconds."""
        self._silence = silence
        self._rearm()

    async def close(self) -> None:
        await self._socket.close()

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _rearm(self) -> None:
        if self._end is not None:
            self._end.cancel()
        if self._silence is not None and not self.ended:
            self._end = asyncio.get_running_loop().call_later(self._silence, self.cut)

    def _hear(self, text: str) -> str:
        try:
            ack = read_ack(text)
        except ValueError as error:
            return f"bad acknowledgement: {error}"
        if ack.message_id in self._waiting:
            _settle(self._waiting[ack.message_id], ack)
        return ""


def _settle(future: asyncio.Future[Ack | None], ack: Ack | None) -> None:
    if not future.done():
        future.set_result(ack)
