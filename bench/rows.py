"""One line of the table: a figure of ours beside its floor and its target."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Spread = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on our figure, or on its ratio to the floor."""

    limit: float
    of: Literal["ours", "ratio"] = "ours"
    at_least: bool = False

    def met(self, row: Row) -> bool | None:
        """None while there is nothing to compare."""
        value = row.ours if self.of == "ours" else row.ratio
        if value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {figure(self.limit)}{'×' if self.of == 'ratio' else ''}"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure; ``spread`` are the quartiles of the ratio over the pairs."""

    item: str
    metric: str
    unit: str = ""
    ours: float | None = None
    floor: float | None = None
    ratio: float | None = None
    spread: Spread | None = None
    target: Target | None = None
    note: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing was measured."""
        return self.target.met(self) if self.target else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"target": str(self.target) if self.target else None, "ok": self.ok}


def against(row: Row) -> Row:
    """``row`` with its ratio, where both figures are there."""
    return replace(row, ratio=row.ours / row.floor) if row.ours is not None and row.floor else row


def figure(value: float | None) -> str:
    """Three digits that mean something: 1,234 · 12.3 · 0.123."""
    if value is None:
        return "—"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
