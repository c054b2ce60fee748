"""A first word that was mistyped for another that sounds or looks like it: offered in its right spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.sentences.hearing import WHICH, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_BEHIND = r"(?=[\s\dA-Za-z:,]|第|$)"  #: what may follow; any other sign may make it another word


def respelt(text: str, typos: Mapping[str, str]) -> tuple[str, str]:
    """The text with its first word as it was meant, and that word as typed; two empty texts where none is known."""
    found = max(
        (wrong for wrong in typos if re.match(re.escape(wrong) + _BEHIND, text, re.IGNORECASE)), key=len, default=""
    )
    return (f"{typos[found]} {text[len(found) :].lstrip(' :,')}".rstrip(), found) if found else ("", "")


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The statement in its right spelling, by a tap; None where no word is wrong, or it could not be done so."""
    right, wrong = respelt(text.strip(), hearing.lexicon.phrases.typos)
    if not right:
        return None
    lead = f"“{short(wrong)}”像是“{right.split()[0]}”，点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [right])
