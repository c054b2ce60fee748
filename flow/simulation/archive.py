"""Reads ended cases and their decisions in pieces, in the order of opening, by the reader of the statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY
from flow.definitions.flow_reader import read_flow
from flow.engine.verbs import REOPEN
from flow.errors import DefinitionError
from flow.simulation.past import OwnFlow, Row, renamed
from flow.simulation.roads import MOMENTS, PART, TASK, Roads, by_names
from flow.stats.reader import joined, rows, unread
from models.enums import CaseState, CloseReason, TaskState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from flow.definitions.present import Present
    from flow.simulation.roads import Trip
    from flow.stats.period import Window

AT_ONCE = 2000  #: cases of one reading: with their decisions some hundredths of a second
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
SELECT c.id, c.opened_at, c.no, c.kind, c.return_type, c.region, c.shop, c.amount, {{facts}}, c.close_reason,
       c.flow_id, c.policy_id, {{submitted}},
       EXISTS (SELECT 1 FROM case_event x WHERE x.case_id = c.id AND x.action = '{REOPEN}'),
       (SELECT {{ways}} || '{MOMENTS}' || {{moments}}
        FROM task t WHERE t.case_id = c.id AND t.state = '{TaskState.DONE}')
FROM return_case c LEFT JOIN case_event e ON e.case_id = c.id AND e.seq = 1
WHERE (c.opened_at, c.id) > (?, ?) AND {_ENDED}
ORDER BY c.opened_at, c.id LIMIT ?
"""  # noqa: S608  # words of ours
_DEFINITIONS = f"SELECT id, kind, name FROM definition WHERE kind IN ('{FLOW}', '{POLICY}')"  # noqa: S608


@dataclass(slots=True)
class Archive:
    """The ended cases of one flow in a window of time."""

    flow: str
    window: Window
    at_once: int = AT_ONCE
    roads: Roads = field(default_factory=Roads)
    policies: dict[int, str] = field(default_factory=dict)  #: names by the id that a case keeps
    present: Present | None = None  #: the names that the cases are to be read by, where any is another
    flows: dict[int | None, OwnFlow] = field(default_factory=dict)  #: the versions that the cases went through

    async def count(self) -> int:
        """How many there are; also learns the names of the published policies."""
        self.policies = {id_: name for id_, kind, name in await rows(_DEFINITIONS) if kind == POLICY}
        return int((await rows(_COUNT, [self.window.start, self.window.end, self.flow]))[0][0])

    async def pieces(self) -> AsyncIterator[Iterator[tuple[Row, Trip]]]:
        """The cases with their roads, some hundreds at a time; each is looked at only when it is taken.

        Never reads ahead: SQLite lets go of the interpreter for every row, and getting it back from a busy loop
        takes milliseconds each time.
        """
        piece = await self._read((self.window.start, 0))
        while piece:
            yield map(self._by_names, piece)
            piece = await self._read((piece[-1].opened_at, piece[-1].id))

    async def _read(self, place: Place) -> list[Row]:
        sql = _CASES.format(
            facts=unread("c.facts"),
            submitted=unread("e.data"),
            ways=joined(f"t.node || '{PART}' || COALESCE(t.action, '')", TASK),
            moments=joined(f"CAST(t.opened_at AS text) || '{PART}' || COALESCE(CAST(t.closed_at AS text), '')", PART),
        )
        found = [Row._make(row) for row in await rows(sql, [*place, self.window.end, self.flow, self.at_once])]
        await self._learn({row.flow_id for row in found})
        return found

    async def _learn(self, ids: set[int | None]) -> None:
        """Read the versions of the flow that these cases went through."""
        for id_ in ids - self.flows.keys():
            texts = await rows("SELECT text FROM definition WHERE id = ?", [id_]) if id_ is not None else []
            flow = _readable(str(texts[0][0])) if texts else None
            names = (self.present.nodes(flow), self.present.fields(flow)) if self.present and flow else ({}, {})
            self.flows[id_] = OwnFlow(flow, *names)

    def _by_names(self, row: Row) -> tuple[Row, Trip]:
        """A case by the names that it is to be read by."""
        if self.present is None:
            return row, self.roads.trip(row.decisions)
        own = self.flows[row.flow_id]
        return renamed(row, own, self.present), self.roads.trip(by_names(row.decisions, own.nodes))


def _readable(text: str) -> Any:
    """A flow that an earlier release could read need not be one that this release can."""
    try:
        return read_flow(text)
    except DefinitionError:
        return None
