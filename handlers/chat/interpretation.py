"""What somebody means who begins with no command: carried out where it can only be one thing, else asked by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.errors import NotFound
from handlers.chat import case_sentences, in_hand, number_sentences, plain_sentences, readings, typos
from handlers.chat.hearing import unknown
from handlers.chat.manual import examples
from handlers.chat.sentences import sentence

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.chat.hearing import Hearing


async def _is_in_hand(hearing: Hearing, text: str) -> bool:
    return await in_hand.is_meant(hearing.ctx, hearing.lexicon, text)


async def understood(hearing: Hearing, text: str) -> Reply:
    """The answer to a sentence. Raises NotFound with examples for this person where it means nothing known."""
    if typo := await typos.meant(hearing, text):
        return typo
    said = sentence(text, hearing.lexicon)
    if said.cases:
        reply = await case_sentences.meant(hearing, said)
    elif many := readings.by_amount(said.text.strip(" ,。.!?~"), hearing.lexicon):
        return await hearing.run(hearing.ctx, many)
    elif (told := await unknown(hearing, said.text)) and not await _is_in_hand(hearing, said.text):
        return told
    elif said.numbers:
        reply = await number_sentences.meant(hearing, said)
    else:
        reply = await plain_sentences.meant(hearing, said)
    if reply is None:
        raise NotFound(f"没听懂这句话，什么都没有做。{examples(hearing.ctx)}")
    return reply
