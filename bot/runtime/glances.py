"""Looks at the database that nobody waits for longer than a second, whatever it does."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Generic, TypeVar

from models import Case, CaseState, Inbox, Outbox, WorkState
from models.database.connection import ailment, engine_errors, sqlite_path
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

T = TypeVar("T")

SECONDS = 0.45  #: for one look; a probe takes two and is to be answered within one second
WATCH = 10.0  #: seconds between looks that nobody asked for
MIN_FREE = 2 * 1024 * 1024  #: bytes on SQLite's disk below which the next write may be the one that fails
SILENT = "数据库 1 秒内没有回答"
_WRITE = "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1"


class Glance(Generic[T]):
    """One look at a time however many ask, so that probes do not pile up on a database that hangs."""

    def __init__(self, look: Callable[[], Awaitable[T]], seconds: float = SECONDS) -> None:
        self._look, self._seconds = look, seconds
        self._task: asyncio.Task[T] | None = None

    async def take(self) -> T:
        """Raises TimeoutError when there is no answer in time, else what the look raises."""
        task = self._task
        if task is None or task.done():
            task = self._task = asyncio.create_task(self._run())
            task.add_done_callback(_heed)
        done, _ = await asyncio.wait((task,), timeout=self._seconds)
        if not done:
            raise TimeoutError
        return task.result()

    async def _run(self) -> T:
        return await self._look()


def _heed(task: asyncio.Task[T]) -> None:
    """An error that nobody waited for is no error of the loop's."""
    if not task.cancelled():
        task.exception()


class Pulse:
    """Whether the database takes writes, and how long its queues are waiting."""

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        self._path, self._now = sqlite_path(url), now
        self._write, self._lags, self._counts = Glance(_write), Glance(self._ages), Glance(_count)
        self.problem: str | None = None  #: as the last look found it

    async def look(self) -> str | None:
        """What is wrong with the database now, in Chinese."""
        self.problem = _full(self._path) or await self._asked(self._write)
        return self.problem

    async def lags(self) -> dict[str, float]:
        """Seconds that the oldest due row of each queue waits; empty when the database does not say."""
        try:
            return await self._lags.take()
        except engine_errors():
            return {}

    async def numbers(self) -> tuple[dict[str, float], tuple[int, int] | None]:
        """The same, with open cases and rows of the outbox that were given up; None when the database does not say."""
        lags, counts = await asyncio.gather(self.lags(), self._counts.take(), return_exceptions=True)
        known = {} if isinstance(lags, BaseException) else lags
        return known, None if isinstance(counts, BaseException) else counts

    async def _asked(self, glance: Glance[None]) -> str | None:
        try:
            await glance.take()
        except engine_errors() as error:
            return SILENT if isinstance(error, TimeoutError) else ailment(error) or "连不上数据库"
        return None

    async def _ages(self) -> dict[str, float]:
        return {"inbox": await self._age(Inbox), "outbox": await self._age(Outbox)}

    async def _age(self, table: type[Inbox] | type[Outbox]) -> float:
        now = self._now()
        due = table.filter(state=WorkState.NEW, run_at__lte=now).order_by("run_at").limit(1)
        oldest = await due.values_list("run_at", flat=True)
        return round((now - oldest[0]).total_seconds(), 3) if oldest else 0.0  # type: ignore[operator]


async def _write() -> None:
    await session.batch(session.Statement(_WRITE, ("probe",)))


async def _count() -> tuple[int, int]:
    open_cases = await Case.filter(state__in=[CaseState.OPEN, CaseState.HELD]).count()
    return open_cases, await Outbox.filter(state=WorkState.FAILED).count()


def _full(path: Path | None) -> str | None:
    """Known before SQLite says so: for a while its log has room where the disk has none."""
    if path is None or shutil.disk_usage(path.parent).free >= MIN_FREE:
        return None
    return "数据库所在的磁盘满了，请清出空间"
