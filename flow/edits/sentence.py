"""What people type, read forgivingly: full-width and half-width alike, names nearly right, fragments of names. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from flow.cells import NO, YES, CellError, When, number
from flow.errors import NotFound, PolicyRefused
from flow.parsing import read_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

NAME_CHARS = 10  #: what a button and a line of a card can hold
LIKE = 0.5  #: of two characters one may be mistyped
MAX_LISTED = 8  #: names that a refusal offers
_PART = re.compile(r"\s且\s|且(?=[^<>=≤≥~\s且]+[<>=≤≥])|[;,、]")
_CONDITION = re.compile(r"^(?P<fact>[^<>=≤≥~\s]+)\s*(?:=\s*|(?=[<>≤≥])|\s)(?P<cell>\S.*)$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_YUAN = re.compile(r"(?<=\d)\s*[元块]")
_NOT_IN_NAMES = re.compile(r"[|｜:{}\[\]]")


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

    def prose(self, start: int) -> str:
        """The words from one on as they were typed: a full-width comma for people stays one."""
        return " ".join(word for word in self.typed[start:] if plain(word))

    def unclear(self, why: str = "没有看懂") -> PolicyRefused:
        """The refusal that shows how such a sentence is written."""
        return PolicyRefused(f"{why}，例如：{self.example}")


def one_of(word: str, names: Iterable[str], noun: str, where: str = "") -> str:
    """The name that is meant: it, or the only one with this fragment. Raises NotFound, or PolicyRefused for several."""
    known = {plain(name): name for name in names}
    if word in known:
        return known[word]
    found = [name for key, name in known.items() if word and word in key]
    if len(found) == 1:
        return found[0]
    if found:
        raise PolicyRefused(f"“{word}”可以是：{listed(found)}，请写全名")
    near = get_close_matches(word, known, 1, cutoff=LIKE)
    hint = f"，是不是“{known[near[0]]}”？" if near else "，"
    raise NotFound(f"{where}没有{noun}“{word}”{hint}有：{listed(known.values())}")


def listed(names: Iterable[str]) -> str:
    """The names, the first of them where they are many."""
    every = list(names)
    more = f"等 {len(every)} 个" if len(every) > MAX_LISTED else ""
    return ("、".join(every[:MAX_LISTED]) + more) or "（还没有）"


def new_name(word: str, taken: Iterable[str], noun: str, most: int = NAME_CHARS) -> str:
    """A name of at most ``most`` characters that nothing has yet. Raises PolicyRefused."""
    if not 0 < len(word) <= most or _NOT_IN_NAMES.search(word):
        raise PolicyRefused(f"{noun}的名字“{word}”要在 {most} 个字以内，不能有 | : 和括号")
    if word in {plain(name) for name in taken}:
        raise PolicyRefused(f"已经有{noun}“{word}”了，请换个名字")
    return word


def clauses(text: str, keys: Sequence[str]) -> dict[str, str]:
    """``负责人 质检员 时限 4小时`` as a mapping; what stands before the first key is under ""."""
    found, key = {"": ""}, ""
    for word in text.split():
        if word in keys and word not in found:
            key, found[word] = word, ""
        else:
            found[key] = f"{found[key]} {word}".strip()
    return found


def limit(text: str) -> str:
    """A time limit as a definition writes it. Raises PolicyRefused."""
    said = text.replace(" ", "")
    try:
        if read_limit(said):
            return said
    except CellError as error:
        raise PolicyRefused(str(error)) from error
    raise PolicyRefused(f"时限“{text}”看不懂，应像 24小时、30分钟、2天")


def yes(text: str) -> bool:
    """是 or 否. Raises PolicyRefused."""
    if text not in (YES, NO):
        raise PolicyRefused(f"“{text}”看不懂，请写 {YES} 或 {NO}")
    return text == YES


def amount(text: str) -> Decimal:
    """A number, with or without 元. Raises PolicyRefused."""
    found = number(_YUAN.sub("", text))
    if found is None:
        raise PolicyRefused(f"“{text}”不是数字")
    return found


def conditions(text: str) -> dict[str, str]:
    """``金额>1000 且 类型=质量问题`` as cells by fact. Raises PolicyRefused."""
    tidy = _YUAN.sub("", _THOUSANDS.sub("", text))
    found: dict[str, str] = {}
    for part in (part.strip() for part in _PART.split(tidy)):
        if not (match := _CONDITION.match(part)) or match["fact"] in found:
            raise PolicyRefused(f"条件“{part}”看不懂，应像 金额>1000、类型=质量问题|物流损坏、风险客户=是")
        found[match["fact"]] = match["cell"].replace(" ", "")
    try:
        When.parse(found)
    except CellError as error:
        raise PolicyRefused(f"条件{error}") from error
    return found
