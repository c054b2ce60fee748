"""Which replica has a row in hand: taken when its work begins, and held for as long as the replica lives.

A replica that beats no more is dead, however its clock goes: what it had in hand is given back. On PostgreSQL the mark
of one that was killed is gone as well, and less patience is needed. One that was only paused, or only lost its line,
finds its rows in other hands, and what it then writes down of them changes nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from tortoise import connections
from tortoise.transactions import in_transaction

from models import Inbox, Outbox, Replica, WorkState
from models.database.sessions import marked
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.runtime.supervision import Worker
    from models.database.sessions import Mark

log = structlog.get_logger("leases")
BEAT_SECONDS = 1.0  #: between two beats, and two looks at those of the others
MISSED = 5  #: looks in a row that find no new beat: so many of ours, however long each of them took
UNMARKED = 2  #: the same where the mark is gone: a line may be cut, but whoever lives beats on another one
STUBBORN_SECONDS = 1.0  #: until the database is asked again to keep what became of a row

_FREE = """
SELECT o.id FROM {table} o WHERE o.state = 'new' AND o.run_at <= ? AND {which} AND (o.lane = '' OR (
  NOT EXISTS (SELECT 1 FROM {table} e WHERE e.lane = o.lane AND e.state = 'taken')
  AND NOT EXISTS (SELECT 1 FROM {table} e WHERE e.lane = o.lane AND e.state = 'new' AND {before})))
""".strip()
_TAKE = """
WITH free AS MATERIALIZED ({free} ORDER BY o.run_at, o.id LIMIT ? {locked})
UPDATE {table} SET state = 'taken', holder = ? WHERE state = 'new' AND id IN (SELECT id FROM free)
AND EXISTS (SELECT 1 FROM replica WHERE name = ?) RETURNING *
""".strip()
_GIVE_BACK = """
UPDATE {table} SET state = 'new', holder = '', attempts = attempts + 1{doubt} WHERE id IN (
  SELECT id FROM {table} WHERE state = 'taken' AND holder NOT IN (SELECT name FROM replica) {locked})
""".strip()
_BEAT = "UPDATE replica SET beats = beats + 1 WHERE name = ? RETURNING beats"
_BURY = "DELETE FROM replica WHERE name = ? AND beats = ?"


@dataclass(frozen=True, slots=True)
class Queue:
    """A table of work. Rows with the same ``lane`` are done one at a time, the oldest first; others side by side."""

    model: type[Inbox] | type[Outbox]
    before: str  #: condition under which row ``e`` of a lane comes before row ``o``
    doubt: str = ""  #: what else is written to a row whose holder has died

    async def take(self, holder: str, now: datetime, limit: int, which: str = "true") -> list[Any]:
        """Take rows in hand whose turn it is, the oldest first; none for a replica that was given up for dead.

        Two replicas that ask in the same moment never get the same row, nor two rows of one lane.
        """
        free = _FREE.format(table=self._table, which=which, before=self.before)
        sql = _TAKE.format(table=self._table, free=free, locked=_locked("o"))
        [found] = await session.batch(session.Statement(sql, (now, limit, holder, holder), session.Kind.READ))
        return sorted(session.to_models(self.model, found), key=lambda row: (row.run_at, row.id))

    async def has_work(self, now: datetime) -> bool:
        """Whether a row could be taken now, or is in somebody's hands."""
        free = _FREE.format(table=self._table, which="true", before=self.before)
        taken = f"SELECT id FROM {self._table} WHERE state = '{WorkState.TAKEN}' LIMIT 1"  # noqa: S608  # a name of ours
        return bool(await session.rows(f"SELECT 1 AS one WHERE EXISTS ({free} LIMIT 1) OR EXISTS ({taken})", now))

    async def finish(self, row: Inbox | Outbox, **fields: Any) -> bool:
        """Write down how a row went; False, and nothing is written, where it is in other hands by now."""
        held = self.model.filter(id=row.id, state=WorkState.TAKEN, holder=row.holder)
        return bool(await held.update(**fields, holder=""))

    async def finish_at_last(self, row: Inbox | Outbox, **fields: Any) -> bool:
        """The same, asked again until the database answers: what was done must not be forgotten for want of one."""
        while True:
            try:
                kept = await self.finish(row, **fields)
            except Exception:  # the edge: the database is away
                log.exception("not written down yet", id=secrets.token_hex(4), queue=self._table, row=row.id)
                await asyncio.sleep(STUBBORN_SECONDS)
            else:
                if not kept:
                    log.warning("a row was in other hands when it was done", queue=self._table, row=row.id)
                return kept

    async def give_back(self) -> int:
        """Let others have what nobody who lives has in hand; how many rows. It counts as an attempt."""
        sql = _GIVE_BACK.format(table=self._table, doubt=self.doubt, locked=_locked(self._table))
        [found] = await session.batch(session.Statement(sql))
        return found.touched

    @property
    def _table(self) -> str:
        return self.model._meta.db_table


