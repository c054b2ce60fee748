"""An earlier commit beside this one: its files in a folder of their own, run by the interpreter of this one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

from bench.plan import ROOT
from bench.programs import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


async def unpacked(commit: str, folder: Path) -> Path | None:
    """The files of ``commit`` in a new folder; None where this clone does not reach back so far."""
    git = await asyncio.create_subprocess_exec(
        "git", "archive", commit, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    archive, _ = await git.communicate()
    if git.returncode:
        return None
    place = folder / commit
    await asyncio.to_thread(_unpack, archive, place)
    return place


def _unpack(archive: bytes, place: Path) -> None:
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(place, filter="data")


async def ran(root: Path, script: str, environ: Mapping[str, str], core: int | None) -> dict[str, float]:
    """What a script says last, as JSON, where ``root`` is the project. Raises ProgramFailed when it does not end well.

    It is given to Python as it stands, so that it runs in a checkout which does not know it.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=root, env={**os.environ, **environ, "PYTHONPATH": str(root)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    out, log = await process.communicate()
    if process.returncode:
        raise ProgramFailed(f"{root.name}: {log.decode(errors='replace')[-2000:]}")
    said: dict[str, float] = json.loads(out.splitlines()[-1]) if out else {}
    return said
