"""The floor's state: five plain statements in one durable commit, on either engine."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import aiosqlite

SCHEMA = """
CREATE TABLE task (id INTEGER PRIMARY KEY, case_no TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL);
CREATE TABLE inbox (id {serial}, event_id TEXT NOT NULL UNIQUE, kind TEXT, payload TEXT, received_at TEXT);
CREATE TABLE event (id {serial}, case_id INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT, actor TEXT, action TEXT,
  data TEXT, UNIQUE (case_id, seq));
CREATE TABLE outbox (id {serial}, key TEXT NOT NULL UNIQUE, kind TEXT, payload TEXT, state TEXT, run_at TEXT);
CREATE INDEX outbox_due ON outbox (state, run_at);
"""
INBOX = "INSERT INTO inbox (event_id, kind, payload, received_at) VALUES (?, ?, ?, ?)"
TASK = "SELECT case_no, version FROM task WHERE id = ? AND state = 'open'"
CLAIM = "UPDATE task SET state = 'done', version = version + 1 WHERE id = ? AND version = ?"
EVENT = "INSERT INTO event (case_id, seq, at, actor, action, data) VALUES (?, ?, ?, ?, ?, ?)"
OUTBOX = "INSERT INTO outbox (key, kind, payload, state, run_at) VALUES (?, 'card', ?, 'new', ?)"
FILL = "INSERT INTO task (id, case_no, state, version) VALUES (?, ?, 'open', 1)"


class TooLate(Exception):
    """The task is not open any more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A tap as the floor understands it."""

    event_id: str
    task_id: int
    action: str
    actor: str


class Ledger(Protocol):
    """Where taps are decided."""

    async def fill(self, tasks: int) -> None:
        """Make the tables, with so many open tasks."""

    async def decide(self, tap: Decision) -> str:
        """Decide in one commit; the case's number. Raises TooLate, or the engine's error for a second delivery."""

    async def durability(self) -> dict[str, str]:
        """How the connection writes."""

    async def close(self) -> None:
        """Let go of the engine."""


def rows_of(tap: Decision, case_no: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The event and the outbox row of a decision."""
    now = datetime.now(UTC).isoformat()
    event = (tap.task_id, 2, now, tap.actor, tap.action, json.dumps({"version": 2}))
    return event, (f"card:{case_no}:2", json.dumps({"card": "task", "case": case_no}), now)


def inbox_of(tap: Decision) -> tuple[Any, ...]:
    payload = json.dumps({"task": tap.task_id, "action": tap.action, "actor": tap.actor})
    return tap.event_id, "tap", payload, datetime.now(UTC).isoformat()


@dataclass(slots=True)
class SqliteLedger:
    """aiosqlite with one connection, WAL and synchronous=FULL."""

    file: aiosqlite.Connection
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def open(cls, path: str) -> SqliteLedger:
        file = await aiosqlite.connect(path, isolation_level=None)
        await file.execute("PRAGMA journal_mode = WAL")
        await file.execute("PRAGMA synchronous = FULL")
        return cls(file)

    async def fill(self, tasks: int) -> None:
        await self.file.executescript(SCHEMA.format(serial="INTEGER PRIMARY KEY"))
        await self.file.execute("BEGIN")
        await self.file.executemany(FILL, [(n, f"R20260101-{n:06d}") for n in range(1, tasks + 1)])
        await self.file.execute("COMMIT")

    async def decide(self, tap: Decision) -> str:
        async with self._turn:
            await self.file.execute("BEGIN IMMEDIATE")
            try:
                case_no = await self._write(tap)
            except BaseException:
                await self.file.execute("ROLLBACK")
                raise
            await self.file.execute("COMMIT")
        return case_no

    async def _write(self, tap: Decision) -> str:
        await self.file.execute(INBOX, inbox_of(tap))
        found = list(await self.file.execute_fetchall(TASK, (tap.task_id,)))
        if not found or (await self.file.execute(CLAIM, (tap.task_id, found[0][1]))).rowcount != 1:
            raise TooLate
        event, outbox = rows_of(tap, found[0][0])
        await self.file.execute(EVENT, event)
        await self.file.execute(OUTBOX, outbox)
        return str(found[0][0])

    async def durability(self) -> dict[str, str]:
        found = {}
        for name in ("journal_mode", "synchronous"):
            [row] = await self.file.execute_fetchall(f"PRAGMA {name}")
            found[name] = str(row[0])
        return found

    async def close(self) -> None:
        await self.file.close()


@dataclass(slots=True)
class PostgresLedger:
    """asyncpg with a pool as large as Tortoise's own (``models.database.connection`` sets none, so five)."""

    pool: Any

    @classmethod
    async def open(cls, url: str) -> PostgresLedger:
        import asyncpg  # only where PostgreSQL is used: an extra

        return cls(await asyncpg.create_pool(url.replace("postgres://", "postgresql://", 1), min_size=1, max_size=5))

    async def fill(self, tasks: int) -> None:
        await self.pool.execute(SCHEMA.format(serial="SERIAL PRIMARY KEY"))
        rows = [(n, f"R20260101-{n:06d}", "open", 1) for n in range(1, tasks + 1)]
        await self.pool.copy_records_to_table("task", records=rows)
        await self.pool.execute("ANALYZE task")

    async def decide(self, tap: Decision) -> str:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(dollars(INBOX), *inbox_of(tap))
            found = await connection.fetchrow(dollars(TASK), tap.task_id)
            if found is None or await connection.execute(dollars(CLAIM), tap.task_id, found[1]) != "UPDATE 1":
                raise TooLate
            event, outbox = rows_of(tap, found[0])
            await connection.execute(dollars(EVENT), *event)
            await connection.execute(dollars(OUTBOX), *outbox)
            return str(found[0])

    async def durability(self) -> dict[str, str]:
        return {name: str(await self.pool.fetchval(f"SHOW {name}")) for name in ("fsync", "synchronous_commit")}

    async def close(self) -> None:
        await self.pool.close()


_DOLLARS: dict[str, str] = {}


def dollars(sql: str) -> str:
    """The statement with PostgreSQL's marks."""
    if sql not in _DOLLARS:
        first, *rest = sql.split("?")
        _DOLLARS[sql] = first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))
    return _DOLLARS[sql]


async def open_ledger(url: str) -> Ledger:
    """The ledger of a database URL."""
    if url.startswith("sqlite://"):
        return await SqliteLedger.open(url.removeprefix("sqlite://"))
    return await PostgresLedger.open(url)
