"""A kind of the business's own in the middle of a sentence: 客户要大件退货 536365 那个烛台 is no 退货."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat.spelling import asks_at_all
from handlers.sentences.of_numbers import is_order

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_NUMBER = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z]{0,4}\d{3,20}(?![A-Za-z0-9-])")


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The draft of such a case, where an order is named beside it; None where the sentence begins with the kind."""
    names = sorted(hearing.ctx.desk.business.kinds, key=len, reverse=True)
    kind = next((name for name in names if name in text), "")
    if not kind or text.lstrip().startswith(kind) or not hearing.ctx.may(kind) or asks_at_all(text):
        return None
    left = text.replace(kind, " ", 1)
    for match in _NUMBER.finditer(left):
        if await is_order(match[0]):
            rest = f"{left[: match.start()]} {left[match.end() :]}"
            return await hearing.run(hearing.ctx, [kind, match[0], *rest.split()])
    return None
