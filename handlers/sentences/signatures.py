"""How many must agree, and what one refusal does: a rule that is wished for, whatever button the sentence names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow import edits
from handlers.chat import parse
from handlers.commands import fallback

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """``有一个人驳回就算驳回``, ``三位总监中任意两位同意``; None where a case is named, or it is said of no rule.

    Raises NotAllowed for what can be nothing else, said by somebody who may not change the rules.
    """
    words = parse.words(text)
    if not edits.is_about_signatures(text) or any(map(parse.is_case_no, words)):
        return None
    return await fallback.understood(hearing.ctx, words, hearing.strictly)
