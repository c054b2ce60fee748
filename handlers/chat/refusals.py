"""What somebody tried and may not, put on record beside the case that the try left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.payload import Act, Decide, PayloadError, Words, unpack
from flow.errors import NotAllowed, Unseen
from handlers.chat import parse
from handlers.chat.events import Message, Tap
from handlers.chat.spelling import numbered
from models import Case, Refusal

if TYPE_CHECKING:
    from flow.errors import FlowError
    from handlers.chat.context import Ctx
    from handlers.chat.events import Event, Labels

ACTION_CHARS, WORDS_CHARS = 32, 255  #: of the columns


async def keep(ctx: Ctx, event: Event | Labels, error: FlowError) -> None:
    """Remember a try that was refused for who made it; anything else that is refused is no matter of rights."""
    if not isinstance(error, NotAllowed | Unseen):
        return
    case_id, action = await _tried(event)
    if isinstance(error, Unseen) and not (case_id and await Case.exists(id=case_id)):
        return
    await _put_down(ctx, case_id, action, error)


async def keep_of(ctx: Ctx, no: str, action: str, error: FlowError) -> None:
    """The same of an action on a case, where the answer is more than why it is refused."""
    if isinstance(error, NotAllowed):
        case = await Case.get_or_none(no=no).only("id")
        await _put_down(ctx, case.id if case else None, action, error)


async def _put_down(ctx: Ctx, case_id: int | None, action: str, error: FlowError) -> None:
    await Refusal.create(
        at=ctx.at, member_id=ctx.me.id, case_id=case_id, action=action[:ACTION_CHARS], words=str(error)[:WORDS_CHARS]
    )


async def _tried(event: Event | Labels) -> tuple[int | None, str]:
    """On which case, if on one, and what."""
    if isinstance(event, Tap):
        return _tapped(event)
    said = parse.words(numbered(parse.normalise(event.text))) if isinstance(event, Message) else []
    no = next((word for word in said if parse.is_case_no(word)), "")
    case = await Case.get_or_none(no=no.upper()).only("id") if no else None
    return case.id if case else None, said[0] if said else "收货"


def _tapped(tap: Tap) -> tuple[int | None, str]:
    try:
        payload = unpack(tap.payload)
    except PayloadError:
        return None, ""
    if isinstance(payload, Act):
        return payload.case_id, payload.action
    if isinstance(payload, Words):
        return None, payload.words.split()[0]
    return None, payload.action if isinstance(payload, Decide) else payload.value
