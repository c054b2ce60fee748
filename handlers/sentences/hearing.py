"""Who says a sentence, what is known of words, and the answers that every kind of sentence may come to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from cards.types import Text
from flow.definitions.patterns import CASE_NO, alternatives
from flow.engine.verbs import VERBS
from handlers.chat import guesses, parse, readings
from handlers.chat.context import Reply
from handlers.chat.decisions import is_question
from handlers.chat.lexicon import MANY
from handlers.chat.spelling import bare, unasked
from handlers.chat.turns import parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx
    from handlers.chat.guesses import Run
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from models import Task

OFFERED = 4
LOOK, RECEIVE, COMMENT, HURRY, GIVE, REPORT, PARCEL = "查", "收货", "评论", "催办", "转交", "报表", "运单"
TAKE_BACK, CORRECT, LEAVE = "撤回", "改", "请假"
_LED, _LEFT = (
    r"^(?:给|帮我|帮忙|麻烦|请|加个|加一条|加|写个|写一条|写上|写|[\s,])*",
    r"(?:一下|下)?(?![写错改删里上没不是的])[\s,:]*",
)
_TIME = "{时间}"  #: in what is offered where nothing on record answers
WHICH = "是不是要…？点一个"


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who says it, what is known of words, and how a statement is carried out."""

    ctx: Ctx
    lexicon: Lexicon
    run: Run
    strictly: Run  #: the same, but never what a statement may only mean: for a reading that is tried
    pressed: bool = False  #: it was a button with a case, and nothing that I could do
    unnamed: bool = False  #: the case is the only one in hand, and the sentence may be about something else
    said: str = ""  #: the sentence; where it asks, or wants a list, no button is offered that decides, pays or receives

    async def offer(self, question: str, lead: str, readings: Sequence[str]) -> Reply | None:
        able = [line for line in readings if self.allows(line)]
        return await guesses.offer(self.ctx, (question, lead), able, self.strictly)

    def allows(self, line: str) -> bool:
        """Whether a statement may be offered for what was said: whoever asks is offered no decision."""
        asks = not self.pressed and is_question(self.said)
        return not (asks and any(self._decides(words) for words in parts(line.split())))

    def _decides(self, words: Sequence[str]) -> bool:
        name = words[1] if words[0] == MANY and len(words) > 1 else words[0]
        return name in self.lexicon.actions - self.lexicon.commands - set(VERBS)


def short(text: str, chars: int = 30) -> str:
    return text if len(text) <= chars else f"{text[: chars - 1]}…"


def clauses(text: str, chars: int) -> str:
    """As many whole clauses of a sentence as there is room for, the first one in any case."""
    found = ""
    for clause in re.split(r"(?<=[，；。])", text):
        if found and len(found) + len(clause.rstrip("，；。")) > chars:
            break
        found += clause
    return found.rstrip("，；。")


def beside(said: Sentence) -> str:
    """What is said beside the number, as it was typed."""
    words = " ".join(word for word in parse.words(said.text) if not parse.is_case_no(word)).strip(",。 ")
    return words.replace(" ,", ",").removeprefix("把 ")


def spoken(said: Sentence) -> str:
    """A sentence as it was said, each case by the digits at the end of its number."""
    return re.sub(rf"\s*({CASE_NO})\s*", lambda match: match[1].rpartition("-")[2], said.text).strip(" ,。")


def unled(lexicon: Lexicon, text: str) -> str:
    """What is to be kept, without the words that say to keep it: 备注周五上门 is 周五上门, 备注写错了 stays."""
    names = (name for name, command in lexicon.phrases.commands.items() if command == COMMENT and len(name) > 1)
    words = {*names, *(word for each in lexicon.phrases.sayings if each.commands == (COMMENT,) for word in each.words)}
    plain = re.sub(
        rf"{_LED}(?:{alternatives(words)}){_LEFT}|[\s,]*(?:先|你|帮我|麻烦)*(?:{alternatives(words)})$", "", text
    )
    return plain or text


async def asked(hearing: Hearing, said: Sentence, readings: Sequence[str]) -> Reply | None:
    why = "点一下才算" if said.commands else "没看懂"
    return await hearing.offer(WHICH, f"“{short(said.text, 60)}”{why}，现在什么都没有做", readings)


async def unknown(hearing: Hearing, text: str) -> Reply | None:
    """What nothing on record answers: that is said, with what comes nearest; None for another sentence."""
    every = (each for each in hearing.lexicon.phrases.unknown if not each.needs or hearing.ctx.may(each.needs))
    each = next((each for each in every if any(word in text for word in each.words)), None)
    if each is None:
        return None
    times = _times(text) or [""]
    lines = [" ".join(line.replace(_TIME, time).split()) for line in each.nearest for time in times]
    return await hearing.offer("要不要看这些？", f"{each.told}，什么都没有做", lines)


def _times(text: str) -> list[str]:
    """Every time that a text says, in its order: 这周花了多少 上周呢."""
    found: list[str] = []
    while time := readings.time_in(text):
        found.append(time)
        text = text.replace(time, ",", 1)
    return found


def explained(hearing: Hearing, text: str) -> Reply | None:
    """The answer to a question that needs no look at anything; None for another text, or where one may not say it."""
    ctx, known = hearing.ctx, hearing.lexicon.phrases.known
    found = (each for each in known if any(word in text for word in each.words) and ctx.may(each.needs))
    each = next(found, None)
    if each is None:
        return None
    told = reduce(
        lambda words, zone: words.replace(f"{{{zone[0]}}}", zone[1]), ctx.desk.business.zones.items(), each.told
    )
    return Reply.of(Text(f"{told}。“{short(text)}”没有动任何单"))


async def counted(hearing: Hearing, text: str, tasks: Sequence[Task]) -> Reply | None:
    """Goods that are counted without a button's word: the buttons that would book them, with the counts as said.

    A number alone counts nothing: it is a place in a list.
    """
    if text.strip().isdecimal():
        return None
    found = await readings.counted(hearing.ctx, text, tasks)
    lead = f"“{short(text)}”要点一下才算，现在什么都没有做。{'；'.join(each.told for each in found[:OFFERED])}"
    if found and not [
        each for each in found if await guesses.works(hearing.ctx, each.reading.split(), hearing.strictly)
    ]:
        return await hearing.strictly(hearing.ctx, found[0].reading.split())  # which says why it cannot be booked
    numbers = {each.reading.split()[1] for each in found}
    return await hearing.offer(WHICH, lead, [*(each.reading for each in found), *(f"{LOOK} {no}" for no in numbers)])


async def report(hearing: Hearing, said: Sentence) -> Reply:
    return await hearing.run(hearing.ctx, [REPORT, *report_words(hearing, said)])


def report_words(hearing: Hearing, said: Sentence) -> list[str]:
    """The chart that a sentence names, and what else it says."""
    words = [bare(word, hearing.lexicon) for word in unasked(said.left, hearing.lexicon).split()]
    chart = [] if hearing.lexicon.meant(said.phrase) == REPORT else [said.phrase]
    return [*chart, *filter(None, words)]
