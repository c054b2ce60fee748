"""``0002也是``: of this case what was said, or done, of another one just now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flow.definitions.flow import REASON
from handlers.chat import dialogs, guesses
from handlers.chat.parse import is_case_no
from handlers.sentences.hearing import COMMENT, LOOK, WHICH, short
from models import Event

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_FRESH = timedelta(minutes=10)  #: what was done longer ago is not what one speaks of
_ENDS = " ,。;!~吧的了啊呢哈呀"


async def meant(hearing: Hearing, text: str, no: str) -> Reply | None:
    """The same statements with this number, by a tap; None for other words, or where nothing went before."""
    same = hearing.lexicon.phrases.beside_button["也是"]
    if text.strip(" ,。;!~") not in same and text.strip(_ENDS) not in same:
        return None
    other, lines = await _asked(hearing, no)
    if not lines:
        other, lines = await _done(hearing, no)
    lead = f"“{short(text)}”照 {other} 的来，点一下才算，现在什么都没有做"
    able = [line for line in lines if await guesses.works(hearing.ctx, line.split(), hearing.strictly)]
    return await hearing.offer(WHICH, lead, [*able, f"{COMMENT} {no} {text}", f"{LOOK} {no}"]) if able else None


async def _asked(hearing: Hearing, no: str) -> tuple[str, list[str]]:
    """What is offered of the one other case, which the question is still open about: each with this number."""
    wait = await dialogs.current(hearing.ctx.me.id, hearing.ctx.at)
    readings: list[str] = wait.data["readings"] if wait and wait.kind == guesses.GUESS else []
    others = {word for reading in readings for word in reading.split() if is_case_no(word)}
    if len(others) != 1 or no in others:
        return "", []
    [other] = others
    kept = [each for each in readings if other in each and not each.startswith((f"{LOOK} ", f"{COMMENT} "))]
    return other, [reading.replace(other, no) for reading in kept]


async def _done(hearing: Hearing, no: str) -> tuple[str, list[str]]:
    """My last step at another case, if it was taken just now, with its reason."""
    ctx = hearing.ctx
    steps = Event.filter(actor_id=ctx.me.id, at__gt=ctx.at - _FRESH).order_by("-id").prefetch_related("case")
    step = await steps.first()
    if step is None or step.case.no == no:
        return "", []
    return step.case.no, [f"{step.action} {no} {step.data.get(REASON) or ''}".rstrip()]
