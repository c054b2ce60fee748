"""One Stream connection, from its first frame to its end (dingtalk.md §1.4)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType

from bot.channels.dingtalk import frames
from bot.channels.dingtalk.frames import BadFrame, Frame, ack

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import WSMessage

ENDS = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
log = logging.getLogger(__name__)


class Connection:
    """Reads until the socket ends; ``take`` gets every frame that is not the platform's own business.

    ``leaving`` is set when the platform has announced the end, or it has come.
    """

    def __init__(self, socket: ClientWebSocketResponse, take: Callable[[Connection, Frame], None], idle: float) -> None:
        self._socket, self._take, self._idle = socket, take, idle
        self.heard = False  #: a frame came that was not the announcement of the end
        self.leaving = asyncio.Event()
        self.ended = False

    async def run(self) -> None:
        """Returns when the socket has ended, or has said nothing for ``idle`` seconds."""
        try:
            await self._read()
        except TimeoutError:
            log.warning("dingtalk stream silent for %.0f s", self._idle)
        finally:
            self.ended = True
            self.leaving.set()
            await self.close()

    async def close(self) -> None:
        """Hang up; harmless when it has been done."""
        await self._socket.close()

    async def send(self, text: str) -> None:
        """A frame whose acknowledgement does not leave is brought again by the platform."""
        try:
            await self._socket.send_str(text)
        except (ClientError, ConnectionError) as error:
            log.info("dingtalk acknowledgement not sent: %s", type(error).__name__)

    async def _read(self) -> None:
        while (message := await self._next()).type not in ENDS:
            try:
                frame = frames.parse(message.data if message.type is WSMsgType.TEXT else "")
            except BadFrame as error:
                log.warning("dingtalk frame skipped: %s", error)
            else:
                await self._hear(frame)

    async def _next(self) -> WSMessage:
        """Not ``receive(timeout)``: pongs would wind that clock up, and a dead line may still pong."""
        async with asyncio.timeout(self._idle):
            return await self._socket.receive()

    async def _hear(self, frame: Frame) -> None:
        """``CONNECTED``, ``REGISTERED`` and ``KEEPALIVE`` want no answer."""
        if frame.type == "SYSTEM" and frame.topic == "disconnect":
            self.leaving.set()
            return
        self.heard = True
        if frame.type != "SYSTEM":
            self._take(self, frame)
        elif frame.topic == "ping":
            await self.send(ack(frame, frame.raw))
