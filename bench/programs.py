"""Runs the bot and the floors as processes of their own, each saying in one JSON line when it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench import cores
from bench.plan import ROOT

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

START_SECONDS, STOP_SECONDS = 60.0, 15.0
LOOK = 0.01  #: seconds between two looks for the ready line


class ProgramFailed(RuntimeError):
    """A program ended instead of getting ready; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process under way; ``said`` is its ready line."""

    pid: int
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.said["url"])

    def cpu(self) -> float:
        return cores.cpu_seconds(self.pid)


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: a module with words, its settings, the folder of what it says, and on which core."""

    words: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path
    core: int | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.words[0]}.log"

    @property
    def out(self) -> Path:
        """Where stdout goes: not a pipe, which a worker of the program would hold open after its end."""
        return self.folder / f"{self.words[0]}.out"

    async def spawn(self) -> Process:
        """Start it as the head of a group of its own, so that nothing it starts outlives it."""
        with self.out.open("wb") as out, self.log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *self._line, cwd=ROOT, env=self._environ, stdout=out, stderr=log, start_new_session=True
            )
        self._pin(process.pid)
        return process

    def start(self) -> subprocess.Popen[bytes]:
        """The same for a program that is waited for by its id."""
        with self.out.open("wb") as out, self.log.open("wb") as log:
            process = subprocess.Popen(self._line, cwd=ROOT, env=self._environ, stdout=out, stderr=log)
        self._pin(process.pid)
        return process

    @property
    def _line(self) -> tuple[str, ...]:
        return sys.executable, "-m", *self.words

    @property
    def _environ(self) -> dict[str, str]:
        return {**_quiet_environ(), **self.environ}

    def _pin(self, pid: int) -> None:
        if self.core is not None:
            os.sched_setaffinity(pid, {self.core})

    def said(self) -> dict[str, Any] | None:
        """The first whole line on stdout that is a JSON object."""
        lines = self.out.read_bytes().splitlines(keepends=True)
        found = next((line for line in lines if line.startswith(b"{") and line.endswith(b"\n")), None)
        return json.loads(found) if found else None

    def tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]


@asynccontextmanager
async def running(command: Command) -> AsyncIterator[Program]:
    """A program from its ready line to its end. Raises ProgramFailed when it does not get ready."""
    process = await command.spawn()
    try:
        yield Program(process.pid, await _ready(command, process))
    finally:
        await stop(process)


async def stop(process: Process) -> None:
    """Ask a process to end, make it end if it does not, and whatever it has started with it."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def announce(**said: Any) -> None:
    """Say on stdout that this program is ready."""
    print(json.dumps(said), flush=True)


async def _ready(command: Command, process: Process) -> dict[str, Any]:
    until = time.monotonic() + START_SECONDS
    while (said := command.said()) is None:
        if process.returncode is not None or time.monotonic() > until:
            raise ProgramFailed(f"{command.words[0]}: {command.tail()}")
        await asyncio.sleep(LOOK)
    return said


def _quiet_environ() -> dict[str, str]:
    """Our own environment without the settings of a bot that may stand in it."""
    prefixes = ("BOT_", "WECOM_", "DINGTALK_", "SHOP_", "SMTP_", "SMS_", "DATABASE_", "REDIS_", "POLICY")
    return {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
