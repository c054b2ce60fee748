"""The ways of a flow's arrows around its boxes: lanes beside the rows, tracks between them. Pure.

Arrows of one look to one box share their way from where they meet, as roads do: a net. Between two rows is a channel,
numbered like the row above it; the channel above row 0 is −1. A net crosses a channel on one horizontal track, and
passes rows on one vertical lane.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.diagram.boxes import LABEL_GAP, LABEL_INSET
from cards.diagram.spread import spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cards.diagram.rows import Rows
    from models.views.sketch import Sketch

LANE = 9  # between two lanes, and two tracks
CLEAR = 9  # between a lane and a box
STEP = 3  # of the places tried for a lane
HEADS, PORT = 10, 16  # between two arrowheads at one box: at least, and better
NEAR = 6  # lines nearer than this look like one
OUTSIDE = 3.0  # what a pixel beyond the boxes' area costs, in pixels of detour


@dataclass(frozen=True, slots=True)
class Net:
    """Arrows of one look to one box, all from above or all leading back."""

    target: int
    arrows: tuple[int, ...]
    back: bool
    passes: range  #: the rows that its lane passes; none when its arrows come from the row just above


@dataclass(frozen=True, slots=True)
class Routes:
    """Where everything crosses the page, from left to right; the heights come later."""

    nets: tuple[Net, ...]
    lane: dict[int, float]  #: of the nets that have one
    port: dict[int, float]  #: where a net ends on its box
    stub: dict[int, float]  #: where an arrow leaves its box
    label: dict[int, float]  #: the middle of an arrow's label


@dataclass(frozen=True, slots=True)
class Ends:
    """What a net has to connect in a channel: ends that come from above, ends that go on below."""

    tops: tuple[float, ...]
    bottoms: tuple[float, ...]

    @property
    def extent(self) -> tuple[float, float]:
        every = (*self.tops, *self.bottoms)
        return (min(every), max(every))

    @property
    def turns(self) -> bool:
        return self.extent[0] != self.extent[1]


def routed(sketch: Sketch, rows: Rows) -> Routes:
    """Every arrow's way across the page."""
    nets = _nets(sketch, rows)
    lane = _lanes(rows, nets)
    stub, label = _stubs(rows, nets, lane)
    routes = Routes(nets, lane, {}, stub, label)
    for box in range(len(rows.units)):
        routes.port.update(_ports(rows, routes, box))
    return routes


def _nets(sketch: Sketch, rows: Rows) -> tuple[Net, ...]:
    groups: dict[tuple[int, bool, bool, str], list[int]] = defaultdict(list)
    for n, (source, target) in enumerate(rows.edges):
        arrow = sketch.arrows[n]
        groups[target, rows.row_of[source] >= rows.row_of[target], arrow.danger, arrow.mark].append(n)
    return tuple(_net(rows, target, back, arrows) for (target, back, _, _), arrows in groups.items())


def _net(rows: Rows, target: int, back: bool, arrows: list[int]) -> Net:
    sources = [rows.row_of[rows.edges[n][0]] for n in arrows]
    own = rows.row_of[target]
    passes = range(own, max(sources) + 1) if back else range(min(sources) + 1, own)
    return Net(target, tuple(arrows), back, passes)


def _lanes(rows: Rows, nets: Sequence[Net]) -> dict[int, float]:
    """A lane for each net that passes rows, the shortest first, as near to its ends as boxes and lanes let it."""
    lane: dict[int, float] = {}
    for n in sorted((n for n, net in enumerate(nets) if net.passes), key=lambda n: (len(nets[n].passes), n)):
        taken = [lane[other] for other in lane if _meet(nets[n].passes, nets[other].passes)]
        blocked = [*_boxes_beside(rows, nets[n]), *((x - LANE, x + LANE) for x in taken)]
        lane[n] = next(x for x in _tries(rows, nets[n], len(nets)) if not any(a < x < b for a, b in blocked))
    return lane


