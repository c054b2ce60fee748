"""Reads ended cases and their decisions in pieces, in the order of opening, by the reader of the statistics."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY
from flow.definitions.flow_reader import read_flow
from flow.engine.verbs import REOPEN
from flow.errors import DefinitionError
from flow.simulation.past import OwnFlow, PastCase, Row, past_case
from flow.stats.reader import rows
from models.enums import CaseState, CloseReason, TaskState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from flow.definitions.present import Present
    from flow.simulation.calendar import Season
    from flow.stats.period import Window

AT_ONCE = 500  #: cases of one reading: with their decisions a few milliseconds
Place = tuple["str | datetime", int]  #: opening and id of the last case read
#: Ended, and not because it was taken back or was another case's business; imported ones belong to no flow yet.
_ENDED = f"""
  c.state IN ('{CaseState.DONE}', '{CaseState.CLOSED}')
  AND (c.close_reason IS NULL OR c.close_reason NOT IN ('{CloseReason.WITHDRAWN}', '{CloseReason.DUPLICATE}'))
  AND c.merged_into_id IS NULL AND c.opened_at < ?
  AND (c.flow_id IS NULL OR c.flow_id IN (SELECT id FROM definition WHERE kind = '{FLOW}' AND name = ?))
"""  # noqa: S608  # words of ours
_COUNT = f"SELECT COUNT(*) FROM return_case c WHERE c.opened_at >= ? AND {_ENDED}"  # noqa: S608  # words of ours
_CASES = f"""
SELECT c.id, c.opened_at, c.no, c.kind, c.return_type, c.region, c.shop, c.amount, c.facts, c.close_reason,
       c.flow_id, c.policy_id, e.data,
       EXISTS (SELECT 1 FROM case_event x WHERE x.case_id = c.id AND x.action = '{REOPEN}')
FROM return_case c LEFT JOIN case_event e ON e.case_id = c.id AND e.seq = 1
WHERE (c.opened_at, c.id) > (?, ?) AND {_ENDED}
ORDER BY c.opened_at, c.id LIMIT ?
"""  # noqa: S608  # words of ours
_DECISIONS = f"""
SELECT t.case_id, t.node, t.action, t.opened_at, t.closed_at
FROM return_case c JOIN task t ON t.case_id = c.id AND t.state = '{TaskState.DONE}'
WHERE (c.opened_at, c.id) > (?, ?) AND (c.opened_at, c.id) <= (?, ?)
ORDER BY t.closed_at, t.id
"""  # noqa: S608  # words of ours
_DEFINITIONS = f"SELECT id, kind, name FROM definition WHERE kind IN ('{FLOW}', '{POLICY}')"  # noqa: S608


@dataclass(slots=True)
class Piece:
    """Some cases in the order of opening, and everything that was decided on them."""

    rows: list[Row]
    decisions: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def last(self) -> Place:
        """Where the next piece begins."""
        return self.rows[-1].opened_at, self.rows[-1].id


@dataclass(slots=True)
class Archive:
    """The ended cases of one flow in a window of time."""

    flow: str
    window: Window
    at_once: int = AT_ONCE
    dwells: dict[str, array[float]] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    policies: dict[int, str] = field(default_factory=dict)  #: names by the id that a case keeps
    season: Season | None = None  #: where a condition asks for days
    present: Present | None = None  #: the names that the cases are to be read by, where any is another
    _own: dict[int | None, OwnFlow] = field(default_factory=dict)

    async def count(self) -> int:
        """How many there are; also learns the names of the published policies."""
        self.policies = {id_: name for id_, kind, name in await rows(_DEFINITIONS) if kind == POLICY}
        return int((await rows(_COUNT, [self.window.start, self.window.end, self.flow]))[0][0])

    async def pieces(self) -> AsyncIterator[Iterator[PastCase]]:
        """The cases, some hundred at a time; each is put together only when it is taken.

        Never reads ahead: SQLite lets go of the interpreter for every row, and getting it back from a busy loop
        takes milliseconds each time.
        """
        piece = await self._read((self.window.start, 0))
        while piece.rows:
            yield self._cases(piece)
            piece = await self._read(piece.last)

    def dwell(self) -> Mapping[str, float]:
        """Median seconds from a task's opening to its end, per node that was ever decided at."""
        return {node: median(seconds) for node, seconds in self.dwells.items()}

    async def _read(self, place: Place) -> Piece:
        found = [Row(*row) for row in await rows(_CASES, [*place, self.window.end, self.flow, self.at_once])]
        if not found:
            return Piece([])
        piece = Piece(found)
        piece.decisions = await rows(_DECISIONS, [*place, *piece.last])
        await self._learn({row.flow_id for row in found})
        return piece

    async def _learn(self, ids: set[int | None]) -> None:
        """Read the versions of the flow that these cases went through."""
        for id_ in ids - self._own.keys():
            texts = await rows("SELECT text FROM definition WHERE id = ?", [id_]) if id_ is not None else []
            self._own[id_] = OwnFlow(_readable(str(texts[0][0])) if texts else None)

    def _cases(self, piece: Piece) -> Iterator[PastCase]:
        taken: dict[int, list[tuple[str, str]]] = {row.id: [] for row in piece.rows}
        decided: dict[int, dict[str, Any]] = {row.id: {} for row in piece.rows} if self.season else {}
        called = self._called(piece)
        for case_id, node, action, opened, closed in piece.decisions:
            if case_id not in taken:  # of another flow, or not ended
                continue
            taken[case_id].append((node, action))
            if closed is not None:
                self.dwells[called.get(case_id, {}).get(node, node)].append(_seconds(opened, closed))
                if self.season:
                    decided[case_id][node] = closed
        for row in piece.rows:
            case = past_case(row, taken[row.id], self._own[row.flow_id], self.present)
            yield self.season.dated(case, row.opened_at, decided[row.id]) if self.season else case

    def _called(self, piece: Piece) -> dict[int, dict[str, str]]:
        """By case, the nodes that are called otherwise today."""
        if self.present is None:
            return {}
        names = {id_: self.present.nodes(own.flow) if own.flow else {} for id_, own in self._own.items()}
        return {row.id: names[row.flow_id] for row in piece.rows}


def _seconds(since: str | datetime, until: str | datetime) -> float:
    """Between two moments of a column, which are text on SQLite."""
    if isinstance(since, str) and isinstance(until, str):
        since, until = datetime.fromisoformat(since), datetime.fromisoformat(until)
    return (until - since).total_seconds()  # type: ignore[operator]  # both are of one kind


def _readable(text: str) -> Any:
    """A flow that an earlier release could read need not be one that this release can."""
    try:
        return read_flow(text)
    except DefinitionError:
        return None
