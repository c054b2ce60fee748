"""Conditions as people write them in a table cell: ``<=50``, ``50~500``, ``质量问题|物流损坏``, blank for anything.

Days are of ``flow.definitions.day_cells``: ``2027-06-01~2027-08-31``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flow.definitions import day_cells
from flow.definitions.vocabulary import CALENDAR
from flow.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": lambda a, b: a >= b, "≥": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "≤": lambda a, b: a <= b,
    ">": lambda a, b: a > b, "<": lambda a, b: a < b,
}  # fmt: skip
_DIGITS = r"-?(?:0|[1-9]\d*)(?:\.\d+)?"  # no leading zeros: 071053 is a code, not a number
_NUMBER = re.compile(_DIGITS)
_BOUND = re.compile(rf"^(>=|<=|≥|≤|>|<)\s*({_DIGITS})$")
_RANGE = re.compile(rf"^({_DIGITS})\s*~\s*({_DIGITS})$")
_MEANT_AS_NUMBER = re.compile(rf"[<>=≤≥~]|^{_DIGITS}\s*[-—到至]\s*{_DIGITS}$")

YES, NO = "是", "否"
ON, OFF = (True, YES, "yes", "on"), (False, NO, None, "no", "off")


class CellError(ValueError):
    """A cell cannot be read; ``problem`` says what is wrong with it."""

    def __init__(self, problem: str) -> None:
        self.problem = Problem.of(problem)
        super().__init__(str(problem))

    @classmethod
    def on(cls, fact: str, words: str) -> CellError:
        """What is wrong with a condition on a fact."""
        return cls(Problem(words, Place(subject=fact)).under(f"{fact}："))


@lru_cache(maxsize=8192)  # every step asks the same words and amounts again and again
def _plain(value: str) -> str:
    """Full-width and half-width alike, nothing around it."""
    return unicodedata.normalize("NFKC", value).strip()


def number(value: Any) -> Decimal | None:
    """``value`` as an exact, finite number, or None when it is none."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return _number(str(value))


@lru_cache(maxsize=8192)
def _number(value: str) -> Decimal | None:
    text = _plain(value).replace(",", "")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def word(value: Any) -> str:
    """A fact as a cell would spell it: booleans are 是 and 否, nothing is 否."""
    if value is None or value is False or value == "":
        return NO
    return YES if value is True else _plain(str(value))


def is_on(raw: Any) -> bool:
    """Whether a switch is on: 是 and true are, 否 and false are not, and nothing else is either."""
    return raw in ON


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition on one fact."""

    fact: str
    text: str
    test: Callable[[Any], bool]
    numbers: frozenset[Decimal] = frozenset()  #: where along the numbers the answer may change
    words: frozenset[str] = frozenset()  #: the words that are asked for
    days: frozenset[date] = frozenset()  #: where along the calendar the answer may change

    def __call__(self, facts: Mapping[str, Any]) -> bool:
        return self.test(facts.get(self.fact))


def parse(fact: str, raw: Any) -> Cell:
    """Read one cell. Raises CellError for a range whose ends are swapped, and for what means a number but is none."""
    if isinstance(raw, list | dict):
        raise CellError.on(fact, "几个值写成 甲|乙，不要写成列表")
    text = word(raw) if isinstance(raw, bool) else _plain("" if raw is None else str(raw))
    if text and (day := _on_a_day(fact, text)):
        return day
    if match := _BOUND.match(text):
        compare, limit = _COMPARE[match[1]], Decimal(match[2])
        within = _any(lambda v: (n := number(v)) is not None and compare(n, limit))
        return Cell(fact, text, within, frozenset({limit}))
    if match := _RANGE.match(text):
        low, high = Decimal(match[1]), Decimal(match[2])
        if low > high:
            raise CellError.on(fact, f"范围 {text} 的左边比右边大")
        ends = frozenset({low, high})
        return Cell(fact, text, _any(lambda v: (n := number(v)) is not None and low <= n <= high), ends)
    if text == "":
        return Cell(fact, text, lambda _: True)
    if _MEANT_AS_NUMBER.search(text):
        raise CellError.on(fact, f"“{text}”看不懂，应像 <=50、>500、50~500")
    wanted = frozenset(part.strip() for part in text.split("|"))
    amounts = frozenset(n for part in wanted if (n := number(part)) is not None)
    words = frozenset(part for part in wanted if number(part) is None)
    return Cell(fact, text, _any(lambda v: _among(v, wanted, amounts)), amounts, words)


def _any(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """The same test, which of answers product by product one has to pass."""
    return lambda value: any(map(test, value.values())) if isinstance(value, dict) else test(value)


def _on_a_day(fact: str, text: str) -> Cell | None:
    """The condition on a day. Raises CellError for a day that there is not, and where only a day would ever hold."""
    try:
        found = day_cells.read(text)
    except ValueError as error:
        raise CellError.on(fact, str(error)) from error
    if found is None and fact in CALENDAR:
        raise CellError.on(fact, f"“{text}”不是日期，应像 2027-06-01~2027-08-31、>=2027-06-01、2027-06-18")
    return Cell(fact, found.text, found.test, days=found.days) if found else None


def _among(value: Any, wanted: frozenset[str], amounts: frozenset[Decimal]) -> bool:
    """Whether a fact is one of the words or amounts; of several choices one is enough."""
    if isinstance(value, list):
        return any(_among(item, wanted, amounts) for item in value)
    return word(value) in wanted or (bool(amounts) and number(value) in amounts)


@dataclass(frozen=True, slots=True)
class When:
    """All cells of a row must hold; an empty row always does."""

    cells: tuple[Cell, ...] = ()

    def __call__(self, facts: Mapping[str, Any]) -> bool:
        for cell in self.cells:  # noqa: SIM110  # a generator costs more than what it asks
            if not cell.test(facts.get(cell.fact)):
                return False
        return True

    @classmethod
    def parse(cls, row: Mapping[str, Any] | None) -> When:
        return cls(tuple(parse(str(fact), raw) for fact, raw in (row or {}).items()))
