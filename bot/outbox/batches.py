"""The same words to several people in one call, where a platform charges by the call (dingtalk.md §4.2)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.base import ChannelError, Circular
    from cards.types import Content
    from models import Outbox

SPOKEN = frozenset({"text", "digest"})  #: kinds of row that are words to one person, who did not ask for them


@dataclass(slots=True)
class _Batch:
    """People who are to hear the same."""

    circular: Circular
    words: Content
    again: int
    userids: list[str] = field(default_factory=list)
    call: asyncio.Task[dict[str, ChannelError]] | None = None

    async def sent(self) -> dict[str, ChannelError]:
        """Who did not get it, and why; whoever asks first sends it, for all."""
        if self.call is None:
            self.call = asyncio.create_task(self.circular.send(self.userids, self.words, self.again))
        return await self.call


@dataclass(slots=True, eq=False)
class _Round:
    """Rows that were taken at once, and what those of them say that are drawn."""

    undrawn: set[int]  #: by id: what these say, and where, nobody knows yet
    batches: list[_Batch] = field(default_factory=list)
    drawn: asyncio.Event = field(default_factory=asyncio.Event)

    def batch(self, circular: Circular, words: Content, again: int) -> _Batch:
        """Where one more may hear ``words``."""
        for batch in self.batches:
            alike = (batch.circular, batch.words, batch.again) == (circular, words, again)
            if alike and len(batch.userids) < circular.at_once:
                return batch
        self.batches.append(_Batch(circular, words, again))
        return self.batches[-1]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A row's place in its round."""

    row_id: int
    round: _Round

    def leave(self) -> None:
        """The others need not wait for this row: it goes its own way, or has nothing to say."""
        self.round.undrawn.discard(self.row_id)
        if not self.round.undrawn:
            self.round.drawn.set()

    async def send(self, circular: Circular, userid: str, words: Content, again: int) -> None:
        """Send ``words`` to ``userid``, with whoever is to hear the same. Raises Retryable or Rejected."""
        batch = self.round.batch(circular, words, again)
        batch.userids.append(userid)
        self.leave()
        await self.round.drawn.wait()
        if error := (await batch.sent()).get(userid):
            raise error


@dataclass(slots=True)
class Batches:
    """Rows of words wait till all that were taken with them are drawn too; what is equal then goes in one call.

    Each row hears how it went with its own reader, so that it is done, tried again or given up like any other.
    """

    _tickets: dict[int, Ticket] = field(default_factory=dict)  #: by the id of a row in hand

    def begin(self, rows: Sequence[Outbox]) -> None:
        """These rows were taken at once. Each of them must ``end``."""
        spoken = [row.id for row in rows if row.kind in SPOKEN]
        together = _Round(set(spoken))
        self._tickets |= {row_id: Ticket(row_id, together) for row_id in spoken}

    def ticket(self, row: Outbox) -> Ticket:
        """The row's own; one that waits for nobody where it was not taken with others."""
        return self._tickets.get(row.id) or Ticket(row.id, _Round({row.id}))

    def end(self, row: Outbox) -> None:
        """The row is out of hand; nobody waits for it any more."""
        if ticket := self._tickets.pop(row.id, None):
            ticket.leave()
