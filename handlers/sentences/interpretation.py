"""What somebody means who begins with no command: carried out where it can only be one thing, else asked by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.errors import NotUnderstood
from handlers.chat.manual import examples
from handlers.chat.sentences import sentence
from handlers.sentences import (
    buyers,
    customers,
    figures,
    in_hand,
    money_back,
    narrow_figures,
    nearest,
    of_cases,
    of_numbers,
    parcels,
    plain,
    typos,
)
from handlers.sentences.hearing import explained, unknown

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing


async def _without_number(hearing: Hearing, said: Sentence) -> Reply | None:
    """What is known of the customer in hand or by name, a sum of money, a chart or a list; else None."""
    if reply := await buyers.asked(hearing, said.text) or await buyers.meant(hearing, said):
        return reply
    for reading in (money_back.meant, narrow_figures.meant, figures.meant, customers.meant):
        if reply := await reading(hearing, said.text):
            return reply
    return None


async def _told(hearing: Hearing, said: Sentence) -> Reply | None:
    """What is on record without a case to be found first, or that nothing on record answers a question; else None."""
    if said.numbers and (right := await parcels.lettered(hearing, said)):
        return right
    if not said.numbers and not said.cases and (known := await _without_number(hearing, said)):
        return known
    if not said.cases and (explanation := explained(hearing, said.text)):
        return explanation
    told = await unknown(hearing, said.text)
    return None if told and await in_hand.is_meant(hearing.ctx, hearing.lexicon, said.text) else told


async def understood(hearing: Hearing, text: str) -> Reply:
    """The answer to a sentence. Raises NotUnderstood with examples for this person where it means nothing known."""
    if typo := await typos.meant(hearing, text):
        return typo
    said = sentence(text, hearing.lexicon)
    reply: Reply | None
    if len(said.cases) == 1 and not said.numbers and of_numbers.is_of_the_list(said):
        reply = await of_numbers.listed(hearing, said, said.cases[0])
    elif said.cases:
        reply = await of_cases.meant(hearing, said)
    elif told := await _told(hearing, said):
        return told
    elif said.numbers:
        reply = await of_numbers.meant(hearing, said)
    else:
        reply = await plain.meant(hearing, said)
    if reply is None and (reply := await nearest.anything(hearing, said.text)) is None:
        raise NotUnderstood(f"没听懂这句话，什么都没有做。{examples(hearing.ctx)}")
    return reply