def _meet(one: range, other: range) -> bool:
    """Whether two lanes share a channel."""
    return one.start - 1 < other.stop and other.start - 1 < one.stop


def _boxes_beside(rows: Rows, net: Net) -> Iterator[tuple[float, float]]:
    """Where the lane can't be; a lane that leads back stays outside of all boxes that it passes."""
    sides = [(rows.left(box) - CLEAR, rows.right(box) + CLEAR) for row in net.passes for box in rows.rows[row]]
    return iter([(min(left for left, _ in sides), max(right for _, right in sides))] if net.back else sides)


def _tries(rows: Rows, net: Net, nets: int) -> list[float]:
    middles = [rows.middles[end] for n in net.arrows for end in rows.edges[n]]
    wide = max(rows.width, *(rows.right(box) for box in range(len(rows.units))))
    outside = (nets + 2) * 2 * LANE + max(0.0, -min(rows.left(box) for box in range(len(rows.units))))
    count = int((wide + 2 * outside) / STEP)
    tries = [step * STEP - outside for step in range(count + 1)]
    return sorted(tries, key=lambda x: _detour(x, middles) + OUTSIDE * max(0, -x, x - rows.width))


def _detour(x: float, middles: Sequence[float]) -> float:
    return sum(abs(x - middle) for middle in middles)


def _stubs(rows: Rows, nets: Sequence[Net], lane: dict[int, float]) -> tuple[dict[int, float], dict[int, float]]:
    """Where arrows leave, and the middles of their labels: side by side under the box, in the order of their aims."""
    aims = {n: _aim(rows, net, n, lane.get(at)) for at, net in enumerate(nets) for n in net.arrows}
    stub: dict[int, float] = {}
    label: dict[int, float] = {}
    for box, unit in enumerate(rows.units):
        own = [n for n, (source, _) in enumerate(rows.edges) if source == box]
        room = {n: each.room for n, each in zip(own, unit.labels, strict=True)}
        own.sort(key=lambda n: (aims[n], n))
        sides = rows.left(box) + LABEL_INSET, rows.right(box) - LABEL_INSET
        placed = spread([aims[n] for n in own], [room[n] for n in own], *sides)
        starts = [x for at, x in lane.items() if nets[at].passes.start == rows.row_of[box] + 1]
        label.update(zip(own, placed, strict=True))
        stub.update({n: _start(rows, box, (label[n], aims[n], room[n]), starts) for n in own})
    return stub, label


def _aim(rows: Rows, net: Net, arrow: int, lane: float | None) -> float:
    source, target = rows.edges[arrow]
    near = rows.row_of[source] + 1 == rows.row_of[target]
    return rows.middles[target] if near or lane is None else lane


def _start(rows: Rows, box: int, label: tuple[float, float, float], lines: Sequence[float]) -> float:
    """Where an arrow leaves its box, from its label's middle, aim and room: straight to the aim if that is near."""
    middle, aim, room = label
    left, right = rows.left(box) + rows.units[box].inset, rows.right(box) - rows.units[box].inset
    if left <= aim <= right and abs(aim - middle) < NEAR:
        return aim
    return _beside(min(max(middle, left), right), (room - LABEL_GAP) / 2 - 3, lines)


def _beside(x: float, reach: float, others: Iterable[float]) -> float:
    """The place next to x, within reach, that no other line is near to; x itself when there is none."""
    lines = list(others)
    tries = [x, *(x + side * step for step in range(1, int(reach) + 1) for side in (1, -1))]
    return next((each for each in tries if all(abs(each - line) >= NEAR for line in lines)), x)


def _ports(rows: Rows, routes: Routes, box: int) -> dict[int, float]:
    """Where the nets of a box end on its upper side: straight below where they come from, if they can."""
    channel = rows.row_of[box] - 1
    incoming = [n for n, net in enumerate(routes.nets) if net.target == box]
    tops = {n: _tops(rows, routes, n, channel) for n in range(len(routes.nets))}
    sides = rows.left(box) + rows.units[box].inset, rows.right(box) - rows.units[box].inset
    wanted = {n: _wanted(rows, routes, n, tops[n]) for n in incoming}
    found: dict[int, float] = {}
    for n in sorted(incoming, key=lambda n: (not routes.nets[n].back, -len(tops[n]), wanted[n], n)):  # back: outermost
        foreign = [x for other, xs in tops.items() if other != n for x in xs]
        found[n] = _port(sides, wanted[n], found.values(), foreign)
    return found


