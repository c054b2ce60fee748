"""The worker of the outbox: claims due rows, delivers them in order per receiver, and tries again what may succeed."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from bot.channels.base import Rejected, Retryable
from models import Outbox, WorkState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = structlog.get_logger("outbox")
BATCH = 50
MAX_UNDER_WAY = 200  # rows in hand at once; more wait in the table
LEASE = timedelta(seconds=60)
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds between attempts, doubled each time
ATTEMPTS = 20  # about an hour and a half of trying
FAULTS = 4  # tries of an answer that a fault of ours kept from being made: whoever asked waits
IDLE = 1.0  # seconds between looks when nobody wakes the worker


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
    """One per process; rows are claimed, so several processes share the work without doubling it."""

    delivery: Delivery
    now: Callable[[], datetime]
    beat: Callable[[], None] = lambda: None  #: called by ``run`` each time it has gone round
    fail: Callable[[Exception], None] = lambda _: None  #: called when a round of it went wrong
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def wake(self) -> None:
        """There is something to deliver."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver for as long as the bot runs; ends by cancellation, with rows in hand left to the next start."""
        try:
            while True:
                self._woken.clear()
                claimed = await self._safely_claim()
                if not claimed:
                    await self._wait()
        finally:
            for task in self._lanes.values():
                task.cancel()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE):  # wait_for may swallow the end of the bot (bpo-42130)
                await self._woken.wait()
        except TimeoutError:
            return

    async def _safely_claim(self) -> int:
        try:
            claimed = await self.claim()
        except Exception as error:  # the edge: a database hiccup must not end the worker
            log.exception("claim failed", id=secrets.token_hex(4))
            self.fail(error)
            await asyncio.sleep(IDLE)
            return 0
        self.beat()
        return claimed

    async def claim(self) -> int:
        """Take what is due and start delivering it; how many rows were taken."""
        if len(self._lanes) >= MAX_UNDER_WAY:
            return 0
        rows = await self._take()
        for row in rows:
            self._follow(row)
        return len(rows)

    async def _take(self) -> list[Outbox]:
        now = self.now()
        async with in_transaction():
            due = Outbox.filter(state=WorkState.NEW, run_at__lte=now).order_by("run_at", "id").limit(BATCH)
            rows = await due.select_for_update(skip_locked=True)
            if rows:
                taken = Outbox.filter(id__in=[row.id for row in rows], state=WorkState.NEW)
                await taken.update(state=WorkState.TAKEN, lease_until=now + LEASE)
        return rows

    def _follow(self, row: Outbox) -> None:
        """Put a row at the end of its receiver's lane, so that nobody reads an answer before its question."""
        lane = f"member {row.member_id}" if row.member_id else f"{row.kind} {row.case_id or row.id}"
        task = asyncio.create_task(self._in_turn(self._lanes.get(lane), row))
        self._lanes[lane] = task
        task.add_done_callback(lambda done: self._lanes.pop(lane) if self._lanes.get(lane) is done else None)

    async def _in_turn(self, before: asyncio.Task[None] | None, row: Outbox) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self.attempt(row)

    async def attempt(self, row: Outbox) -> None:
        """Deliver one claimed row and write down how it went."""
        try:
            await self.delivery.deliver(row)
        except Retryable as trouble:
            await self._later(row, str(trouble), trouble.retry_after)
        except Rejected as refusal:
            await self._give_up(row, refusal.reason)
        except Exception as error:  # the edge: a fault of ours is tried again and logged
            mark = secrets.token_hex(4)
            log.exception("delivery failed", id=mark, key=row.key, kind=row.kind)
            await self._broken(row, f"{mark} {type(error).__name__}", mark)
        else:
            await Outbox.filter(id=row.id).update(state=WorkState.DONE, lease_until=None, error="")

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
        await Outbox.filter(id=row.id).update(
            state=WorkState.NEW, attempts=row.attempts + 1, run_at=self.now() + wait, lease_until=None,
            error=reason[:255],
        )  # fmt: skip

    async def _give_up(self, row: Outbox, reason: str) -> None:
        log.warning("delivery given up", key=row.key, kind=row.kind, reason=reason)
        await Outbox.filter(id=row.id).update(state=WorkState.FAILED, lease_until=None, error=reason[:255])
        await self.delivery.given_up(row, reason)

    async def idle(self) -> bool:
        """Whether nothing is due or in hand."""
        due = Outbox.filter(state__in=[WorkState.NEW, WorkState.TAKEN], run_at__lte=self.now())
        return not self._lanes and not await due.exists()


async def take_back(now: datetime | None = None) -> int:
    """Give rows whose lease ran out back to be claimed; all of them when ``now`` is None (start of a sole process).

    Whoever held them may have got as far as the effect, so it counts as an attempt: a refund is asked about first.
    """
    rows = Outbox.filter(state=WorkState.TAKEN)
    if now is not None:
        rows = rows.filter(lease_until__lte=now)
    return await rows.update(state=WorkState.NEW, lease_until=None, attempts=F("attempts") + 1)
