"""Sentences with several cases: each with its own words, or the same words for all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.guess import THEN
from flow.engine.verbs import GIVE_BACK
from flow.views.case import open_tasks
from handlers.chat import parse
from handlers.chat.decisions import is_question
from handlers.chat.reservations import waits
from handlers.chat.spelling import asks
from handlers.sentences import handovers, in_hand, natural
from handlers.sentences.hearing import COMMENT, GIVE, LOOK, OFFERED, WHICH, short

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_TIES = re.compile(r"^(?:[\s,、。;]|[和跟与](?!客户|买家|顾客|他|她)|也(?=\S))+|(?:[\s,、。;和跟与]|另外|还有)+$")
_ALL = re.compile(r"^(?:这?[两三四五几]?[单个]|这些)?(?:都|全部|全|一起|统统|一律)?\s?")


async def each_its_own(hearing: Hearing, said: Sentence, typed: str = "") -> Reply | None:
    """``R1 合格 R2 次品 屏幕碎了``, ``R1 同意 R2 等一下``: what each is to be, all by one tap.

    None where none of them says anything plain. ``typed`` is the sentence where it names the cases in other words.
    """
    if asks(said.text):
        return None
    found: list[str] = []
    strange: list[str] = []
    kept: list[str] = []
    decided = False
    for no, words in pieces(said.text):
        tasks = [task for task in await open_tasks(hearing.ctx.me) if task.case.no == no]
        heard = await in_hand.of(hearing, tasks, words)
        if not words or (is_question(words) and not waits(words, hearing.lexicon.phrases)):
            return None
        if not heard:
            strange.append(no)
            continue
        plain = [each for each in heard if each.heard.first and not each.mixed]
        readings = await _to_somebody(hearing, no, words)
        readings = readings or [in_hand.with_remark(hearing, each, each.offered[0], words) for each in plain]
        readings = readings or handovers.readings(hearing, no, words)[:1]
        held = [*in_hand.later(hearing, no, words)[:1], f"{COMMENT} {no} {words}"]
        decided = decided or len(readings) == 1 or len(held) > 1
        found.append(readings[0] if len(readings) == 1 else held[0])
        kept += held[-1:] if len(readings) != 1 and held[1:] else []
    others = f"；{'、'.join(strange)} 不在你手上，不会动" if strange else ""
    lead = f"“{short(typed or said.text)}”要点一下才算，现在什么都没有做{others}"
    every = f" {THEN} ".join(found)
    if not decided:
        return None
    return await hearing.offer(WHICH, lead, [every, *found[: OFFERED - 1], *kept, f"{LOOK} {said.cases[0]}"])


async def _to_somebody(hearing: Hearing, no: str, words: str) -> list[str]:
    """A case that is to go back, or on, to a colleague who is named: 照片看不清让林晓补一张; none for other words."""
    lines = in_hand.given_back(hearing, no, words) or await natural.of_case(hearing, no, words)
    return lines[:1] if lines and lines[0].split()[0] in (GIVE_BACK, GIVE) else []


def pieces(text: str) -> list[tuple[str, str]]:
    """Each case with the words behind it, or ahead of it where a text begins with words; the same ones for all."""
    words = parse.words(text)
    places = [n for n, word in enumerate(words) if parse.is_case_no(word)]
    if places[0] == 0:
        cuts = [(n, n + 1, end) for n, end in zip(places, [*places[1:], len(words)], strict=True)]
    else:
        cuts = [(n, start, n) for start, n in zip([0, *(n + 1 for n in places[:-1])], places, strict=True)]
    said = [(words[n], _TIES.sub("", " ".join(words[start:end]))) for n, start, end in cuts]
    if places[0] and (behind := " ".join(words[places[-1] + 1 :])):
        said[-1] = (said[-1][0], f"{said[-1][1]} {behind}")
    same = [each for _, each in said if each]
    if len(same) == 1:
        plain = _ALL.sub("", same[0], count=1) or same[0]
        return [(no, plain) for no, _ in said]
    return said
