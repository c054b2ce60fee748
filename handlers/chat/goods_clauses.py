"""A sentence about goods taken apart: at its marks, and where one count ends and the next begins. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from handlers.chat import quantities
from handlers.chat.goods_states import NUMBER, VERBS, states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BREAKS = re.compile(
    r"[,、;。!\s]+|(?:^|(?<=[件个只台套到好格了]))(?:和|及|还有|以及|另外)(?=\S)"
    r"|(?<=[^\s,、;。!不])(?=但是|但|不过|可是)"
)
_COMES = re.compile(rf"(?:只|就|实际|才)*(?:{VERBS})了?")
_MARKS = re.compile(r"[\s,;。!]+")
_STATE = "好|坏|破|碎|裂|合格|次品"
_SHORT = re.compile(rf"({_STATE})的?\s?:?(\d{{1,3}}|{NUMBER}(?=$|[\s,;。]|{_STATE}))(?=$|[\s,;。]|{_STATE})")  #: 好2坏1
_SHORT_SIDES = re.compile(rf"(?<!\w)(?:{NUMBER}(?:{_STATE}))+(?=$|[\s,;。])")  #: 两好一坏
_SHORT_SIDE = re.compile(rf"({NUMBER})({_STATE})")


def clauses(text: str) -> list[str]:
    """What stands between marks, ``85123A 两个`` and ``85123A x 2`` in one."""
    return [clause for clause in _BREAKS.split(_joined(text)) if clause]


def _joined(text: str) -> str:
    close = re.sub(r"\s*([×xX*✕])\s*(?=\d|[A-Z])", r"\1", text) if re.search(r"\d\s*[×*✕]|[×*✕]\s*\d", text) else text
    close = _SHORT_SIDES.sub(lambda match: _SHORT_SIDE.sub(r"\1件\2的,", match[0]), close)
    close = _SHORT.sub(r"\2件\1的,", close)
    return re.sub(r"(?<=[0-9A-Za-z])\s+(?=(?:\d+|[一二两三四五六七八九十]+)\s?[件个只台套])", "", close)


def pieces(clause: str, names: Callable[[str], bool]) -> Iterator[tuple[str, bool]]:
    """Each count of a clause with what is said of it; what it says of the whole stands apart: ``三件里两件好的``.

    Each with whether it is the whole of which the next ones are parts. ``names`` knows the goods.
    """
    match = states().within.match(clause)
    rest = clause
    if match and match["part"] and len(quantities.counts(match["whole"])) == 1:
        yield match["whole"], True
        rest = match["part"]
    for piece in _split(rest, names):
        yield piece, False


def _split(clause: str, names: Callable[[str], bool]) -> list[str]:
    """``一个能用一个不亮``, ``收到两件好的一件坏的``, ``好的两件坏的一件``: each count with its own state."""
    found = quantities.counts(clause)
    if len(found) < 2:
        return [clause]
    starts, ends = [start for start, _, _ in found], [end for _, end, _ in found]
    between = [clause[end:start] for end, start in zip(ends, starts[1:], strict=False)]
    if not all(_tells(words) or names(words) for words in between):
        return [clause]
    cuts = [0, *starts[1:], len(clause)] if clause[ends[-1] :] else [0, *ends]
    return [clause[one:two] for one, two in pairwise(cuts)]


def _tells(between: str) -> bool:
    """Whether the words between two counts say how the goods are."""
    known = states()
    said = (_COMES.fullmatch, known.good.search, known.bad.search, known.lacking.match, known.lacked.search)
    return any(says(between) for says in said)


def of_others(text: str) -> list[str]:
    """The clauses that speak of goods of another house, or of another order: 有一个不是我们家的."""
    return [clause for clause in clauses(text) if states().strange.search(clause)]


def without_more(text: str) -> str:
    """A text without what it says of things that were sent beside the goods: 客户多寄了一个水杯要不要寄回去."""
    return " ".join(clause for clause in _MARKS.split(text) if not states().more.match(clause))
