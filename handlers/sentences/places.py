"""Several places of a list that one was shown, as the numbers of their cases: 第一个同意 第二个驳回, 同意1 驳回2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO, alternatives
from flow.errors import NotFound
from flow.views.case import open_tasks
from handlers.chat import positions
from handlers.sentences import exceptions
from handlers.sentences.buttons import books

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.lexicon import Lexicon

_LEAST = 2
_SHORT = ("过", "批")  #: other names of buttons that are a single character, and no measure of anything
_FIGURE = re.compile(r"\d{1,2}")
_LISTED = r"\d{1,2}(?:(?:\s?[、,，和跟与]\s?|\s)\d{1,2})*"
_LONG = re.compile(r"\d{5}")  #: an order's number: what is listed is to be opened
_UNIT = re.compile(
    rf"(?:^|[\s,，;；。、]+)(?P<at>{_LISTED})(?:号单?|单)?[、.)）]?(?:都|就)?\s?(?=[\u4e00-\u9fff])(?![个张件只台套条天元块月日点号级折年周分])"
)
_PLACE = re.compile(r"第(?:\d{1,2}|[一二三四五六七八九十])(?:个|条|单|件|号|项|张|笔)?")


async def spelt_out(ctx: Ctx, text: str, lexicon: Lexicon) -> str:
    """A text that says of several places what is to be done, or leaves one out, with their cases; any other as it is.

    Each case of several comes in a clause of its own.
    """
    buttons = alternatives([word for word in lexicon.actions | set(lexicon.phrases.sure) if not word.isascii()])
    likes = alternatives([word for word in lexicon.phrases.near if len(word) > 1 or word in _SHORT])
    if re.search(CASE_NO, text):
        return re.sub(rf"(?<=[^\s,，、和跟与及])\s+(?=(?:{buttons})\s?{CASE_NO})", ",", text)
    if (said := await _nth(ctx, text, f"{buttons}|{likes}")) != text:
        return said
    if (said := await _counted(ctx, text, buttons)) != text:
        return said
    return await _places_first(ctx, text, f"{buttons}|{likes}")


async def _nth(ctx: Ctx, text: str, buttons: str) -> str:
    """``第一个同意 第二个驳回``, ``都同意 除了第二个``."""
    found = list(dict.fromkeys(_PLACE.findall(text)))
    if not found or (cases := await _cases(ctx, found)) is None:
        return text
    whole = _PLACE.sub(lambda match: f" {cases[match[0]]} ", text).strip()
    if exceptions.leaves_out(whole.replace("，", ",")):
        return " ".join(whole.split())
    decided = re.search(rf"{CASE_NO}\s*(?:{buttons})|(?:{buttons})\s*{CASE_NO}", whole)
    if len(found) < _LEAST or not decided:
        return text
    ahead = re.match(CASE_NO, whole) is not None
    return " ".join(
        re.sub(rf"\s+(?={CASE_NO}\s*\S)" if ahead else rf"\s+(?=(?:{buttons})\s*{CASE_NO})", ",", whole).split()
    )


async def _counted(ctx: Ctx, text: str, buttons: str) -> str:
    """``同意1 驳回2``: bare numbers behind buttons that count nothing."""
    unit = re.compile(rf"(?:^|[\s,，]+)(?P<name>{buttons})\s?(?P<at>\d{{1,2}})(?:号|号单)?(?=$|[\s,，])")
    units = list(unit.finditer(text))
    if len(units) < _LEAST or units[0].start() or len({each["at"] for each in units}) < len(units):
        return text
    cases = await _cases(ctx, [each["at"] for each in units])
    if cases is None or any([await books(ctx, each["name"], cases[each["at"]]) for each in units]):
        return text
    return unit.sub(lambda match: f",{match['name']} {cases[match['at']]}", text).lstrip(",")


async def _places_first(ctx: Ctx, text: str, buttons: str) -> str:
    """``1通过 2驳回 说不清哪里坏``, ``1、3同意，2先放着``: each place with the words behind it, one of them a button.

    Raises NotFound where no list was shown, or has no such place.
    """
    units = list(_UNIT.finditer(text))
    if not units or units[0].start() or _LONG.search(text):
        return text
    places = [_FIGURE.findall(each["at"]) for each in units]
    every = [place for each in places for place in each]
    ends = [each.start() for each in units[1:]] + [len(text)]
    said = [text[each.end() : end] for each, end in zip(units, ends, strict=True)]
    named = [re.match(buttons, words) for words in said]
    if not any(named) or len(every) < _LEAST or len(set(every)) < len(every):
        return text
    if (cases := await _cases(ctx, every)) is None:
        if not await open_tasks(ctx.me):
            return text
        found = [meant for place in every if (meant := await positions.meant(ctx, place)) and meant.why]
        raise NotFound(
            f"{found[0].why}，什么都没有做；请回复“待办”看现在的" if found else "没听懂是第几件，什么都没有做"
        )
    for match, at in zip(named, places, strict=True):
        if match and any([await books(ctx, match[0], cases[place]) for place in at]):
            return text
    return ",".join(f"{cases[place]} {words}" for words, at in zip(said, places, strict=True) for place in at)


async def _cases(ctx: Ctx, found: list[str]) -> dict[str, str] | None:
    """The case of each place; None where one of them means none for sure."""
    cases: dict[str, str] = {}
    for place in found:
        meant = await positions.meant(ctx, place)
        if meant is None or not meant.sure or len(meant.numbers) != 1:
            return None
        cases[place] = meant.numbers[0]
    return cases
