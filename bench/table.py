"""The table of a run, aligned for a terminal where a Chinese character is two columns wide."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bench.rows import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.rows import Row

HEAD = ("项目", "指标", "回旋镖", "地板", "倍数", "目标", "达标")
WORDS = {True: "是", False: "否", None: "—"}


def render(rows: Sequence[Row]) -> str:
    """A line per row, its note below it where there is one."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(_width(line[n]) for line in cells) for n in range(len(HEAD))]
    lines = [_line(cells[0], widths), _line(["-" * width for width in widths], widths)]
    for row, line in zip(rows, cells[1:], strict=True):
        lines.append(_line(line, widths))
        lines += [f"    {row.note}"] if row.note else []
    return "\n".join(lines)


def brief(row: Row) -> str:
    """The same line while the run is under way, when nobody knows yet how wide the table gets."""
    return " · ".join(cell for cell in _cells(row) if cell != "—")


def _cells(row: Row) -> tuple[str, ...]:
    ours = f"{figure(row.ours)} {row.unit}".strip() if row.ours is not None else "—"
    return (
        row.item, row.metric, ours, figure(row.floor), _ratio(row),
        str(row.target) if row.target else "—", WORDS[row.ok],
    )  # fmt: skip


def _ratio(row: Row) -> str:
    if row.ratio is None:
        return "—"
    spread = f" [{row.spread[0]:.2f}–{row.spread[1]:.2f}]" if row.spread else ""
    return f"{row.ratio:.2f}×{spread}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
