"""What somebody may have meant by a word that is nothing known: the nearest of the words that are. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LIKE = 0.4  #: two of five characters alike
AS_LIKE = 0.02  #: what is less like by so little is named as well
SHOWN = 8  #: of what there is, where nothing is near


def nearest(word: str, known: Collection[str], most: int = 4) -> list[str]:
    """The known words that are most like it, of several that are as like all; else those that hold it, or it holds."""
    alike = {each: SequenceMatcher(None, each, word).ratio() for each in sorted(known)}
    best = max(alike.values(), default=0.0)
    if best >= LIKE:
        return [each for each, ratio in alike.items() if ratio >= best - AS_LIKE][:most]
    held = [each for each in alike if len(each) > 1 and (each in word or (len(word) > 1 and word in each))]
    return held[:most]


def suggestion(word: str, known: Collection[str]) -> str:
    """``，是不是“华东”？``, else ``，有：华东、华北``; "" where there is nothing at all."""
    if near := nearest(word, known):
        return f"，是不是{'或'.join(f'“{each}”' for each in near)}？"
    shown = sorted(known)[:SHOWN]
    more = f"等 {len(known)} 个" if len(known) > len(shown) else ""
    return f"，有：{'、'.join(shown)}{more}" if shown else ""
