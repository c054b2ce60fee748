"""The boxes of a flow in rows for a phone: at most three abreast, each under what leads to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.diagram.boxes import measured
from cards.diagram.layers import arranged, backward, levels, neighbours
from cards.diagram.spread import spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cards.diagram.boxes import Unit
    from cards.diagram.layers import Edge, Links
    from models.views.sketch import Sketch

ABREAST = 3
GAP = 12  # between two boxes of a row
PASSES = 6  # down and up by turns


@dataclass(frozen=True, slots=True)
class Rows:
    """Where each box stands: its row, and its middle across an area that begins at 0."""

    rows: tuple[tuple[int, ...], ...]
    units: tuple[Unit, ...]
    middles: tuple[float, ...]
    row_of: tuple[int, ...]
    edges: tuple[Edge, ...]  #: of each arrow
    width: float

    def left(self, box: int) -> float:
        return self.middles[box] - self.units[box].width / 2

    def right(self, box: int) -> float:
        return self.middles[box] + self.units[box].width / 2


@dataclass(frozen=True, slots=True)
class Ranking:
    """What does not depend on the width: who stands above whom, and who to the left."""

    layers: tuple[tuple[int, ...], ...]
    edges: tuple[Edge, ...]
    ahead: tuple[Edge, ...]  #: the edges that lead downwards


def ranked(sketch: Sketch) -> Ranking:
    """The layers of a flow."""
    index = {box.name: n for n, box in enumerate(sketch.boxes)}
    edges = tuple((index[arrow.source], index[arrow.target]) for arrow in sketch.arrows)
    back = backward(edges)
    ahead = tuple(dict.fromkeys(edge for n, edge in enumerate(edges) if n not in back))
    layers = arranged(levels(len(index), ahead), ahead)
    return Ranking(tuple(tuple(layer) for layer in layers), edges, ahead)


def in_rows(sketch: Sketch, ranking: Ranking, width: float) -> Rows:
    """The boxes in an area of this width; a row is wider only when a single box is."""
    rows: list[tuple[int, ...]] = []
    units: dict[int, Unit] = {}
    for layer in ranking.layers:
        for row, measures in _split(sketch, layer, width):
            rows.append(row)
            units.update(zip(row, measures, strict=True))
    ordered = tuple(units[n] for n in range(len(units)))
    row_of = {box: n for n, row in enumerate(rows) for box in row}
    middles = _middles(rows, ordered, ranking.ahead, width)
    where = tuple(row_of[n] for n in range(len(units)))
    return Rows(tuple(rows), ordered, middles, where, ranking.edges, width)


def _split(sketch: Sketch, layer: Sequence[int], width: float) -> Iterator[tuple[tuple[int, ...], list[Unit]]]:
    """As few rows as hold the layer, each as full as the others."""
    rest = tuple(layer)
    while rest:
        most = -(-len(rest) // -(-len(rest) // ABREAST))
        for count in range(most, 0, -1):
            units = [_measured(sketch, box, (width - GAP * (count - 1)) / count) for box in rest[:count]]
            if count == 1 or sum(unit.width + GAP for unit in units) - GAP <= width:
                break
        yield rest[:count], units
        rest = rest[count:]


def _measured(sketch: Sketch, box: int, room: float) -> Unit:
    own = sketch.boxes[box]
    return measured(own, [arrow for arrow in sketch.arrows if arrow.source == own.name], room)


def _middles(
    rows: Sequence[tuple[int, ...]], units: Sequence[Unit], ahead: Sequence[Edge], width: float
) -> tuple[float, ...]:
    """Each box as near as can be to the mean of its neighbours above, and of those below, by turns; from above last."""
    above, below = neighbours(len(units), ahead)
    middles = [width / 2] * len(units)
    for turn in range(PASSES + 1):
        down = turn % 2 == 0
        for row in rows if down else rows[::-1]:
            wanted = [_mean(box, above if down else below, middles) for box in row]
            placed = spread(wanted, [units[box].width + GAP for box in row], -GAP / 2, width + GAP / 2)
            for box, middle in zip(row, placed, strict=True):
                middles[box] = middle
    return tuple(middles)


def _mean(box: int, links: Links, middles: Sequence[float]) -> float:
    near = [middles[other] for other in links[box]]
    return sum(near) / len(near) if near else middles[box]
