"""No statement of a day's work reads through a table that grows with the years, on either engine."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession
from tortoise import connections

from bench import crowd
from bench.engines import connect_postgres
from bot.jobs.retention import Pruner
from bot.store.photos import PhotoFolder
from config.settings import KeepSettings
from flow.cases.disuse import unused
from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Case
from tests.support.stage import START, sell, stage
from tests.support.stories import LAMP, finish, says, taps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.stage import Stage

#: tables with a row, or more, for every order or case there ever was
GROWING = frozenset({
    "shop_order", "order_line", "return_case", "case_line", "task", "case_event", "parcel", "refund", "inspection",
    "stock_move", "customer_notice", "sent_card", "outbox", "inbox", "photo", "case_link",
})  # fmt: skip
STEPS = 15  #: thousands; one look at each of these cases takes more
ORDERS = 800  #: enough for PostgreSQL to prefer an index where there is one


@dataclass(slots=True)
class Watch:
    """Every statement that the bot runs, one of each shape, with the parameters it had."""

    seen: dict[str, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)

    def note(self, sql: str, *params: Any) -> None:
        if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b", sql):
            marks = len(set(re.findall(r"\$\d+", sql)))
            several = bool(marks) and len(params) != marks  # rows that are written many at a time
            shape = re.sub(r"'[^']*'|\b\d+\b", "?", sql)
            self.seen.setdefault(shape, (sql, tuple(params[0]) if several else params))

    async def begin(self) -> None:
        """Listen on every connection that the open database has."""
        client = connections.get("default")
        if client.capabilities.dialect == "sqlite":
            await client._connection.set_trace_callback(self.note)
            return
        pool = client._pool
        taken = [await pool.acquire() for _ in range(pool.get_max_size())]
        for connection in taken:
            connection._con.add_query_logger(lambda query: self.note(query.query, *query.args))
        for connection in taken:
            await pool.release(connection)


TAILS = ("0001", "9999")
SAID = ("退货 53636 85123A×1 质量问题", "算了", "13800138000 要退货", "客户李雷的单", "撤回刚才那个", "待办", "我的单")


async def a_day(desk: Stage) -> None:
    """What people do all day, and what the bot does by itself."""
    await says(desk, "林晓", "退货 536365 85123A×2 质量问题 外壳破裂")
    await taps(desk, "林晓", "提交")
    no = (await Case.get(order_no="536365")).no
    old = await Case.get(id=crowd.CASES + 10)
    for word in (no, "536365", "SF10000000003", crowd.tail(6), "13800138000", "13000009002", old.order_no, *TAILS):
        await says(desk, "林晓", f"查 {word}")
    for words in ("审计", f"审计 {no}", f"验真 {no}"):
        await says(desk, "陈卓", words)
    for words in SAID:
        await says(desk, "林晓", words)
    await taps(desk, "王建国", "同意")
    await taps(desk, "李敏", "同意")
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    await says(desk, "周仓", "收货 SF1234567890")
    await says(desk, "周仓", "待办")
    await finish(desk, no)
    await desk.bot.ticks.remind()
    await desk.bot.ticks.look_for_orphans()
    await says(desk, "李敏", "名单 禁止 13800138000 三次调包")
    assert await unused(desk.bot.desk, START + timedelta(days=3650))
    with TemporaryDirectory() as folder:
        await Pruner(KeepSettings(), PhotoFolder(Path(folder)), desk.bot.clock.now, rest=0).run()
    async with ClientSession() as session:
        for path in ("/metrics", "/readyz"):
            async with session.get(f"{desk.bot.settings.public_url}{path}") as answer:
                assert answer.status == 200


async def watched(url: str) -> Watch:
    """A day in a shop with a past."""
    watch = Watch()
    async with stage(url) as desk:
        desk.honest = False  # a past that was copied has no chain
        await crowd.fill(ORDERS)
        await take(MEMBERS)
        await sell("536365", LAMP)
        await watch.begin()
        await a_day(desk)
    return watch


async def test_sqlite_searches_and_never_scans(sqlite: str) -> None:
    watch = await watched(sqlite)
    with closing(sqlite3.connect(sqlite.removeprefix("sqlite://"))) as file:
        found = [f"{scan}: {sql}" for sql, _ in watch.seen.values() for scan in _scanned(file, sql)]
        found += [f"{steps} steps: {sql}" for sql, _ in watch.seen.values() if (steps := _steps(file, sql)) > STEPS]
    assert len(watch.seen) > 100
    assert not found, "\n\n".join(found)


def _scanned(file: sqlite3.Connection, sql: str) -> Iterator[str]:
    for *_, step in file.execute(f"EXPLAIN QUERY PLAN {sql}"):
        if "WHERE 1=0" not in sql and (match := re.match(r"SCAN (\w+)", step)) and _table(sql, match[1]) in GROWING:
            yield step


def _steps(file: sqlite3.Connection, sql: str) -> int:
    """Thousands of instructions of SQLite that a SELECT takes: many, by an index that tells nothing apart."""
    if not sql.lstrip().startswith("SELECT"):
        return 0
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    file.set_progress_handler(count, 1000)
    file.execute(sql).fetchall()
    return taken


def _table(sql: str, alias: str) -> str:
    """The table that stands behind a name in a plan."""
    match = re.search(rf'"?(\w+)"?\s+(?:AS\s+)?"?{alias}"?(?:\s|$)', sql)
    return match[1] if match and match[1] in GROWING else alias


async def test_postgresql_searches_and_never_scans(postgres: str) -> None:
    watch = await watched(postgres)
    connection = await connect_postgres(postgres)
    try:
        for way in ("seqscan", "hashjoin", "mergejoin"):  # good for few rows, and these tables will have more
            await connection.execute(f"SET enable_{way} = off")
        found = []
        for sql, params in watch.seen.values():
            [[plan]] = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *params)
            found += [f"{step}: {sql}" for step in _read_through(json.loads(plan)[0]["Plan"])]
    finally:
        await connection.close()
    assert len(watch.seen) > 100
    assert not found, "\n\n".join(found)


def _read_through(step: Mapping[str, Any]) -> Iterator[str]:
    """The steps that read a whole table, or a whole index of it."""
    kind, table = step["Node Type"], step.get("Relation Name", "")
    if table in GROWING and (kind == "Seq Scan" or (kind.startswith("Index") and "Index Cond" not in step)):
        yield f"{kind} {table} {step.get('Filter', '')}"
    for below in step.get("Plans", ()):
        yield from _read_through(below)
