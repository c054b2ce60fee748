"""Shapes, lines with round corners and words on a page of any size, for the picture of a flow."""

from __future__ import annotations

import io
import itertools
import math
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from cards.charts.sheet import DENSITY, INK, PAPER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cards.charts.sheet import Side
    from cards.diagram.layout import Point, Rect

MAX_PIXELS = 20_000_000  # what a phone opens without a wait
MAX_SIDE = 65_000  # dots; Agg draws at most 65,536 in a row or column
BEND = 6  # radius of a line's corners
HEAD = 6  # length of an arrowhead
DASHES = (0, (3, 2))
COMPRESSION = 3  # of 9; the usual 6 takes a quarter second longer on 40 boxes for 6 % fewer bytes


def density(width: float, height: float) -> float:
    """Dots to a pixel of the phone: two, fewer only on a page that would become too large."""
    return min(DENSITY, math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / max(width, height))


def rounded(points: Sequence[Point], radius: float, *, closed: bool = False) -> Path:
    """Straight from point to point, with round corners no larger than the sides allow."""
    ring = [points[-1], *points, points[0]] if closed else list(points)
    vertices: list[Point] = [] if closed else [ring[0]]
    codes = [] if closed else [Path.MOVETO]
    for before, corner, after in zip(ring, ring[1:], ring[2:], strict=False):
        vertices += [_toward(corner, before, radius), corner, _toward(corner, after, radius)]
        codes += [Path.LINETO if codes else Path.MOVETO, Path.CURVE3, Path.CURVE3]
    vertices.append(vertices[0] if closed else ring[-1])
    codes.append(Path.CLOSEPOLY if closed else Path.LINETO)
    return Path(vertices, codes)


def _toward(corner: Point, other: Point, radius: float) -> Point:
    length = math.dist(corner, other)
    share = min(radius, length / 2) / length if length else 0
    return (corner[0] + share * (other[0] - corner[0]), corner[1] + share * (other[1] - corner[1]))


def boxed(rect: Rect, radius: float) -> Path:
    """A rectangle with round corners."""
    corners = [(rect.x, rect.y), (rect.right, rect.y), (rect.right, rect.bottom), (rect.x, rect.bottom)]
    return rounded(corners, radius, closed=True)


def hexagon(rect: Rect, slant: float) -> Path:
    """A box whose left and right sides are points."""
    middle = rect.y + rect.height / 2
    left, right = rect.x + slant, rect.right - slant
    upper = [(left, rect.y), (right, rect.y), (rect.right, middle)]
    return rounded([*upper, (right, rect.bottom), (left, rect.bottom), (rect.x, middle)], 4, closed=True)


class Canvas:
    """A page: x to the right and y downwards from the upper left corner, in the phone's pixels."""

    def __init__(self, width: float, height: float) -> None:
        self._dpi = 72 * density(width, height)
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=self._dpi, facecolor=PAPER)
        FigureCanvasAgg(self._figure)
        self._axes: Axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self._axes.set_axis_off()
        self._layer = itertools.count()  # what is drawn later lies above

    def text(self, at: Point, text: str, size: float, color: str = INK, side: Side = "center") -> None:
        """One line, ``at`` being the middle of its height; signs of formulas are signs."""
        self._axes.text(
            *at, text, size=size, color=color, ha=side, va="center_baseline", parse_math=False, zorder=next(self._layer)
        )

    def shape(self, path: Path, face: str, edge: str, width: float = 1.4, *, dashed: bool = False) -> None:
        """A filled outline."""
        self._draw(PathPatch(path, facecolor=face, edgecolor=edge, lw=width, ls=DASHES if dashed else "-"))

    def line(self, points: Sequence[Point], color: str, width: float, *, dashed: bool = False) -> None:
        """Along the points, with round corners."""
        style = DASHES if dashed else "-"
        path = rounded(points, BEND)
        self._draw(PathPatch(path, fill=False, edgecolor=color, lw=width, ls=style, capstyle="butt"))

    def head(self, at: Point, color: str) -> None:
        """The head of an arrow that comes from above."""
        x, y = at
        corners = [(x, y), (x - HEAD * 0.6, y - HEAD), (x + HEAD * 0.6, y - HEAD), (x, y)]
        self._draw(PathPatch(Path(corners), facecolor=color, edgecolor=color, lw=1))

    def png(self) -> bytes:
        """The picture."""
        out = io.BytesIO()
        self._figure.savefig(out, format="png", dpi=self._dpi, pil_kwargs={"compress_level": COMPRESSION})
        return out.getvalue()

    def _draw(self, patch: PathPatch) -> None:
        patch.set_zorder(next(self._layer))
        self._axes.add_artist(patch)  # add_patch would measure it, for limits that are fixed
