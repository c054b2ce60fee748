"""A report's numbers in words: the lines that stand in the picture, and the text that goes with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cards.charts.changes import difference, relative
from cards.charts.figures import TABLE, figure_rows

Data = dict[str, Any]  # a report as flow.stats.Report.data() gives it
RATE = "%"
OTHERS = "其他"
NOTHING = "这段时间没有数据"
MAX_LINES = 40  # of points in a text: more is a table, which a file shows better


def title(data: Data) -> str:
    """``退货原因 · 上月 · 华东``."""
    return " · ".join([data["chart"], data["period"], *data["scope"]])


def amount(value: float, unit: str) -> str:
    """``1,204 件``, ``3.06%``."""
    return f"{value:,.2f}%" if unit == RATE else f"{value:,} {unit}"


def percents(values: list[int], *, finer: bool = False) -> list[str]:
    """What each part is of the whole, each rounded for itself: parts that are equal read equal.

    Whole percents, or one decimal when ``finer`` or when a part would read 0%.
    """
    total = sum(values)
    tenths = 10 if finer or any(100 * value < total for value in values) else 1
    rounded = [(200 * tenths * value + total) // (2 * total) for value in values]
    return [f"{each / tenths:.{1 if tenths > 1 else 0}f}%" for each in rounded]


def headline(data: Data) -> str:
    """``共 312 件 · 比前月 −8%``, or why there is nothing."""
    if not points(data):
        return "没有售出记录，算不出退货率" if data["unit"] == RATE else NOTHING
    if data["form"] == TABLE:
        return f"和{data['before']['label']}比"
    whole = (
        f"全期 {amount(data['total'], RATE)}" if data["unit"] == RATE else f"共 {amount(data['total'], data['unit'])}"
    )
    return " · ".join(filter(None, (whole, change(data))))


def change(data: Data) -> str:
    """``比前月 −8%``; of a rate ``比前月 +0.42 个百分点``; empty when there is nothing to compare with."""
    label, before, now = data["before"]["label"], data["before"]["total"], data["total"]
    if data["unit"] == RATE:
        known = before is not None and now is not None
        return f"比{label} {difference(before, now)} 个百分点" if known else ""
    moved = relative(before or 0, now)
    return f"是{label}的 {moved}" if moved.endswith("倍") else moved and f"比{label} {moved}"


def as_of(data: Data) -> str:
    """``截至 11-22 14:00``."""
    return f"截至 {datetime.fromisoformat(data['as_of']):%m-%d %H:%M}"


def days(data: Data) -> str:
    """``2011-10-01 ~ 10-31``: the dates behind ``上月``, so that a picture still says it when it is passed on."""
    first, last = date.fromisoformat(data["from"]), date.fromisoformat(data["to"])
    if first == last:
        return first.isoformat()
    return f"{first} ~ {last if first.year != last.year else f'{last:%m-%d}'}"


def footer(data: Data) -> str:
    """The dates and the moment of counting."""
    return f"{days(data)} · {as_of(data)}"


def nothing(data: Data) -> str:
    """What to try when a picture would be empty."""
    latest = data["latest"]
    return f"最近一单在 {latest}，试试：报表 {data['chart']} {latest[:7]}" if latest else "还没有任何售后单"


def points(data: Data) -> list[tuple[str, float | None]]:
    """All points of the first series; none when no point has a value."""
    found = [(label, value) for label, value in data["series"][0]["points"]] if data["series"] else []
    return found if any(value is not None for _, value in found) else []


def words(data: Data) -> str:
    """The whole report as text: a line a point, the total, the change, the moment."""
    head = [title(data), headline(data)] if points(data) else [title(data), headline(data), nothing(data)]
    return "\n".join([*head, *_lines(data), footer(data)])


def _lines(data: Data) -> list[str]:
    if not points(data):
        return []
    if data["form"] == TABLE:
        return [row.words(data["before"]["label"]) for row in figure_rows(data)]
    lines = [line for series in data["series"] for line in _series_lines(data, series)]
    return lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], f"… 还有 {len(lines) - MAX_LINES} 行"]


def _series_lines(data: Data, series: dict[str, Any]) -> list[str]:
    prefix = f"{series['name']} " if len(data["series"]) > 1 else ""
    values = [value for _, value in series["points"]]
    shares = percents(values, finer=True) if data["unit"] != RATE else [""] * len(values)
    parts = zip(series["points"], shares, strict=True)
    return [prefix + _line(data, label, value, share) for (label, value), share in parts]


def _line(data: Data, label: str, value: float | None, share: str) -> str:
    said = "没有售出" if value is None else amount(value, data["unit"])
    return " ".join(filter(None, (label, data["captions"].get(label), said, share)))
