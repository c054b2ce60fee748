"""What goes wrong around the bot: the way to a server is cut or blocked, another program holds the database."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from typing import TYPE_CHECKING

from models.database import sqlite_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class Way:
    """Listens on ``port``, and passes on what it hears, as long as it is ``open``."""

    def __init__(self, host: str, to: int) -> None:
        self._host, self._to = host, to
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
        beyond, out = await asyncio.open_connection(self._host, self._to)
        self._ends |= {writer, out}
        for source, target in ((reader, out), (beyond, writer)):
            task = asyncio.create_task(self._pass(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(1 << 16):
                await self.open.wait()
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def way_to(host: str, port: int) -> AsyncIterator[Way]:
    """One that is open."""
    way = Way(host, port)
    await way.mend()
    yield way
    await way.cut()


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another program has SQLite's write lock."""
    with closing(sqlite3.connect(str(sqlite_path(url)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
