"""A Redis of the bench's own, that goes away and comes back with nothing in it."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.outside import free_port

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

PROGRAM = "redis-server"


def missing() -> str:
    """Why there is none; empty when there is one."""
    return "" if shutil.which(PROGRAM) else f"没有测：没有装 {PROGRAM}"


@dataclass(slots=True)
class Memory:
    """One server after the other on the same port."""

    port: int
    folder: Path
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def is_here(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def come(self) -> None:
        """Until it takes connections."""
        words = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder))
        self.process = await asyncio.create_subprocess_exec(
            PROGRAM, *words, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            if b"eady to accept connections" in line:
                return

    async def go(self) -> None:
        """At once, and for good: nothing is saved."""
        if self.process and self.is_here:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def memory(folder: Path) -> AsyncIterator[Memory]:
    """One that is there."""
    found = Memory(free_port(), folder)
    await found.come()
    try:
        yield found
    finally:
        await found.go()
