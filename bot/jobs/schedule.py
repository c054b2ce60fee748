"""The ticks: what must happen is a row with a due moment, so a tick that is missed or doubled does no harm."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.jobs.roster import refresh
from bot.jobs.rules import run_rules
from bot.runtime.supervision import Supervisor
from flow.cases.orphans import tell_of_orphans
from flow.cases.reminders import sweep
from flow.cases.review import tell_of_idle
from flow.cases.timers import go_on
from flow.publishing.turns import take_turns
from flow.records import anchors
from flow.tasks.absences import hand_round
from flow.tasks.snooze import awake

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.channels.base import Channel
    from bot.runtime.clock import Clock
    from bot.runtime.meter import CallCounter
    from bot.runtime.supervision import Worker
    from flow.desk import Desk

log = structlog.get_logger("schedule")
SWEEP_SECONDS, FLUSH_SECONDS, ROSTER_SECONDS = 15, 10, 6 * 3600
ORPHAN_SECONDS = 3600  # told once a day; looked for more often, so that a restart does not put it off
PRUNE_SECONDS = 3600
SETTLE_SECONDS = 30
REVIEW_SECONDS = 3600  # once a quarter; looked for more often, so that a restart does not put it off
ANCHOR_SECONDS = 300  # once a day; looked for more often, so that a restart does not put it off
LONGEST = 300.0  #: seconds of one run: one that hangs would keep the next from beginning
JOBS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}  #: late is better than never


@dataclass(slots=True)
class Ticks:
    """The jobs, each safe to run anywhere and again."""

    desk: Desk
    clock: Clock
    meter: CallCounter
    wake: Callable[[], None]
    channels: Mapping[str, Channel]
    prune: Callable[[], Awaitable[object]]  #: takes away what has had its time
    supervisor: Supervisor = field(default_factory=Supervisor)
    _scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone="UTC", job_defaults=JOBS))

    def start(self) -> AsyncIOScheduler:
        """Begin to tick; stop it with ``shutdown``."""
        scheduler = self._scheduler
        jobs = (
            (self.remind, SWEEP_SECONDS, "reminders", "催办和到期"),
            (self.rule, SWEEP_SECONDS, "rules", "定时的自动规则"),
            (self.meter.flush, FLUSH_SECONDS, "meter", "接口计数"),
            (self.refresh_members, ROSTER_SECONDS, "roster", "通讯录更新"),
            (self.look_for_orphans, ORPHAN_SECONDS, "orphans", "无主单检查"),
            (self.prune, PRUNE_SECONDS, "retention", "清理过期内容"),
            (self.anchor, ANCHOR_SECONDS, "anchor", "审计锚"),
            (self.review, REVIEW_SECONDS, "review", "规则体检"),
        )
        for job, seconds, name, title in jobs:
            worker = self.supervisor.worker(name, title, within=3 * seconds + LONGEST)
            scheduler.add_job(_safely(job, worker), "interval", seconds=seconds)
        scheduler.start()
        return scheduler

    async def remind(self) -> None:
        """Tell of what is overdue, bring back what was put aside, hand on what nobody is there for.

        Changes whose moment has come go first: the step after it is by the rules of that moment.
        """
        now: datetime = self.clock.now().astimezone(self.desk.zone)
        while await sweep(self.desk, now):
            self.wake()
        if await take_turns(now):
            self.wake()
        if await go_on(self.desk, now) + await awake(now) + await hand_round(self.desk, now):
            self.wake()

    async def rule(self) -> None:
        """Carry out the rules whose time has come."""
        if await run_rules(self.desk, self.clock.now().astimezone(self.desk.zone)):
            self.wake()

    async def look_for_orphans(self) -> None:
        """Tell of open cases that nobody has; the alert's own key makes it once a day."""
        if await tell_of_orphans(self.desk, self.clock.now()):
            self.wake()

    async def anchor(self) -> None:
        """Take down what is older than the audit, and post the day's anchor."""
        now = self.clock.now()
        await anchors.begin(now)
        if await anchors.cast(now, self.desk.zone):
            self.wake()

    async def review(self) -> None:
        """Tell of the rules that nothing uses, when it is time."""
        if await tell_of_idle(self.desk, self.clock.now()):
            self.wake()

    async def refresh_members(self) -> None:
        """Fill in managers from the address books."""
        await refresh(self.channels, self.clock.now())

    def refresh_soon(self) -> None:
        """An address book has changed: refresh in half a minute, once for all changes until then."""
        at = datetime.now(UTC) + timedelta(seconds=SETTLE_SECONDS)
        job = _safely(self.refresh_members, self.supervisor.worker("roster", "通讯录更新"))
        self._scheduler.add_job(job, "date", run_date=at, id="roster soon", replace_existing=True)


def _safely(job: Callable[[], Awaitable[object]], worker: Worker) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            async with asyncio.timeout(LONGEST):
                await job()
        except Exception as error:  # the edge: one failed tick must not end the others
            log.exception("tick failed", id=secrets.token_hex(4), job=worker.name)
            worker.fail(error)
        else:
            worker.beat()

    return run
