"""The last resort: what a sentence is likeliest about by its words and by what it names, as buttons that were tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.permissions import able_to, ask
from flow.errors import NotAllowed, NotShown, NotUnderstood
from flow.views.case import open_tasks
from flow.views.overview import OVERVIEW
from handlers.chat import cues, guesses, parse, readings, wordings
from handlers.chat.context import Reply
from handlers.chat.cues import DECIDED, IN_HAND, OPENED
from handlers.chat.manual import examples, topic
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks_at_all, is_number
from handlers.sentences import figures, objects, owners, second_thoughts, subjects
from handlers.sentences.hearing import COMMENT, LOOK, REPORT, TAKE_BACK, WHICH, clauses, short
from models import Case

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping, Sequence

    from flow.errors import FlowError
    from handlers.chat.cues import Cue
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing

CASE = wordings.CASE
TRIED, SHOWN, EACH = 8, 4, 4  #: statements that are tried, that are shown, and cases of one statement
ALIKE = 2  #: statements of one command that are shown
STRONG = 5  #: points from which on a sentence is surely about something
MOST = 3  #: statements of one cue
QUOTED, WHY = 30, 48  #: characters of the sentence, and of why not, that are said
NEAR = "下面是最接近的，点一下才算"
HELP, TODO, MINE, EXPORT = "帮助", "待办", "我的单", "导出"
LISTED = (LOOK, MINE, EXPORT, REPORT)  #: commands that read words later, when the answer is made
_LEAST = 4  #: characters of a sentence that says something


@dataclass(frozen=True, slots=True)
class Found:
    """What a sentence may be about, the likeliest first, and what it names."""

    cues: Sequence[Cue]
    places: Mapping[str, str]
    cases: Sequence[str]  #: that are named
    score: int  #: of the likeliest

    @property
    def text(self) -> str:
        return self.places["全"]


async def rescued(hearing: Hearing, statement: Statement, reading: Awaitable[Reply]) -> Reply:
    """The answer of a reading; where nobody knows what the words mean, the buttons for what they may be about.

    Raises FlowError. What begins with a command's or a button's own name is refused in the words of that.
    """
    try:
        return await reading
    except NotShown:
        raise
    except (NotUnderstood, NotAllowed) as refused:
        written = hearing.lexicon.is_word(statement.name) and f"{statement.text} ".startswith(f"{statement.name} ")
        of_rights = isinstance(refused, NotAllowed)
        if not written and not of_rights and (shown := await figures.meant(hearing, statement.text)):
            return shown
        if not written and of_rights and (told := await owners.stands(hearing, statement.text)):
            return told
        if not written and (reply := await (elsewhere if of_rights else meant)(hearing, statement.text)):
            return reply
        raise


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The buttons for what a sentence may be about, and what stands of it for an owner; None for neither."""
    told, others = await owners.stands(hearing, text), await _heard(hearing, text)
    return replace(others, says=[told.says[0], *others.says]) if told and others else told or others


async def _heard(hearing: Hearing, text: str) -> Reply | None:
    """The buttons for what a sentence may be about by its cues; None where it speaks of nothing known."""
    plain = " ".join(word for word in parse.words(text) if not parse.is_case_no(word)).strip(" ,。.!?~")
    found = await _found(hearing, plain, sentence(text, hearing.lexicon).cases)
    return await _offered(hearing, found) if found else None


async def elsewhere(hearing: Hearing, text: str) -> Reply | None:
    """The same of a sentence that surely has to do with no case, whatever of it a button of mine may be called."""
    found = await _found(hearing, text, ())
    sure = found and found.score >= STRONG and not found.cues[0].is_of_case
    others = await _offered(hearing, found) if found and sure else None
    told = await owners.unread(hearing, text) if others else None
    return replace(others, says=[told, *others.says]) if told and others else others


async def anything(hearing: Hearing, text: str) -> Reply | None:
    """The same; and where it has a word of the work in it, what shows what there is to do; None for anything else."""
    if reply := await meant(hearing, text):
        return reply
    if len(text) < _LEAST or text.isascii():
        return None
    if reply := await _named(hearing, text):
        return reply
    if not cues.cues().is_of_work(text):
        return None
    kept = [f"{COMMENT} {no} {text}" for no in await _only_case(hearing)]
    able = await _able(hearing, [*kept, TODO, MINE, OVERVIEW, HELP])
    return await guesses.choice(hearing.ctx, (WHICH, f"没听懂“{short(text, 60)}”，什么都没有做。{NEAR}"), able)


