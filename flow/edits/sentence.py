"""What people type, read forgivingly: full-width and half-width alike, names nearly right, fragments of names. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from flow.definitions import day_cells
from flow.definitions.conditions import NO, YES, CellError, When, number
from flow.definitions.flow import Node
from flow.definitions.flow_reader import read_limit
from flow.definitions.permissions import COMMANDS, WORDS
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.vocabulary import TODAY
from flow.edits.quantities import bounds, cell, digits, duration, ended, trimmed
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from decimal import Decimal

NAME_CHARS = 10  #: what a button and a line of a card can hold
LIKE = 0.5  #: of two characters one may be mistyped
MAX_LISTED = 8  #: names that a refusal offers
_PART = re.compile(r"\s(?:且|并且|而且)\s|(?:且|并且|而且)(?=[^<>=≤≥~\s且]+[<>=≤≥])|[;,、]")
_OR = re.compile(r"\s或者?\s|或者?(?=[^<>=≤≥~\s或]+[<>=≤≥])|(?<=\d)或")
_COUNTABLE = re.compile(r"金额|天数|次数|件数|订单数|消费|扣款")
_CONDITION = re.compile(r"^(?P<fact>[^<>=≤≥~\s]+)\s*(?:=\s*|(?=[<>≤≥])|\s)(?P<cell>\S.*)$")
_END = re.compile(r"^(>=|<=)\s*(\S+)$")
_NOT_IN_NAMES = re.compile(r"[|｜:{}\[\]()（）,，;；。、!！?？/\\<>=≤≥~→]")
#: words of sentences: what is called so could never be named in one
_OF_SENTENCES = (
    "照",
    "像",
    "当",
    "在",
    "去",
    "就",
    "如果",
    "和",
    "与",
    "同",
    "时限",
    "负责人",
    "角色",
    "自动",
    "无",
    "没有",
)
GLUED = r"(?=[\d半两一二三四五六七八九十])"  #: 时限4小时
#: a key of a time, which a number may follow at once
_TIMES = "|".join(f"(?<={key})" for key in words_of(keys_of(Node), Value.LIMIT, Value.SPAN))


def plain(text: str) -> str:
    """NFKC, without control and invisible characters."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C").strip()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words after the verb, as typed and as they are compared."""

    typed: tuple[str, ...]
    example: str  #: shown when something is missing

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(plain(word) for word in self.typed)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def after(self, count: int) -> Sentence:
        """Without its first words."""
        return Sentence(self.typed[count:], self.example)

    def without(self, change: Callable[[str], str]) -> Sentence:
        """With its words as ``change`` leaves them."""
        return Sentence(tuple(change(" ".join(self.typed)).split()), self.example)

    def prose(self, start: int) -> str:
        """The words from one on as they were typed: a full-width comma for people stays one."""
        return " ".join(word for word in self.typed[start:] if plain(word))

    def unclear(self, why: str = "没有看懂") -> PolicyRefused:
        """The refusal that shows how such a sentence is written."""
        return PolicyRefused(f"{why}，例如：{self.example}")


def one_of(word: str, names: Iterable[str], noun: str, where: str = "") -> str:
    """The name that is meant: it, or the only one with this fragment. Raises NotFound, or PolicyRefused for several."""
    known = {plain(name): name for name in names}
    word = word if word in known else trimmed(word)
    if word in known:
        return known[word]
    found = [name for key, name in known.items() if word and word in key]
    if len(found) == 1:
        return found[0]
    if found:
        raise PolicyRefused(f"“{word}”可以是：{listed(found)}，请写全名")
    raise NotFound(f"{where}没有{noun}“{word}”{_near(word, known)}有：{listed(known.values())}")


def _near(word: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(word, known, 1, cutoff=LIKE)
    return f"，是不是“{known[near[0]]}”？" if near else "，"


def quality_of(word: str, names: Collection[str], where: str) -> str:
    """Which of the qualities that can be changed is meant. Raises NotFound with all of them."""
    known = {name: name for name in names}
    found = [name for name in known if word and word in name]
    if word in known or len(found) == 1:
        return word if word in known else found[0]
    raise NotFound(f"{where}没有“{word}”这一样{_near(word, known)}能改的有：{'、'.join(known)}")


def listed(names: Iterable[str]) -> str:
    """The names, the first of them where they are many."""
    every = list(names)
    more = f"等 {len(every)} 个" if len(every) > MAX_LISTED else ""
    return ("、".join(every[:MAX_LISTED]) + more) or "（还没有）"


def new_name(word: str, taken: Iterable[str], noun: str, most: int = NAME_CHARS) -> str:
    """A name of at most ``most`` characters that nothing has yet. Raises PolicyRefused."""
    word = trimmed(word)
    if not 0 < len(word) <= most or _NOT_IN_NAMES.search(word):
        raise PolicyRefused(f"{noun}的名字“{word}”要在 {most} 个字以内，不能有 | : / 括号和标点")
    if word in {plain(name) for name in taken}:
        raise PolicyRefused(f"已经有{noun}“{word}”了，请换个名字")
    return word


def unnameable(word: str) -> str:
    """Why nothing may be called so, whatever it is; "" where it may."""
    if not any(map(str.isalpha, word)):
        return "名字里要有字，不能只是数字和符号"
    if word in (*COMMANDS, *WORDS):
        return "这是一句指令，打这个字要办别的事"
    return "这个字在一句话里有别的意思" if word in _OF_SENTENCES else ""


def clauses(text: str, keys: Sequence[str], prose: Collection[str] = ()) -> dict[str, str]:
    """``负责人 质检员，时限：4小时`` as a mapping; what stands before the first key is under "".

    A key stands after a space or a mark, and before a space, a colon or, for times, its number. Commas at the end of a
    value go, full stops too unless it is ``prose``.
    """
    found, key, start = {"": ""}, "", 0
    for match in re.finditer(_keys(tuple(keys)), text):
        if match["key"] not in found:
            found[key] = _value(text[start : match.start()], prose=key in prose)
            key, start = match["key"], match.end()
            found[key] = ""
    found[key] = _value(text[start:], prose=key in prose)
    return found


@lru_cache
def _keys(keys: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
    return re.compile(
        rf"(?:^|(?<=[\s,，;；。、]))(?P<key>{names})(?:\s*[:：]\s*|(?=[\s,，;；。、]|$)|(?:{_TIMES}){GLUED})"
    )


def _value(text: str, *, prose: bool) -> str:
    flat = " ".join(text.split())
    return flat.strip(" ,，;；、") if prose else trimmed_end(flat)


def trimmed_end(text: str) -> str:
    """Without marks at its end, nor a comma before it."""
    return ended(text).lstrip(" ,，;；、")


def limit(text: str) -> str:
    """A time limit as a definition writes it. Raises PolicyRefused."""
    said = duration(text)
    try:
        if said and read_limit(said):
            return said
    except CellError as error:
        raise PolicyRefused(str(error)) from error
    clock = "；时限按钟表时间算，没有工作日" if "工作日" in text else ""
    raise PolicyRefused(f"时限“{text}”看不懂，应像 24小时、30分钟、2天{clock}")


def yes(text: str) -> bool:
    """是 or 否. Raises PolicyRefused."""
    said = {YES: True, "要": True, "开": True, NO: False, "不要": False, "关": False, "无": False}.get(ended(text))
    if said is None:
        raise PolicyRefused(f"“{text}”看不懂，请写 {YES} 或 {NO}")
    return said


def amount(text: str) -> Decimal:
    """A number, with or without 元. Raises PolicyRefused."""
    found = number(digits(ended(text)))
    if found is None:
        raise PolicyRefused(f"“{text}”不是数字")
    return found


def conditions(text: str) -> dict[str, str]:
    """``金额>1000 且 类型=质量问题`` as cells by fact. Raises PolicyRefused."""
    tidy = bounds(dated(trimmed_end(text)))
    if match := _OR.search(tidy):
        raise PolicyRefused(
            f"条件“{text}”里有“{match[0].strip()}”：一处条件里的都要符合（且）；"
            "同一样的“或”写成 类型=质量问题|物流损坏，不同的“或”请分成两条写"
        )
    found: dict[str, str] = {}
    for part in (part.strip() for part in _PART.split(tidy)):
        if not (match := _CONDITION.match(part)):
            raise PolicyRefused(f"条件“{part}”看不懂，应像 金额>1000、类型=质量问题|物流损坏、风险客户=是")
        said = _condition(match["fact"], match["cell"], bare="=" not in part)
        found[match["fact"]] = _between(match["fact"], found[match["fact"]], said) if match["fact"] in found else said
    try:
        cells = When.parse(found).cells
    except CellError as error:
        raise PolicyRefused(f"条件{error}") from error
    return found | {each.fact: each.text for each in cells if each.days}


def _between(fact: str, one: str, other: str) -> str:
    """``>=50`` and ``<=500`` of one fact as ``50~500``. Raises PolicyRefused for any other two."""
    ends = {match[1]: match[2] for match in map(_END.match, (one, other)) if match}
    if ends.keys() == {">=", "<="}:
        return f"{ends['>=']}~{ends['<=']}"
    twice = f"“{fact}”写了两次：{fact}{one}、{fact}{other}"
    raise PolicyRefused(f"{twice}；从多少到多少、两头都算，请写 {fact}=50~500，或者 {fact}>=50 且 {fact}<=500")


def dated(text: str) -> str:
    """With its spans of days, ``从 2027-06-01 到 2027-08-31``, as conditions. Raises PolicyRefused for what is none."""
    try:
        return day_cells.written_out(text, TODAY)
    except ValueError as error:
        raise PolicyRefused(str(error)) from error


def refuse_or(fact: str, said: str) -> None:
    """Raises PolicyRefused for 或 within a value, which would be a word that nothing ever is."""
    first, several, second = re.sub(r"\s+", "", said).replace("或者", "或").partition("或")
    if several and first and second:
        raise PolicyRefused(f"“{fact} {said}”里的“或”请写成 {fact}={first}|{second.replace('或', '|')}")


def _condition(fact: str, said: str, *, bare: bool) -> str:
    """A cell. Raises PolicyRefused for a number of which nobody knows whether it is a bound."""
    tidy = cell(said)
    refuse_or(fact, tidy)
    if bare and number(tidy) is not None and _COUNTABLE.search(fact):
        raise PolicyRefused(f"“{fact} {tidy}”是哪一种？请写 {fact}>{tidy}、{fact}<={tidy}，正好就写 {fact}={tidy}")
    return tidy
