"""Reading what somebody types after ``报表``."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flow.stats import values
from flow.stats.buckets import BY_WORDS
from flow.stats.charts import CHARTS, find_chart, query
from flow.stats.errors import StatsError
from flow.stats.period import TIME_WORDS, is_time, normal, parse_period
from flow.stats.scope import FILTERS, NAMES, Scope, conditions, filter_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from flow.stats.period import Period
    from flow.stats.report import Report

DEFAULT_CHART, DEFAULT_PERIOD = "退货原因", "近30天"
_SHAPES = {"环形": True, "环形图": True, "圆环": True, "环图": True, "饼图": False}
Known = Mapping[str, Collection[str]]  #: values that the rules name, by filter


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A chart, its days and filters; ``loose`` are words that only the database can tell the filter of."""

    chart: str
    period: Period
    where: dict[str, str] = field(default_factory=dict)
    by: str | None = None
    ring: bool = False
    loose: tuple[str, ...] = ()


def parse_report(words: Sequence[str], now: datetime, tz: tzinfo) -> ReportRequest | None:
    """``退货原因 上月 区域=华东 环形`` in any order; None when there are no words, which asks for the list of charts.

    Raises StatsError for a time that can't be, a filter that there isn't, or two charts or times at once.
    """
    if not words:
        return None
    found: dict[str, list[str]] = {"chart": [], "time": [], "by": [], "shape": [], "loose": []}
    where: dict[str, list[str]] = {}
    for word in conditions(words, NAMES, lambda word: _sort_of(word) != "loose"):
        name, equals, value = unicodedata.normalize("NFKC", word).partition("=")
        if equals:
            where.setdefault(filter_name(name), []).append(value)
        else:
            found[_sort_of(word)].append(word)
    chart, time = _only("图", found["chart"]), _only("时间", found["time"])
    return ReportRequest(
        chart=_chart_name(chart),
        period=parse_period(time or DEFAULT_PERIOD, now, tz),
        where={name: "、".join(values) for name, values in where.items()},
        by=BY_WORDS[normal(found["by"][-1])] if found["by"] else None,
        ring=any(_SHAPES[normal(word)] for word in found["shape"]),
        loose=tuple(found["loose"]),
    )


def _sort_of(word: str) -> str:
    plain = normal(word)
    sorts = {"chart": find_chart(word), "time": is_time(plain), "by": plain in BY_WORDS, "shape": plain in _SHAPES}
    return next((sort for sort, fits in sorts.items() if fits), "loose")


def _only(what: str, words: list[str]) -> str:
    if len(words) > 1:
        raise StatsError(f"一次只能看一个{what}：{'、'.join(words)}")
    return words[0] if words else ""


def _chart_name(word: str) -> str:
    chart = find_chart(word)
    return chart.name if chart else DEFAULT_CHART


async def resolve(request: ReportRequest, known: Known | None = None) -> ReportRequest:
    """Give each loose word the filter whose values it is among.

    Raises StatsError for a word that is nothing known, and for a value that its filter does not have.
    """
    known = known or {}
    where = dict(request.where)
    await values.check(Scope.of(where).where, known)
    for word in request.loose:
        name = await _filter_of(word, known)
        where[name] = "、".join(filter(None, (where.get(name), word)))
    return replace(request, where=where, loose=())


async def answer(request: ReportRequest, *, now: datetime, tz: tzinfo, known: Known | None = None) -> Report:
    """The report that ``request`` asks for. Raises StatsError as ``resolve`` and ``query`` do."""
    sure = await resolve(request, known)
    report = await query(sure.chart, sure.period, sure.where, by=sure.by, now=now, tz=tz)
    return replace(report, form="ring") if sure.ring and report.form == "pie" else report


async def _filter_of(word: str, known: Known) -> str:
    for name in values.COLUMNS:
        if name not in values.NAMELESS and (
            word in known.get(name, ()) or await values.is_value(name, word, loose=True)
        ):
            return name
    near = await values.any_near(word, known, CHARTS)
    guess = near if near.endswith("？") else "。"
    raise StatsError(
        f"没看懂“{word}”{guess}图：{' '.join(CHARTS)}；时间：{TIME_WORDS}；筛选：{' '.join(FILTERS)}，例如 区域=华东"
    )
