"""The worker of the outbox: rows are delivered in order per receiver, and what may succeed is tried again."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.channels.base import InDoubt, Rejected, Retryable
from bot.runtime.lanes import Lanes
from bot.runtime.leases import OUTBOX
from flow.records.outbox import ASIDE
from models import WorkState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.runtime.leases import Replicas
    from bot.runtime.supervision import Worker
    from models import Outbox

log = structlog.get_logger("outbox")
AT_ONCE = 200  #: rows in hand at once; more wait in the table
SLOW_AT_ONCE = 3  #: charts, files and trials: fewer than the threads that others need for a moment
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds between attempts, doubled each time
ATTEMPTS = 20  # about an hour and a half of trying
FAULTS = 4  # tries of an answer that a fault of ours kept from being made: whoever asked waits
_SLOW, _QUICK = f"o.lane LIKE '{ASIDE}%'", f"o.lane NOT LIKE '{ASIDE}%'"


class Delivery(Protocol):
    """Whoever carries out rows."""

    async def deliver(self, row: Outbox) -> None:
        """Do what the row asks. Raises Retryable or Rejected."""

    def waited_for(self, row: Outbox) -> bool:
        """Whether somebody has asked for it, and looks at their phone."""

    async def given_up(self, row: Outbox, reason: str) -> None:
        """A row that will not be tried again; ``reason`` is for people."""


def backoff(attempts: int, asked: float) -> float:
    """Seconds until the next attempt: what the platform asked for, or 1 s · 2^n up to 5 min."""
    return max(asked, min(FIRST_WAIT * float(2**attempts), LONGEST_WAIT))


@dataclass(slots=True)
class OutboxWorker:
    """One per process; what is slow to make has hands of its own, and holds nobody's taps or texts."""

    delivery: Delivery
    now: Callable[[], datetime]
    replica: Replicas
    _lanes: list[Lanes] = field(init=False)

    def __post_init__(self) -> None:
        hands = ((AT_ONCE, _QUICK), (SLOW_AT_ONCE, _SLOW))
        self._lanes = [Lanes(OUTBOX, self.replica, self.attempt, lambda: self.now(), *each) for each in hands]

    def wake(self) -> None:
        """There is something to deliver."""
        for lanes in self._lanes:
            lanes.wake()

    def watched_by(self, worker: Worker) -> None:
        """Have ``worker`` told of every round."""
        for lanes in self._lanes:
            lanes.beat, lanes.fail = worker.beat, worker.fail

    async def run(self) -> None:
        """Deliver for as long as the bot runs; ends by cancellation, with rows in hand left to the next start."""
        async with asyncio.TaskGroup() as group:
            for lanes in self._lanes:
                group.create_task(lanes.run())

    async def attempt(self, row: Outbox) -> None:
        """Deliver one row in hand and write down how it went."""
        try:
            await self.delivery.deliver(row)
        except Retryable as trouble:
            row.in_doubt |= isinstance(trouble, InDoubt)
            await self._later(row, str(trouble), trouble.retry_after)
        except Rejected as refusal:
            await self._give_up(row, refusal.reason)
        except Exception as error:  # the edge: a fault of ours is tried again and logged
            mark = secrets.token_hex(4)
            log.exception("delivery failed", id=mark, key=row.key, kind=row.kind)
            await self._broken(row, f"{mark} {type(error).__name__}", mark)
        else:
            await OUTBOX.finish_at_last(row, state=WorkState.DONE, error="")

    async def _broken(self, row: Outbox, reason: str, mark: str) -> None:
        if self.delivery.waited_for(row) and row.attempts + 1 >= FAULTS:
            await self._give_up(row, f"做的时候出错了（编号 {mark}）")
        else:
            await self._later(row, reason, FIRST_WAIT)

    async def _later(self, row: Outbox, reason: str, asked: float) -> None:
        if row.attempts + 1 >= ATTEMPTS:
            await self._give_up(row, f"试了 {ATTEMPTS} 次都没有成功")
            return
        wait = timedelta(seconds=backoff(row.attempts, asked))
        log.info("delivery put off", key=row.key, reason=reason, seconds=wait.total_seconds())
        await OUTBOX.finish_at_last(
            row, state=WorkState.NEW, attempts=row.attempts + 1, run_at=self.now() + wait, error=reason[:255],
            in_doubt=row.in_doubt,
        )  # fmt: skip

    async def _give_up(self, row: Outbox, reason: str) -> None:
        log.warning("delivery given up", key=row.key, kind=row.kind, reason=reason)
        if await OUTBOX.finish_at_last(row, state=WorkState.FAILED, error=reason[:255]):
            await self.delivery.given_up(row, reason)

    @property
    def busy(self) -> bool:
        """Whether something is being said here."""
        return any(lanes.busy for lanes in self._lanes)

    async def idle(self) -> bool:
        """Whether nothing is due or in hand."""
        return not self.busy and not await OUTBOX.has_work(self.now())
