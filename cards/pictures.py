"""From a report's numbers or a flow to a PNG for a phone; imported only where it is drawn, for it brings matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.charts import words
from cards.charts.bar import draw_bar
from cards.charts.compare import draw_compare
from cards.charts.line import draw_line
from cards.charts.pie import draw_pie, draw_ring
from cards.charts.sheet import BODY, INK, SMALL, SOFT, WIDTH, Frame, fit
from cards.charts.table import draw_table
from cards.diagram.draw import draw_flow
from models.outside import all_visible
from models.views.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable

    from cards.charts.words import Data

FORMS: dict[str, Callable[[Data], bytes]] = {
    "pie": draw_pie, "ring": draw_ring, "line": draw_line, "bar": draw_bar, "table": draw_table,
    "对比": draw_compare,
}  # fmt: skip
FLOW = "流程"


def draw(form: str, data: Data) -> bytes:
    """The picture of a report (``Report.data()``) or, as ``FLOW``, of a flow (``Sketch.data()``), 720 dots wide.

    Without numbers, one that says so.
    """
    data = all_visible(data)
    if form == FLOW:
        return draw_flow(Sketch.of(data))
    return FORMS[form](data) if words.points(data) else draw_nothing(data)


def draw_nothing(data: Data) -> bytes:
    """An empty sheet that says why it is empty, and what to ask instead."""
    frame = Frame(data, 130)
    frame.sheet.text((WIDTH / 2, frame.top + 44), words.headline(data), BODY, INK, "center")
    for n, line in enumerate(fit(words.nothing(data), SMALL, WIDTH - 60, 2)):
        frame.sheet.text((WIDTH / 2, frame.top + 76 + 20 * n), line, SMALL, SOFT, "center")
    return frame.sheet.png()
