"""The days of a replay: each step on the day that it was taken, or all of it on a day that only the new rules know.

A rule for next summer speaks of no case of the past: it is tried as if the past had been that summer. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flow.definitions.day_cells import beside
from flow.definitions.vocabulary import CALENDAR
from flow.simulation.memo import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from flow.definitions.conditions import Cell
    from flow.engine.values import Rules
    from flow.simulation.past import PastCase
    from flow.stats.period import Period

OPENING = ""  #: no node has this name
MAX_LOOKED_AT = 800  #: days of a period that are tried one by one


@dataclass(frozen=True, slots=True)
class Season:
    """When the past cases are taken to have been opened and decided on."""

    zone: tzinfo
    as_if: date | None = None  #: all of it on this day; None: each step when it was
    of: str = ""  #: the condition that no day of the past meets

    def days(self, opened: str | datetime, decided: Mapping[str, str]) -> dict[str, str]:
        """The days of the opening, by "", and of the decisions, by node; none where one day stands for all of them."""
        if self.as_if:
            return {}
        return {OPENING: self._day(opened), **{node: self._day(at) for node, at in decided.items()}}

    def dated(self, case: PastCase, days: Mapping[str, str]) -> PastCase:
        """The case with the days of its opening and of its decisions, as ``days`` gave them."""
        day = days.get(OPENING) or str(self.as_if)
        facts = {**case.facts, **dict.fromkeys(CALENDAR, day)}
        decided = {node: at for node, at in days.items() if node}
        return replace(case, facts=facts, hints=replace(case.hints, days=decided))

    def _day(self, at: str | datetime) -> str:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return moment.astimezone(self.zone).date().isoformat()


def season_of(old: Iterable[Rules], new: Iterable[Rules], period: Period, zone: tzinfo) -> Season | None:
    """The days that the rules ask for; None where no condition is on one."""
    before, after = _calendar_cells(old), _calendar_cells(new)
    if not before and not after:
        return None
    fresh = [cell for said, cell in after.items() if said not in before]
    as_if = _beyond(fresh, period)
    return Season(zone, *as_if) if as_if else Season(zone)


def _calendar_cells(rules: Iterable[Rules]) -> dict[tuple[str, str], Cell]:
    cells = cells_of([(each.flow, each.policy) for each in rules])
    return {(cell.fact, cell.text): cell for cell in cells if cell.fact in CALENDAR and cell.days}


def _beyond(cells: Iterable[Cell], period: Period) -> tuple[date, str] | None:
    """The first day that one of the conditions holds for, where none holds on any day of the period."""
    every = tuple(cells)
    days = [period.from_ + timedelta(days=n) for n in range(min((period.to - period.from_).days + 1, MAX_LOOKED_AT))]
    if not every or any(cell.test(day) for cell in every for day in days):
        return None
    held = [(day, cell.text) for cell in every for day in beside(cell.days) if cell.test(day)]
    return min(held, default=None)
