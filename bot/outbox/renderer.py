"""Draws pictures in a process of their own: in ours, a chart would hold up every tap for a fifth of a second."""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import secrets
import signal
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.channels.base import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = structlog.get_logger("charts")

PATIENCE = 20.0  #: seconds for one picture
LOOK = 5.0  #: seconds between looks at whether the worker lives
PR_SET_PDEATHSIG = 1  # prctl(2)


def _prepare(parent: int) -> None:
    """In the worker: die with the bot however it dies, keep matplotlib's cache in a folder that can be written."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.getppid() != parent:
        os._exit(1)
    folder = Path(tempfile.gettempdir()) / f"boomerang-charts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("MPLCONFIGDIR", str(folder))


def _warm() -> None:
    """Import what drawing needs, so that the first chart is not the one that waits for it."""
    import cards.pictures  # noqa: F401


def _draw(form: str, data: Mapping[str, Any]) -> bytes:
    from cards import pictures

    return pictures.draw(form, dict(data))


class ChartRenderer:
    """One worker, warmed when the bot has started, replaced when it dies."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def start(self) -> None:
        """Bring the worker up and warm it. Raises nothing: a worker that dies is replaced when a chart is wanted."""
        try:
            await asyncio.wrap_future(self._workers().submit(_warm))
        except BrokenProcessPool:
            self._drop()

    async def keep(self, beat: Callable[[], None] = lambda: None) -> None:
        """Bring the worker up, warm it, and look after it. Raises BrokenProcessPool when it has died."""
        try:
            await asyncio.wrap_future(self._workers().submit(_warm))
            while not self._broken:
                beat()
                await asyncio.sleep(LOOK)
        finally:
            self._drop()
        raise BrokenProcessPool("the process that draws has died")

    async def render(self, form: str, data: Mapping[str, Any]) -> bytes:
        """The PNG. Raises Retryable when the worker died on it, Rejected when it fails or takes over 20 seconds."""
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._workers().submit(_draw, form, data)), PATIENCE)
        except (BrokenProcessPool, BlockingIOError, MemoryError) as error:
            self._drop()
            raise Retryable("the chart worker died") from error
        except TimeoutError as error:
            self._drop()
            raise Rejected("slow", "画了 20 秒还没有画完") from error
        except Exception as error:  # the edge of the other process: what it could not draw it will not draw later
            mark = secrets.token_hex(4)
            log.exception("drawing failed", id=mark, form=form)
            raise Rejected("drawing", f"画图时出错了（编号 {mark}）") from error

    async def stop(self) -> None:
        """End the worker."""
        self._drop()

    @property
    def _broken(self) -> bool:
        """Whether the worker has died: the pool finds it out within moments."""
        return self._pool is not None and bool(self._pool._broken)

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # a fork would take our sockets and the database along
            self._pool = ProcessPoolExecutor(1, context, _prepare, (os.getpid(),))
        return self._pool

    def _drop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)
