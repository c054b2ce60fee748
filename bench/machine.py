"""What a result was measured on: machine, versions, commit."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.plan import ROOT

PACKAGES = ("aiohttp", "aiosqlite", "asyncpg", "cryptography", "matplotlib", "tortoise-orm", "wechatpy")


def facts() -> dict[str, object]:
    """For the result file."""
    return {
        "machine": {
            "cpu": _cpu(), "cores": len(os.sched_getaffinity(0)), "memory_mb": _memory(), "system": platform.platform(),
            "load": round(os.getloadavg()[0], 2),
        },
        "versions": {
            "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
            **{name: version(name) for name in PACKAGES},
        },
        "commit": commit(),
        "dirty": bool(_git("status", "--porcelain")),
    }  # fmt: skip


def commit() -> str:
    """The short hash of what is checked out, or ``unknown`` outside a clone."""
    return _git("rev-parse", "--short", "HEAD") or "unknown"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