#: a message that waits for another try holds what the same person has said after it
INBOX = Queue(Inbox, "e.id < o.id")
#: what is put off lets the rest pass; what a dead replica had in hand may have been said
OUTBOX = Queue(Outbox, "(e.run_at < o.run_at OR e.run_at = o.run_at AND e.id < o.id)", doubt=", in_doubt = true")


def _locked(table: str) -> str:
    """Rows that another replica is about to take, or a paused one has locked, are passed over. SQLite has one bot."""
    dialect = connections.get("default").capabilities.dialect
    return "" if dialect == "sqlite" else f"FOR UPDATE OF {table} SKIP LOCKED"


@dataclass(slots=True)
class Replicas:
    """This process among those that work on the same database."""

    taken_over: Sequence[Callable[[], None]] = ()  #: called when there is more to do for whoever is left
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _worker: Worker | None = None
    alone: bool = False  #: nobody else can work on this database
    mark: Mark | None = None  #: none on SQLite
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)  #: name -> its beats, looks that found no more

    async def join(self, *, alone: bool) -> None:
        """Be one of them. Where there can be no other, all who were are dead, and what they had in hand is free."""
        self.alone = alone
        if alone:
            await Replica.all().delete()
        await self._be_seen()
        await Replica.create(name=self.name)
        await self._give_back()

    async def leave(self) -> None:
        """What we have in hand still is for the others."""
        if self.mark:
            self.mark.drop()
        await Replica.filter(name=self.name).delete()

    def watched_by(self, worker: Worker) -> None:
        """Have ``worker`` told of every beat."""
        self._worker = worker

    async def run(self) -> None:
        """Beat, and look after the others, for as long as the bot runs; where there are none, nobody needs to hear."""
        while not self.alone:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except Exception as error:  # noqa: BLE001  # the edge: without a database nobody beats, and nobody takes over
                log.warning("beat failed", id=secrets.token_hex(4), error=type(error).__name__)
                if self._worker:
                    self._worker.fail(error)
            else:
                if self._worker:
                    self._worker.beat()

    async def beat(self) -> int:
        """Show that we live, and take over from those who do not; how many rows were given back."""
        if not await session.rows(_BEAT, self.name):  # we were paused for so long that another took us for dead
            self.name = secrets.token_hex(8)
            await Replica.create(name=self.name)
        await self._be_seen()
        others = await Replica.exclude(name=self.name).values_list("name", "beats")
        self._seen = {str(name): self._looked(str(name), int(str(beats))) for name, beats in others}
        for name in await self._dead():
            log.warning("a replica is dead", name=name)
            await session.batch(session.Statement(_BURY, (name, self._seen[name][0])))
        return await self._give_back()

    async def _dead(self) -> list[str]:
        """Who was missed for long enough. Marks that do not even show ourselves say nothing of others."""
        silent = [name for name, (_, missed) in self._seen.items() if missed >= UNMARKED]
        seen = await marked((self.name, *silent)) if silent else set()
        patience = {name: UNMARKED if self.name in seen and name not in seen else MISSED for name in silent}
        return [name for name in silent if self._seen[name][1] >= patience[name]]

    async def _be_seen(self) -> None:
        """Where that cannot be, the beats alone say that we live."""
        if self.mark is None:
            return
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self.mark.set(self.name)
        except Exception as error:  # noqa: BLE001  # the edge: no more sessions to be had, a line that is cut
            log.info("no mark set", id=secrets.token_hex(4), error=type(error).__name__)

    def _looked(self, name: str, beats: int) -> tuple[int, int]:
        before, missed = self._seen.get(name, (-1, 0))
        return beats, missed + 1 if beats == before else 0

    async def _give_back(self) -> int:
        async with in_transaction():
            found = await INBOX.give_back() + await OUTBOX.give_back()
        if found:
            log.info("taken over", rows=found)
            for wake in self.taken_over:
                wake()
        return found
