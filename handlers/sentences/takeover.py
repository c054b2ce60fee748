"""``转给我来处理``: whoever says it wants a colleague's work; done where it is allowed, else said why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import within_reach
from handlers.chat.context import Reply
from handlers.chat.decisions import clauses_of
from handlers.chat.spelling import asks
from handlers.sentences.buttons import own_buttons
from handlers.sentences.hearing import COMMENT, GIVE, LOOK, OFFERED, WHICH, short
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from handlers.sentences.hearing import Hearing

TRIED = 20  #: open tasks of others that are looked at, the most urgent first


async def meant(hearing: Hearing, text: str, no: str = "") -> Reply | None:
    """The answer where somebody wants the work on a case, or on one that they do not name; None for another text."""
    known = hearing.lexicon.phrases
    whole, first = known.takes_over(text), clauses_of(text)[:1]
    if asks(text) or not (whole or (no and any(map(known.takes_over, first)))):
        return None
    if not no:
        return await _which(hearing, text)
    ctx = hearing.ctx
    case = await Case.get(no=no)
    if not whole:
        return await _with_more(hearing, case, text)
    if await Task.exists(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN):
        card = await own_buttons(ctx, case)
        return Reply.of(Text(f"{no} 本来就在你手上，没有转交"), *([card] if card else []))
    return await hearing.run(ctx, [GIVE, no, ctx.me.name])  # which says why not


async def _with_more(hearing: Hearing, case: Case, text: str) -> Reply | None:
    """``这个放我这，周仓明天休息``: the rest is kept, for all who have it beside me, or with the task that I take."""
    ctx = hearing.ctx
    tasks = Task.filter(case_id=case.id, state=TaskState.OPEN)
    owners = dict(await tasks.values_list("owner_id", "owner__name"))
    mine = owners.pop(ctx.me.id, None)
    beside = f"，{'、'.join(owners.values())} 手上也有" if owners else ""
    told = f"{case.no} 本来就在你手上{beside}，不用转交；" if mine else ""
    lead = f"“{short(text)}”：{told}点一下才算，现在什么都没有做"
    return await hearing.offer(
        WHICH, lead, [f"{GIVE} {case.no} {ctx.me.name} {text}", f"{COMMENT} {case.no} {text}", f"{LOOK} {case.no}"]
    )


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
