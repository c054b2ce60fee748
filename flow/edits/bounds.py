"""Bounds that rows of a table share: what begins where another ends, of the same cases alone. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import word
from flow.definitions.table_text import COLUMNS
from flow.edits.sentence import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flow.edits.policy_rows import Row

_BOUND = re.compile(r"(<=?|>=?)\s*(\d+(?:\.\d+)?)")
_UPPER = re.compile(r"(?:<=|<|≤|~)\s*(\d+(?:\.\d+)?)")
_LOWER = re.compile(r"(?:>=|>|≥)\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*~")


def bound_moved(old: Any, new: Any) -> tuple[Decimal, Decimal] | None:
    """The two numbers where a bound is only to lie elsewhere, ``<=500`` at ``<=800``: what begins there moves along."""
    was, now = (_BOUND.fullmatch(plain(str(value))) for value in (old, new))
    if not was or not now or was[1] != now[1]:
        return None
    return Decimal(was[2]), Decimal(now[2])


def neighbours(row: Row, column: str, bound: Decimal, rows: Sequence[Row]) -> Iterator[Row]:
    """Rows that begin where this one ends, or end where it begins, and ask for the same beside that: no others move."""
    mine = _beside(row, column)
    yield from (other for other in sharing(row, column, bound, rows) if _beside(other, column) == mine)


def sharing(row: Row, column: str, bound: Decimal, rows: Sequence[Row]) -> Iterator[Row]:
    """Rows of the table whose bound is that of this one, whatever else they ask for."""
    upper, lower = _ends(row.cells[column])
    for other in rows:
        if other.table == row.table and other.place != row.place and column in other.cells:
            ends, begins = _ends(other.cells[column])
            if (bound in upper and bound in begins) or (bound in lower and bound in ends):
                yield other


def _beside(row: Row, column: str) -> frozenset[tuple[str, frozenset[str]]]:
    """What a row asks for beside one column."""
    says = {column, *COLUMNS[row.table]}
    asks = {key: plain(word(said)) for key, said in row.cells.items() if key not in says and said not in (None, "")}
    return frozenset((key, frozenset(said.split("|"))) for key, said in asks.items())


def _ends(cell: Any) -> tuple[set[Decimal], set[Decimal]]:
    """The numbers up to which, and from which, a cell holds."""
    text = plain(str(cell))
    lower = {Decimal(a or b) for a, b in _LOWER.findall(text)}
    return {Decimal(found) for found in _UPPER.findall(text)}, lower
