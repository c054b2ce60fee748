"""What of a row any rule can see, in few bytes: rows with one gist go one way, and are disputed or not. Pure.

``Lens`` says the same of a case more sharply, and takes longer: a gist is asked first.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import repeat
from math import ceil
from typing import TYPE_CHECKING, Any

import orjson

from flow.definitions.flow import REASON
from flow.definitions.policy import BEFORE_SPLIT, LOOKED_AT
from flow.definitions.vocabulary import BESIDE, CALENDAR
from flow.engine.partial_refunds import PREFILLED
from flow.simulation.memo import asked_of, judged_by, notes_of
from flow.simulation.past import CLAIMS, QUALITY, Row
from flow.simulation.replay import AMOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from flow.definitions.conditions import Cell
    from flow.engine.values import Rules
    from flow.simulation.roads import Road

ABSENT = "\0"  #: stands for a fact that is not there, where null would not be the same
MOST_VALUES = 10_000  #: of one fact that are remembered
#: facts that a case has as columns where it has not been told more, and where of a row they stand
COLUMNS = {"区域": Row._fields.index("region"), "店铺": Row._fields.index("shop")}


class Gists:
    """Everything that ``rules`` look at, and what they make of the values that come again and again.

    ``strategies`` are the facts that the return types bring along, where a case has not got them itself.
    """

    def __init__(self, rules: Iterable[Rules], strategies: Iterable[str]) -> None:
        every = list(rules)
        cells: dict[str, list[Cell]] = {}
        for cell in judged_by(every):
            cells.setdefault(cell.fact, []).append(cell)
        noted = {fact for each in every for fact, _ in notes_of(each.flow)}
        asked = frozenset[str]().union(*(asked_of(each.flow) for each in every))
        plain = {
            *LOOKED_AT,
            *noted,
            QUALITY,
            *(cells.keys() & set(strategies)),
            PREFILLED,
            *({REASON, *CALENDAR} & asked),
        } - {AMOUNT}
        self._plain = sorted(plain)
        readings = {fact: Reading(asking) for fact, asking in cells.items() if fact not in {AMOUNT, *CALENDAR}}
        self._read = [(fact, reading) for fact, reading in readings.items() if fact not in plain]
        self._columns = [(COLUMNS[fact], reading) for fact, reading in readings.items() if fact in COLUMNS]
        self._days = Reading([cell for fact in CALENDAR for cell in cells.get(fact, ())])
        self._steps = steps(number for each in every for number in _bounds(each, cells.get(AMOUNT, ())))
        self._exact = AMOUNT in noted  #: a note of an amount lies on no step

    def of(
        self, row: Row, final: Mapping[str, Any], amounts: tuple[int, int], road: Road, days: Mapping[str, str]
    ) -> bytes:
        """``amounts`` are in 分; ``days`` those of the opening and of the decisions, where a condition is on one."""
        said = final.get
        return orjson.dumps((
            row.kind, row.return_type, row.flow_id, row.policy_id, row.close_reason, row.reopened, road.id,
            bool(final), AMOUNT in final, any(map(said, CLAIMS)), self._along(amounts, final),
            *map(said, self._plain, repeat(ABSENT)),
            *[reading.of(said(fact)) for fact, reading in self._read],
            *[reading.of(row[column]) for column, reading in self._columns],
            {node: self._days.of(day) for node, day in days.items()},
        ))  # fmt: skip

    def _along(self, amounts: tuple[int, int], final: Mapping[str, Any]) -> Any:
        """Between which steps the two amounts lie; where they are weighed together with others, what they are."""
        asked, counted = amounts
        if self._exact or final.get(BESIDE) or final.get(BEFORE_SPLIT):
            return f"{asked} {counted}"
        place = bisect_right(self._steps, asked)
        return place, place if counted == asked else bisect_right(self._steps, counted)


class Reading:
    """What the conditions on one fact make of its values: values that they cannot tell apart have one number."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._cells = tuple(cells)
        self._known: dict[str | None, int] = {}
        self._numbers: dict[tuple[bool, ...], int] = {}

    def of(self, value: Any) -> int:
        """The number of a value; text is its own sign, anything else is told from text that looks like it."""
        sign = value if value is None or type(value) is str else f"{ABSENT}{value!r}"
        number = self._known.get(sign)
        if number is None:
            if len(self._known) >= MOST_VALUES:
                self._known.clear()
            truth = tuple(cell.test(value) for cell in self._cells)
            number = self._known[sign] = self._numbers.setdefault(truth, len(self._numbers))
        return number


def steps(numbers: Iterable[Decimal]) -> list[int]:
    """Where along the whole 分 anything may change: at each of these yuan, and beyond it."""
    found: set[int] = set()
    for each in numbers:
        first = ceil(each * 100)
        found |= {first, first + 1} if first == each * 100 else {first}
    return sorted(found)


def _bounds(rules: Rules, cells: Iterable[Cell]) -> Iterator[Decimal]:
    """Every amount that the rules compare one with."""
    policy = rules.policy
    for cell in cells:
        yield from cell.numbers
    yield policy.two_person_above
    yield from (row.per_case for row in policy.authorities)
    if policy.ceiling.per_case is not None:
        yield policy.ceiling.per_case
