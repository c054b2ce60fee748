"""Where everything of a flow's picture stands: boxes in layers, labels where arrows start, ways around boxes. Pure.

The method is Sugiyama's in small, bent to a page as narrow as a phone's. All measures are the phone's pixels.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cards.diagram.boxes import LABEL_GAP
from cards.diagram.routes import LANE, routed, tracks
from cards.diagram.rows import in_rows, ranked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cards.diagram.boxes import Label, Unit
    from cards.diagram.routes import Routes
    from cards.diagram.rows import Rows
    from models.views.sketch import Sketch

PAGE = 360  # a phone's width
EDGE = 8  # of the page, free
LEAST = 200  # boxes get no narrower for the sake of lanes: rather a wider page
ABOVE, BELOW = 8, 16  # a channel's tracks: room for a bend above, for an arrowhead below
PLAIN = 22  # a channel without tracks

Point = tuple[float, float]


class Rect(NamedTuple):
    """x to the right, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow: its corners, its label if it has one."""

    points: tuple[Point, ...]
    label: Label
    where: Rect


@dataclass(frozen=True, slots=True)
class Layout:
    """A page: boxes and ways in the order of the sketch."""

    width: float
    height: float
    units: tuple[Unit, ...]
    boxes: tuple[Rect, ...]
    ways: tuple[Way, ...]
    nets: tuple[tuple[int, ...], ...]  #: the arrows that share a way


@dataclass(frozen=True, slots=True)
class _Heights:
    """The upper edges of rows and of tracks: what is left to know when all that goes across is settled."""

    rows: tuple[float, ...]
    tracks: dict[tuple[int, int], float]  #: of a net in a channel
    total: float


def lay_out(sketch: Sketch) -> Layout:
    """The page; wider than a phone only when a box has more arrows, or a row more lanes, than a phone has room for."""
    ranking = ranked(sketch)
    area = PAGE - 2.0 * EDGE
    while True:
        rows = in_rows(sketch, ranking, area)
        routes = routed(sketch, rows)
        low, high = _extent(rows, routes)
        excess = high - low + 2 * EDGE - PAGE
        if excess <= 0 or area <= LEAST:
            break
        area = max(LEAST, area - max(excess, LANE))
    width = max(PAGE, high - low + 2 * EDGE)
    return _placed(sketch, rows, routes, (width, (width - low - high) / 2))


def _extent(rows: Rows, routes: Routes) -> tuple[float, float]:
    sides = [side for box in range(len(rows.units)) for side in (rows.left(box), rows.right(box))]
    xs = [*sides, *routes.lane.values()]
    return min(xs, default=0), max(xs, default=0)


def _placed(sketch: Sketch, rows: Rows, routes: Routes, page: tuple[float, float]) -> Layout:
    heights = _heights(rows, routes)
    width, shift = page
    boxes = tuple(
        Rect(rows.left(n) + shift, heights.rows[rows.row_of[n]], unit.width, unit.height)
        for n, unit in enumerate(rows.units)
    )
    net_of = {arrow: n for n, net in enumerate(routes.nets) for arrow in net.arrows}
    ways = []
    for n, (source, target) in enumerate(rows.edges):
        corners = _corners(rows, routes, heights, (n, net_of[n]))
        label = rows.units[source].labels[_nth(sketch, n)]
        left = routes.label[n] + shift - label.width / 2
        start, end = (corners[0][0] + shift, boxes[source].bottom), (corners[-1][0] + shift, boxes[target].y)
        middle = [(x + shift, y) for x, y in corners[1:-1]]
        where = Rect(left, boxes[source].bottom + LABEL_GAP, label.width, label.height)
        ways.append(Way(_straightened([start, *middle, end]), label, where))
    nets = tuple(net.arrows for net in routes.nets)
    return Layout(width, heights.total, rows.units, boxes, tuple(ways), nets)


def _nth(sketch: Sketch, arrow: int) -> int:
    """Which of its box's arrows it is."""
    source = sketch.arrows[arrow].source
    return sum(other.source == source for other in sketch.arrows[:arrow])


def _heights(rows: Rows, routes: Routes) -> _Heights:
    tops: list[float] = []
    at: dict[tuple[int, int], float] = {}
    y = 0.0
    for channel in range(-1, len(rows.rows)):
        if channel >= 0:
            tops.append(y)
            y += max(rows.units[box].height + rows.units[box].hanging for box in rows.rows[channel])
        track = tracks(rows, routes, channel)
        at |= {(n, channel): y + ABOVE + LANE * own for n, own in track.items()}
        y += _room(track, last=channel == len(rows.rows) - 1, first=channel < 0)
    return _Heights(tuple(tops), at, y)


def _room(track: dict[int, int], *, last: bool, first: bool) -> float:
    """The height of a channel."""
    if not track:
        return 0 if first or last else PLAIN
    return ABOVE + LANE * max(track.values()) + (ABOVE if last else BELOW)


def _corners(rows: Rows, routes: Routes, heights: _Heights, arrow_net: tuple[int, int]) -> list[Point]:
    """From the box's lower side to the other's upper side; the first and last y are not yet known."""
    arrow, net = arrow_net
    source, target = rows.edges[arrow]
    first, last = rows.row_of[source], rows.row_of[target] - 1
    port, lane = routes.port[net], routes.lane.get(net)
    x = routes.stub[arrow]
    points = [(x, 0.0)]
    middle = [] if first == last or lane is None else [(first, lane)]
    for channel, goal in [*middle, (last, port)]:
        if goal != x:
            y = heights.tracks[net, channel]
            points += [(x, y), (goal, y)]
            x = goal
    return [*points, (x, 0.0)]


def _straightened(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without the points at which a way does not turn."""
    kept = [points[0]]
    for (_, after), point in zip(itertools.pairwise(points[1:]), points[1:], strict=False):
        if not (kept[-1][0] == point[0] == after[0] or kept[-1][1] == point[1] == after[1]):
            kept.append(point)
    return (*kept, points[-1])
