"""A sheet of phone width to draw on, measured in the phone's own pixels, with a title above and a date below."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
from matplotlib import font_manager, ft2font
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Wedge
from matplotlib.patheffects import withStroke

from cards.charts import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cards.charts.words import Data

WIDTH, MARGIN, DENSITY = 360, 20, 2  # a phone's width; two dots to each of its pixels
BIG, BODY, SMALL = 20, 16, 14  # letters
INK, SOFT, FAINT, PAPER = "#1F2733", "#6B7686", "#E4E8EE", "#FFFFFF"
FONT = Path(__file__).parents[1] / "fonts" / "NotoSansSC-subset.otf"
SYSTEM_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei")
UNKNOWN = "〓"  # the printers' mark for a character that the type case lacks

Point = tuple[float, float]
Side = Literal["left", "center", "right"]


def _install_font() -> None:
    """Make the bundled font the first choice and a system's Chinese font, if any, the second."""
    font_manager.fontManager.addfont(FONT)
    known = set(font_manager.fontManager.get_font_names())
    bundled = font_manager.FontProperties(fname=FONT).get_name()
    mpl.rcParams["font.family"] = [bundled, *(name for name in SYSTEM_FONTS if name in known)]
    mpl.rcParams["text.parse_math"] = False


_install_font()  # whoever measures a text needs it, not only who draws


@cache
def _face(family: str) -> ft2font.FT2Font:
    face = ft2font.FT2Font(font_manager.findfont(font_manager.FontProperties(family=[family])))
    face.set_size(100, 72)
    return face


@cache
def _advance(letter: str) -> float:
    """How wide a letter is at size 1, in the first font that has it."""
    for family in mpl.rcParams["font.family"]:
        if _face(family).get_char_index(ord(letter)):
            return float(_face(family).load_char(ord(letter)).linearHoriAdvance) / 65536 / 100
    return 0.0


def legible(text: str) -> str:
    """The text with a mark for each character that no font has."""
    return "".join(letter if _advance(letter) else UNKNOWN for letter in " ".join(text.split()))


def text_width(text: str, size: float) -> float:
    """In the phone's pixels."""
    return size * sum(_advance(letter) for letter in text)


def fit(text: str, size: float, width: float, lines: int = 1) -> list[str]:
    """The text broken into at most ``lines`` of ``width``, at a space when there is one; the rest is an ellipsis."""
    text = legible(text)
    found: list[str] = []
    while text and len(found) < lines:
        found.append(_head(text, size, width))
        text = text[len(found[-1]) :].lstrip()
    if text:
        found[-1] = _head(found[-1].rstrip(), size, width - text_width("…", size), breaks="") + "…"
    return [line.strip() for line in found]


def _head(text: str, size: float, width: float, breaks: str = " ") -> str:
    count = len(text)
    while count > 1 and text_width(text[:count], size) > width:
        count -= 1
    space = text.rfind(breaks, 0, count + 1) if breaks and count < len(text) else -1
    return text[:space] if space > 0 else text[:count]


class Sheet:
    """Ink on paper: x to the right and y downwards from the upper left corner."""

    def __init__(self, height: float) -> None:
        self.height = height
        self._figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72 * DENSITY, facecolor=PAPER)
        FigureCanvasAgg(self._figure)
        self._axes: Axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
        self._axes.set_axis_off()

    def text(self, at: Point, text: str, size: float = BODY, color: str = INK, side: Side = "left") -> None:
        """One line, ``at`` being the middle of its height and its left end, centre or right end."""
        halo = [withStroke(linewidth=3, foreground=PAPER)]  # keeps a number readable where it crosses a line
        self._axes.text(*at, text, size=size, color=color, ha=side, va="center_baseline", path_effects=halo, zorder=4)

    def line(self, points: Sequence[Point], color: str, width: float = 1, *, dashed: bool = False) -> None:
        """Straight from point to point, with round joints."""
        xs, ys = zip(*points, strict=True)
        style = (0, (2, 2)) if dashed else "-"
        line = Line2D(xs, ys, color=color, lw=width, ls=style, solid_joinstyle="round", solid_capstyle="round")
        self._axes.add_line(line)

    def area(self, points: Sequence[Point], color: str, alpha: float) -> None:
        """The inside of a polygon."""
        xs, ys = zip(*points, strict=True)
        self._axes.fill(xs, ys, color=color, alpha=alpha, lw=0)

    def dot(self, at: Point, color: str, size: float = 8, *, hollow: bool = False) -> None:
        """A point of a line; hollow when it is not the whole truth yet."""
        face = PAPER if hollow else color
        self._axes.plot(*at, "o", ms=size, mfc=face, mec=color, mew=1.6 if hollow else 0, zorder=3)

    def wedge(self, center: Point, radius: float, turn: tuple[float, float], color: str, hole: float = 0) -> None:
        """A piece of a pie from ``turn[0]`` to ``turn[1]`` degrees; 0 is to the right, and it goes clockwise."""
        width = radius - hole if hole else None
        edge = PAPER if turn[1] - turn[0] < 360 else color
        self._axes.add_patch(Wedge(center, radius, *turn, width=width, facecolor=color, edgecolor=edge, lw=1.5))

    def bar(self, at: Point, width: float, height: float, color: str) -> None:
        """A horizontal bar from ``at``, the middle of its left end, with round ends."""
        length = max(width, height)
        style = f"round,pad=0,rounding_size={height / 2}"
        self._axes.add_patch(
            FancyBboxPatch((at[0], at[1] - height / 2), length, height, boxstyle=style, facecolor=color, lw=0)
        )

    def png(self) -> bytes:
        """The picture, at two dots a pixel."""
        out = io.BytesIO()
        self._figure.savefig(out, format="png", dpi=72 * DENSITY)
        return out.getvalue()


class Frame:
    """Where the title, the headline and the footer leave room for a body of ``body`` pixels."""

    def __init__(self, data: Data, body: float) -> None:
        width = WIDTH - 2 * MARGIN
        self._data = data
        self._title = [line.strip(" ·") for line in fit(words.title(data), BIG, width, lines=3)]
        self._headline = fit(words.headline(data), BODY, width, lines=2) if words.points(data) else []
        self.top = MARGIN + 28 * len(self._title) + 24 * len(self._headline) + 12
        self.bottom = self.top + body
        self.sheet = Sheet(self.bottom + 44)
        self._write()

    def _write(self) -> None:
        for n, line in enumerate(self._title):
            self.sheet.text((MARGIN, MARGIN + 12 + 28 * n), line, BIG)
        below = MARGIN + 28 * len(self._title) + 12
        for n, line in enumerate(self._headline):
            self.sheet.text((MARGIN, below + 24 * n), line, BODY, SOFT)
        self.sheet.line([(MARGIN, self.bottom + 6), (WIDTH - MARGIN, self.bottom + 6)], FAINT)
        self.sheet.text((MARGIN, self.bottom + 25), words.footer(self._data), SMALL, SOFT)
