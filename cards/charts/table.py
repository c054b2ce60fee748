"""The table of figures: a line each, its unit below its name, three columns of numbers that end at the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.charts.figures import NONE, figure_rows
from cards.charts.sheet import BODY, FAINT, INK, MARGIN, SMALL, SOFT, WIDTH, Frame, fit, text_width

if TYPE_CHECKING:
    from cards.charts.figures import Row
    from cards.charts.words import Data

HEAD, ROW, SHORT = 30, 54, 34  # the line of column names, a figure, and one without a unit beneath
ENDS = (188, 262, WIDTH - MARGIN)  # where the numbers of a column end
COLUMNS = ("本期", "上期", "变化")
ROOM = 70  # of a column
BELOW = 20  # from a name to the unit beneath it


def draw_table(data: Data) -> bytes:
    """What the columns stand for is in the title and in the line below it."""
    rows = figure_rows(data)
    heights = [ROW if row.note else SHORT for row in rows]
    frame = Frame(data, HEAD + sum(heights))
    for end, name in zip(ENDS, COLUMNS, strict=True):
        frame.sheet.text((end, frame.top + 10), name, SMALL, SOFT, "right")
    top = frame.top + HEAD
    for row, height in zip(rows, heights, strict=True):
        frame.sheet.line([(MARGIN, top - 4), (WIDTH - MARGIN, top - 4)], FAINT)
        _write(frame, top + 14, row)
        top += height
    return frame.sheet.png()


def _write(frame: Frame, y: float, row: Row) -> None:
    left = ENDS[0] - ROOM - MARGIN
    frame.sheet.text((MARGIN, y), fit(row.name, BODY, left)[0], BODY)
    if row.note:
        frame.sheet.text((MARGIN, y + BELOW), fit(row.note, SMALL, left)[0], SMALL, SOFT)
    change, points = row.change
    for end, number in zip(ENDS, (*row.values, change), strict=True):
        ink = INK if end == ENDS[0] else SOFT
        size = BODY if text_width(number, BODY) <= ROOM else SMALL
        frame.sheet.text((end, y), number, size, SOFT if number == NONE else ink, "right")
    if points:
        frame.sheet.text((ENDS[2], y + BELOW), points.removeprefix("个"), SMALL, SOFT, "right")
