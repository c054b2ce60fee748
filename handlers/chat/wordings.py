"""The natural wordings of each command, from config/wordings.yaml: phrases with places for what they name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.business import CONFIG
from flow.definitions.patterns import alternatives
from flow.definitions.permissions import KINDS
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FILE = "wordings.yaml"
LOOKS, DOES, PHRASES, OF, TOLD, EARLY, ASKING, BESIDE, BUTTON = "看", "办", "说", "单", "答", "先", "问", "旁", "按"
KEYS = (LOOKS, DOES, PHRASES, OF, TOLD, EARLY, ASKING, BESIDE, BUTTON)
IN_HAND, OPENED, UNNAMED = "待办", "我开的", "没写单号"
CASE, PERSON, TIME, SAID, WHOLE, AS_SAID, TYPE = "单", "人", "时间", "话", "全", "原话", "类型"
ANY = "词"  #: any word, of which the command knows whether it names something
ORDER, WAYBILL, ORDER_TAIL, WAYBILL_TAIL = "订单", "运单", "订单尾号", "运单尾号"
NUMBERS = (ORDER, WAYBILL)
_MARK = 0xE000  #: from here on a sign of no script stands for a name in a text
_MOST_NAMES = 16
_NUMERAL = "一二两三四五六七八九十"
_PLACES: Mapping[str, str] = {
    PERSON: f"[{chr(_MARK)}-{chr(_MARK + _MOST_NAMES)}]",
    "数": rf"\d{{1,3}}|[{_NUMERAL}]{{1,3}}",
    "钱": rf"(?:\d{{1,7}}(?:\.\d{{1,2}})?|[{_NUMERAL}]?[千万]|[{_NUMERAL}百]{{1,4}})"
    r"(?!\s?[个件只台套条双把盒瓶单天](?!的?[钱款]))",  # 一个 is no sum, and 一个的钱 is
    "限": rf"(?:\d{{1,3}}|[{_NUMERAL}]{{1,3}}|半)个?半?(?:小时|天|分钟|工作日|周)",
    ANY: r"[\u4e00-\u9fffA-Za-z0-9]{1,12}",
    "种": alternatives(KINDS),
    ORDER: r"(?=[A-Za-z-]*\d)[A-Za-z0-9-]{4,40}",
    WAYBILL: r"(?=[A-Za-z-]*\d)[A-Za-z0-9-]{6,40}",
    ORDER_TAIL: r"\d{4}",
    WAYBILL_TAIL: r"\d{3,6}",
}
_PLACE = re.compile(r"\{(?P<name>[^{}]+)\}")
_PART = re.compile(r"\{(?P<place>[^{}]+)\}|(?P<mark>[\[\]|,^$])|(?P<sign>.)", re.DOTALL)
_MARKS = {"[": "(?:", "]": ")", "|": "|", ",": r"[\s,。;、:!]*", "^": "(?=", "$": r"\s*$"}
_BREAKS = re.compile(r"[\s,。;、:!?~…]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """What may be said so, and what it comes to."""

    lines: tuple[str, ...]  #: statements with places, the likeliest first
    phrases: tuple[str, ...]
    looks: bool = False  #: nothing is done by it, so that it is carried out without a tap
    of: tuple[str, ...] = ()  #: among which cases the one is looked for that is not named
    told: str = ""  #: what is said with it
    early: bool = False  #: read ahead of the command that its first word is
    asking: bool = False  #: it may be said as a question
    button: str = ""  #: which a case in hand must have, where the likeliest statement is another
    beside: tuple[str, ...] = ()  #: what may stand beside it and says nothing more

    def wants(self, place: str) -> bool:
        return any(f"{{{place}}}" in line for line in self.lines)


@dataclass(frozen=True, slots=True)
class Match:
    """A wording found in a text: what stands at its places, and the text around it."""

    wording: Wording
    places: Mapping[str, str]
    before: str
    behind: str
    text: str = ""

    def without(self, word: str) -> Match:
        """The same where a word beside it has been read as a place."""
        if word in self.before:
            return replace(self, before=self.before.replace(word, " ", 1))
        return replace(self, behind=self.behind.replace(word, " ", 1))


@dataclass(frozen=True, slots=True)
class Table:
    """The file as one value."""

    wordings: tuple[Wording, ...]
    beside: tuple[str, ...] = ()
    noes: tuple[str, ...] = ()  #: what takes a wording back that stands right behind it

    def found(self, text: str, types: tuple[str, ...]) -> list[Match]:
        """Every wording that a text has in it, the one that takes up most of it first."""
        found = []
        for wording in self.wordings:
            for phrase in wording.phrases:
                if match := _compiled(phrase, types if f"{{{TYPE}}}" in phrase else ()).search(text):
                    places = {name: value for name, value in match.groupdict().items() if value}
                    found.append(Match(wording, places, text[: match.start()], text[match.end() :], match[0]))
        return sorted(found, key=lambda match: len(match.before) + len(match.behind))

    def left(self, match: Match) -> list[str]:
        """The clauses beside a wording that say something: its own one whole, unless only what follows says more."""
        *before, own = _BREAKS.split(match.before)
        behind, *after = _BREAKS.split(match.behind)
        if self.bare(match.wording, own):
            behind = f"{own}{match.text}{behind}"
        return [clause for clause in (*before, behind, *after) if self.bare(match.wording, clause)]

    def bare(self, wording: Wording, words: str) -> str:
        """What is left of some words without those that say nothing more."""
        return _bare(words, sorted((*self.beside, *wording.beside), key=len, reverse=True))


def marked(text: str, names: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """A text in which one sign stands for each colleague, and their full names; ``names`` are as said, and in full."""
    people: list[str] = []
    for said, name in names[:_MOST_NAMES]:
        if said in text:
            text = text.replace(f"@{said}", said).replace(said, chr(_MARK + len(people)))
            people.append(name)
    return text, people


def unmarked(text: str, people: Sequence[str]) -> str:
    """The text with the names again."""
    return "".join(people[ord(sign) - _MARK] if _MARK <= ord(sign) < _MARK + len(people) else sign for sign in text)


def placed(lines: Iterable[str]) -> set[str]:
    """The places that some statements have."""
    return {match["name"] for line in lines for match in _PLACE.finditer(line)}


def filled(line: str, places: Mapping[str, str]) -> str:
    """A statement with its places filled; "" where one is not known that it cannot do without."""
    needed = placed([line]) - {TIME, SAID}
    if not needed <= places.keys():
        return ""
    return " ".join(_PLACE.sub(lambda match: places.get(match["name"], ""), line).split())


def _bare(clause: str, known: Sequence[str]) -> str:
    """What is left of a clause without the words that say nothing more."""
    while word := next((word for word in known if clause.startswith(word)), ""):
        clause = clause[len(word) :]
    while word := next((word for word in known if clause.endswith(word)), ""):
        clause = clause[: -len(word)]
    return clause


@lru_cache(maxsize=2048)
def _compiled(phrase: str, types: tuple[str, ...]) -> re.Pattern[str]:
    """``[甲|乙|]`` is one of these or nothing, a comma any pause or none, ``{人}`` a place, ``^`` a look ahead."""
    return re.compile("".join(_parts(phrase, types)), re.IGNORECASE)


def _parts(phrase: str, types: tuple[str, ...]) -> Iterator[str]:
    for part in _PART.finditer(phrase):
        if name := part["place"]:
            known = alternatives(types) if name == TYPE else _PLACES[name.rstrip("2")]
            lazy = "?" if name == ANY and part.end() < len(phrase) else ""
            yield rf"\s*(?P<{name}>{known}{lazy})\s*"
        else:
            yield _MARKS[part["mark"]] if part["mark"] else re.escape(part["sign"])
    if "^" in phrase:
        yield ")"


def table_of(text: str) -> Table:
    """The wordings of a file. Raises DefinitionError where it cannot be read."""
    try:
        data = yamlfile.read(text)
        table = Table(
            tuple(_wording(each) for each in data["说法"]), tuple(map(str, data[BESIDE])), tuple(map(str, data["不算"]))
        )
        for wording in table.wordings:
            for phrase in wording.phrases:
                _compiled(phrase, ("类型",))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, re.error) as error:
        raise DefinitionError([f"{FILE}：读不出来（{type(error).__name__} {error}）"]) from error
    return table


def _wording(each: Mapping[str, Any]) -> Wording:
    if (strange := [key for key in each if key not in KEYS]) or (LOOKS in each) == (DOES in each):
        raise DefinitionError([f"{FILE}：{each}：写 {LOOKS} 或 {DOES}，不认识“{'、'.join(strange)}”"])
    return Wording(
        lines=tuple(map(str, each.get(LOOKS, each.get(DOES)))),
        phrases=tuple(map(str, each[PHRASES])),
        looks=LOOKS in each,
        of=tuple(map(str, each.get(OF, ()))),
        told=str(each.get(TOLD, "")),
        early=bool(each.get(EARLY)),
        asking=bool(each.get(ASKING)) or LOOKS in each,
        beside=tuple(map(str, each.get(BESIDE, ()))),
        button=str(each.get(BUTTON, "")),
    )


@lru_cache(maxsize=2)
def wordings(folder: Path = CONFIG) -> Table:
    """The wordings of this house, read once."""
    return table_of((folder / FILE).read_text(encoding="utf-8"))
