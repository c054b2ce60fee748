"""Keeps long-lived work going: what ends is started again, ever later, and what is wrong with it can be asked."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from models.database.connection import ailment, passing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger("supervision")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  #: seconds before a job that ended begins again, doubled each time
SETTLED = 5.0  #: seconds that it must go on after a failure before nothing is wrong with it any more


@dataclass(slots=True)
class Worker:
    """One long-lived job as others see it. The job calls ``beat`` each time it has gone round."""

    name: str  #: of the metric
    title: str  #: for people
    within: float | None = None  #: seconds in which a beat must come; None for work that has no round
    now: Callable[[], float] = time.monotonic
    failures: int = 0
    running: bool = True
    _beaten: float = field(init=False)
    _failed: float | None = field(default=None, init=False)
    _words: str = field(default="", init=False)
    _of_database: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._beaten = self.now()

    def beat(self) -> None:
        """It went round, and nothing was wrong."""
        self._beaten = self.now()

    def fail(self, error: BaseException | None) -> None:
        """It ended, or a round of it did; None when nothing was raised."""
        self.failures += 1
        self._failed = self.now()
        self._of_database = error is not None and passing(error)
        self._words = (error and ailment(error)) or self._otherwise(error)

    def _otherwise(self, error: BaseException | None) -> str:
        if self._of_database:
            return "数据库没有回答"
        return f"出错（{type(error).__name__}）" if error else "自己停了"

    @property
    def silence(self) -> float:
        """Seconds since it last went round."""
        return self.now() - self._beaten

    @property
    def problem(self) -> str | None:
        """Why it does not do its work now, in Chinese; None when it does."""
        if self._failed is not None and not self._settled(self._failed):
            return f"{self.title}停了，正在重试：{self._words}"
        self._failed = None
        if self.within is not None and self.silence > self.within:
            return f"{self.title}已经 {self.silence:.0f} 秒没有动静"
        return None

    @property
    def ailment(self) -> str | None:
        """What ails the database, where that is why it does not do its work."""
        return self._words if self._of_database and self.problem else None

    def _settled(self, failed: float) -> bool:
        well_at = self._beaten if self.within is not None else self.now()
        return self.running and well_at - failed >= SETTLED


class Supervisor:
    """All long-lived work of the process, by name."""

    def __init__(self, now: Callable[[], float] = time.monotonic, pause: Callable[[int], float] | None = None) -> None:
        self._now, self._pause = now, pause or pause_after
        self.workers: dict[str, Worker] = {}

    def worker(self, name: str, title: str, within: float | None = None) -> Worker:
        """Somebody to watch."""
        return self.workers.setdefault(name, Worker(name, title, within, self._now))

    async def keep(self, worker: Worker, job: Callable[[], Awaitable[None]], *, ends: bool = False) -> None:
        """Run ``job`` again whenever it ends, until cancelled; with ``ends`` only until it ends well."""
        pauses = 0
        while True:
            worker.running, began = True, self._now()
            error = await _outcome(job)
            if ends and error is None:
                return
            pauses = 0 if self._now() - began > LONGEST_PAUSE else pauses
            worker.running = False
            worker.fail(error)
            mark = secrets.token_hex(4)
            log.error("worker ended", id=mark, worker=worker.name, failures=worker.failures, exc_info=error)
            await asyncio.sleep(self._pause(pauses))
            pauses += 1


def pause_after(times: int) -> float:
    """Seconds before a job begins again that has ended ``times`` + 1 times in a row: 1 s · 2^n up to a minute."""
    return min(FIRST_PAUSE * float(2 ** min(times, 16)), LONGEST_PAUSE)


async def rounds(look: Callable[[], Awaitable[object]], seconds: float, beat: Callable[[], None]) -> None:
    """Look every so many seconds for as long as the bot runs, and tell of every round."""
    while True:
        await asyncio.sleep(seconds)
        await look()
        beat()


async def _outcome(job: Callable[[], Awaitable[None]]) -> Exception | None:
    try:
        await job()
    except Exception as error:  # noqa: BLE001  # the edge: whatever ends a worker, it begins again
        return error
    return None
