"""Two bars to a label, now and after a change, the number at the end of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from cards.charts.sheet import BODY, INK, MARGIN, SMALL, SOFT, WIDTH, Frame, fit, text_width
from cards.charts.words import amount, points

if TYPE_CHECKING:
    from cards.charts.words import Data

COLOURS = ("#BBC3CF", "#4477AA")  # what is, pale; what would be, in the colour of single bars
BAR, STEP = 10, 22  # a bar, and from one to the next
NAME, GAP = 24, 14  # from a label to its first bar, and from its last bar to the next label
AIR = 8  # between a bar and the words beside it


@dataclass(frozen=True, slots=True)
class _Side:
    """One series: its name, its value per label and how it is painted."""

    name: str
    values: dict[str, float]
    colour: str


def draw_compare(data: Data) -> bytes:
    """Bars start at zero and share one scale; a zero is said and gets no bar."""
    labels = [label for label, _ in points(data)]
    sides = _sides(data)
    row = NAME + STEP * len(sides) + GAP
    frame = Frame(data, row * len(labels) + 4)
    left, scale = _scale(data, sides)
    for n, label in enumerate(labels):
        top = frame.top + row * n + 14
        caption = data["captions"].get(label, "")
        frame.sheet.text((MARGIN, top), fit(f"{label} {caption}", BODY, WIDTH - 2 * MARGIN)[0], BODY, INK)
        for m, side in enumerate(sides):
            value = side.values[label]
            _bar(frame, (left, top + NAME + STEP * m), side, (value * scale, amount(value, data["unit"])))
    return frame.sheet.png()


def _sides(data: Data) -> list[_Side]:
    """Every series with a number for every label."""
    labels = [label for label, _ in points(data)]
    found = []
    for series, colour in zip(data["series"], cycle(COLOURS), strict=False):
        values = dict(series["points"])
        found.append(_Side(series["name"], {label: values.get(label) or 0 for label in labels}, colour))
    return found


def _scale(data: Data, sides: list[_Side]) -> tuple[float, float]:
    """Where bars begin, and pixels per unit, so that the longest leaves room for the widest number."""
    left = MARGIN + max(text_width(side.name, SMALL) for side in sides) + AIR
    values = [value for side in sides for value in side.values.values()]
    widest = max(text_width(amount(value, data["unit"]), SMALL) for value in values)
    return left, (WIDTH - MARGIN - widest - AIR - left) / (max(values) or 1)


def _bar(frame: Frame, at: tuple[float, float], side: _Side, size: tuple[float, str]) -> None:
    (left, y), (length, number) = at, size
    frame.sheet.text((MARGIN, y), side.name, SMALL, SOFT)
    if length:
        frame.sheet.bar((left, y), length, BAR, side.colour)
    frame.sheet.text((left + (max(length, BAR) + AIR if length else 0), y), number, SMALL, INK)
