"""Money in place of goods that were to come back, or besides: 536365灯笼别退货了 补他5块, 700002先退两个 运费补8块."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.guess import THEN
from flow.definitions.permissions import KINDS
from flow.engine.verbs import WITHDRAW
from flow.orders.near import orders_among
from flow.stats.scope import RETURN
from handlers.chat import guesses
from handlers.chat.further import WITHOUT_GOODS
from handlers.chat.quantities import MEASURE
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks_at_all
from handlers.sentences import subjects
from handlers.sentences.case_changes import NO_RETURN, PAY, money_in, turned
from handlers.sentences.hearing import COMMENT, LOOK, OFFERED, WHICH, short
from models import Case, CaseLine, CaseState, OrderLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing

_LEAST = 2  #: characters of a title that are said for goods
_KINDS = {"退": "退货", "换": "换货", "修": "维修"}
_BACK = re.compile(
    rf"(?<![不别没已要])(?P<verb>[退换修])(?:货|掉|了)*(?:\d{{1,3}}|[一两二三四五六七八九十])\s?{MEASURE}|(?:全部?|都)(?P<all>[退换修])"
)


_N = r"\d{1,3}|[一两二三四五六七八九十]"
_EACH = re.compile(
    rf"(?P<one>[退换修])(?:货|掉|了)*(?P<n>{_N})\s?{MEASURE}[,，\s]*(?:再|还|另外|另|和)*(?P<other>[退换修])(?:货|掉|了)*(?P<m>{_N})\s?{MEASURE}"
)  #: 退一台换一台


async def said(hearing: Hearing, statement: Statement) -> Reply | None:
    """The cases to be opened and withdrawn, each by a tap; None for a sentence that only opens one."""
    text = statement.text
    of_it = money_in(text) or _EACH.search(text) or NO_RETURN.search(text)
    if hearing.ctx.sure or not of_it or asks_at_all(text) or not hearing.ctx.may(PAY):
        return None
    if hearing.lexicon.is_word(statement.name) and text.startswith(statement.name):
        return None  # written out: it is read in its own words
    found = sentence(text, hearing.lexicon)
    orders = await orders_among(found.numbers)
    alone = len(orders) == len(found.numbers) == 1 and not found.cases
    return await _meant(hearing, orders[0], text) if alone else None


async def _meant(hearing: Hearing, order: str, typed: str) -> Reply | None:
    text = re.sub(rf"{re.escape(order)}(?:这单|那单|的)?[\s,]*", "", typed, count=1, flags=re.IGNORECASE).strip(" ,")
    sum_, back = money_in(text), _BACK.search(text)
    if not sum_ and (each := _EACH.search(text)) and each["one"] != each["other"]:
        return await _each_kind(hearing, (order, text), each)
    if not sum_ and not back:
        kinds = [each for each in sentence(text, hearing.lexicon).commands if each in KINDS]
        return await _cancelled(hearing, (order, text), kinds)
    if not sum_ or not (back or NO_RETURN.search(text)):
        return None
    goods = await _goods(order, text)
    pays = " ".join(filter(None, [PAY, order, goods, "备注", f"补{sum_}元，{text}"]))
    if back and not NO_RETURN.search(text):
        return await _both(hearing, (order, text), (_KINDS[back["verb"] or back["all"]], pays))
    instead = [f"{WITHDRAW} {no} {text} {THEN} {pays}" for no in await _running(hearing, order, goods)]
    lead = f"“{short(text)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*instead[: OFFERED - 2], pays, f"{LOOK} {order}"])


async def _each_kind(hearing: Hearing, said: tuple[str, str], each: re.Match[str]) -> Reply | None:
    """So many of the only product to come back, and so many to be changed: two cases; None where goods are named."""
    order, text = said
    if await _goods(order, text):
        return None
    lines = [f"{_KINDS[each['one']]} {order} {each['n']}件", f"{_KINDS[each['other']]} {order} {each['m']}件"]
    lead = f"“{short(text)}”是两件事，各开一单。先点一件，提交以后把这句再发一次点另一件；现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*lines, f"{LOOK} {order}"])


async def _cancelled(hearing: Hearing, said: tuple[str, str], kinds: Sequence[str]) -> Reply | None:
    """``700001客户说不退了``: the case of the order is withdrawn, or somebody else's hears of it; None without one.

    ``kinds`` are what is wanted instead: 700003补发一个插头 别退了.
    """
    order, text = said
    running = Case.filter(order_no=order, state__in=(CaseState.OPEN, CaseState.HELD)).order_by("-id").limit(2)
    numbers = [str(no) for no in await running.values_list("no", flat=True)]
    if not numbers or turned(text) or set(kinds) & {*WITHOUT_GOODS}:
        return None  # of money alone 不退货 withdraws nothing
    rest = " ".join(re.sub(rf"(?:{NO_RETURN.pattern})了?", " ", text).split())
    opens = [f"{kind} {order} {rest}" for kind in kinds if kind != RETURN]
    if opens:
        anew = [f"{WITHDRAW} {no} {text} {THEN} {opens[0]}" for no in numbers]
        lead = f"“{short(text)}”点一下才算，现在什么都没有做"
        return await hearing.offer(WHICH, lead, [*anew, *opens, f"{LOOK} {order}"])
    lines = [f"{name} {no} {text}" for name in (WITHDRAW, COMMENT) for no in numbers]
    able = [line for line in lines if await guesses.works(hearing.ctx, line.split(), hearing.strictly)]
    lead = f"“{short(text)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*able[: OFFERED - 1], f"{LOOK} {order}"]) if able else None


async def _both(hearing: Hearing, said: tuple[str, str], wanted: tuple[str, str]) -> Reply | None:
    """Goods that come back and money besides are two cases, which are opened one after the other."""
    order, text = said
    kind, pays = wanted
    back = next((each for each in re.split(r"[,，;；。\s]+", text) if _BACK.search(each)), text)
    lines = [f"{kind} {order} {back}", pays]
    able = [line for line in lines if await guesses.works(hearing.ctx, line.split(), hearing.strictly)]
    lead = (
        f"“{short(text)}”是两件事：{kind}开一单，补钱开一单。先点一件，提交以后把这句再发一次点另一件；现在什么都没有做"
    )
    return await hearing.offer(WHICH, lead, [*able, f"{LOOK} {order}"])


async def _goods(order: str, text: str) -> str:
    """The product of an order that a text names, as it is said; "" for none, and for two."""
    lines = OrderLine.filter(order__no=order).values_list("title", flat=True)
    titles = {str(title): subjects.longest(str(title), text) for title in await lines}
    most = max(titles.values(), default=0)
    named = [title for title, size in titles.items() if size == most >= _LEAST]
    pieces = (named[0][n : n + most] for n in range(len(named[0]) - most + 1)) if len(named) == 1 else iter(())
    return next((piece for piece in pieces if piece in text), "")


async def _running(hearing: Hearing, order: str, goods: str) -> list[str]:
    """My cases of an order that are not over, those with the goods that are named, where any are."""
    mine = Case.filter(order_no=order, creator_id=hearing.ctx.me.id, state__in=(CaseState.OPEN, CaseState.HELD))
    cases = await mine.order_by("-id").only("id", "no")
    titles = await CaseLine.filter(case_id__in=[case.id for case in cases]).values_list("case_id", "title")
    having = {case_id for case_id, title in titles if goods in str(title)}
    return [case.no for case in cases if case.id in having]
