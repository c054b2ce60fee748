"""Colleagues as people call them: @王建国, 王老师, 小林, 给李敏. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat.grammar import GRAMMAR

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flow.directory import Directory

_TITLE = re.compile(r"(?:老师|经理|主管|总监|组长|店长|总|哥|姐|师傅|同学|同事)$")
_NICK = re.compile(r"^[老小](?=.$)")
_TO = re.compile(r"^(?:给|到|由|让|请|找|是|to)(?=.)")
_MARKS = "@,。.、!~:"


def named(word: str, staff: Directory) -> str | None:
    """The full name of the one member that a word means; None where it means nobody, or may mean several."""
    for said in _ways(word):
        if staff.named(said):
            return said
    called = next((said for said in _ways(word) if _TITLE.search(said) or _NICK.match(said)), "")
    part = _NICK.sub("", _TITLE.sub("", called))
    found = [one.name for one in staff.by_id.values() if part and one.name.startswith(part)]
    return found[0] if len(found) == 1 else None


def _ways(word: str) -> list[str]:
    bare = word.strip(_MARKS)
    return list(dict.fromkeys([bare, _TO.sub("", bare).strip(_MARKS)]))


def in_text(text: str, staff: Directory) -> tuple[str, str]:
    """The only member whose full name stands in a text, and the text without it; "" where nobody or several do."""
    found = [one.name for one in staff.by_id.values() if one.name in text]
    longest = [name for name in found if not any(name != other and name in other for other in found)]
    if len(longest) != 1:
        return "", text
    return longest[0], text.replace(f"@{longest[0]}", longest[0]).replace(longest[0], " ", 1)


def respelt(words: Sequence[str], staff: Directory, mentioned: Collection[str] = ()) -> list[str]:
    """The words of a command with each colleague by their full name, where the command is about people.

    ``mentioned`` are the full names of whom the platform says that they were @-ed; they stand in for an @nickname.
    """
    grammar = GRAMMAR.get(words[0]) if words else None
    if grammar is None or grammar.named is None:
        return list(words)
    first = 1 + grammar.named
    found = [*words[:first], *_people(words[first:], staff, mentioned)]
    left = [name for name in mentioned if name not in found]
    return [*found, *left] if len(found) == first and len(left) == 1 else found


def _people(words: Sequence[str], staff: Directory, mentioned: Collection[str]) -> list[str]:
    """Each word by itself; 给 alone, ahead of another, names nobody."""
    found: list[str] = []
    for word in words[1:] if len(words) > 1 and words[0] in ("给", "由", "让") else words:
        name = named(word, staff)
        if name is None and word.startswith("@") and len(mentioned) == 1:
            name = next(iter(mentioned))
        found.append(name or word)
    return found
