"""Horizontal bars, the biggest on top: a name above each and the number at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.charts.sheet import BODY, FAINT, INK, MARGIN, SMALL, SOFT, WIDTH, Frame, fit, text_width
from cards.charts.words import OTHERS, amount, percents, points

if TYPE_CHECKING:
    from cards.charts.words import Data

COLOUR = "#4477AA"
ROW, BAR = 48, 10
INSIDE = WIDTH - 2 * MARGIN


def draw_bar(data: Data) -> bytes:
    """Bars start at zero; 其他 is many things and gets no bar that would dwarf the others."""
    found = [(name, int(value)) for name, value in points(data) if value]
    shares = percents([value for _, value in found])
    largest = max((value for name, value in found if name != OTHERS), default=1)
    frame = Frame(data, ROW * len(found) + 4)
    for n, ((name, value), share) in enumerate(zip(found, shares, strict=True)):
        y = frame.top + ROW * n + 14
        _write(frame, y, data, (name, value), share)
        if name != OTHERS:
            frame.sheet.bar((MARGIN, y + 19), INSIDE, BAR, FAINT)
            frame.sheet.bar((MARGIN, y + 19), INSIDE * value / largest, BAR, COLOUR)
    return frame.sheet.png()


def _write(frame: Frame, y: float, data: Data, point: tuple[str, int], share: str) -> None:
    """The name as far as the number leaves room."""
    name, value = point
    number = amount(value, data["unit"])
    tail = f" {share}"
    frame.sheet.text((WIDTH - MARGIN, y), tail, SMALL, SOFT, "right")
    end = WIDTH - MARGIN - text_width(tail, SMALL) - 4
    frame.sheet.text((end, y), number, BODY, INK, "right")
    room = end - text_width(number, BODY) - 10 - MARGIN
    caption = data["captions"].get(name, "")
    label = fit(f"{name} {caption}", BODY, room)[0]
    frame.sheet.text((MARGIN, y), label, BODY, SOFT if name == OTHERS else INK)
