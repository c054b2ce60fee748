"""Colleagues as people call them: @王建国, 王老师, 小林, 给李敏; one reader, wherever a name stands. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from handlers.chat.grammar import GRAMMAR

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flow.people.directory import Directory

_TITLES = "老师|经理|主管|总监|组长|店长|总|哥|姐|师傅|同学|同事"
_TITLE = re.compile(rf"(?:{_TITLES})$")
_CALLED = re.compile(rf"[\u4e00-\u9fff](?:{_TITLES})")
_NICK = re.compile(r"^[老小](?=.$)")
_TWICE = re.compile(r"^(.)(?=\1$)")  #: 晓晓
_FULL = 3  #: characters of a name whose given name is called alone: 建国
_THINGS = ("小钱", "小时", "小包", "小计", "小件", "小费", "小单", "老单")  #: no colleague, whoever is called 钱
#: what a name that is not whole stands behind in a text, else it may be the end of somebody else's: 客户李建国
_AHEAD = r"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[给让由找请交到转是和跟与及的从把叫催归帮替问换送说]))"
_STREETS = r"(?![路街巷镇村区县店门])"  #: 建国路
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
    found = alike(word, staff)
    return found[0] if len(found) == 1 else None


def alike(word: str, staff: Directory) -> list[str]:
    """Every member who may be called so: 王组长, 老周, 敏姐, 晓晓, 建国."""
    for said in _ways(word):
        bare = _TITLE.sub("", said) if len(said) > 1 else said
        part = _TWICE.sub("", _NICK.sub("", bare))
        short = part != said
        everybody = [one.name for one in staff.by_id.values()]
        first = [name for name in everybody if short and part and name.startswith(part)]
        given = [name for name in everybody if _is_given(part, name, short=short)]
        if found := list(dict.fromkeys(given if said == part * 2 else first or given)):
            return found
    return []


def _is_given(part: str, name: str, *, short: bool) -> bool:
    """Whether it is somebody's given name; of a title or a 小 one character of it is enough."""
    return bool(part) and len(name) > len(part) and name.endswith(part) and (short or len(part) >= _FULL - 1)


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
        if word.startswith("@") and len(mentioned) == 1 and not staff.named(word.strip(_MARKS)):
            name = next(iter(mentioned))  # whom the platform says, whatever the nickname looks like
        found.append(name or word)
    return found


def called_by_name(text: str, staff: Directory, mentioned: Sequence[str]) -> str:
    """A message with the nicknames of the colleagues at its front, who are ``mentioned``, as their full names.

    What else is @-ed there is the bot, ahead of them.
    """
    front = _FRONT.match(text)
    words = front[0].split() if front else []
    if not words or not mentioned or any(staff.named(word.strip(_MARKS)) for word in words):
        return text
    count = min(len(words), len(mentioned))
    return " ".join(
        [*words[:-count], *(f"@{name}" for name in mentioned[:count]), text[len(front[0]) if front else 0 :]]
    )


# -- in a text ---------------------------------------------------------------------------------------------------------


def in_text(text: str, staff: Directory) -> tuple[str, str]:
    """The only member whose name, or surname and title, stands in a text, and the text without; "" for nobody."""
    said = said_in(text, staff)
    longest = [each for each in said if not any(each[0] != word and each[0] in word for word, _ in said)]
    if len({name for _, name in longest}) != 1:
        return "", text
    word, name = longest[0]
    return name, text.replace(f"@{word}", word).replace(word, " ", 1)  # 催一下王组长


def said_in(text: str, staff: Directory) -> list[tuple[str, str]]:
    """Every colleague that a text names, as it says it and in full, the longest first: 王组长 is 王建国."""
    found = {one.name: one.name for one in staff.by_id.values() if one.name in text}
    found |= {said: name for said in _CALLED.findall(text) if said not in found and (name := named(said, staff))}
    found |= {said: name for said, name in _familiar(text, staff) if said not in found}
    return sorted(found.items(), key=lambda each: len(each[0]), reverse=True)


def _familiar(text: str, staff: Directory) -> list[tuple[str, str]]:
    """Those who are called by a part of their name that nobody else has: 建国, 晓晓, 老周, 小刘."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in (one.name for one in staff.by_id.values()):
        given = [name[-_FULL + 1 :]] if len(name) >= _FULL else []
        for said in (*given, name[-1] * 2, f"老{name[0]}", f"小{name[0]}", f"小{name[-1]}"):
            if said in text:
                found[said].add(name)
    return [
        (said, next(iter(whom)))
        for said, whom in found.items()
        if len(whom) == 1 and said not in _THINGS and re.search(f"{_AHEAD}{said}{_STREETS}", text)
    ]


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
