"""``这礼拜台灯怎么退这么多``: a question of one product or kind of case, as the chart of nothing else, of that time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.definitions.permissions import KINDS
from flow.stats.scope import RETURN
from handlers.chat import guesses, names, readings
from handlers.chat.decisions import clauses_of
from handlers.chat.spelling import bare
from handlers.sentences import subjects
from handlers.sentences.hearing import LOOK, OFFERED, REPORT, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_LEAST = 2  #: characters of a title that are said for goods
_SMALL = re.compile(
    r"是不是|怎么回事|怎么|为什么|为啥|啥|什么|一共|总共|到底|最近|我们|咱们|给我|看看|看下|看一下|查一下|都|的|了|吗|呢|啊|吧|是"
)
_WHO_OPENS = re.compile(
    r"(?:谁|哪个|哪位|哪些)\S{0,4}?(?:开单|[开提]\S{0,2}?单?[得的]?)\S{0,2}?多|(?:开|提)了?[多几]少?单"
)


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The narrowed chart, ahead of it what is left out; None for a text that asks for no such thing, or of nobody's."""
    if opened := await _by_person(hearing, text):
        return opened
    if not hearing.ctx.may(REPORT) or "买" in text:
        return None
    asked = {word: name for name, words in hearing.lexicon.phrases.narrowed.items() for word in words if word in text}
    if not asked:
        return None
    what = await _narrowing(hearing, text)
    if not what:
        return None
    word = max(asked, key=len)
    return await _shown(hearing, text, asked[word].split(), [(word, ""), *what])


async def _shown(hearing: Hearing, text: str, words: list[str], said: Sequence[tuple[str, str]]) -> Reply | None:
    """The chart with every filter that it takes. ``said``: each piece of the text, and the filter that it is."""
    left = text
    time = readings.time_in(text)
    for piece, value in [(time, time), *said] if time else said:
        narrower = [*words, value] if value else words
        if await guesses.works(hearing.ctx, narrower, hearing.strictly):
            words, left = narrower, left.replace(piece, " ", 1)
    if not await guesses.works(hearing.ctx, words, hearing.strictly):
        return None
    shown = await hearing.run(hearing.ctx, words)
    return replace(shown, says=[Text(_told(hearing, words, left)), *shown.says])


def _told(hearing: Hearing, words: Sequence[str], left: str) -> str:
    pieces = [bare(_SMALL.sub("", each).strip(), hearing.lexicon) for each in clauses_of(left)]
    lost = [piece for each in pieces for piece in each.split() if len(piece) >= _LEAST]
    told = f"下面是 {' '.join(words)}"
    return f"“{short('，'.join(lost), 20)}”没看懂，没有算进去；{told}" if lost else told


async def _narrowing(hearing: Hearing, text: str) -> list[tuple[str, str]]:
    """What the chart is narrowed to: the one product of which most is said, a kind that is no return, a type beside."""
    back = await subjects.goods_lately(hearing.ctx.at)
    found = _goods(back, text) or _goods(await subjects.goods_sold(), text)
    found += [(kind, f"类型={kind}") for kind in KINDS if kind != RETURN and kind in text]
    if not found:
        return []
    for each in hearing.ctx.desk.business.types.values():
        if word := next((word for word in (each.name, *each.aliases) if word in text), ""):
            found.append((word, f"退货类型={each.name}"))
    return found


def _goods(titles: Mapping[str, str], text: str) -> list[tuple[str, str]]:
    """The one product of whose title a text says most; none, and of several none."""
    sizes = {sku: subjects.longest(title, text) for sku, title in titles.items()}
    most = max(sizes.values(), default=0)
    skus = [sku for sku, size in sizes.items() if size == most >= _LEAST]
    return [(_piece(titles[skus[0]], text, most), f"SKU={skus[0]}")] if len(skus) == 1 else []


def _piece(title: str, text: str, size: int) -> str:
    return next(title[n : n + size] for n in range(len(title) - size + 1) if title[n : n + size] in text)


async def _by_person(hearing: Hearing, text: str) -> Reply | None:
    """``林晓和何佳谁开单多``: what each of them has opened, by a tap; nobody is ranked."""
    named = [name for _, name in names.said_in(text, hearing.ctx.staff)]
    if len({*named}) < _LEAST or not _WHO_OPENS.search(text):
        return None
    time = readings.time_in(text)
    lines = [" ".join([LOOK, f"提交人={name}", *([time] if time else [])]) for name in dict.fromkeys(named)]
    lead = f"“{short(text)}”：每个人开了多少没有排名，各看各的"
    return await hearing.offer("要不要看这些？", lead, lines[:OFFERED])
