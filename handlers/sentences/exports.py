"""``上月退货单导出``: the words by which a list is exported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.export import EXPORT
from handlers.chat import readings
from handlers.chat.spelling import bare, unasked

if TYPE_CHECKING:
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_OURS = re.compile(r"我们|咱们|我")
_SHEET = re.compile(r"(?:单子?|清单|记录|明细|数据|表格?)$")


def words(hearing: Hearing, said: Sentence) -> list[str]:
    """The time and the filters that stand beside 导出, without what says nothing."""
    left = _OURS.sub("", unasked(said.left, hearing.lexicon)).split()
    plain = [_SHEET.sub("", bare(word, hearing.lexicon)) for word in left]
    parts = [bare(piece, hearing.lexicon) for word in plain if word for piece in readings.timed(word)]
    return [part for part in parts if part]


async def is_clear(hearing: Hearing, said: Sentence) -> bool:
    """Whether a sentence asks for a list, and every word of it is known."""
    return said.commands == (EXPORT,) and await readings.are_known(hearing.ctx, EXPORT, words(hearing, said))
