"""What rows of conditions leave out, and which of them can never be the first that fits. Exact, by cases. Pure.

Along one fact only the values that its cells tell apart matter: those around each number, each word, one other word.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import NO, YES, When, word
from flow.definitions.day_cells import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flow.definitions.conditions import Cell

    Facts = Mapping[str, Any]

MAX_CASES = 200_000  #: combinations looked at for one list of rows
OTHER = "其他"  #: stands for every word that no cell mentions
CENT = Decimal("0.01")


class TooManyCases(ValueError):
    """Rows speak of so many facts at once that their combinations cannot all be looked at."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact can be."""

    values: tuple[Any, ...] | None = None  #: all of it; None: any word or number
    step: Decimal = CENT  #: between one number and the next
    within: Cell | None = None  #: the numbers that there are
    always: bool = False  #: a case never lacks it


ANYTHING = Domain()


@dataclass(frozen=True, slots=True)
class Covered:
    """A row that is never the first that fits: ``by`` are the rows that fit before it, none when it never fits."""

    row: int
    by: tuple[int, ...]


def uncovered(rows: Sequence[When], domains: Mapping[str, Domain] | None = None) -> list[Facts]:
    """An example of facts that no row answers; nothing when the rows answer all. Raises TooManyCases."""
    found = _cases(rows, domains or {}, missing=False)
    return [found[0]] if 0 in found else []


def overlapping(rows: Sequence[When], domains: Mapping[str, Domain] | None = None) -> dict[int, Facts]:
    """Which rows can hold in one case, as bits, each with an example of such a case. Raises TooManyCases."""
    return _cases(rows, domains or {}, missing=True)


def covered(rows: Sequence[When], domains: Mapping[str, Domain] | None = None) -> list[Covered]:
    """The rows that never come first. Where there are too many cases, rows are only compared two by two."""
    try:
        cases = overlapping(rows, domains)
    except TooManyCases:
        return list(_covered_by_one(rows, domains or {}))
    first = {_lowest(held) for held in cases if held}
    masked = [n for n in range(len(rows)) if n not in first]
    return [Covered(n, tuple(sorted({_lowest(held) for held in cases if held >> n & 1}))) for n in masked]


def _covered_by_one(rows: Sequence[When], domains: Mapping[str, Domain]) -> Iterator[Covered]:
    for masked in range(1, len(rows)):
        for early in range(masked):
            if any(found.row == 1 for found in covered((rows[early], rows[masked]), domains)):
                yield Covered(masked, (early,))
                break


def _lowest(held: int) -> int:
    return (held & -held).bit_length() - 1


def _cases(rows: Sequence[When], domains: Mapping[str, Domain], *, missing: bool) -> dict[int, Facts]:
    """Which rows can hold together, as bits, each with an example. Fact by fact, so equal cases are met once."""
    found: dict[int, Facts] = {(1 << len(rows)) - 1: {}}
    for fact in dict.fromkeys(cell.fact for row in rows for cell in row.cells):
        masks = _masks(fact, rows, domains.get(fact, ANYTHING), missing=missing)
        if len(found) * len(masks) > MAX_CASES:
            raise TooManyCases(f"条件组合超过 {MAX_CASES} 种")
        further: dict[int, Facts] = {}
        for held, example in found.items():
            for mask, value in masks.items():
                if held & mask not in further:
                    further[held & mask] = {**example, fact: value}
        found = further
    return found


def _masks(fact: str, rows: Sequence[When], domain: Domain, *, missing: bool) -> dict[int, Any]:
    """The rows that each kind of value of one fact lets hold, with a value of that kind."""
    about = [[cell for cell in row.cells if cell.fact == fact] for row in rows]
    found: dict[int, Any] = {}
    for value in values(fact, [cell for cells in about for cell in cells], domain, missing=missing):
        facts = {fact: value}
        mask = sum(1 << n for n, cells in enumerate(about) if all(cell(facts) for cell in cells))
        found.setdefault(mask, value)
    return found


def values(fact: str, cells: Iterable[Cell], domain: Domain = ANYTHING, *, missing: bool = True) -> list[Any]:
    """At least one value of every kind that ``cells`` tell apart. ``missing``: also that there is none."""
    cells = tuple(cells)
    edges = sorted({edge for cell in cells for edge in cell.numbers})
    if edges and domain.within is not None:
        edges = sorted({*edges, *domain.within.numbers})
    words = sorted({said for cell in cells for said in cell.words})
    none: list[Any] = [] if domain.always or not missing else [None]
    if domain.values is not None:
        return [*domain.values, *none]
    days = beside({day for cell in cells for day in cell.days})
    numbers = [*numbers_beside(edges, domain), *map(str, days)]
    if numbers and not words:
        return [*numbers, *none]
    if set(words) <= {YES, NO}:
        return [*numbers, True, False]
    return [*numbers, *(said for said in words if said != NO), OTHER, *(none or ([False] if NO in words else []))]


def kinds(fact: str, cells: Sequence[Cell], domain: Domain = ANYTHING) -> list[Any]:
    """One value of every kind that ``cells`` tell apart."""
    found: dict[tuple[bool, ...], Any] = {}
    for value in values(fact, cells, domain):
        found.setdefault(tuple(cell({fact: value}) for cell in cells), value)
    return [*found.values()]


def numbers_beside(edges: Iterable[Decimal], domain: Domain) -> Iterator[Decimal]:
    """The numbers at and beside each edge, as fine as the fact is counted."""
    seen: set[Decimal] = set()
    for edge in edges:
        low = (edge / domain.step).to_integral_value(ROUND_FLOOR) * domain.step
        high = (edge / domain.step).to_integral_value(ROUND_CEILING) * domain.step
        for near in (low - domain.step, low, high, high + domain.step):
            if near not in seen and (domain.within is None or domain.within.test(near)):
                seen.add(near)
                yield near


def spelt(facts: Facts) -> str:
    """``金额 50.01、风险客户 是``, in the order of the facts."""
    return "、".join(f"{fact} {word(value)}" for fact, value in facts.items())
