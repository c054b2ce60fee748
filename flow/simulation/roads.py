"""The decisions on a case as the archive reads them, all in one text: where, what, from when to when. Pure."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Decision = tuple[str, str]

_moment = datetime.fromisoformat
PART, TASK, MOMENTS = "\x1f", "\x1e", "\x1d"  #: between node and action, between two tasks, before their moments


@dataclass(frozen=True, slots=True)
class Road:
    """One way through a flow; the same few are gone again and again."""

    id: int
    decisions: tuple[Decision, ...]  #: node and action, in the order in which they were taken
    stays: tuple[Callable[[float], None], ...]  #: where the seconds at each of the nodes are put down
    straight: bool  #: no node was come to twice


class Trip(NamedTuple):
    """The road of one case, and when each of its decisions was taken; "" for one that has no record of it."""

    road: Road
    closed: Sequence[str]

    def days(self) -> dict[str, str]:
        """When the last decision at each node was taken, by node."""
        return {node: at for (node, _), at in zip(self.road.decisions, self.closed, strict=True) if at}


@dataclass(slots=True)
class Roads:
    """All the roads that were seen so far, and how long cases stayed at their nodes."""

    known: dict[str, Road] = field(default_factory=dict)
    stays: dict[str, array[float]] = field(default_factory=lambda: defaultdict(lambda: array("d")))

    def trip(self, text: str | None) -> Trip:
        """The road that a text of the archive describes, whose seconds at each node are put down."""
        if not text:
            return Trip(self._road(""), ())
        ways, _, moments = text.partition(MOMENTS)
        road, said = self._road(ways), moments.split(PART)
        opened, closed = said[::2], said[1::2]
        for stay, since, until in zip(road.stays, opened, closed, strict=True):
            if until:
                stay((_moment(until) - _moment(since)).total_seconds())
        return Trip(road, closed) if road.straight else self._in_order(road, closed)

    def dwell(self) -> Mapping[str, float]:
        """Median seconds from a task's opening to its end, per node that was ever decided at."""
        return {node: median(seconds) for node, seconds in self.stays.items() if seconds}

    def _road(self, ways: str) -> Road:
        road = self.known.get(ways)
        if road is None:
            decisions = tuple((node, action) for node, _, action in (each.partition(PART) for each in _tasks(ways)))
            nodes = [node for node, _ in decisions]
            stays = tuple(self.stays[node].append for node in nodes)
            road = self.known[ways] = Road(len(self.known), decisions, stays, len(set(nodes)) == len(nodes))
        return road

    def _in_order(self, road: Road, closed: Sequence[str]) -> Trip:
        """Of several decisions at one node the last one stands: they come by task, and are wanted by their end."""
        pairs = sorted(zip(closed, road.decisions, strict=True), key=lambda pair: _end(pair[0]))
        ways = TASK.join(f"{node}{PART}{action}" for _, (node, action) in pairs)
        return Trip(self._road(ways), [at for at, _ in pairs])


def by_names(text: str | None, names: Mapping[str, str]) -> str | None:
    """A text of the archive with other names for its nodes."""
    if not text or not names:
        return text
    ways, mark, moments = text.partition(MOMENTS)
    decisions = (each.partition(PART) for each in _tasks(ways))
    return TASK.join(f"{names.get(node, node)}{PART}{action}" for node, _, action in decisions) + mark + moments


def _tasks(ways: str) -> list[str]:
    return ways.split(TASK) if ways else []


def _end(text: str) -> tuple[bool, float]:
    return (True, _moment(text).timestamp()) if text else (False, 0.0)
