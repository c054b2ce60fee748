"""Two bots on one database behind one address, each started anew as soon as it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.outside import free_port
from bench.programs import START_SECONDS, Command, ProgramFailed
from sandbox.way import Way

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

COUNT = 2
LOOK = 0.02  #: seconds between two looks for the ready line


@dataclass(slots=True)
class Replica:
    """One after the other on the same port; ``lives`` counts them."""

    port: int
    folder: Path
    core: int | None
    lives: int = 0
    process: Process | None = None
    environ: Mapping[str, str] = field(default_factory=dict)  #: what it was started with
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ProgramFailed("副本没有起来")
        return self.process.pid

    async def start(self, environ: Mapping[str, str]) -> None:
        """Until it says that it is at work. Raises ProgramFailed."""
        self.lives += 1
        folder = self.folder / f"{self.port}-{self.lives}"
        folder.mkdir()
        self.environ = environ
        command = Command(("bench.bot",), {**environ, "BOT_PORT": str(self.port)}, folder, self.core)
        self.process = await command.spawn()
        until = time.monotonic() + START_SECONDS
        while (said := command.said()) is None:
            if self.process.returncode is not None or time.monotonic() > until:
                raise ProgramFailed(command.tail())
            await asyncio.sleep(LOOK)
        self.said = said

    async def die(self) -> None:
        """As the kernel does when memory is short; what it had started to draw charts ends with it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass(slots=True)
class Replicas:
    """Both of them; ``settings`` are those that the next one is started with."""

    all: list[Replica]
    settings: Callable[[], Mapping[str, str]]
    kills: list[float] = field(default_factory=list)  #: moments of the monotonic clock

    async def start(self) -> None:
        for replica in self.all:
            await replica.start(self.settings())

    async def replace(self, replica: Replica) -> None:
        """Kill one, and start the next in its place."""
        self.kills.append(time.monotonic())
        await replica.die()
        await replica.start(self.settings())

    def way(self, port: int) -> Way:
        """The one address in front of both."""
        found = Way("127.0.0.1", *(replica.port for replica in self.all))
        found.port = port
        return found


@asynccontextmanager
async def replicas(
    folder: Path, core: int | None, settings: Callable[[], Mapping[str, str]]
) -> AsyncIterator[Replicas]:
    """Both, not started yet."""
    found = Replicas([Replica(free_port(), folder, core) for _ in range(COUNT)], settings)
    try:
        yield found
    finally:
        for replica in found.all:
            await replica.die()
