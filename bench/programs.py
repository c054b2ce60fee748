"""Runs the bot and the floors as processes of their own, each saying in one JSON line when it is ready."""

from __future__ import annotations

import asyncio
import json
import os
import sys
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
    """What to run: a module with words, its settings, where its log goes, and on which core."""

    words: tuple[str, ...]
    environ: Mapping[str, str]
    log: Path
    core: int | None = None

    async def spawn(self) -> Process:
        environ = {**_quiet_environ(), **self.environ}
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self.words, cwd=ROOT, env=environ, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        if self.core is not None:
            os.sched_setaffinity(process.pid, {self.core})
        return process

    def tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]


@asynccontextmanager
async def running(command: Command) -> AsyncIterator[Program]:
    """A program from its ready line to its end. Raises ProgramFailed when it does not get ready."""
    process = await command.spawn()
    try:
        async with asyncio.timeout(START_SECONDS):
            said = await _ready(process)
        if said is None:
            raise ProgramFailed(f"{command.words[0]}: {command.tail()}")
        yield Program(process.pid, said)
    finally:
        await stop(process)


async def stop(process: Process) -> None:
    """Ask a process to end, and make it end if it does not."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()


def announce(**said: Any) -> None:
    """Say on stdout that this program is ready."""
    print(json.dumps(said), flush=True)


async def _ready(process: Process) -> dict[str, Any] | None:
    """The first line that is a JSON object; None when the program ends before it."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if line.startswith(b"{"):
            said: dict[str, Any] = json.loads(line)
            return said
    return None


def _quiet_environ() -> dict[str, str]:
    """Our own environment without the settings of a bot that may stand in it."""
    prefixes = ("BOT_", "WECOM_", "DINGTALK_", "SHOP_", "SMTP_", "SMS_", "DATABASE_", "REDIS_", "POLICY")
    return {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