def _port(sides: tuple[float, float], wanted: float, ports: Collection[float], lines: Sequence[float]) -> float:
    """The best place on a box's upper side, beside the ports that it has already."""
    left, right = sides
    tries = [min(max(wanted, left), right), left, right, *(left + step for step in range(2, int(right - left), 2))]
    return min(tries, key=lambda x: _strain(x, wanted, ports, lines))


def _strain(x: float, wanted: float, ports: Collection[float], lines: Sequence[float]) -> float:
    """How bad a port's place is: distance, heads that touch, arrows that it crosses, lines that it would lie on."""
    touched = sum(200 - abs(x - port) for port in ports if abs(x - port) < HEADS)
    close = sum(15 for port in ports if abs(x - port) < PORT)
    crossed = sum(30 for port in ports if min(x, wanted) < port < max(x, wanted))
    return abs(x - wanted) + touched + close + crossed + sum(100 for line in lines if abs(x - line) < NEAR)


def _wanted(rows: Rows, routes: Routes, net: int, tops: Sequence[float]) -> float:
    """Under the end nearest to the box's middle."""
    middle = rows.middles[routes.nets[net].target]
    return min(tops or [routes.lane[net]], key=lambda x: abs(x - middle))


def _tops(rows: Rows, routes: Routes, net: int, channel: int) -> tuple[float, ...]:
    own = routes.nets[net]
    stubs = [routes.stub[n] for n in own.arrows if rows.row_of[rows.edges[n][0]] == channel]
    return (*stubs, *([routes.lane[net]] if channel in own.passes else ()))


def ends(rows: Rows, routes: Routes, net: int, channel: int) -> Ends | None:
    """What the net has to connect in the channel; None when it is not there."""
    own = routes.nets[net]
    bottoms = (routes.port[net],) if rows.row_of[own.target] == channel + 1 else ()
    below = (routes.lane[net],) if channel + 1 in own.passes else ()
    found = Ends(_tops(rows, routes, net, channel), (*bottoms, *below))
    return found if found.tops or found.bottoms else None


def tracks(rows: Rows, routes: Routes, channel: int) -> dict[int, int]:
    """The track, counted from above, of each net that turns in the channel."""
    every = {n: ends(rows, routes, n, channel) for n in range(len(routes.nets))}
    turning = {n: found for n, found in every.items() if found and found.turns}
    track: dict[int, int] = {}
    for n in _ordered(turning):
        over = [track[other] + 1 for other in track if _overlap(turning[n].extent, turning[other].extent)]
        track[n] = max(over, default=0)
    return track


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] - LANE < other[1] and other[0] - LANE < one[1]


def _ordered(turning: dict[int, Ends]) -> list[int]:
    """From above, so that lines cross seldom: neighbours change places as long as that helps."""
    order = list(turning)
    cost = {(a, b): _cost(turning[a], turning[b]) for a, b in itertools.permutations(order, 2)}
    for _ in order:
        for n in range(len(order) - 1):
            a, b = order[n : n + 2]
            if cost[b, a] < cost[a, b]:
                order[n], order[n + 1] = b, a
    return order


def _cost(upper: Ends, lower: Ends) -> int:
    """Crossings of two nets, one on a track above the other's; lines that lie on each other are worse than any."""
    (a, b), (c, d) = upper.extent, lower.extent
    crossed = sum(a <= x <= b for x in lower.tops) + sum(c <= x <= d for x in upper.bottoms)
    return crossed + 100 * sum(abs(x - y) < NEAR for x in lower.tops for y in upper.bottoms)
