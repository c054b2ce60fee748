"""``张三的单``, ``晓晓那单催一下``: the cases of a colleague or a customer; and which of my own are late."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import called, shops_of, within_reach
from flow.orders.near import in_shops
from handlers.chat import names
from handlers.chat.decisions import is_question
from handlers.chat.spelling import MARKS, bare, unasked
from handlers.sentences import nearest, subjects
from handlers.sentences.hearing import COMMENT, HURRY, LOOK, OFFERED, WHICH, short
from models import Case, CaseState, Order, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

MINE = "我的单"
_OF = re.compile(r"(?P<who>\S{2,8}?)(?:这个客户|那个客户)?的(?:单子|单|订单|退货单?|售后单?|那单|这单)")
_OF_ONE = re.compile(r"(?P<who>[\u4e00-\u9fff]{2,4}?)(?:的)?(?:那|这)一?(?:个|张|笔)?(?:单子|单|订单)(?!号)")


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """``张三的单``: what a colleague has opened, or the orders of a customer."""
    if (match := _OF.fullmatch(text) or _OF_ONE.match(text)) is None:
        return None
    who = bare(unasked(match["who"], hearing.lexicon), hearing.lexicon)
    if name := names.named(who, hearing.ctx.staff):
        rest = bare(unasked(text[match.end() :], hearing.lexicon), hearing.lexicon)
        return await _more_of(hearing, text, name) if rest else await hearing.run(hearing.ctx, [LOOK, f"提交人={name}"])
    orders = [order.no for order in await _orders(hearing, who)]
    rest = text[match.end() :].strip(MARKS)
    if orders and rest and not is_question(text) and (said := await _said_of(hearing, orders, rest)):
        return said
    lead = f"客户 {short(who)} 的订单"
    return await hearing.offer("看哪一个？", lead, [f"{LOOK} {no}" for no in orders[:OFFERED]]) if orders else None


async def _orders(hearing: Hearing, who: str) -> list[Order]:
    """The orders of a customer in my shops, the newest first."""
    theirs = in_shops(shops_of(hearing.ctx.desk, hearing.ctx.me)).filter(id__in=await called(who))
    return sorted(await theirs.only("id", "no", "ordered_at"), key=lambda order: order.ordered_at, reverse=True)


async def _said_of(hearing: Hearing, orders: Sequence[str], rest: str) -> Reply | None:
    """``李七那单少了根电源线``: the words said of the customer's only running case, or of which; None for no case."""
    running = Case.filter(order_no__in=orders, state__in=(CaseState.OPEN, CaseState.HELD)).order_by("-id")
    ids = await within_reach(hearing.ctx.desk, [case.id for case in await running.only("id")], hearing.ctx.me)
    numbers = [case.no for case in await Case.filter(id__in=ids).order_by("-id").only("id", "no")]
    if len(numbers) == 1:
        return await hearing.run(hearing.ctx, [numbers[0], *rest.split()])
    lead = f"“{short(rest)}”没写是哪一单，点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [f"{COMMENT} {no} {rest}" for no in numbers[:OFFERED]])


async def _more_of(hearing: Hearing, text: str, who: str) -> Reply:
    """``晓晓那单催一下``: what is to be done with a case of a colleague's, by a tap; else what they have opened."""
    looked = f"{LOOK} 提交人={who}"
    if hearing.lexicon.phrases.says(HURRY, text):
        theirs = Case.filter(creator__name=who, state=CaseState.OPEN).order_by("-id").limit(OFFERED)
        lines = [f"{HURRY} {no}" for no in await subjects.narrowed([case.no for case in await theirs], text)]
        lead = f"“{short(text)}”没写是哪一单，点一下才算，现在什么都没有做"
        if reply := await hearing.offer(WHICH, lead, [*lines, looked]):
            return reply
    shown = await nearest.meant(hearing, text)
    if shown is None:
        shown = await hearing.run(hearing.ctx, looked.split())
        shown = replace(shown, says=[Text(f"“{short(text)}”没看懂，什么都没有做；下面是{who}开的单"), *shown.says])
    return shown


async def late(hearing: Hearing) -> Reply:
    """``有没有超时的单`` of whoever sees no others' work: which of what they have opened, and all of that."""
    mine = Task.filter(case__creator_id=hearing.ctx.me.id, state=TaskState.OPEN, due_at__lt=hearing.ctx.at)
    found = await mine.exclude(case__state=CaseState.HELD).order_by("due_at").prefetch_related("case", "owner")
    late = "；".join(f"{task.case.no} {task.node}（{task.owner.name}）" for task in found[:OFFERED])
    told = f"你开的单里有 {len(found)} 件待办超时，最久的：{late}" if late else "你开的单里没有超时的"
    shown = await hearing.run(hearing.ctx, [MINE])
    return replace(shown, says=[Text(told), *shown.says])
