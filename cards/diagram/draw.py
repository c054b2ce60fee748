"""A flow as a picture for a phone: people in boxes, rules in hexagons, waits dashed, and what a draft would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cards.charts.sheet import FAINT, INK, PAPER, SOFT, fit, text_width
from cards.diagram.boxes import CHIP, MARK_WORDS, NAME, NAME_LINE, PADDING, SMALL, SMALL_LINE, widest
from cards.diagram.canvas import HEAD, Canvas, boxed, hexagon
from cards.diagram.layout import Rect, lay_out
from models.views.sketch import ADDED, AUTOMATIC, CHANGED, END, FORK, HUMAN, JOIN, KINDS, REMOVED, WAIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.path import Path

    from cards.diagram.boxes import Unit
    from cards.diagram.layout import Layout, Point, Way
    from models.views.sketch import Arrow, Box, Sketch

MARGIN, TITLE, SUBTITLE = 16, 20, 14
TITLE_LINE, SUBTITLE_LINE, KEY_LINE = 28, 20, 26
LINE, STRONG, CASING = 1.6, 2.4, 2.0  # of an arrow, a marked one, the paper around both where lines cross
GREY, RED, SLATE = "#8A94A3", "#C8372D", "#4A5568"
NOTHING = "这个流程还没有节点"


class Look(NamedTuple):
    """The colours of a box, of its words, of its small lines."""

    face: str
    edge: str
    ink: str = INK
    soft: str = "#4D5866"


LOOKS = {
    HUMAN: Look("#E7F0FB", "#3B78B8"),
    AUTOMATIC: Look("#F0EBFA", "#7D5FB8"),
    WAIT: Look("#FFFFFF", "#5C7A89"),
    FORK: Look(SLATE, SLATE, PAPER, "#E4E8EE"),
    JOIN: Look(SLATE, SLATE, PAPER, "#E4E8EE"),
    END: Look("#E9ECF0", "#2F3947"),
}
MARKED = {
    ADDED: Look("#DDF3E1", "#2C8A45"),
    CHANGED: Look("#FFF0CF", "#B7791F"),
    REMOVED: Look("#F4F5F7", "#A3ABB6", "#8A919C", "#8A919C"),
}
SHAPES: dict[str, Callable[[Rect], Path]] = {
    HUMAN: lambda rect: boxed(rect, 8),
    AUTOMATIC: lambda rect: hexagon(rect, 12),
    WAIT: lambda rect: boxed(rect, 18),
    FORK: lambda rect: boxed(rect, 2),
    JOIN: lambda rect: boxed(rect, 2),
    END: lambda rect: boxed(rect, 18),
}
KIND_WORDS = dict(zip(KINDS, ("有人办理", "自动判断", "等待", "分开同办", "", "结束"), strict=True))
MARK_MEANINGS = {ADDED: "新增", CHANGED: "有改动", REMOVED: "去掉"}


def draw_flow(sketch: Sketch) -> bytes:
    """The PNG, 720 dots wide, as high as it takes."""
    layout = lay_out(sketch)
    title = fit(sketch.title, TITLE, layout.width - 2 * MARGIN, 3)
    subtitle = fit(sketch.subtitle, SUBTITLE, layout.width - 2 * MARGIN, 2)
    top = MARGIN + TITLE_LINE * len(title) + SUBTITLE_LINE * len(subtitle) + 10
    keys = _keys(sketch, layout.width)
    body = max(layout.height, 0 if sketch.boxes else 60)
    canvas = Canvas(layout.width, top + body + KEY_LINE * len(keys) + MARGIN + (12 if keys else 0))
    _write_head(canvas, title, subtitle)
    if not sketch.boxes:
        canvas.text((layout.width / 2, top + 30), NOTHING, NAME, SOFT)
    _draw_body(canvas, sketch, layout, top)
    _draw_keys(canvas, keys, top + body + 6)
    return canvas.png()


def _write_head(canvas: Canvas, title: Sequence[str], subtitle: Sequence[str]) -> None:
    for n, line in enumerate(title):
        canvas.text((MARGIN, MARGIN + TITLE_LINE * (n + 0.5)), line, TITLE, INK, "left")
    below = MARGIN + TITLE_LINE * len(title)
    for n, line in enumerate(subtitle):
        canvas.text((MARGIN, below + SUBTITLE_LINE * (n + 0.5)), line, SUBTITLE, SOFT, "left")


def _draw_body(canvas: Canvas, sketch: Sketch, layout: Layout, top: float) -> None:
    """Arrows first, a whole net at a time: the paper around it lets it pass over those that it crosses."""
    for net in layout.nets:
        points = {n: [(x, y + top) for x, y in layout.ways[n].points] for n in net}
        for corners in points.values():
            canvas.line(_headless(corners), PAPER, LINE + 2 * CASING)
        for n, corners in points.items():
            _draw_arrow(canvas, sketch.arrows[n], corners)
    for arrow, way in zip(sketch.arrows, layout.ways, strict=True):
        _draw_label(canvas, arrow, way, top)
    for box, unit, rect in zip(sketch.boxes, layout.units, layout.boxes, strict=True):
        _draw_box(canvas, box, unit, rect._replace(y=rect.y + top))


def _draw_arrow(canvas: Canvas, arrow: Arrow, points: Sequence[Point]) -> None:
    color = _colour(arrow)
    width = STRONG if arrow.mark in (ADDED, CHANGED) else LINE
    canvas.line(_headless(points), color, width, dashed=arrow.mark == REMOVED)
    canvas.head(points[-1], color)


def _headless(points: Sequence[Point]) -> list[Point]:
    """The line as far as the arrowhead."""
    x, y = points[-1]
    return [*points[:-1], (x, y - HEAD)]


def _colour(arrow: Arrow) -> str:
    if arrow.mark:
        return MARKED[arrow.mark].edge
    return RED if arrow.danger else GREY


def _draw_label(canvas: Canvas, arrow: Arrow, way: Way, top: float) -> None:
    if not way.label.lines:
        return
    where = way.where._replace(y=way.where.y + top)
    look = MARKED.get(arrow.mark) or (Look("#FDEBE9", RED, RED) if arrow.danger else Look("#F3F5F8", "#C9D0D9", SLATE))
    canvas.shape(boxed(where, 4), look.face, look.edge, 0.8)
    at = (where.x + where.width / 2, where.y + 2)
    _write(canvas, at, way.label.lines, (SMALL, SMALL_LINE), look.ink, struck=arrow.mark == REMOVED)


def _draw_box(canvas: Canvas, box: Box, unit: Unit, rect: Rect) -> None:
    look = MARKED.get(box.mark) or LOOKS[box.kind]
    removed = box.mark == REMOVED
    canvas.shape(SHAPES[box.kind](rect), look.face, look.edge, dashed=removed or box.kind == WAIT)
    chip = CHIP if box.mark else 0
    x, y = rect.x + rect.width / 2, rect.y + PADDING
    _write(canvas, (x + chip / 2, y), unit.name, (NAME, NAME_LINE), look.ink, struck=removed)
    if box.mark:
        left = x - chip / 2 - widest(unit.name, NAME) / 2
        _draw_chip(canvas, (left, y + 1), box.mark)
    y += NAME_LINE * len(unit.name)
    _write(canvas, (x, y), unit.lines, (SMALL, SMALL_LINE), look.soft, struck=removed)
    _write(canvas, (x, y + SMALL_LINE * len(unit.lines)), unit.note, (SMALL, SMALL_LINE), look.edge)


def _draw_chip(canvas: Canvas, at: Point, mark: str) -> None:
    canvas.shape(boxed(Rect(*at, CHIP - 4, 18), 4), MARKED[mark].edge, MARKED[mark].edge, 0)
    canvas.text((at[0] + (CHIP - 4) / 2, at[1] + 9), MARK_WORDS[mark], SMALL, PAPER)


def _write(
    canvas: Canvas,
    at: Point,
    lines: Sequence[str],
    letters: tuple[float, float],
    color: str,
    *,
    struck: bool = False,
) -> None:
    """Lines one below the other, centred; ``letters`` are size and height of a line."""
    size, height = letters
    for n, line in enumerate(lines):
        y = at[1] + height * (n + 0.5)
        canvas.text((at[0], y), line, size, color)
        if struck:
            half = text_width(line, size) / 2
            canvas.line([(at[0] - half, y), (at[0] + half, y)], color, 1)


class Key(NamedTuple):
    """One entry of the legend: a kind or a mark."""

    kind: str
    mark: str
    words: str
    left: float

    @property
    def width(self) -> float:
        return 30 + text_width(self.words, SMALL) + 14


def _keys(sketch: Sketch, width: float) -> list[list[Key]]:
    """The legend in lines: the shapes in use when it is wanted, the marks whenever there are any."""
    kinds = {box.kind for box in sketch.boxes if sketch.legend}
    marks = {box.mark for box in sketch.boxes} | {arrow.mark for arrow in sketch.arrows}
    found = [Key(kind, "", KIND_WORDS[kind], 0) for kind in KINDS if kind in kinds and KIND_WORDS[kind]]
    found += [Key("", mark, meaning, 0) for mark, meaning in MARK_MEANINGS.items() if mark in marks]
    lines: list[list[Key]] = []
    left = float(width)
    for key in found:
        if left + key.width > width - MARGIN + 14:
            lines.append([])
            left = MARGIN
        lines[-1].append(key._replace(left=left))
        left += key.width
    return lines


def _draw_keys(canvas: Canvas, lines: Sequence[Sequence[Key]], top: float) -> None:
    if lines:
        canvas.line([(MARGIN, top), (MARGIN + 328, top)], FAINT, 1)
    for n, line in enumerate(lines):
        y = top + 6 + KEY_LINE * (n + 0.5)
        for key in line:
            _draw_key(canvas, key, y)


def _draw_key(canvas: Canvas, key: Key, y: float) -> None:
    if key.mark:
        _draw_chip(canvas, (key.left + 3, y - 9), key.mark)
    else:
        look = LOOKS[key.kind]
        sample = Rect(key.left, y - 7, 24, 14)
        canvas.shape(SHAPES[key.kind](sample), look.face, look.edge, dashed=key.kind == WAIT)
    canvas.text((key.left + 30, y), key.words, SMALL, SOFT, "left")