async def _named(hearing: Hearing, text: str) -> Reply | None:
    """What may be looked at of all that a sentence names; None where it names nothing known."""
    places = await objects.of(hearing, text, ())
    looks = [line for cue in cues.cues().named if cue.needs <= places.keys() for line in cue.lines]
    about = [f"{COMMENT} {no} {text}" for no in await _only_case(hearing)]
    able = await _able(hearing, [*(filled for line in looks if (filled := wordings.filled(line, places))), *about])
    lead = f"“{short(text, 60)}”没看懂，什么都没有做。{NEAR}"
    return await guesses.choice(hearing.ctx, (WHICH, lead), able) if able[:1] != about[:1] else None


async def beside(hearing: Hearing, reply: Reply, every: Sequence[str]) -> Reply:
    """An answer in words, and buttons for what comes nearest behind it."""
    others = await guesses.choice(hearing.ctx, (WHICH, NEAR), await _able(hearing, every))
    return replace(reply, says=[*reply.says, *(others.says if others else ())])


async def lines(hearing: Hearing, text: str, cases: Sequence[str]) -> list[str]:
    """The statements that what is said of cases may be, without their numbers in it; none where nothing is heard."""
    found = await _found(hearing, text, cases, of_case=not hearing.unnamed)
    return (await _able(hearing, await _lines(hearing, found)))[: SHOWN - 2] if found else []


async def _found(hearing: Hearing, text: str, cases: Sequence[str], *, of_case: bool = False) -> Found | None:
    """The cues that a text has enough of, and whose places it names: each of those makes one likelier.

    ``of_case`` asks for those that have to do with a case.
    """
    heard = [
        (score, cue)
        for score, cue in cues.cues().heard(text, hearing.lexicon.phrases.noes)
        if (cue.is_of_case or not of_case) and not (cue.alone and objects.beyond(hearing, cue.pattern.sub(" ", text)))
    ]
    if not heard:
        return None
    places = await objects.of(hearing, text, cases)
    known = {*places, *([CASE] if cases else [])}
    able = [(score + len(cue.needs), cue) for score, cue in heard if cue.needs <= known and not cue.lacks & known]
    ranked = sorted(able, key=lambda each: -each[0])
    found = [cue for score, cue in ranked if score * 2 >= ranked[0][0]]
    return Found(found, places, cases, ranked[0][0]) if found else None


async def _offered(hearing: Hearing, found: Found) -> Reply | None:
    offered, cue = await _lines(hearing, found), found.cues[0]
    only_asks = asks_at_all(found.text) and CASE not in wordings.placed(cue.lines)
    about = list(found.cases[:1]) or ([] if only_asks else await _only_case(hearing))
    kept = [line for no in about for line in (f"{COMMENT} {no} {found.text}", f"{LOOK} {no}")]
    able = await _able(hearing, [*offered[: SHOWN - 1], *kept[:1], *offered[SHOWN - 1 :], *kept[1:]])
    told = (await _why_not(hearing, offered[0]) if offered and offered[0] not in able else "") or cue.told
    lead = f"“{short(found.text, QUOTED)}”没看懂，什么都没有做{f'；{told}' if told else ''}"
    if offered and offered[0] not in able and (late := await _too_late(hearing, offered[0], found.text)):
        return late
    if not able:
        return Reply.of(Text(f"{lead}。{examples(hearing.ctx)}")) if told else None
    if able[0].split()[0] == HELP:
        return await _explained(hearing, lead, able)
    return await guesses.choice(hearing.ctx, (WHICH, f"{lead}。{NEAR}"), able)


async def _too_late(hearing: Hearing, line: str, text: str) -> Reply | None:
    """What keeps the words of a step that can't be taken back; None for another statement."""
    name, *words = line.split()
    return await second_thoughts.too_late(hearing, words[0], text) if name == TAKE_BACK and words else None


async def _explained(hearing: Hearing, lead: str, able: Sequence[str]) -> Reply:
    """How the likeliest is written, and the others as buttons."""
    shown = await hearing.run(hearing.ctx, able[0].split())
    return await beside(hearing, replace(shown, says=[Text(lead), *shown.says]), able[1:])


