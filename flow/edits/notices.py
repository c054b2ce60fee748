"""通知 …: what customers are told. Pure."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from flow.definitions.vocabulary import NOTICE_GAPS
from flow.edits.sentence import one_of
from flow.edits.working_copy import NOTICES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Edit

_SHAPE = re.compile(r"^(?P<moment>[^\s:：]+)(?:\s*[:：]\s*|\s+)(?P<text>.+)$", re.DOTALL)
_BRACES = str.maketrans("｛｝", "{}")
MAX_CHARS = 500  #: what one notice on record can hold


def edit(sentence: Sentence, book: Book) -> Edit:
    """Other words for one moment; they may only name what is known at that moment."""
    if not (match := _SHAPE.match(" ".join(sentence.typed))):
        raise sentence.unclear()
    notices = book.table(NOTICES)
    moment, text = one_of(match["moment"], notices, "通知"), match["text"].translate(_BRACES)
    if len(text) > MAX_CHARS:
        raise PolicyRefused(f"通知有 {len(text)} 个字，最多 {MAX_CHARS} 个")
    able = _blanks(str(notices[moment])) | NOTICE_GAPS.get(moment, frozenset())
    if strange := sorted(_blanks(text) - able):
        known = "、".join(f"{{{blank}}}" for blank in sorted(able)) or "（没有）"
        raise PolicyRefused(f"“{moment}”里不能用 {{{strange[0]}}}，可以用：{known}")
    return book.with_table(NOTICES, {**notices, moment: text}, f"通知 {moment} 改为：{text}")


def _blanks(text: str) -> set[str]:
    """``{缺件}`` and the like. Raises PolicyRefused for a brace that is not closed."""
    try:
        return {blank for _, blank, _, _ in Formatter().parse(text) if blank is not None}
    except ValueError as error:
        raise PolicyRefused("花括号要成对，例如 {缺件}") from error
