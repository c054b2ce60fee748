"""A pie or a ring: each piece has its name, percent and count beside it, none of them over another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.chart_sheet import BIG, BODY, INK, SMALL, SOFT, WIDTH, Frame, fit, text_width
from cards.chart_words import OTHERS, percents, points

if TYPE_CHECKING:
    from cards.chart_sheet import Point, Side
    from cards.chart_words import Data

# Paul Tol's "bright" scheme, told apart in every kind of colour blindness; grey is for what is left over.
COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#8C6D46")
REST = "#BBBBBB"
RADIUS, HOLE = 62, 38
LABEL_WIDTH = WIDTH / 2 - RADIUS - 18 - 10
LINE, GAP = 19, 8  # of a label's lines, between two labels


@dataclass(slots=True)
class _Label:
    """A piece's words: ``angle`` is of the piece's middle, clockwise from the right; ``y`` is settled last."""

    name: list[str]
    detail: list[str]
    color: str
    angle: float
    y: float = 0.0

    @property
    def side(self) -> int:
        """1 on the right, -1 on the left."""
        return 1 if math.cos(self.angle) >= -1e-9 else -1

    @property
    def height(self) -> float:
        return LINE * (len(self.name) + len(self.detail))


def draw_pie(data: Data) -> bytes:
    """Clockwise from the top, the biggest first."""
    return _draw(data, hole=0)


def draw_ring(data: Data) -> bytes:
    """The same with the total in the middle."""
    return _draw(data, hole=HOLE)


def _draw(data: Data, hole: float) -> bytes:
    turns = _turns([value for _, value in points(data) if value])
    labels = _labels(data, turns)
    body = max(2 * RADIUS + 40, *(_column(labels, side) for side in (1, -1))) + 24
    frame = Frame(data, body)
    center = (WIDTH / 2, frame.top + body / 2)
    for label, turn in zip(labels, turns, strict=True):
        frame.sheet.wedge(center, RADIUS, turn, label.color, hole)
    for side in (1, -1):
        _place([label for label in labels if label.side == side], center[1], (frame.top, frame.bottom))
    for label in labels:
        _write(frame, label, center)
    if hole:
        _write_total(frame, data, center)
    return frame.sheet.png()


def _turns(values: list[float]) -> list[tuple[float, float]]:
    total, start, turns = sum(values), -90.0, []
    for value in values:
        turns.append((start, start + 360 * value / total))
        start = turns[-1][1]
    return turns


def _labels(data: Data, turns: list[tuple[float, float]]) -> list[_Label]:
    found = [(name, int(value)) for name, value in points(data) if value]
    shares = percents([value for _, value in found])
    return [
        _Label(fit(name, BODY, LABEL_WIDTH, 2), _detail(value, data["unit"], share), _colour(n, name), _middle(turn))
        for n, ((name, value), share, turn) in enumerate(zip(found, shares, turns, strict=True))
    ]


def _detail(value: int, unit: str, share: str) -> list[str]:
    """On one line when there is room."""
    whole = f"{share} · {value:,} {unit}"
    return [whole] if text_width(whole, SMALL) <= LABEL_WIDTH else [share, f"{value:,} {unit}"]


def _colour(n: int, name: str) -> str:
    return REST if name == OTHERS else COLOURS[n % len(COLOURS)]


def _middle(turn: tuple[float, float]) -> float:
    return math.radians(sum(turn) / 2)


def _column(labels: list[_Label], side: int) -> float:
    heights = [label.height for label in labels if label.side == side]
    return sum(heights) + GAP * (len(heights) - 1)


def _place(column: list[_Label], middle: float, room: tuple[float, float]) -> None:
    """As near to their pieces as they can stand without touching: pushed down in order, then up from the bottom."""
    column.sort(key=lambda label: math.sin(label.angle))
    edge = room[0] + 4
    for label in column:
        label.y = max(middle + (RADIUS + 10) * math.sin(label.angle) - label.height / 2, edge)
        edge = label.y + label.height + GAP
    edge = room[1] - 4
    for label in reversed(column):
        label.y = min(label.y, edge - label.height)
        edge = label.y - GAP


def _write(frame: Frame, label: _Label, center: Point) -> None:
    x = center[0] + label.side * (RADIUS + 18)
    side: Side = "left" if label.side > 0 else "right"
    _leader(frame, label, center, x)
    lines = [(line, BODY, INK) for line in label.name] + [(line, SMALL, SOFT) for line in label.detail]
    for n, (line, size, color) in enumerate(lines):
        frame.sheet.text((x, label.y + LINE * (n + 0.5)), line, size, color, side)


def _leader(frame: Frame, label: _Label, center: Point, x: float) -> None:
    rim = (center[0] + (RADIUS + 2) * math.cos(label.angle), center[1] + (RADIUS + 2) * math.sin(label.angle))
    y = label.y + LINE / 2
    frame.sheet.line([rim, (x - label.side * 9, y), (x - label.side * 3, y)], label.color, 1.2)


def _write_total(frame: Frame, data: Data, center: Point) -> None:
    total = f"{data['total']:,}"
    size = min(BIG, BIG * (2 * HOLE - 14) / text_width(total, BIG))
    frame.sheet.text((center[0], center[1] - 8), total, size, INK, "center")
    frame.sheet.text((center[0], center[1] + 13), data["unit"], SMALL, SOFT, "center")
