"""A line over time: gaps where there is no figure, hollow points where a day, week or month is not over yet."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.charts.sheet import FAINT, INK, MARGIN, SMALL, SOFT, WIDTH, Frame, text_width
from cards.charts.words import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cards.charts.sheet import Point
    from cards.charts.words import Data

COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
BODY_HEIGHT = 250
ALL_LABELLED = 7  # up to as many points, each has its number; of more, the highest, the last and the lowest
MANY_DOTS = 40


@dataclass(frozen=True, slots=True)
class _Plot:
    """From point numbers and values to places on the sheet."""

    left: float
    right: float
    top: float
    bottom: float
    count: int
    ceiling: float

    def at(self, n: int, value: float) -> Point:
        share = n / (self.count - 1) if self.count > 1 else 0.5
        return self.left + (self.right - self.left) * share, self.y(value)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.ceiling


@dataclass(frozen=True, slots=True)
class _Number:
    """A value's text with its centre on the sheet and half its width."""

    text: str
    x: float
    y: float
    half: float

    def touches(self, other: _Number) -> bool:
        return abs(self.x - other.x) < self.half + other.half + 4 and abs(self.y - other.y) < 18


def draw_line(data: Data) -> bytes:
    """One line for each series, from zero up."""
    values = [[value for _, value in series["points"]] for series in data["series"]]
    ceiling, step = scale(max((value for line in values for value in line if value is not None), default=0))
    is_hollow = any(line[n] is not None for line in values for n in data["cut"])
    frame = Frame(data, BODY_HEIGHT + (22 if is_hollow else 0))
    ticks = [_tick(n * step, data["unit"]) for n in range(round(ceiling / step) + 1)]
    left = MARGIN + max(text_width(tick, SMALL) for tick in ticks) + 12
    plot = _Plot(left, WIDTH - MARGIN - 22, frame.top + 26, frame.top + BODY_HEIGHT - 34, len(data["ticks"]), ceiling)
    _grid(frame, plot, ticks, step)
    _days(frame, plot, data["ticks"])
    for n, line in enumerate(values):
        _draw_series(frame, plot, line, (COLOURS[n % len(COLOURS)], set(data["cut"]), data["unit"]))
    if is_hollow:
        frame.sheet.text((MARGIN, frame.bottom - 8), "空心点：这一段还不完整", SMALL, SOFT)
    return frame.sheet.png()


def scale(highest: float) -> tuple[float, float]:
    """A round number at or above ``highest``, and the step of three to five grid lines below it."""
    if highest <= 0:
        return 1.0, 0.5
    magnitude = 10.0 ** math.floor(math.log10(highest / 4))
    step = next(magnitude * n for n in (1, 2, 2.5, 5, 10) if magnitude * n * 4 >= highest)
    return step * math.ceil(highest / step - 1e-9), step


def _tick(value: float, unit: str) -> str:
    return f"{value:,.10g}{unit if unit == RATE else ''}"


def _grid(frame: Frame, plot: _Plot, ticks: list[str], step: float) -> None:
    for n, tick in enumerate(ticks):
        y = plot.y(n * step)
        frame.sheet.line([(plot.left - 6, y), (WIDTH - MARGIN, y)], SOFT if n == 0 else FAINT)
        frame.sheet.text((plot.left - 12, y), tick, SMALL, SOFT, "right")


def _days(frame: Frame, plot: _Plot, ticks: list[str]) -> None:
    """As many as stand apart, evenly, the last one always among them."""
    halves = [text_width(tick, SMALL) / 2 for tick in ticks]
    places = [plot.at(n, 0)[0] for n in range(plot.count)]
    every = next(every for every in range(1, plot.count + 1) if _stand_apart(places, halves, every))
    for n in range(plot.count - 1, -1, -every):
        frame.sheet.line([(places[n], plot.bottom), (places[n], plot.bottom + 4)], SOFT)
        frame.sheet.text((min(places[n], WIDTH - 8 - halves[n]), plot.bottom + 17), ticks[n], SMALL, SOFT, "center")


def _stand_apart(places: list[float], halves: list[float], every: int) -> bool:
    shown = range(len(places) - 1, -1, -every)
    return all(places[b] - places[a] >= halves[a] + halves[b] + 12 for b, a in itertools.pairwise(shown))


def _draw_series(frame: Frame, plot: _Plot, line: list[float | None], look: tuple[str, set[int], str]) -> None:
    color, cut, unit = look
    for run in runs(line):
        places = [plot.at(n, value) for n, value in run]
        frame.sheet.area([*places, (places[-1][0], plot.bottom), (places[0][0], plot.bottom)], color, 0.08)
        for (n, _), (m, _), a, b in zip(run, run[1:], places, places[1:], strict=False):
            frame.sheet.line([a, b], color, 2.2, dashed=bool(cut & {n, m}))
    known = [(n, value) for n, value in enumerate(line) if value is not None]
    dots = known if len(known) <= MANY_DOTS else [point for point in known if point[0] in cut]
    for n, value in dots:
        frame.sheet.dot(plot.at(n, value), color, 7 if len(known) < 16 else 5, hollow=n in cut)
    _numbers(frame, plot, known, unit)


def runs(line: list[float | None]) -> Iterator[list[tuple[int, float]]]:
    """The stretches without a gap."""
    run: list[tuple[int, float]] = []
    for n, value in enumerate([*line, None]):
        if value is not None:
            run.append((n, value))
        elif run:
            yield run
            run = []


def _numbers(frame: Frame, plot: _Plot, known: list[tuple[int, float]], unit: str) -> None:
    """A number at each point when all have room; else at the highest, the last and the lowest, as far as they do."""
    everywhere = [_number(plot, known, n, unit) for n in range(len(known))]
    if len(known) <= ALL_LABELLED and not any(a.touches(b) for a, b in itertools.combinations(everywhere, 2)):
        telling = everywhere
    else:
        order = sorted(range(len(known)), key=lambda n: known[n][1])
        telling = [everywhere[n] for n in dict.fromkeys((order[-1], len(known) - 1, order[0]))]
    shown: list[_Number] = []
    for number in telling:
        if not any(number.touches(other) for other in shown):
            shown.append(number)
            frame.sheet.text((number.x, number.y), number.text, SMALL, INK, "center")


def _number(plot: _Plot, known: list[tuple[int, float]], n: int, unit: str) -> _Number:
    """Below a point that lies lower than its neighbours, if the axis leaves room; above any other."""
    text = f"{known[n][1]:,.2f}%" if unit == RATE else f"{known[n][1]:,}"
    half = text_width(text, SMALL) / 2
    x, y = plot.at(*known[n])
    valley = all(known[m][1] > known[n][1] for m in (n - 1, n + 1) if 0 <= m < len(known)) and len(known) > 1
    below = valley and y + 24 < plot.bottom
    return _Number(text, min(max(x, plot.left - 4 + half), WIDTH - 8 - half), y + 15 if below else y - 15, half)
