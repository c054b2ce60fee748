"""One line that says two reasons, each of its own goods: ``一件质量问题一件无理由`` is two returns. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL
from handlers.chat import drafts
from handlers.chat.goods import goods_named
from handlers.chat.quantities import MEASURE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.orders.lookup import Choice

_NOT_SO = r"(?<!不是)(?<!没有)(?<!不算)(?<!并非)(?<!没)"
_EDGE = " ,;。.、和跟与"
_UNITS = re.compile(rf"(?:\d{{1,4}}|{NUMERAL})\s?{MEASURE}|[×xX*✕]\s?\d{{1,4}}(?!\w)")


def reasons_said(text: str, types: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Where a type is said, by any of its words, and which; in their order. 不是坏了 says none."""
    known = "|".join(re.escape(word) for word in sorted(types, key=len, reverse=True))
    said = re.finditer(rf"{_NOT_SO}(?:{known})", text) if known else ()
    return [(match.start(), match.end(), types[match[0]]) for match in said]


def apart(words: Sequence[str], choices: Sequence[Choice], types: Mapping[str, str]) -> list[list[str]]:
    """The words behind an order number, once for each reason; alone where there is one, or it is not clear whose."""
    said, note = drafts.before_note(words)
    text = " ".join(said)
    reasons = reasons_said(text, types)
    if len({name for _, _, name in reasons}) < 2:
        return [list(words)]
    goods = sorted({*(match.start() for match in _goods(choices).finditer(text)), *goods_named(text, choices)})
    cuts = _cuts(text, [(start, end) for start, end, _ in reasons], goods)
    if cuts[:1] != [0] or len(cuts) != len(reasons):
        return [list(words)]
    pieces = [text[start:end].strip(_EDGE) for start, end in pairwise([*cuts, len(text)])]
    if not all(_units(piece, choices) for piece in pieces):
        return [list(words)]
    behind = [drafts.NOTE, note] if note else []
    return [[*piece.split(), *behind] for piece in _with_products(pieces, choices, types)]


def _goods(choices: Sequence[Choice]) -> re.Pattern[str]:
    names = [name for choice in choices for name in (choice.sku, choice.title) if name]
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"{known}|{_UNITS.pattern}" if known else _UNITS.pattern, re.IGNORECASE)


def _cuts(text: str, reasons: Sequence[tuple[int, int]], goods: Sequence[int]) -> list[int]:
    """Where each piece begins: with its goods where those come first, else with its reason."""
    if not goods:
        return []
    if goods[0] < reasons[0][0]:
        following = [(end, next((at for at in goods if at >= end), None)) for _, end in reasons[:-1]]
        return [0, *(max(end, _word_start(text, at)) for end, at in following if at is not None)]
    return [0, *(start for start, _ in reasons[1:])]


def _word_start(text: str, at: int) -> int:
    return max((text.rfind(mark, 0, at) for mark in _EDGE), default=-1) + 1


def _units(piece: str, choices: Sequence[Choice]) -> bool:
    return bool(_goods(choices).search(piece) or goods_named(piece, choices))


def _with_products(pieces: Sequence[str], choices: Sequence[Choice], types: Mapping[str, str]) -> list[str]:
    """Each piece with its product, which is that of the piece before where it names none."""
    found: list[str] = []
    before = ""
    for piece in pieces:
        items = drafts.read(piece.split(), choices, types).items
        before = items[-1][0] if items else before
        found.append(piece if items or not before else f"{before} {piece}")
    return found
