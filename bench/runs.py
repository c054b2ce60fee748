"""Runs a program to its end and says what it took."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.programs import ProgramFailed

if TYPE_CHECKING:
    from bench.programs import Command


@dataclass(frozen=True, slots=True)
class Ended:
    """Wall and CPU seconds, and the peak of the resident memory in MiB."""

    seconds: float
    cpu: float
    peak_mb: float


async def to_end(command: Command) -> Ended:
    """Raises ProgramFailed when the program ends with another code than 0."""
    began = time.perf_counter()
    child = command.start()
    _, status, usage = await asyncio.to_thread(os.wait4, child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise ProgramFailed(f"{' '.join(command.words)}: {command.tail()}")
    return Ended(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