async def _able(hearing: Hearing, every: Iterable[str]) -> list[str]:
    """Those of some statements that can be carried out: few of one command, and few in all."""
    able: list[str] = []
    for line in list(dict.fromkeys(every))[:TRIED]:
        alike = sum(other.split()[0] == line.split()[0] for other in able)
        if len(able) < SHOWN and alike < ALIKE and await _works(hearing, line):
            able.append(line)
    return able


async def _works(hearing: Hearing, line: str) -> bool:
    """Whether a statement can be carried out; of one whose words are only read later, whether they mean something."""
    name, *words = line.split()
    if not hearing.allows(line):
        return False
    of_list = name in LISTED and bool(words) and not is_number(words[0])
    if of_list and not await readings.are_known(hearing.ctx, name, words):
        return False
    if name == MINE and not await Case.exists(creator_id=hearing.ctx.me.id):
        return False
    return await _why_refused(hearing, line) is None


async def _why_refused(hearing: Hearing, line: str) -> FlowError | None:
    """Why a statement is refused where it is chosen on a card: then nothing of it is doubted any more."""
    return await guesses.refusal(replace(hearing.ctx, sure=True), line.split(), hearing.strictly)


async def _why_not(hearing: Hearing, line: str) -> str:
    """Why what is likeliest meant cannot be done, and who may do it where I may not."""
    ctx, name = hearing.ctx, line.split()[0]
    matrix = ctx.desk.business.matrix
    if name in matrix.permissions() and not ctx.may(name):
        return f"“{name}”可以找：{ask(matrix, able_to(matrix, ctx.staff, name), name)}"
    refused = await _why_refused(hearing, line)
    return f"{name}：{clauses(str(refused).splitlines()[0], WHY)}" if refused else ""


# -- statements --------------------------------------------------------------------------------------------------------


async def _lines(hearing: Hearing, found: Found) -> list[str]:
    """Statements with every place filled, those of the likeliest cue first; how it is said, where that is asked.

    Who asks wants to see before they write anything down.
    """
    asks_how = cues.cues().asks_how(found.text)
    every = [[*([_how(cue)] if asks_how else []), *await _filled(hearing, cue, found)] for cue in found.cues]
    plain = [line for each in every for line in each if line]
    return sorted(plain, key=lambda line: line.startswith(f"{COMMENT} ")) if asks_at_all(found.text) else plain


def _how(cue: Cue) -> str:
    """The manual of what a cue does to a case; "" for what only keeps words, or looks."""
    name = cue.lines[0].split()[0]
    does = CASE in wordings.placed(cue.lines[:1]) and name not in (COMMENT, LOOK)
    return f"{HELP} {name}" if does and topic(name) else ""


async def _filled(hearing: Hearing, cue: Cue, found: Found) -> list[str]:
    """The first statement of a cue for each case that may be meant, the others for the likeliest one."""
    every = list(found.cases[:1]) or await _cases(hearing, cue, found.text)
    filled: list[str] = []
    for line in cue.lines[:MOST]:
        about = every[: EACH if line == cue.lines[0] else 1] if CASE in wordings.placed([line]) else [""]
        filled += [each for no in about if (each := wordings.filled(line, {**found.places, CASE: no}))]
    return filled


async def _cases(hearing: Hearing, cue: Cue, text: str) -> list[str]:
    """The cases among which a cue looks for the one that is not named, those whose goods are named before all."""
    ctx = hearing.ctx
    found: list[str] = []
    for place in cue.of:
        if place == IN_HAND:
            found += [task.case.no for task in await open_tasks(ctx.me)]
        elif place == OPENED:
            found += await readings.running(ctx)
        elif place == DECIDED:
            found += (await readings.recent(ctx))[:EACH]
    found = await readings.seen_first(ctx, await subjects.of_order(found, text))
    return await subjects.narrowed(found, text)


async def _only_case(hearing: Hearing) -> list[str]:
    """The case that everything may be about: the only one in hand, else the only one that I have opened."""
    mine = list(dict.fromkeys(task.case.no for task in await open_tasks(hearing.ctx.me)))
    opened = [case.no for case in await readings.opened_lately(hearing.ctx)]
    return next((found for found in (mine, opened) if len(found) == 1), []) if len(mine) < 2 else []
