"""How large a box of a flow's picture is, and the labels of its arrows that hang under it, in the phone's pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.charts.sheet import fit, legible, text_width
from models.views.sketch import ADDED, CHANGED, FORK, JOIN, KINDS, REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.views.sketch import Arrow, Box

NAME, SMALL = 15, 12  # letters
NAME_LINE, SMALL_LINE = 20, 16
PADDING = 7  # above and below the words of a box
WIDEST, NARROWEST = 210, 72  # of a box's words, of what is inside a box
BAR = 160  # a fork or a join is a bar, so that its branches stand side by side under it
CHIP = 22  # the mark before a name
#: from a box's side to its words and its arrows
INSET = dict(zip(KINDS, (10, 16, 18, 10, 10, 18), strict=True))
LABEL_WIDTHS = (120, 108, 96, 84, 72, 66, 60, 54, 48, 42, 36, 24)  # tried until labels fit side by side
LABEL_LINES, LABEL_PADDING, LABEL_GAP, LABEL_INSET = 8, 5, 6, 3
PIECE = re.compile(r"\s|(?:[!-~]+ ?)?(?:[^!-~\s][，。、；：！？]*)?")  # 超, 过, 500 元, 退，
BARE = 14  # the room of an arrow without a label
MARK_WORDS = {ADDED: "新", CHANGED: "改", REMOVED: "删"}


@dataclass(frozen=True, slots=True)
class Label:
    """The words at an arrow's start."""

    lines: tuple[str, ...]
    width: float
    height: float

    @property
    def room(self) -> float:
        """What it takes from the width of its box."""
        return self.width + LABEL_GAP if self.lines else BARE


@dataclass(frozen=True, slots=True)
class Unit:
    """A box as large as its words and the labels under it."""

    name: tuple[str, ...]
    lines: tuple[str, ...]
    note: tuple[str, ...]
    inset: float
    width: float
    height: float
    labels: tuple[Label, ...]  #: of the arrows from here, in their order

    @property
    def hanging(self) -> float:
        """The height of what hangs below the box."""
        return max((label.height + LABEL_GAP for label in self.labels if label.lines), default=0)


def measured(box: Box, arrows: Sequence[Arrow], room: float) -> Unit:
    """The box with its words broken to fit the room; wider than that only when its arrows need it."""
    inset = INSET[box.kind]
    inside = min(room - 2 * inset, WIDEST)
    chip = CHIP if box.mark else 0
    name = snug(box.name, NAME, inside - chip, 3)
    lines = tuple(part for line in box.lines for part in snug(line, SMALL, inside, 3))
    note = snug(box.note, SMALL, inside, 2) if box.note else ()
    labels = _labels(arrows, room - 2 * LABEL_INSET)
    words = [chip + widest(name, NAME), widest((*lines, *note), SMALL)]
    least = min(inside, BAR) if box.kind in (FORK, JOIN) else NARROWEST
    height = NAME_LINE * len(name) + SMALL_LINE * len(lines + note) + 2 * PADDING
    width = max(max(least, *words) + 2 * inset, sum(label.room for label in labels) + 2 * LABEL_INSET)
    return Unit(name, lines, note, inset, width, height, labels)


def _labels(arrows: Sequence[Arrow], room: float) -> tuple[Label, ...]:
    tried: tuple[Label, ...] = ()
    for width in LABEL_WIDTHS:
        tried = tuple(_label(_words(arrow), width) for arrow in arrows)
        if sum(label.room for label in tried) <= room:
            break
    return tried


def _words(arrow: Arrow) -> str:
    return " · ".join(filter(None, (MARK_WORDS.get(arrow.mark), arrow.label)))


def _label(text: str, width: float) -> Label:
    lines = snug(text, SMALL, width, LABEL_LINES)
    if not lines:
        return Label((), 0, 0)
    return Label(lines, widest(lines, SMALL) + 2 * LABEL_PADDING, SMALL_LINE * len(lines) + 4)


def snug(text: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """The text in at most so many lines, broken between phrases where that is possible."""
    text = legible(text)
    if text_width(text, size) <= width:
        return (text,) if text else ()
    lines = [line for phrase in _phrases(text, size, width) for line in _even(phrase, size, width)]
    return tuple(lines if len(lines) <= most else fit(text, size, width, most))


def _phrases(text: str, size: float, width: float) -> Iterator[str]:
    """What stands in parentheses has its own line, and then needs none; other phrases share one as long as they fit."""
    for part in re.split("[（）]+", text):
        line = ""
        for phrase in re.split(r"(?<=[／、，])|(?= · )", part.strip("／").removeprefix(" · ")):
            if line and text_width(line + phrase, size) > width:
                yield line
                line = phrase.removeprefix(" · ")
            else:
                line += phrase
        yield line


def _even(phrase: str, size: float, width: float) -> list[str]:
    """As few lines as the width allows, none of them much shorter than the others."""
    lines = _filled(phrase, size, width)
    while len(lines) > 1 and width > 2 * size:
        width -= size / 2
        narrower = _filled(phrase, size, width)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _filled(phrase: str, size: float, width: float) -> list[str]:
    """Lines as full as can be; a number stays with its unit, and a comma with what it ends."""
    lines = [""]
    for piece in filter(None, PIECE.findall(phrase)):
        if text_width((lines[-1] + piece).strip(), size) <= width:
            lines[-1] += piece
        else:
            lines += _cut(piece.strip(), size, width)
    return [line.strip() for line in lines if line.strip()]


def _cut(piece: str, size: float, width: float) -> list[str]:
    return fit(piece, size, width, len(piece) + 1)


def widest(lines: Sequence[str], size: float) -> float:
    """The width of the longest line."""
    return max((text_width(line, size) for line in lines), default=0)
