"""Cutting a period into days, weeks, months or quarters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from flow.stats.errors import StatsError
from flow.stats.period import DAY, Window, add_months, midnight, month_start, quarter_start, week_start

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime, tzinfo

    from flow.stats.period import Period

By = Literal["day", "week", "month", "quarter"]
MAX_BUCKETS = 400  # more points than a phone has columns to draw them in
BY_WORDS: dict[str, By] = {
    "按日": "day", "按天": "day", "按周": "week", "按月": "month", "按季": "quarter", "按季度": "quarter",
    "day": "day", "week": "week", "month": "month", "quarter": "quarter",
}  # fmt: skip
_STEPS: dict[By, tuple[Callable[[date], date], Callable[[date], date]]] = {  # first day of its bucket, of the next
    "day": (lambda day: day, lambda day: day + DAY),
    "week": (week_start, lambda day: day + timedelta(days=7)),
    "month": (month_start, lambda day: add_months(day, 1)),
    "quarter": (quarter_start, lambda day: add_months(day, 3)),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One point of a trend. ``tick`` is the label as short as an axis wants it; ``whole`` is false for a cut one."""

    label: str
    tick: str
    window: Window
    whole: bool


def granularity(period: Period) -> By:
    """Fine enough to see a movement, coarse enough for a phone."""
    steps: tuple[tuple[int, By], ...] = ((31, "day"), (120, "week"), (731, "month"))
    return next((by for days, by in steps if period.days <= days), "quarter")


def parse_by(word: str | None, period: Period) -> By:
    """Raises StatsError for a word that names no granularity."""
    if word is None:
        return granularity(period)
    if word not in BY_WORDS:
        raise StatsError(f"没有“{word}”这种分法，可以写：按日 按周 按月 按季度")
    return BY_WORDS[word]


def buckets(period: Period, by: By, now: datetime, tz: tzinfo) -> tuple[Bucket, ...]:
    """The period in order, its first and last bucket cut at its ends. Raises StatsError when there are too many."""
    start_of, following = _STEPS[by]
    found, start = [], start_of(period.from_)
    while start <= period.to:
        after = following(start)
        first, last = max(start, period.from_), min(after - DAY, period.to)
        window = Window(midnight(first, tz), midnight(last + DAY, tz))
        whole = first == start and last == after - DAY and window.end <= now
        found.append(Bucket(label(start, by), _tick(start, by), window, whole))
        start = after
    if len(found) > MAX_BUCKETS:
        raise StatsError(f"分得太细了（{len(found)} 段），请按周、按月或按季度看")
    return tuple(found)


def label(start: date, by: By) -> str:
    """``2011-08-01``, ``2011-W31`` (ISO 8601), ``2011-08``, ``2011-Q3``."""
    if by == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    if by == "quarter":
        return f"{start.year}-Q{start.month // 3 + 1}"
    return start.isoformat()[: 7 if by == "month" else 10]


def _tick(start: date, by: By) -> str:
    if by == "quarter":
        return f"{start.year % 100:02}年Q{start.month // 3 + 1}"
    if by == "month":
        return f"{start.month}月" if start.month > 1 else f"{start.year}年1月"
    return f"{start:%m-%d}"
