"""A pie or a ring: each piece has its name, percent and count beside it, none of them over another."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

from cards.charts.sheet import BIG, BODY, INK, SMALL, SOFT, WIDTH, Frame, fit, text_width
from cards.charts.words import OTHERS, percents, points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cards.charts.sheet import Point, Side
    from cards.charts.words import Data

# Paul Tol's "bright" scheme, told apart in every kind of colour blindness; grey is for what is left over.
COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#8C6D46")
REST = "#BBBBBB"
RADIUS, HOLE = 62, 38
REACH = RADIUS + 18  # from the middle to where labels begin
LABEL_WIDTH = WIDTH / 2 - REACH - 14
ACROSS = 1e5  # the strain of a leader over the pie: worse than any label far from its piece
LINE, GAP = 19, 8  # of a label's lines, between two labels


class _Label(NamedTuple):
    """The words of a piece of the pie."""

    name: list[str]
    detail: list[str]
    color: str

    @property
    def height(self) -> float:
        return LINE * (len(self.name) + len(self.detail))


class _Block(NamedTuple):
    """Labels that stand directly below each other."""

    members: list[int]
    top: float
    height: float

    def joined(self, lower: _Block) -> _Block:
        mine, theirs = len(self.members), len(lower.members)
        top = (self.top * mine + (lower.top - self.height) * theirs) / (mine + theirs)
        return _Block(self.members + lower.members, top, self.height + lower.height)

    def edges(self, heights: list[float]) -> Iterator[tuple[int, float]]:
        y = self.top
        for n in self.members:
            yield n, y
            y += heights[n] + GAP


class _Place(NamedTuple):
    """Where a piece is, clockwise from the right, and the upper edge of its label, downwards from the pie's middle."""

    turn: tuple[float, float]  # degrees
    middle: float  # radians
    side: int  # 1 is right, -1 is left
    wanted: float
    y: float


def draw_pie(data: Data) -> bytes:
    """Clockwise from the top, the biggest first."""
    return _draw(data, hole=0)


def draw_ring(data: Data) -> bytes:
    """The same with the total in the middle."""
    return _draw(data, hole=HOLE)


def _draw(data: Data, hole: float) -> bytes:
    found = [(name, int(value)) for name, value in points(data) if value]
    labels = _labels(found, data["unit"])
    places = _best_turn([value for _, value in found], labels)
    edges = [edge for place, label in zip(places, labels, strict=True) for edge in (place.y, place.y + label.height)]
    above, below = max(RADIUS, -min(edges)) + 16, max(RADIUS, *edges) + 14
    frame = Frame(data, above + below)
    center = (WIDTH / 2, frame.top + above)
    for label, place in zip(labels, places, strict=True):
        frame.sheet.wedge(center, RADIUS, place.turn, label.color, hole)
        _write(frame, label, place, center)
    if hole:
        _write_total(frame, data, center)
    return frame.sheet.png()


def _labels(found: list[tuple[str, int]], unit: str) -> list[_Label]:
    shares = percents([value for _, value in found])
    return [
        _Label(fit(name, BODY, LABEL_WIDTH, 2), _detail(value, unit, share), _colour(n, name))
        for n, ((name, value), share) in enumerate(zip(found, shares, strict=True))
    ]


def _best_turn(values: list[int], labels: list[_Label]) -> list[_Place]:
    """The pie turned so that labels stand nearest to their pieces; from the top when that is as good."""
    tries = (_places(values, labels, start) for start in range(-90, 270, 10))
    return min(tries, key=lambda places: _strain(places, labels))


def _strain(places: list[_Place], labels: list[_Label]) -> float:
    pulled = sum((place.y - place.wanted) ** 2 for place in places)
    across = sum(_is_across(_leader(place, label)) for place, label in zip(places, labels, strict=True))
    return pulled + 2 * abs(places[0].turn[0] + 90) + ACROSS * across


def _is_across(leader: list[Point]) -> bool:
    """Whether a leader's long part runs over the pie."""
    (x, y), (to_x, to_y) = leader[1:]
    along = max(0.0, min(1.0, -(x * (to_x - x) + y * (to_y - y)) / ((to_x - x) ** 2 + (to_y - y) ** 2)))
    return math.hypot(x + along * (to_x - x), y + along * (to_y - y)) < RADIUS


def _leader(place: _Place, label: _Label) -> list[Point]:
    """From the rim straight outwards, then to the label; from the pie's middle."""
    steps = (RADIUS + 2, RADIUS + 8)
    rim = [(radius * math.cos(place.middle), radius * math.sin(place.middle)) for radius in steps]
    return [*rim, (place.side * (REACH - 4), place.y + label.height / 2)]


def _places(values: list[int], labels: list[_Label], start: float) -> list[_Place]:
    ends = [start + 360 * done / sum(values) for done in itertools.accumulate(values, initial=0)]
    turns = list(itertools.pairwise(ends))
    middles = [math.radians((a + b) / 2) if len(values) > 1 else 0.0 for a, b in turns]
    sides = [1 if math.cos(middle) >= 0 else -1 for middle in middles]
    heights = [label.height for label in labels]
    wanted = [(RADIUS + 10) * math.sin(middle) - height / 2 for middle, height in zip(middles, heights, strict=True)]
    settled: dict[int, float] = {}
    for side in (1, -1):
        settled |= _settle([n for n, own in enumerate(sides) if own == side], wanted, heights)
    return [_Place(turns[n], middles[n], sides[n], wanted[n], settled[n]) for n in range(len(values))]


def _settle(column: list[int], wanted: list[float], heights: list[float]) -> dict[int, float]:
    """Upper edges without a touch: labels that would overlap form a block, which stands where its members want it."""
    blocks: list[_Block] = []
    for n in sorted(column, key=lambda n: wanted[n] + heights[n] / 2):
        block = _Block([n], wanted[n], heights[n] + GAP)
        while blocks and blocks[-1].top + blocks[-1].height > block.top:
            block = blocks.pop().joined(block)
        blocks.append(block)
    return {n: y for block in blocks for n, y in block.edges(heights)}


def _detail(value: int, unit: str, share: str) -> list[str]:
    """On one line when there is room."""
    whole = f"{share} {value:,} {unit}"
    return [whole] if text_width(whole, SMALL) <= LABEL_WIDTH else [share, f"{value:,} {unit}"]


def _colour(n: int, name: str) -> str:
    return REST if name == OTHERS else COLOURS[n % len(COLOURS)]


def _write(frame: Frame, label: _Label, place: _Place, center: Point) -> None:
    x, top = center[0] + place.side * REACH, center[1] + place.y
    side: Side = "left" if place.side > 0 else "right"
    leader = [(center[0] + dx, center[1] + dy) for dx, dy in _leader(place, label)]
    frame.sheet.line(leader, label.color, 1.2)
    lines = [(line, BODY, INK) for line in label.name] + [(line, SMALL, SOFT) for line in label.detail]
    for n, (line, size, color) in enumerate(lines):
        frame.sheet.text((x, top + LINE * (n + 0.5)), line, size, color, side)


def _write_total(frame: Frame, data: Data, center: Point) -> None:
    total = f"{data['total']:,}"
    size = min(BIG, BIG * (2 * HOLE - 14) / text_width(total, BIG))
    frame.sheet.text((center[0], center[1] - 8), total, size, INK, "center")
    frame.sheet.text((center[0], center[1] + 13), data["unit"], SMALL, SOFT, "center")
