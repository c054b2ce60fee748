"""The way to a server, or to whichever of several is there: it may be cut, or let nothing pass."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress


class Way:
    """Listens on ``port``, and passes on what it hears, as long as it is ``open``.

    With several ports each connection goes to the next of them that listens; where none does it is broken off.
    """

    def __init__(self, host: str, *to: int) -> None:
        self._host, self._to = host, to
        self._turns = itertools.count()
        self.port = 0
        self.open = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        """Take connections, and let everything pass."""
        self.open.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def block(self) -> None:
        """Pass nothing on, and say nothing of it."""
        self.open.clear()

    async def cut(self) -> None:
        """Break every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = await self._beyond()
        if found is None:
            writer.transport.abort()
            return
        beyond, out = found
        ends = {writer, out}
        self._ends |= ends
        both = [asyncio.create_task(self._pass(*way)) for way in ((reader, out), (beyond, writer))]
        for task in both:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await asyncio.gather(*both, return_exceptions=True)
        self._ends -= ends

    async def _beyond(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(self._turns)
        for n in range(len(self._to)):
            with suppress(OSError):
                return await asyncio.open_connection(self._host, self._to[(first + n) % len(self._to)])
        return None

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(1 << 16):
                await self.open.wait()
                target.write(data)
                await target.drain()
        target.close()
