"""Colleagues as people call them: @王建国, 王老师, 小林, 给李敏; one reader, wherever a name stands. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat.grammar import GRAMMAR

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flow.people.directory import Directory

_TITLES = "老师|经理|主管|总监|组长|店长|总|哥|姐|师傅|同学|同事"
_TITLE = re.compile(rf"(?:{_TITLES})$")
_CALLED = re.compile(rf"[\u4e00-\u9fff](?:{_TITLES})")
_NICK = re.compile(r"^[老小](?=.$)")
_TO = "转交给|移交给|抄送给|转给|交给|抄送|移交|麻烦|给|到|由|让|请|找|是|to"  #: what may stand before whom it is for
_BEFORE = re.compile(rf"^(?:@|{_TO}|\s)+(?=.)")
_ALONE = re.compile(rf"^(?:{_TO})$")
_TITLED = re.compile(rf"^(?:{_TITLES})?(?=[\s,。;、:!]|$)")
#: what may follow a name without a pause; any other character may be the rest of a longer name
_BEHIND = r"(?=$|[\s,。;、:!?@()]|[你您他她来帮请麻看处审办去吧先签复确经总老师主店组哥姐和与及&])"
_PAUSE = " ,。;、:!"
_MARKS = "@,。.、!~:"
_FRONT = re.compile(r"^\s*(?:[@＠]\S+\s+)+")
_AND = re.compile(r"^\s*(?:、|和|与|及|&)\s*")


# -- in one word -------------------------------------------------------------------------------------------------------


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
    return list(dict.fromkeys([bare, _BEFORE.sub("", bare).strip(_MARKS)]))


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
    for word in words[1:] if len(words) > 1 and _ALONE.match(words[0]) else words:
        name = named(word, staff)
        if name is None and word.startswith("@") and len(mentioned) == 1:
            name = next(iter(mentioned))
        found.append(name or word)
    return found


def called_by_name(text: str, staff: Directory, mentioned: Sequence[str]) -> str:
    """A message with the nicknames of the colleagues at its front, who are ``mentioned``, as their full names.

    What else is @-ed there is the bot, ahead of them.
    """
    front = _FRONT.match(text)
    words = front[0].split() if front else []
    if not words or not mentioned or any(named(word, staff) for word in words):
        return text
    count = min(len(words), len(mentioned))
    return " ".join(
        [*words[:-count], *(f"@{name}" for name in mentioned[:count]), text[len(front[0]) if front else 0 :]]
    )


# -- in a text ---------------------------------------------------------------------------------------------------------


def in_text(text: str, staff: Directory) -> tuple[str, str]:
    """The only member whose name, or surname and title, stands in a text, and the text without; "" for nobody."""
    found = [one.name for one in staff.by_id.values() if one.name in text]
    longest = [name for name in found if not any(name != other and name in other for other in found)]
    if not longest and (match := _CALLED.search(text)) and (name := named(match[0], staff)):
        return name, text.replace(match[0], " ", 1)  # 催一下王组长
    if len(longest) != 1:
        return "", text
    return longest[0], text.replace(f"@{longest[0]}", longest[0]).replace(longest[0], " ", 1)


def said_in(text: str, staff: Directory) -> list[tuple[str, str]]:
    """Every colleague that a text names, as it says it and in full, the longest first: 王组长 is 王建国."""
    found = {one.name: one.name for one in staff.by_id.values() if one.name in text}
    found |= {said: name for said in _CALLED.findall(text) if said not in found and (name := named(said, staff))}
    return sorted(found.items(), key=lambda each: len(each[0]), reverse=True)


def leading(words: str, names: Collection[str]) -> tuple[str, str] | None:
    """The member with whose name the words begin, as ``@王建国,看不懂`` does, and what follows."""
    text = _BEFORE.sub("", words)
    for name in sorted(names, key=len, reverse=True):
        if re.match(re.escape(name) + _BEHIND, text):
            return name, _TITLED.sub("", text[len(name) :]).strip(_PAUSE)
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
