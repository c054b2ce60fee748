"""Long-lived work: begun again whenever it ends, silent no longer than it may be, told of once and once when over."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import Retryable
from bot.outbox.alarm import AGAIN, CALM, SLOW, Alarm
from bot.runtime.supervision import SETTLED, Supervisor, Worker, pause_after, rounds
from cards.types import Text

if TYPE_CHECKING:
    from cards.types import Content


@dataclass(slots=True)
class Hours:
    """Seconds that pass when they are told to."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += seconds


@pytest.mark.parametrize(("times", "seconds"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (1000, 60)])
def test_a_job_begins_again_ever_later(times: int, seconds: float) -> None:
    assert pause_after(times) == seconds


async def test_whatever_ends_a_job_it_begins_again() -> None:
    ends: list[BaseException | None] = [ValueError("no"), None, OSError("no")]
    supervisor, done = Supervisor(pause=lambda _: 0), asyncio.Event()

    async def job() -> None:
        if not ends:
            done.set()
            await asyncio.Event().wait()
        if error := ends.pop(0):
            raise error

    worker = supervisor.worker("intake", "收消息", within=60)
    keeping = asyncio.create_task(supervisor.keep(worker, job))
    await asyncio.wait_for(done.wait(), 5)
    assert worker.failures == 3
    assert worker.problem
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_a_job_that_may_end_is_left_alone_when_it_has_ended_well() -> None:
    tries: list[int] = []
    supervisor = Supervisor(pause=lambda _: 0)

    async def job() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError

    worker = supervisor.worker("register", "登记")
    await asyncio.wait_for(supervisor.keep(worker, job, ends=True), 5)
    assert (len(tries), worker.failures) == (3, 2)


async def test_a_look_comes_round_until_it_fails_and_beats_only_when_it_was_had() -> None:
    told: list[str] = []

    async def look() -> None:
        told.append("look")
        if told.count("look") == 3:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await rounds(look, 0, lambda: told.append("beat"))
    assert told == ["look", "beat", "look", "beat", "look"]


def test_a_worker_is_well_again_when_it_has_gone_on_for_a_while() -> None:
    now = Hours()
    worker = Worker("intake", "收消息", 60, now)
    assert worker.problem is None
    worker.fail(sqlite3.OperationalError("disk I/O error"))
    assert "收消息停了" in str(worker.problem)
    worker.beat()
    assert worker.problem, "it has only just begun"
    now.pass_by(SETTLED)
    assert worker.problem, "and has not gone round since"
    worker.beat()
    assert worker.problem is None


def test_a_worker_that_hangs_is_told_by_its_silence() -> None:
    now = Hours()
    worker = Worker("outbox", "发消息", 60, now)
    now.pass_by(61)
    assert worker.problem == "发消息已经 61 秒没有动静"
    worker.beat()
    assert worker.problem is None


# -- the alarm ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """The administrators' group."""

    heard: list[str] = field(default_factory=list)
    deaf: bool = False

    async def say(self, words: Content) -> None:
        if self.deaf:
            raise Retryable("away")
        assert isinstance(words, Text)
        self.heard.append(words.body)


@dataclass(slots=True)
class Watch:
    """An alarm over troubles that a test brings about."""

    now: Hours = field(default_factory=Hours)
    group: Group = field(default_factory=Group)
    troubles: dict[str, str] = field(default_factory=dict)
    alarm: Alarm = field(init=False)

    def __post_init__(self) -> None:
        self.alarm = Alarm(lambda: self.troubles, self.group.say, slow={"dingtalk"}, now=self.now)

    async def after(self, seconds: float, **troubles: str) -> list[str]:
        """What the group has heard when so long has passed and these are the troubles."""
        self.now.pass_by(seconds)
        self.troubles = troubles
        self.group.heard.clear()
        await self.alarm.look()
        return list(self.group.heard)


async def test_a_trouble_is_told_once_and_once_when_it_is_over() -> None:
    watch = Watch()
    [words] = await watch.after(0, database="数据库连接断了", redis="Redis 没有回答")
    assert "数据库连接断了" in words
    assert "Redis" in words, "what goes wrong together is told together"
    assert await watch.after(CALM - 1, database="数据库连接断了") == []
    [words] = await watch.after(1, database="数据库连接断了")
    assert "Redis" in words
    assert "数据库" not in words
    assert await watch.after(600, database="数据库连接断了") == []
    assert await watch.after(CALM - 1) == []
    assert await watch.after(0, database="数据库连接断了") == [], "it has come back before it was told to be over"
    [words] = await watch.after(CALM)
    assert "已经过去" in words
    assert await watch.after(600) == []


async def test_a_group_that_does_not_hear_is_told_later() -> None:
    watch = Watch()
    watch.group.deaf = True
    assert await watch.after(0, redis="Redis 没有回答") == []
    watch.group.deaf = False
    assert await watch.after(AGAIN - 1, redis="Redis 没有回答") == []
    assert len(await watch.after(1, redis="Redis 没有回答")) == 1


async def test_a_connection_that_comes_back_soon_is_no_news() -> None:
    watch = Watch()
    assert await watch.after(0, dingtalk="正在重连") == []
    assert await watch.after(SLOW - 1) == []
    assert await watch.after(1, dingtalk="正在重连") == []
    assert len(await watch.after(SLOW, dingtalk="正在重连")) == 1
