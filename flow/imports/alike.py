"""Headings that look like another and may be a slip for it; those that mean something else never are."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

from config import FOLDER
from flow.definitions import yamlfile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

MEANINGS = FOLDER / "headings.yaml"
ALIKE = 0.6  # how much alike a heading and a known one must be to be taken for a slip
LOOKED_AT = 10  # of those that look alike, the nearest first


def nearest(heading: str, known: Iterable[str]) -> str:
    """The known heading that ``heading`` is most likely a slip for; blank where none is near in looks and meaning."""
    near = difflib.get_close_matches(heading, list(known), LOOKED_AT, ALIKE)
    return next((word for word in near if not differ(heading, word)), "")


def differ(one: str, other: str) -> bool:
    """Whether two headings speak of different things, however much alike they look.

    What only one of them speaks of counts too, unless it may be a slip of one character.
    """
    slip = len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return any(a != b and not a & b and (bool(a and b) or not slip) for a, b in _pairs(one, other))


def _pairs(one: str, other: str) -> Iterator[tuple[set[tuple[str, ...]], set[tuple[str, ...]]]]:
    return ((_said(one, group), _said(other, group)) for group in _meanings())


def _said(heading: str, group: Collection[tuple[str, ...]]) -> set[tuple[str, ...]]:
    read = heading.casefold()
    return {words for words in group if any(word.casefold() in read for word in words)}


@cache
def _meanings() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Groups of meanings that exclude each other, each as the words for it."""
    groups = yamlfile.read(MEANINGS.read_text(encoding="utf-8"))
    return tuple(tuple(tuple(str(each).split("|")) for each in group) for group in groups)
