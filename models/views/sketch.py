"""A flow as a drawing to be made: boxes and arrows in plain values, which can travel to the process that draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END = KINDS = ("人工", "自动", "等待", "分叉", "汇合", "结束")
ADDED, REMOVED, CHANGED = "增", "删", "改"
MARKS = ("", ADDED, REMOVED, CHANGED)


@dataclass(frozen=True, slots=True)
class Box:
    """A station of the flow, with one to three small lines (owner, limit, form) under its name."""

    name: str
    kind: str
    lines: tuple[str, ...] = ()
    mark: str = ""
    note: str = ""  #: what a changed box was before: 原 24 小时

    def __post_init__(self) -> None:
        _require(self.kind in KINDS, f"box {self.name}: kind {self.kind}")
        _require(self.mark in MARKS, f"box {self.name}: mark {self.mark}")


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one box to another."""

    source: str
    target: str
    label: str = ""
    mark: str = ""
    danger: bool = False

    def __post_init__(self) -> None:
        _require(self.mark in MARKS, f"arrow {self.source} → {self.target}: mark {self.mark}")


@dataclass(frozen=True, slots=True)
class Sketch:
    """The whole drawing; the first box is where the flow begins."""

    title: str
    subtitle: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    legend: bool = False  #: whether to explain the shapes; marks are always explained

    def __post_init__(self) -> None:
        names = Counter(box.name for box in self.boxes)
        twice = [name for name, count in names.items() if count > 1]
        _require(not twice, f"two boxes of one name: {twice}")
        lost = [end for arrow in self.arrows for end in (arrow.source, arrow.target) if end not in names]
        _require(not lost, f"arrows without a box: {lost}")

    def data(self) -> dict[str, Any]:
        """As JSON can hold it."""
        plain = asdict(self)
        plain["boxes"] = [{**box, "lines": list(box["lines"])} for box in plain["boxes"]]
        return {**plain, "arrows": list(plain["arrows"])}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Sketch:
        """From ``data()``. Raises ValueError for an arrow without a box, a name used twice, an unknown kind or mark."""
        boxes = tuple(Box(**{**box, "lines": tuple(box["lines"])}) for box in data["boxes"])
        return cls(**{**data, "boxes": boxes, "arrows": tuple(Arrow(**arrow) for arrow in data["arrows"])})


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ValueError(problem)
