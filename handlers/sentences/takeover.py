"""``转给我来处理``: whoever says it wants a colleague's work; done where it is allowed, else said why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import within_reach
from handlers.chat.context import Reply
from handlers.chat.spelling import asks
from handlers.sentences.buttons import own_buttons
from handlers.sentences.hearing import GIVE, OFFERED, WHICH, short
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from handlers.sentences.hearing import Hearing

TRIED = 20  #: open tasks of others that are looked at, the most urgent first


async def meant(hearing: Hearing, text: str, no: str = "") -> Reply | None:
    """The answer where somebody wants the work on a case, or on one that they do not name; None for another text."""
    if asks(text) or not hearing.lexicon.phrases.takes_over(text):
        return None
    if not no:
        return await _which(hearing, text)
    ctx = hearing.ctx
    case = await Case.get(no=no)
    if await Task.exists(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN):
        card = await own_buttons(ctx, case)
        return Reply.of(Text(f"{no} 本来就在你手上，没有转交"), *([card] if card else []))
    return await hearing.run(ctx, [GIVE, no, ctx.me.name])  # which says why not


async def _which(hearing: Hearing, text: str) -> Reply:
    """The tasks of others that I may take, the most urgent first."""
    ctx = hearing.ctx
    tasks = Task.filter(state=TaskState.OPEN).exclude(owner_id=ctx.me.id).order_by("due_at").limit(TRIED)
    found = {task.case_id: task.case.no for task in await tasks.prefetch_related("case")}
    seen = await within_reach(ctx.desk, list(found), ctx.me)
    lead = f"“{short(text)}”没写是哪一单，点一下才算，现在什么都没有做"
    lines = [f"{GIVE} {found[case_id]} {ctx.me.name}" for case_id in seen][:OFFERED]
    if reply := await hearing.offer(WHICH, lead, lines):
        return reply
    return Reply.of(Text(f"“{short(text)}”没写是哪一单，什么都没有做；请带上单号，例如：R20261122-0007 转给我"))
