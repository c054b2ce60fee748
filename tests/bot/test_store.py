"""The shared memory: the same promises in this process and in Redis."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from limits.aio.storage import MemoryStorage

from bot.channels.base import Retryable
from bot.channels.wecom.budget import PER_ROBOT, Budget
from bot.runtime.clock import Clock
from bot.store.base import StoreDown
from bot.store.fallback import FallbackStore
from bot.store.memory import MemoryStore
from bot.store.opening import open_store
from bot.store.redis import RedisStore
from tests.conftest import ran_on
from tests.support.wecom_desk import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.store.base import Store


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A Redis of the test's own; where none is installed the test says so, and in CI fails."""
    ran_on(request, "Redis")
    server, port = shutil.which("redis-server"), free_port()
    if server is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("redis-server is not installed")
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([server, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert any(b"eady to accept connections" in line for line in process.stdout)
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


@pytest.fixture(params=["memory", "redis"])
def where(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("redis_url")) if request.param == "redis" else None


@pytest.fixture
async def store(where: str | None) -> AsyncIterator[Store]:
    opened = open_store(where)
    yield opened
    await opened.close()


async def test_what_is_set_is_there_until_deleted(store: Store) -> None:
    assert await store.get("a") is None
    await store.set("a", "一", 60)
    await store.set("a", "二", 60)
    assert await store.get("a") == "二"
    await store.delete("a")
    await store.delete("a")
    assert await store.get("a") is None


async def test_only_the_first_adds(store: Store) -> None:
    added = await asyncio.gather(*(store.add("lock", str(n), 60) for n in range(8)))
    assert added.count(True) == 1
    assert await store.get("lock") == str(added.index(True))


async def test_everything_has_its_time(store: Store) -> None:
    await store.set("a", "1", 0.05)
    await store.add("b", "1", 0.05)
    await asyncio.sleep(0.1)
    assert (await store.get("a"), await store.add("b", "2", 60)) == (None, True)


async def test_a_budget_is_shared_by_all_who_share_the_store(store: Store) -> None:
    clock = Clock(lambda: START, START.timestamp)
    budget = Budget(store, clock, PER_ROBOT)
    for _ in range(20):
        await budget.spend("robot")
    await budget.spend("another")
    with pytest.raises(Retryable):
        await budget.spend("robot")


async def test_two_processes_share_one_budget(redis_url: str) -> None:
    stores = [RedisStore(redis_url) for _ in range(2)]
    budgets = [Budget(each, Clock(lambda: START, START.timestamp), PER_ROBOT) for each in stores]
    for number in range(20):
        await budgets[number % 2].spend("robot")
    for budget, each in zip(budgets, stores, strict=True):
        with pytest.raises(Retryable):
            await budget.spend("robot")
        await each.close()


async def test_a_redis_that_is_away_says_so() -> None:
    store = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(StoreDown):
        await store.get("a")
    with pytest.raises(Retryable, match="共享存储"):
        await Budget(store, Clock(lambda: START, START.timestamp)).spend("lin")
    await store.close()


@dataclass(slots=True)
class Away:
    """A Redis that can be taken away."""

    inner: MemoryStore = field(default_factory=MemoryStore)
    away: bool = False
    asked: int = 0
    problem: None = None
    counters: Any = field(default_factory=MemoryStorage)

    async def get(self, key: str) -> str | None:
        return await self._there().get(key)

    async def set(self, key: str, value: str, ttl: float) -> None:
        await self._there().set(key, value, ttl)

    async def add(self, key: str, value: str, ttl: float) -> bool:
        return await self._there().add(key, value, ttl)

    async def delete(self, key: str) -> None:
        await self._there().delete(key)

    async def close(self) -> None:
        await self.inner.close()

    def _there(self) -> MemoryStore:
        self.asked += 1
        if self.away:
            raise StoreDown("ConnectionError")
        return self.inner


async def test_without_redis_everything_goes_on_and_is_carried_over() -> None:
    redis = Away()
    store = FallbackStore(redis)
    await store.set("habit", "wecom", 60)
    await store.set("lock", "1", 60)
    redis.away = True
    assert await store.get("habit") == "wecom"
    assert "Redis" in str(store.problem)
    await store.set("habit", "dingtalk", 60)
    await store.delete("lock")
    assert [await store.add("mark", "1", 60), await store.add("mark", "1", 60)] == [True, False]
    asked = redis.asked
    assert await store.get("habit") == "dingtalk"
    assert redis.asked == asked, "whoever comes now does not wait for a Redis that is known to be away"
    await store.look()
    assert store.problem is not None
    redis.away = False
    await store.look()
    assert store.problem is None
    assert [await redis.inner.get(key) for key in ("habit", "lock", "mark")] == ["dingtalk", None, "1"]


async def test_a_pace_is_kept_while_redis_goes_and_comes() -> None:
    redis = Away()
    store = FallbackStore(redis)
    budget = Budget(store, Clock(lambda: START, START.timestamp), PER_ROBOT)
    for number in range(20):
        if number == 8:
            store.lost(StoreDown("ConnectionError"))
        if number == 16:
            await store.look()
        await budget.spend("robot")
    with pytest.raises(Retryable, match="太密"):
        await budget.spend("robot")


async def test_a_redis_that_is_not_there_from_the_beginning_stops_nobody() -> None:
    store = open_store(f"redis://127.0.0.1:{free_port()}/0")
    assert await store.add("a", "1", 60)
    assert await store.get("a") == "1"
    await Budget(store, Clock(lambda: START, START.timestamp)).spend("lin")
    assert store.problem
    await store.close()


async def test_memory_does_not_grow_with_what_is_dead() -> None:
    now = [0.0]
    store = MemoryStore(lambda: now[0])
    for number in range(10_000):
        now[0] += 1.0
        await store.set(str(number), "x", 10)
    assert store.size < 200
