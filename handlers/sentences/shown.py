"""What is said of a case that was shown just now: of its place in a list, or of the one that was looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.access.lookup import find_cases
from flow.errors import FlowError
from handlers.chat import names, positions, readings
from handlers.chat.parse import is_case_no
from handlers.chat.sentences import sentence
from handlers.chat.spelling import MARKS, bare, is_number
from handlers.chat.statements import Statement
from handlers.sentences import in_hand, natural, objects
from handlers.sentences.hearing import COMMENT, HURRY, LOOK
from models import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx, Reply
    from handlers.sentences.hearing import Hearing

_NTH = re.compile(r"第\s?([一二三四五六七八九十]|\d{1,2})\s?(?:个|条|单|件|项|号)?")
_NUMERALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)}
OF_SEEN = (HURRY, "链接")  #: commands that are said of the case that one looks at


async def nth(hearing: Hearing, text: str) -> Reply | None:
    """``同意第一个``, ``第2单驳回``: a button, and a place in the list."""
    if (match := _NTH.search(text)) is None:
        return None
    place = f"第{_NUMERALS.get(match[1]) or int(match[1])}"
    word = bare(text.replace(match[0], " ", 1), hearing.lexicon)
    if word and not hearing.lexicon.is_button(word):
        return None
    meant = await positions.meant(hearing.ctx, place)
    if word and word not in hearing.lexicon.actions and meant and meant.sure and meant.numbers:
        return await hearing.run(hearing.ctx, [meant.numbers[0], word])  # 第一个可以: asked, and not looked for again
    known = not word or word in hearing.lexicon.actions
    return await hearing.run(hearing.ctx, [word or LOOK, place]) if known else None


async def of_the_list(hearing: Hearing, text: str) -> Reply | None:
    """``第一个退了吧``: what is said of one case of the list that was shown; None where nothing speaks for a button."""
    places = list(_NTH.finditer(text))
    meant = await positions.meant(hearing.ctx, f"第{places[0][1]}") if len(places) == 1 else None
    if meant is None or not meant.sure or not meant.numbers:
        return None
    rest = " ".join(text.replace(places[0][0], " ", 1).strip(MARKS).split())
    word = bare(rest, hearing.lexicon)
    if not word or hearing.lexicon.is_button(word):
        return None
    line = f"{meant.numbers[0]} {rest}"
    if reply := await natural.meant(hearing, Statement(line, tuple(line.split()))):
        return reply
    return await in_hand.at_case(hearing, await Case.get(no=meant.numbers[0]), rest, sure=True)


async def completed(ctx: Ctx, words: Sequence[str]) -> list[str]:
    """``催一下``, ``链接`` with the case that was looked up just now; other words as they are."""
    alone = len(words) == 1 and words[0] in OF_SEEN
    told = len(words) > 1 and words[0] == COMMENT and not is_number(words[1]) and not is_case_no(words[1])
    no = await readings.seen(ctx) if alone or told else ""
    return [words[0], no, *words[1:]] if no else list(words)


async def looked_up(hearing: Hearing, text: str) -> Reply | None:
    """``客户又来催了`` behind the case that was just looked up; None for another text."""
    said = sentence(text, hearing.lexicon)
    if said.commands != (HURRY,) or names.in_text(text, hearing.ctx.staff)[0] or objects.role_named(hearing, text):
        return None
    no = await readings.seen(hearing.ctx)
    says_more = any(len(bare(word, hearing.lexicon)) > 1 for word in said.rest)
    return await hearing.run(hearing.ctx, [HURRY, no, *(text.split() if says_more else [])]) if no else None


async def finds(ctx: Ctx, word: str) -> bool:
    """Whether 查 finds something by that number."""
    try:
        return bool(await find_cases(ctx.desk, word, ctx.me))
    except FlowError:
        return False
