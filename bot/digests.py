"""Words that have waited out the quiet hours: the digest says them together, and ticks them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.base import Retryable
from flow.queue import DIGEST
from models import Outbox, WorkState

if TYPE_CHECKING:
    from collections.abc import Sequence

A_MOMENT = 2.0  # seconds that a row waits for the digest which is to say it
_UNSAID = (WorkState.NEW, WorkState.TAKEN)


async def waiting(head: Outbox) -> list[Outbox]:
    """The texts that a digest is to say, the oldest first."""
    rows = Outbox.filter(kind="text", member_id=head.member_id, state__in=_UNSAID).order_by("id")
    return [row for row in await rows if row.payload.get(DIGEST) == head.key]


async def tick_off(rows: Sequence[Outbox]) -> None:
    """They have been said."""
    await Outbox.filter(id__in=[row.id for row in rows]).update(state=WorkState.DONE, lease_until=None)


async def said_already(row: Outbox) -> bool:
    """Whether a digest has said this row. One that came too late for it, or whose digest failed, speaks for itself.

    Raises Retryable while the digest, which another worker may have in hand, is still under way.
    """
    if DIGEST not in row.payload:
        return False
    if (await Outbox.get(id=row.id)).state is WorkState.DONE:
        return True
    if await Outbox.filter(key=row.payload[DIGEST], state__in=_UNSAID).exists():
        raise Retryable("the digest is under way", A_MOMENT)
    return False
