"""The cases that a sentence names one after the other: ``R1 R2``, ``R1、R2 和 R3``. Pure."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from handlers import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_JOINTS = re.compile(r"[、,，;；&+/]|和|及|与|跟")
_EDGE = ".。,，:：;；、!！"


def leading(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The case numbers at the front, each once and in upper case, and the words behind them.

    A number that is no case's stays the first, so that whoever looks it up can say so.
    """
    front = list(itertools.takewhile(lambda word: is_one(word) or not _parts(word), words))
    found = [part.upper() for word in front for part in _parts(word)]
    if not found:
        return [words[0].strip(_EDGE)], list(words[1:])
    return list(dict.fromkeys(found)), list(words[len(front) :])


def is_one(word: str) -> bool:
    """Whether a word is a case's number, or several."""
    return bool(_parts(word)) and all(map(parse.is_case_no, _parts(word)))


def _parts(word: str) -> list[str]:
    return [part for each in _JOINTS.split(word) if (part := each.strip(_EDGE))]
