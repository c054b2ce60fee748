"""What a report says: series of labelled numbers, and how they are written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.stats.period import Period

Form = Literal["pie", "ring", "line", "bar", "table"]
Number = int | float
OTHERS = "其他"


@dataclass(frozen=True, slots=True)
class Series:
    """Points in the order they are shown; None where a figure has no meaning, such as a rate with nothing sold."""

    name: str
    points: tuple[tuple[str, Number | None], ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a chart's query found. ``total`` is of the whole period, None when it has no meaning."""

    series: tuple[Series, ...]
    total: Number | None
    captions: Mapping[str, str] = field(default_factory=dict)  #: a longer name for a label


class Before(NamedTuple):
    """The total of the stretch to compare with."""

    label: str
    total: Number | None


@dataclass(frozen=True, slots=True)
class Report:
    """A chart's numbers with everything that a picture or a text of them says."""

    chart: str
    form: Form
    unit: str
    period: Period
    scope: tuple[str, ...]
    as_of: datetime
    numbers: Numbers
    before: Before
    ticks: tuple[str, ...] = ()  #: of a trend: the labels as short as an axis wants them
    cut: tuple[int, ...] = ()  #: of a trend: which points are of less than a whole day, week, month or quarter
    latest: str = ""  #: when there is nothing: the day of the last case on record

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value is not None for series in self.numbers.series for _, value in series.points)

    def json(self) -> dict[str, Any]:
        """The shape that other programs rely on (contract, "Charts")."""
        return {
            "chart": self.chart,
            "from": self.period.from_.isoformat(),
            "to": self.period.to.isoformat(),
            "unit": self.unit,
            "as_of": self.as_of.isoformat(timespec="seconds"),
            "series": [{"name": s.name, "points": [list(point) for point in s.points]} for s in self.numbers.series],
            "total": self.numbers.total,
        }

    def data(self) -> dict[str, Any]:
        """The same and what a picture and its words need beside."""
        return self.json() | {
            "form": self.form,
            "period": self.period.label,
            "scope": list(self.scope),
            "before": self.before._asdict(),
            "captions": dict(self.numbers.captions),
            "ticks": list(self.ticks),
            "cut": list(self.cut),
            "latest": self.latest,
        }


def ranked(parts: Mapping[str, int], keep: int) -> tuple[tuple[str, int], ...]:
    """Biggest first; when there are more than ``keep``, the smallest become 其他, which is always last."""
    order = sorted((part for part in parts.items() if part[1] and part[0] != OTHERS), key=lambda p: (-p[1], p[0]))
    rest = parts.get(OTHERS, 0)
    if len(order) + bool(rest) > keep:
        order, small = order[: keep - 1], order[keep - 1 :]
        rest += sum(count for _, count in small)
    return (*order, (OTHERS, rest)) if rest else tuple(order)
