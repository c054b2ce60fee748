"""What somebody means who begins with no command: carried out where it can only be one thing, else asked by buttons."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cards.types import Text
from flow.errors import NotFound
from flow.reading import open_tasks
from flow.verbs import VERBS
from handlers import parse
from handlers.chat import guesses, names, positions
from handlers.chat.buttons import nodes_of, own_buttons
from handlers.chat.manual import examples
from handlers.chat.phones import is_phone
from handlers.chat.sentences import sentence
from handlers.chat.spelling import bare
from handlers.context import Reply
from models import Case, Order, OrderLine, Parcel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.guesses import Run
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from handlers.context import Ctx

NEAR = 0.6  #: of two characters one may be mistyped, if it is one of a command
OFFERED = 4
LOOK, RECEIVE, COMMENT, HURRY, GIVE, REPORT = "查", "收货", "评论", "催办", "转交", "报表"
CANCEL = "取消"
WHICH = "是不是要…？点一个"
_WAYBILL = 10  #: digits of a number that no shop has for an order, and that is no phone


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who says it, what is known of words, and how a statement is carried out."""

    ctx: Ctx
    lexicon: Lexicon
    run: Run
    pressed: bool = False  #: it was a button with a case, and nothing that I could do

    async def offer(self, question: str, lead: str, readings: Sequence[str]) -> Reply | None:
        return await guesses.offer(self.ctx, (question, lead), readings, self.run)


async def understood(hearing: Hearing, text: str) -> Reply:
    """The answer to a sentence. Raises NotFound with examples for this person where it means nothing known."""
    said = sentence(text, hearing.lexicon)
    if said.cases:
        reply = await _of_cases(hearing, said)
    elif said.numbers:
        reply = await _of_number(hearing, said)
    else:
        reply = await _without_number(hearing, said)
    if reply is None:
        raise NotFound(f"没听懂这句话，什么都没有做。{examples(hearing.ctx)}")
    return reply


def _short(text: str, chars: int = 30) -> str:
    return text if len(text) <= chars else f"{text[: chars - 1]}…"


# -- with the number of a case -----------------------------------------------------------------------------------------


async def _of_cases(hearing: Hearing, said: Sentence) -> Reply | None:
    if len(said.cases) > 1 or said.numbers:
        return await _asked(hearing, said, [f"{LOOK} {no}" for no in said.cases])
    no, whole = said.cases[0], _without(said, hearing.lexicon)
    if not whole:
        return await hearing.run(hearing.ctx, [LOOK, no])
    if hearing.lexicon.is_button(whole) and not hearing.pressed:
        return await hearing.run(hearing.ctx, [whole, no])
    words = _carried(hearing, said, no)
    return await hearing.run(hearing.ctx, words) if words else await _choice(hearing, said, no)


def _without(said: Sentence, lexicon: Lexicon) -> str:
    """What is said beside the number, as one piece."""
    return bare("".join(word for word in parse.words(said.text) if not parse.is_case_no(word)), lexicon)


def _carried(hearing: Hearing, said: Sentence, no: str) -> list[str]:
    """The statement that a sentence about a case can only be; none where it says more than the command keeps."""
    rest = list(said.rest)
    match said.commands:
        case ("查",) if not rest:
            return [LOOK, no]
        case ("催办",):
            return [HURRY, no, *rest]
        case ("转交",):
            name, left = names.in_text(" ".join(rest), hearing.ctx.staff)
            return [GIVE, no, name, *left.split()] if name else []
    return []


async def _choice(hearing: Hearing, said: Sentence, no: str) -> Reply | None:
    """My own buttons at that case, else what may be said of it."""
    whole = " ".join(word for word in parse.words(said.text) if not parse.is_case_no(word)).strip(",。 ")
    case = await Case.get_or_none(no=no)
    if case is None:
        return await hearing.run(hearing.ctx, [LOOK, no])
    if card := await own_buttons(hearing.ctx, case):
        return Reply.of(Text(f"“{_short(whole)}”没看懂，{no} 什么都没有做，请点卡片上的按钮"), card)
    known, word = hearing.lexicon.phrases, whole.lower()
    verbs = [f"{name} {no}" for name in {*known.sure.get(word, ()), *known.near.get(word, ())} if name in VERBS]
    if verbs:
        return await hearing.offer(WHICH, f"“{_short(whole)}”要点一下才算，现在什么都没有做", [*verbs, f"{LOOK} {no}"])
    return await _asked(hearing, said, [f"{LOOK} {no}", f"{HURRY} {no}", f"{COMMENT} {no} {whole}"])


async def _asked(hearing: Hearing, said: Sentence, readings: Sequence[str]) -> Reply | None:
    why = "点一下才算" if said.commands else "没看懂"
    return await hearing.offer(WHICH, f"“{_short(said.text, 60)}”{why}，现在什么都没有做", readings)


# -- with another number -----------------------------------------------------------------------------------------------


