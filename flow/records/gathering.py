"""Words that come close together make one message: what a person is told of in one breath, and what follows soon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flow.records import outbox
from models import Outbox, WorkState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LATE = f"{outbox.DIGEST}:late"  #: how the key of a digest begins that says what a sweep has to say
BREATH = timedelta(minutes=10)  #: after a message, what comes in this time is said together when it is over


@dataclass(frozen=True, slots=True)
class Occasion:
    """When words to one person are said, and the digest that says them; ``fresh`` where nothing came before."""

    key: str
    at: datetime
    fresh: bool


@dataclass(slots=True)
class Gathering:
    """What one sweep has to say. Nothing is said before ``release``; should that never come, it is said in a while."""

    now: datetime
    _held: set[str] = field(default_factory=set)

    async def occasion(self, member_id: int) -> Occasion:
        """Where words to this person belong now."""
        this, before = (_key(member_id, at) for at in (self.now, self.now - BREATH))
        found = {row.key: row for row in await Outbox.filter(key__in=[this, before])}
        occasion = _occasion(found, (this, before), member_id, self.now)
        if occasion.fresh:
            self.hold(occasion.key)
        return occasion

    def hold(self, *keys: str) -> None:
        """Rows that are not to go before ``release``."""
        self._held.update(keys)

    async def gathered(self, rows: Sequence[Outbox]) -> list[Outbox]:
        """Rows of one late task: each person's words in the digest of then, each group's lines in one message.

        What waits for the morning is left as it is. In the caller's transaction.
        """
        kept = []
        for row in rows:
            if row.kind == outbox.GROUP:
                await self.alert(row.payload["group"], row.payload["text"], row.payload["group"])
                continue
            if row.kind == "text" and row.run_at <= self.now:
                occasion = await self.occasion(row.member_id or 0)
                row.run_at, row.payload = occasion.at, {**row.payload, outbox.DIGEST: occasion.key}
            kept.append(row)
        return kept

    async def alert(self, about: int | str, text: str, group: str = outbox.MANAGERS) -> None:
        """Tell a group something about somebody, a line each. In the caller's transaction."""
        key = f"alert:{_key(about, self.now)}"
        row = await Outbox.filter(key=key).select_for_update().first()
        if row is None:
            first = outbox.alert(key, self.now, text, group)
            first.run_at = self.now + BREATH
            self.hold(key)
            await outbox.put([first])
        elif row.state is WorkState.NEW:
            lines = {**row.payload, "text": f"{row.payload['text']}\n{text}"}
            await Outbox.filter(id=row.id).update(payload=lines)
        else:
            await outbox.put([outbox.alert(f"{key}:{text}"[:191], self.now, text, group)])

    async def release(self) -> None:
        """All that was gathered is complete."""
        if self._held:
            await Outbox.filter(key__in=list(self._held), state=WorkState.NEW).update(run_at=self.now)
            self._held.clear()


def _occasion(found: Mapping[str, Outbox], keys: tuple[str, str], member_id: int, now: datetime) -> Occasion:
    this = found.get(keys[0])
    if this and this.state is WorkState.NEW:
        return Occasion(this.key, this.run_at, fresh=False)
    said = max((row.run_at for row in found.values() if row.run_at > now - BREATH), default=None)
    if said is None:
        return Occasion(keys[0], now + BREATH, fresh=True)
    return Occasion(_key(member_id, said + BREATH), said + BREATH, fresh=False)


def _key(about: int | str, at: datetime) -> str:
    """One for each breath of the clock, and each member or group."""
    begin = datetime.fromtimestamp(at.timestamp() // BREATH.total_seconds() * BREATH.total_seconds(), UTC)
    return f"{LATE}:m{about}:{begin:%Y%m%d%H%M}"
