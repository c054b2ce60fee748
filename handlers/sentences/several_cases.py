"""Sentences with several cases: each with its own words, the same words for all, or all but those that are named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.guess import THEN
from cards.types import Text
from flow.views.case import open_tasks
from handlers.chat import guesses, parse
from handlers.chat.context import Reply
from handlers.chat.decisions import is_question
from handlers.chat.lexicon import MANY
from handlers.commands.bulk import BUT
from handlers.sentences import in_hand
from handlers.sentences.hearing import COMMENT, LOOK, OFFERED, WHICH, short

if TYPE_CHECKING:
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_NO = r"R\d{8}-\d{4,}"
_BUT_FOR = re.compile(
    rf"除(?:了|开|去)?\s*(?P<cases>(?:{_NO}[\s、,和跟与]*)+)(?:这[两三几]?单|[两三几]单)?(?:以外|之外|外)?[,\s]*"
    r"(?:其他|其它|其余|剩下|余下|别)?的?(?:几单|单子|单)?(?:我)?(?:都|全部|全|一律|统统)?\s*(?P<words>.+)"
)
_REST = r"(?:其他|其它|其余|剩下|余下|别)的?(?:几单|单子|单)?(?:我)?(?:都|全部|全|一律|统统)?"
_CASES = rf"(?P<cases>{_NO}(?:[\s、,和跟与]*{_NO})*)"
_HELD = r"(?:不|别|先|除外|留|缓|等|暂|挂|放)[^,]*"
_NOT_THIS = re.compile(rf"{_CASES}\s*{_HELD}[,\s]+{_REST}\s*(?P<words>.+)")
_NOT_THAT = re.compile(
    rf"(?:{_REST}|都|全部|全|一律)(?P<words>[^,R]+)[,\s]+(?:但是?|就|不过|只有)?\s*{_CASES}\s*{_HELD}"
)
_ALL = re.compile(r"^(?:这?[两三四五几]?[单个]|这些)?(?:都|全部|全|一起|统统|一律)?\s?")


async def but_for(hearing: Hearing, said: Sentence) -> Reply | None:
    """``除了 R… 其他都同意``, ``R… 别退，其他都退``: asked for all others; None for another sentence."""
    text = said.text.rstrip(" 。.!")
    match = _BUT_FOR.fullmatch(text) or _NOT_THIS.fullmatch(text) or _NOT_THAT.fullmatch(text)
    if match is None or is_question(said.text):
        return None
    left = set(re.findall(_NO, match["cases"]))
    tasks = [task for task in await open_tasks(hearing.ctx.me) if task.case.no not in left]
    if not tasks:
        return Reply.of(Text(f"除了 {'、'.join(sorted(left))} 没有别的等你办的单，什么都没有做"))
    heard = await in_hand.of(hearing, tasks, match["words"])
    name = next((name for each in heard for name in each.heard.first), "")
    if not name:
        return None
    many = [MANY, name, *(f"{BUT}{no}" for no in sorted(left))]
    if await guesses.works(hearing.ctx, many, hearing.strictly):
        return await hearing.run(hearing.ctx, many)
    lead = f"除了 {'、'.join(sorted(left))}；要点一下才算，现在什么都没有做"
    able = [f"{name} {each.no}" for each in heard if name in each.heard.first]
    return await hearing.offer(WHICH, lead, [*able[:OFFERED], *(f"{LOOK} {no}" for no in sorted(left))])


async def each_its_own(hearing: Hearing, said: Sentence) -> Reply | None:
    """``R1 合格 R2 次品 屏幕碎了``, ``R1 同意 R2 等一下``: what each is to be, all by one tap.

    None where none of them says anything plain.
    """
    if is_question(said.text):
        return None
    found: list[str] = []
    decided = False
    for no, words in pieces(said.text):
        tasks = [task for task in await open_tasks(hearing.ctx.me) if task.case.no == no]
        heard = await in_hand.of(hearing, tasks, words)
        if not words or not heard:
            return None
        plain = [each for each in heard if each.heard.first and not each.mixed]
        readings = [in_hand.with_remark(hearing, each, each.offered[0], words) for each in plain]
        decided = decided or len(readings) == 1
        held = [*in_hand.later(hearing, no, words)[:1], f"{COMMENT} {no} {words}"]
        found.append(readings[0] if len(readings) == 1 else held[0])
    lead = f"“{short(said.text)}”要点一下才算，现在什么都没有做"
    every = f" {THEN} ".join(found)
    if not decided:
        return None
    return await hearing.offer(WHICH, lead, [every, *found[: OFFERED - 1], f"{LOOK} {said.cases[0]}"])


def pieces(text: str) -> list[tuple[str, str]]:
    """Each case with the words behind it, or ahead of it where a text begins with words; the same ones for all."""
    words = parse.words(text)
    places = [n for n, word in enumerate(words) if parse.is_case_no(word)]
    if places[0] == 0:
        cuts = [(n, n + 1, end) for n, end in zip(places, [*places[1:], len(words)], strict=True)]
    else:
        cuts = [(n, start, n) for start, n in zip([0, *(n + 1 for n in places[:-1])], places, strict=True)]
    said = [(words[n], " ".join(words[start:end]).strip(" ,、。;和跟与")) for n, start, end in cuts]
    if places[0] and (behind := " ".join(words[places[-1] + 1 :])):
        said[-1] = (said[-1][0], f"{said[-1][1]} {behind}")
    same = [each for _, each in said if each]
    if len(same) == 1:
        plain = _ALL.sub("", same[0], count=1) or same[0]
        return [(no, plain) for no, _ in said]
    return said
