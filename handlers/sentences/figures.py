"""``上月质量问题退货按商品排个名``: the chart or the list that comes nearest to what is wanted, and what it leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.definitions.permissions import KINDS
from flow.export import EXPORT
from flow.stats import values
from flow.stats.scope import RETURN
from handlers.chat import guesses
from handlers.chat.context import Reply
from handlers.chat.decisions import clauses_of
from handlers.chat.spelling import bare
from handlers.sentences.hearing import REPORT, short
from handlers.sentences.natural import time_in
from models import CaseLine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from handlers.sentences.hearing import Hearing

BESIDE, APART = "旁", "不能分"  #: parts of the words that name no chart
OF_LIST = "清单里是这段时间开的全部售后单，每单的金额和原因在里面，拿到表格里可以再筛"
_ONLY = re.compile(r"(?:只看|只要|光看|单看|仅看)(?P<what>[\u4e00-\u9fffA-Za-z0-9-]{2,12})")
_SUM = re.compile(r"超过|大于|高于|低于|小于|以上|以下|以内|不到")
_FILTERS = ("店铺", "区域", "品类", "产品线", "供应商")  #: whose values are known by their look
_TITLES = 3000  #: that are looked through
_LEAST = 2


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A chart or a list with its words, and what of the sentence is in none of them."""

    words: tuple[str, ...]
    left: str

    def with_filter(self, said: str, value: str) -> _Wanted:
        return replace(self, words=(*self.words, value), left=self.left.replace(said, " ", 1))


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The chart or the list, with what it cannot do; None for a text that wants neither, or of whoever may see none."""
    if not hearing.lexicon.phrases.lists.search(text):
        return None
    for command in _commands(hearing, text):
        wanted = await _wanted(hearing, command, text)
        if await guesses.works(hearing.ctx, wanted.words, hearing.strictly):
            shown = await hearing.run(hearing.ctx, list(wanted.words))
            return replace(shown, says=[Text(_told(hearing, wanted)), *shown.says])
    return None


def _commands(hearing: Hearing, text: str) -> list[str]:
    """The chart that is named by the longest of its words, else the list; then whatever else there is."""
    charts = {
        word: name
        for name, words in hearing.lexicon.phrases.figures.items()
        if name not in (BESIDE, APART)
        for word in words
        if word in text
    }
    named = [charts[max(charts, key=len)]] if charts else []
    every = dict.fromkeys([*named, EXPORT, f"{REPORT} 指标"])
    return [each for each in every if hearing.ctx.may(each.split()[0])]


async def _wanted(hearing: Hearing, command: str, text: str) -> _Wanted:
    wanted = _Wanted(tuple(command.split()), text)
    if time := time_in(text):
        wanted = wanted.with_filter(time, time)
    async for said, value in _named(hearing, text):
        narrower = wanted.with_filter(said, value)
        if said in wanted.left and await guesses.works(hearing.ctx, narrower.words, hearing.strictly):
            wanted = narrower
    return wanted


async def _named(hearing: Hearing, text: str) -> AsyncIterator[tuple[str, str]]:
    """What a text names that a chart can be narrowed to: as it is said, and as a chart reads it."""
    business = hearing.ctx.desk.business
    for each in business.types.values():
        for word in (each.name, *each.aliases):
            if word in text:
                yield word, f"退货类型={each.name}"
                break
    for kind in KINDS:
        if kind != RETURN and kind in text:
            yield kind, f"类型={kind}"
    known = values.configured(business, await hearing.ctx.desk.staff.now())
    for name in _FILTERS:
        for value in sorted(await values.values_of(name, known), key=len, reverse=True):
            if len(value) >= _LEAST and value in text:
                yield value, f"{name}={value}"
    only = _ONLY.search(text)
    for sku, title in await CaseLine.all().distinct().limit(_TITLES).values_list("sku", "title"):
        if len(str(title)) >= _LEAST and str(title) in text:
            yield str(title), f"SKU={sku}"
        elif only and only["what"] in str(title):
            yield only["what"], f"SKU={sku}"


def _told(hearing: Hearing, wanted: _Wanted) -> str:
    """What is shown, and what of the sentence it leaves out."""
    known = hearing.lexicon.phrases
    line = " ".join(wanted.words)
    about = f"：{OF_LIST}" if wanted.words[0] == EXPORT else ""
    apart = [word for word in known.figures[APART] if word in wanted.left]
    rest = wanted.left
    said = [word for words in known.figures.values() for word in words]
    for word in sorted({*said, *(match[0] for match in known.lists.finditer(rest))} - {*apart}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    lost = [piece for clause in clauses_of(rest) if (piece := bare(clause, hearing.lexicon))]
    if not lost:
        return f"下面是 {line}{about}"
    why = "".join((
        "；不能按金额筛" if any(map(_SUM.search, lost)) else "",
        f"；不能{'、'.join(apart)}分开，只能一样一样看" if apart else "",
    ))  # fmt: skip
    return f"“{short('，'.join(lost), 40)}”做不到，没有算进去{why}。最接近的是 {line}{about}"
