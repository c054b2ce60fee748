"""Finds the member that somebody names, and tells the name from the words around it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_BEFORE = re.compile(r"^(?:@|转给|转交给|交给|移交给|请|让|由|给|抄送给?|麻烦|\s)+")
#: what may follow a name without a pause; any other character may be the rest of a longer name
_BEHIND = r"(?=$|[\s,。;、:!?@()]|[你您他她来帮请麻看处审办去吧先签复确经总老哥姐和与及&])"
_PAUSE = " ,。;、:!"
_AND = re.compile(r"^\s*(?:、|和|与|及|&)\s*")


def leading(words: str, names: Collection[str]) -> tuple[str, str] | None:
    """The member with whose name the words begin, as ``@王建国,看不懂`` does, and what follows."""
    start = _BEFORE.match(words)
    text = words[start.end() :] if start else words
    for name in sorted(names, key=len, reverse=True):
        if re.match(re.escape(name) + _BEHIND, text):
            return name, re.sub(r"^(?:经理|总|老师|哥|姐)?(?=[\s,。;、:!]|$)", "", text[len(name) :]).strip(_PAUSE)
    return None


def listed(words: str, names: Collection[str]) -> tuple[list[str], str, str]:
    """The members named at the front, the words behind, and what stands where a further name must and is none."""
    found: list[str] = []
    rest, joined = words, False
    while one := leading(rest, names):
        behind = rest[rest.index(one[0]) + len(one[0]) :]
        joined = bool(_AND.match(behind))
        found, rest = [*found, one[0]], _AND.sub("", behind).strip(_PAUSE) if joined else one[1]
    strange = re.split(r"[\s,。;、:]", rest)[0] if joined else ""
    return list(dict.fromkeys(found)), rest, strange


def somewhere(words: str, names: Collection[str]) -> tuple[str, str] | None:
    """The only member whose name stands as a word of its own, and the other words."""
    parts = words.split()
    found = [part for part in parts if part.strip(_PAUSE + "@") in names]
    if len(found) != 1:
        return None
    return found[0].strip(_PAUSE + "@"), " ".join(part for part in parts if part is not found[0])


def alone(words: str, names: Collection[str]) -> list[str]:
    """Every member whose name stands as a word of its own."""
    said = {part.strip("@") for part in re.split(r"[\s,。;、:!]+", words)}
    return [name for name in names if name in said]
