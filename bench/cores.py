"""Who runs where: the measured server on one core, whoever loads it on another."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CPU_CLOCK = 2  # CPUCLOCK_SCHED of the kernel's posix-timers.h: run time of a whole process, in nanoseconds


@contextmanager
def split() -> Iterator[int | None]:
    """Keep this process on the last core for the block; the core that servers get, None where there is only one."""
    before = os.sched_getaffinity(0)
    if len(before) < 2:
        yield None
        return
    os.sched_setaffinity(0, {max(before)})
    try:
        yield min(before)
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads. Raises OSError when it is gone."""
    return time.clock_gettime((~pid << 3) | CPU_CLOCK)


def resident_mb(pid: int) -> float:
    """RSS of a process in MiB."""
    return _kb(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def peak_mb(pid: int) -> float:
    """The highest RSS since the process began its program, in MiB; ``getrusage`` would count its parent's in."""
    return _kb(Path(f"/proc/{pid}/status"), "VmHWM") / 1024


def proportional_mb(pid: int) -> float:
    """PSS of a process in MiB: shared pages are divided among those who share them, so that a sum means something."""
    return _kb(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / 1024


def children(pid: int) -> list[int]:
    """Processes that ``pid`` has started and that still run."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _kb(path: Path, name: str) -> int:
    lines = path.read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
