"""Runs a program to its end and says what it took."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import cores
from bench.programs import ProgramFailed

if TYPE_CHECKING:
    import resource

    from bench.programs import Command


LOOK = 0.02  #: seconds between two looks at the peak


@dataclass(frozen=True, slots=True)
class Ended:
    """Wall and CPU seconds, and the peak of the resident memory in MiB."""

    seconds: float
    cpu: float
    peak_mb: float


async def to_end(command: Command) -> Ended:
    """Raises ProgramFailed when the program ends with another code than 0."""
    began = time.perf_counter()
    child, peak = command.start(), 0.0
    while (ended := _ended(child.pid)) is None:
        peak = max(peak, cores.peak_mb(child.pid))
        await asyncio.sleep(LOOK)
    status, usage = ended
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise ProgramFailed(f"{' '.join(command.words)}: {command.tail()}")
    return Ended(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, peak)


def _ended(pid: int) -> tuple[int, resource.struct_rusage] | None:
    """Status and usage of a child that has ended; None while it runs."""
    found, status, usage = os.wait4(pid, os.WNOHANG)
    return (status, usage) if found else None
