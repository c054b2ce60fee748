"""Conditions as people write them in a table cell: ``<=50``, ``50~500``, ``质量问题|物流损坏``, blank for anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": lambda a, b: a >= b, "≥": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "≤": lambda a, b: a <= b,
    ">": lambda a, b: a > b, "<": lambda a, b: a < b,
}  # fmt: skip
_BOUND = re.compile(r"^(>=|<=|≥|≤|>|<)\s*(-?\d+(?:\.\d+)?)$")
_RANGE = re.compile(r"^(-?\d+(?:\.\d+)?)\s*[~～]\s*(-?\d+(?:\.\d+)?)$")

YES, NO = "是", "否"


class CellError(ValueError):
    """A cell cannot be read; the message says what is wrong with it."""


def number(value: Any) -> Decimal | None:
    """``value`` as an exact number, or None when it is none."""
    try:
        return Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None


def word(value: Any) -> str:
    """A fact as a cell would spell it: booleans are 是 and 否, nothing is 否."""
    if value is None or value is False or value == "":
        return NO
    return YES if value is True else str(value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition on one fact."""

    fact: str
    text: str
    test: Callable[[Any], bool]

    def __call__(self, facts: Mapping[str, Any]) -> bool:
        return self.test(facts.get(self.fact))


def parse(fact: str, raw: Any) -> Cell:
    """Read one cell. Raises CellError for a range whose ends are swapped."""
    text = word(raw) if isinstance(raw, bool) else str(raw).strip()
    if match := _BOUND.match(text):
        compare, limit = _COMPARE[match[1]], Decimal(match[2])
        return Cell(fact, text, lambda v: (n := number(v)) is not None and compare(n, limit))
    if match := _RANGE.match(text):
        low, high = Decimal(match[1]), Decimal(match[2])
        if low > high:
            raise CellError(f"{fact}：范围 {text} 的左边比右边大")
        return Cell(fact, text, lambda v: (n := number(v)) is not None and low <= n <= high)
    if text == "":
        return Cell(fact, text, lambda _: True)
    wanted = frozenset(part.strip() for part in text.split("|"))
    return Cell(fact, text, lambda v: word(v) in wanted)


@dataclass(frozen=True, slots=True)
class When:
    """All cells of a row must hold; an empty row always does."""

    cells: tuple[Cell, ...] = ()

    def __call__(self, facts: Mapping[str, Any]) -> bool:
        return all(cell(facts) for cell in self.cells)

    @classmethod
    def parse(cls, row: Mapping[str, Any] | None) -> When:
        return cls(tuple(parse(str(fact), raw) for fact, raw in (row or {}).items()))
