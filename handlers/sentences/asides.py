"""What is said while something else is asked: a sentence of its own, worked on while the question stays open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.errors import NotFound
from handlers.chat.context import Reply
from handlers.chat.names import in_text
from handlers.chat.parse import is_case_no
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks_at_all, is_number
from handlers.chat.statements import Statement
from handlers.chat.tails import whole
from handlers.commands.reasons import AFTERWARDS
from handlers.sentences import customers, money_back, natural, nearest, of_cases, of_numbers, parcels
from handlers.sentences import plain as plain_sentences
from handlers.sentences.hearing import LOOK, explained, unknown
from models import Case

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_CLAUSE = re.compile(r"[,。;\s]")


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The answer to a sentence that is surely about something else; None for what may as well be a bad answer."""
    said = sentence(text, hearing.lexicon)
    if said.cases:
        return await of_cases.meant(hearing, said)
    if not said.numbers and (total := await money_back.meant(hearing, said.text)):
        return total
    if not said.numbers and (answered := await customers.meant(hearing, said.text)):
        return answered
    if explanation := explained(hearing, said.text):
        return explanation
    if reply := await unknown(hearing, said.text):
        return reply
    if said.numbers:
        return await _of_numbers(hearing, said)
    return await plain_sentences.aside(hearing, said)


async def _of_numbers(hearing: Hearing, said: Sentence) -> Reply | None:
    """What is said of a number, or asked of it; a number that is nowhere is said to be so."""
    asking = asks_at_all(said.text)
    about = said.commands or asking or of_numbers.says_no_more(said, said.numbers[0])
    if not about or not await of_numbers.known(said):
        return None
    try:
        return await of_numbers.meant(hearing, said)
    except NotFound as missing:
        if not asking:
            raise
        return Reply.of(Text(str(missing)))


async def elsewhere(hearing: Hearing, text: str) -> Reply | None:
    """What refused words say of a case by its last digits, of a mistyped waybill, of all in hand; else None."""
    plain, _ = await whole(hearing.ctx, text, hearing.lexicon)
    said = sentence(plain, hearing.lexicon)
    if len(said.cases) == 1:
        statement = Statement(plain, tuple(plain.split()))
        return await natural.meant(hearing, statement) or await of_cases.meant(hearing, said)
    if said.numbers:
        return await parcels.righted(hearing, said)
    return await nearest.elsewhere(hearing, plain)


async def without_its_case(ctx: Ctx, wait: Wait, statement: Statement, lexicon: Lexicon) -> Statement:
    """A reason without the number of the very case that it is asked for; other statements as they are."""
    no, _, rest = statement.text.strip().partition(" ")
    if wait.kind != AFTERWARDS or not is_case_no(no) or not rest:
        return statement
    orders = sentence(rest, lexicon).commands or lexicon.is_button(rest.split()[0])
    if orders or in_text(rest, ctx.staff)[0] or not await Case.exists(id=wait.data["case_id"], no=no.upper()):
        return statement
    return Statement(rest, tuple(rest.split()))


async def stands_alone(text: str, lexicon: Lexicon) -> bool:
    """Whether a text is no reason and no remark, though those may be any words: a bare number, a question, thanks."""
    said = sentence(text, lexicon)
    plain = said.text.strip(" ,。.!?~")
    if said.cases or said.numbers:
        looks = said.commands == (LOOK,) and (asks_at_all(said.text) or said.phrase.startswith("查"))
        return (is_number(plain) or looks or _begins(said, lexicon)) and await of_numbers.known(said)
    if lexicon.phrases.kind_word(plain) and not lexicon.is_button(plain):
        return True
    if asks_at_all(plain) and customers.is_asked(lexicon, plain):
        return True
    return not _CLAUSE.search(plain) and _is_question(said, plain, lexicon)


def _begins(said: Sentence, lexicon: Lexicon) -> bool:
    """Whether what is said of a number is a case to be opened: 退货 536365 …."""
    return bool(set(said.commands) & lexicon.about_orders) and said.text.startswith(said.phrase)


def _is_question(said: Sentence, plain: str, lexicon: Lexicon) -> bool:
    """Whether a clause asks for what a command shows."""
    asked = said.commands == (LOOK,) or any(word in plain for word in lexicon.phrases.questions)
    return asked and asks_at_all(said.text)