async def _of_number(hearing: Hearing, said: Sentence) -> Reply | None:
    if said.commands == (REPORT,):
        return await hearing.run(hearing.ctx, [REPORT, said.phrase, *said.rest, *said.numbers])
    number = await _named(said)
    rest = said.about(number)
    if not said.commands and not rest:
        return await hearing.run(hearing.ctx, [await _bare(hearing.ctx, number), number])
    readings = [[command, number, *rest] for command in said.commands if " " not in command]
    if len(readings) == 1 and (readings[0][0] != LOOK or not rest):
        return await hearing.run(hearing.ctx, readings[0])
    every = [*(" ".join(each) for each in readings), f"{LOOK} {number}"]
    kinds = [f"{kind} {' '.join([number, *rest])}" for kind in ("退货", "换货")] if not said.commands else []
    return await _asked(hearing, said, [*every, *kinds])


async def _named(said: Sentence) -> str:
    """The number that is an order's or a parcel's, else the first: the others may be products."""
    upper = [number.upper() for number in said.numbers]
    orders = set(await Order.filter(no__in=[*said.numbers, *upper]).values_list("no", flat=True))
    parcels = set(await Parcel.filter(waybill__in=upper).values_list("waybill", flat=True))
    known = [number for number in said.numbers if {number, number.upper()} & (orders | parcels)]
    return (known or list(said.numbers))[0]


async def _bare(ctx: Ctx, number: str) -> str:
    """What a number alone asks for: to receive its parcel, of whoever receives; else to be shown."""
    if not ctx.may(RECEIVE) or is_phone(number):
        return LOOK
    upper = number.upper()
    if await Parcel.exists(waybill=upper):
        return RECEIVE
    known = await Order.exists(no__in=[number, upper]) or await OrderLine.exists(sku__in=[number, upper])
    likely = len(number) >= _WAYBILL or (number[:2].isalpha() and len(number) > 7)
    return RECEIVE if likely and not known else LOOK


# -- without a number --------------------------------------------------------------------------------------------------


async def _without_number(hearing: Hearing, said: Sentence) -> Reply | None:
    ctx, lexicon = hearing.ctx, hearing.lexicon
    text = said.text.strip(" ,。.!?~")
    known = lexicon.phrases
    if text == CANCEL:
        return Reply.of(Text("现在没有在等你回答的问题，没有改动"))
    if text.lower() in known.greetings and not lexicon.is_button(text):
        return Reply.of(Text(f"{known.greeting}。{examples(ctx)}"))
    if command := next((known.questions[word] for word in known.questions if word in text), ""):
        return await hearing.run(ctx, command.split())
    piece = bare(text, lexicon)
    if lexicon.is_button(text) or lexicon.is_button(piece):
        return await _of_mine(hearing, said, text if lexicon.is_button(text) else piece)
    if text.lower() in known.greetings:
        return Reply.of(Text(f"{known.greeting}。{examples(ctx)}"))
    if said.commands:
        return await _explained(hearing, said)
    return await _mistyped(hearing, said)


async def _of_mine(hearing: Hearing, said: Sentence, word: str) -> Reply | None:
    """A button without a case: which of my tasks has it; the greeting that it may be as well where none has."""
    ctx, known = hearing.ctx, hearing.lexicon.phrases
    meant = {word, *known.sure.get(word.lower(), ()), *known.near.get(word.lower(), ())}
    readings = []
    for task in await open_tasks(ctx.me):
        actions = (await nodes_of(ctx, task.case))[task.node].actions
        readings += [f"{name} {task.case.no}" for name in actions if name in meant]
    if reply := await hearing.offer(
        f"“{_short(word, 10)}”哪一单？", "要办哪一单，请点一个；都可以写成：按钮上的字加单号", readings
    ):
        return reply
    if word.lower() in known.greetings:
        return Reply.of(Text(f"{known.greeting}。{examples(ctx)}"))
    raise NotFound(f"没有等你{word}的待办，什么都没有做。{examples(ctx)}")


async def _explained(hearing: Hearing, said: Sentence) -> Reply | None:
    """A command without what it needs: offered for my tasks where it is about a case, else explained."""
    command = said.commands[0]
    if command == REPORT:
        return await hearing.run(hearing.ctx, [REPORT, said.phrase, *said.rest])
    if command in (LOOK, HURRY, GIVE):
        tail = f" {names.in_text(said.text, hearing.ctx.staff)[0]}".rstrip() if command == GIVE else ""
        readings = [f"{command} {task.case.no}{tail}" for task in (await open_tasks(hearing.ctx.me))[:OFFERED]]
        if reply := await _asked(hearing, said, readings):
            return reply
    return await hearing.run(hearing.ctx, command.split() if " " in command else ["帮助", command])


async def _mistyped(hearing: Hearing, said: Sentence) -> Reply | None:
    """A command of which a character is wrong."""
    head, *rest = parse.words(said.text) or [""]
    near = get_close_matches(head, sorted(hearing.lexicon.commands | hearing.lexicon.actions), OFFERED, cutoff=NEAR)
    place = await positions.meant(hearing.ctx, said.text)
    if place and place.sure and place.numbers:
        return await hearing.run(hearing.ctx, [LOOK, place.numbers[0]])
    numbers = [f"{LOOK} {no}" for no in place.numbers] if place else []
    return await _asked(hearing, said, [*numbers, *(" ".join([word, *rest]) for word in near)])
