"""``上月质量问题退货按商品排个名``: the chart or the list that comes nearest, and what it leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.definitions.permissions import KINDS
from flow.export import EXPORT
from flow.stats import values
from flow.stats.scope import RETURN
from handlers.chat import guesses, readings
from handlers.chat.decisions import clauses_of
from handlers.chat.sentences import sentence
from handlers.chat.spelling import bare
from handlers.sentences import exports, objects, subjects
from handlers.sentences.hearing import LOOK, REPORT, short

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

NEEDS = {"我的单": LOOK}  #: what one must be able to say for a command that has another name in config/roles.yaml
BESIDE, APART = "旁", "不能分"  #: parts of the words that name no chart
OF_LIST = "清单里是这段时间开的全部售后单，每单的金额和原因在里面，拿到表格里可以再筛"
_ONLY = re.compile(r"(?:只看|只要|光看|单看|仅看)(?P<what>[\u4e00-\u9fffA-Za-z0-9-]{2,12})")
_SUM = re.compile(r"超过|大于|高于|低于|小于|以上|以下|以内|不到")
_DIVIDED = re.compile(r"^(?:按|分|各个|各家|各|每个|每家)")
_FILTERS = ("店铺", "区域", "品类", "产品线", "供应商")  #: whose values are known by their look
_GAP = "…"  #: some characters of the same clause
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
    if not hearing.lexicon.phrases.lists.search(text) or objects.stretch(text):
        return None
    if await exports.is_clear(hearing, sentence(text, hearing.lexicon)):
        return None
    for command in _commands(hearing, text):
        wanted = await _wanted(hearing, command, text)
        if await guesses.works(hearing.ctx, wanted.words, hearing.strictly):
            shown = await hearing.run(hearing.ctx, list(wanted.words))
            return replace(shown, says=[Text(_told(hearing, wanted)), *shown.says])
    return None


def said(word: str, text: str) -> str:
    """The piece of a text that a word of the file stands for; "" for none."""
    if _GAP not in word:
        return word if word in text else ""
    found = re.search(re.escape(word).replace(_GAP, r"[^,。;!?]{0,8}?"), text)
    return found[0] if found else ""


def _commands(hearing: Hearing, text: str) -> list[str]:
    """The chart that is named by the longest of its words, else the list; then whatever else there is."""
    charts = {
        word: name
        for name, words in hearing.lexicon.phrases.figures.items()
        if name not in (BESIDE, APART)
        for word in words
        if said(word, text)
    }
    named = [charts[max(charts, key=len)]] if charts else []
    every = dict.fromkeys([*named, EXPORT, f"{REPORT} 指标"])
    return [each for each in every if hearing.ctx.may(NEEDS.get(each, each.split()[0]))]


async def _wanted(hearing: Hearing, command: str, text: str) -> _Wanted:
    wanted = _Wanted(tuple(command.split()), text)
    if time := readings.time_in(text):
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
        if word := next((word for word in (each.name, *each.aliases) if word in text), ""):
            yield word, f"退货类型={each.name}"
    for kind in (kind for kind in KINDS if kind != RETURN and kind in text):
        yield kind, f"类型={kind}"
    known = values.configured(business, await hearing.ctx.desk.staff.now())
    for name in _FILTERS:
        said_of_it = [value for value in await values.values_of(name, known) if value in text and len(value) >= _LEAST]
        for value in sorted(said_of_it, key=len, reverse=True):
            yield value, f"{name}={value}"
    for goods in await _goods(hearing, text):
        yield goods


async def _goods(hearing: Hearing, text: str) -> list[tuple[str, str]]:
    """The products sent back lately whose titles a text has in it, or a piece of which it wants alone."""
    only = _ONLY.search(text)
    every = await subjects.goods_lately(hearing.ctx.at)
    titles = {sku: title for sku, title in every.items() if len(title) >= _LEAST}
    whole = [(title, f"SKU={sku}") for sku, title in titles.items() if title in text]
    pieces = [(only["what"], f"SKU={sku}") for sku, title in titles.items() if only and only["what"] in title]
    return whole or (pieces if len(pieces) == 1 else [])


def _plain(word: str) -> str:
    """店铺 of 按店铺 and 每个店铺."""
    return _DIVIDED.sub("", word)


def _told(hearing: Hearing, wanted: _Wanted) -> str:
    """What is shown, and what of the sentence it leaves out."""
    known = hearing.lexicon.phrases
    line = " ".join(wanted.words)
    about = f"：{OF_LIST}" if wanted.words[0] == EXPORT else ""
    apart = [word for word in known.figures[APART] if word in wanted.left]
    rest = wanted.left
    for word in apart:
        rest = rest.replace(word, f",{word},")
    whole = [word for name, words in known.figures.items() if name not in (BESIDE, APART) for word in words]
    for word in sorted((word for word in whole if len(word) > _LEAST + 1), key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = known.lists.sub(" ", rest)
    used = {found for words in known.figures.values() for word in words if (found := said(word, rest))}
    for word in sorted(used - {*apart}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    lost = [piece for clause in clauses_of(rest) if len(piece := bare(clause, hearing.lexicon)) >= _LEAST]
    if not lost:
        return f"下面是 {line}{about}"
    why = "".join((
        "；不能按金额筛" if any(map(_SUM.search, lost)) else "",
        f"；不能按{'、'.join(dict.fromkeys(map(_plain, apart)))}分开，只能一样一样看" if apart else "",
    ))  # fmt: skip
    return f"“{short('，'.join(lost), 40)}”做不到，没有算进去{why}。最接近的是 {line}{about}"
