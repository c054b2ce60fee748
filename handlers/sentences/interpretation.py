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


async def _told(hearing: Hearing, said: Sentence) -> Reply | None:
    """What is known of the customer in hand, or that nothing on record answers a question; else None."""
    if not said.numbers and not said.cases and (theirs := await buyers.meant(hearing, said)):
        return theirs
    if said.numbers and (right := await parcels.lettered(hearing, said)):
        return right
    if not said.numbers and not said.cases and (total := await money_back.meant(hearing, said.text)):
        return total
    if not said.numbers and not said.cases and (looked := await buyers.asked(hearing, said.text)):
        return looked
    if not said.numbers and not said.cases and (narrowed := await narrow_figures.meant(hearing, said.text)):
        return narrowed
    if not said.numbers and not said.cases and (shown := await figures.meant(hearing, said.text)):
        return shown
    if not said.numbers and (answered := await customers.meant(hearing, said.text)):
        return answered
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
