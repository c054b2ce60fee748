"""Words that have waited out the quiet hours: the digest says them together, and ticks them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.base import Retryable
from flow.records.outbox import DIGEST
from models import Outbox, WorkState

if TYPE_CHECKING:
    from collections.abc import Sequence

LATE = "late"  #: in the payload of a digest that was said: of how many late tasks of its reader
A_MOMENT = 2.0  # seconds that a row waits for the digest which is to say it
_UNSAID = (WorkState.NEW, WorkState.TAKEN)


async def waiting(head: Outbox) -> list[Outbox]:
    """The texts that a digest is to say, the oldest first."""
    rows = Outbox.filter(kind="text", member_id=head.member_id, state__in=_UNSAID).order_by("id")
    return [row for row in await rows if row.payload.get(DIGEST) == head.key]


async def tick_off(head: Outbox, rows: Sequence[Outbox], late: int) -> None:
    """They have been said, ``late`` tasks among them."""
    await Outbox.filter(id__in=[row.id for row in rows]).update(state=WorkState.DONE)
    await Outbox.filter(id=head.id).update(payload={**head.payload, LATE: late})


async def told_of_many(row: Outbox) -> bool:
    """Whether the digest that a card goes with has told of several late tasks, so that the card need not ring too."""
    head = await Outbox.get_or_none(key=key) if (key := row.payload.get(DIGEST)) else None
    return head is not None and int(head.payload.get(LATE) or 0) > 1


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
