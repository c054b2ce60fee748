"""Which places of a list go back and which stay: ``1退 2先不退``, ``第二个留着``. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL, numeral

if TYPE_CHECKING:
    from collections.abc import Sequence

_ONE = re.compile(
    rf"第?(?P<place>\d{{1,2}}|(?<=第){NUMERAL})(?:个|号|件|项|样|种)?的?"
    r"(?:(?P<stays>(?:先|暂时|就|都)*(?:不|别|不要|不用)(?:退|换|修|补)|留着|留下|不要动)|(?:先|就|要|只)*(?:退|换|修|补))"
    r"(?:掉|货|了|吧)*[\s,、;。]*"
)


def verdicts(text: str, count: int) -> dict[int, bool]:
    """Of each place from 1 to ``count`` that a text names, whether it goes back; none for another text."""
    rest, found = text.strip(" ,;。"), dict[int, bool]()
    while rest:
        match = _ONE.match(rest)
        place = _number(match["place"]) if match else 0
        if match is None or not 1 <= place <= count or place in found:
            return {}
        found[place] = not match["stays"]
        rest = rest[match.end() :]
    return found


def going(text: str, count: int) -> list[int]:
    """The places that go back: those that are named so, else all but those that stay; none for another text."""
    said = verdicts(text, count)
    back = [place for place, goes in said.items() if goes]
    return back or [place for place in range(1, count + 1) if said and place not in said]


def without_staying(text: str, skus: Sequence[str]) -> str:
    """The same as a correction of those products, ``71053×0``; the text as it is where it says no such thing."""
    said = verdicts(text, len(skus))
    left_out = [f"{skus[place - 1]}×0" for place, goes in said.items() if not goes]
    return " ".join(left_out) if left_out and len(left_out) < len(skus) else text


def _number(text: str) -> int:
    return int(text) if text.isdigit() else numeral(text) or 0
