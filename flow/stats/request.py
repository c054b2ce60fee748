"""Reading what somebody types after ``报表``."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flow.stats.buckets import BY_WORDS
from flow.stats.charts import CHARTS, find_chart, query
from flow.stats.errors import StatsError
from flow.stats.period import TIME_WORDS, is_time, normal, parse_period
from flow.stats.reader import rows
from flow.stats.scope import FILTERS, filter_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from flow.stats.period import Period
    from flow.stats.report import Report

DEFAULT_CHART, DEFAULT_PERIOD = "退货原因", "近30天"
_SHAPES = {"环形": True, "环形图": True, "圆环": True, "环图": True, "饼图": False}
_KNOWN_VALUES = {  # where a word without a filter's name is looked for, in this order
    "类型": "SELECT 1 FROM return_case WHERE kind = ?",
    "退货类型": "SELECT 1 FROM return_case WHERE return_type = ?",
    "原因": "SELECT 1 FROM return_case WHERE reason = ?",
    "区域": "SELECT 1 FROM return_case WHERE region = ? UNION ALL SELECT 1 FROM shop_order WHERE region = ?",
    "店铺": "SELECT 1 FROM return_case WHERE shop = ? UNION ALL SELECT 1 FROM shop_order WHERE shop = ?",
    "品类": "SELECT 1 FROM product WHERE category = ?",
    "产品线": "SELECT 1 FROM product WHERE line = ?",
    "供应商": "SELECT 1 FROM product WHERE supplier = ?",
    "SKU": "SELECT 1 FROM product WHERE sku = ?",
}


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
    for word in words:
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


async def resolve(request: ReportRequest) -> ReportRequest:
    """Give each loose word the filter whose values it is among. Raises StatsError for a word that is nothing known."""
    where = dict(request.where)
    for word in request.loose:
        name = await _filter_of(word)
        where[name] = "、".join(filter(None, (where.get(name), word)))
    return replace(request, where=where, loose=())


async def answer(request: ReportRequest, *, now: datetime, tz: tzinfo) -> Report:
    """The report that ``request`` asks for. Raises StatsError as ``resolve`` and ``query`` do."""
    known = await resolve(request)
    report = await query(known.chart, known.period, known.where, by=known.by, now=now, tz=tz)
    return replace(report, form="ring") if known.ring and report.form == "pie" else report


async def _filter_of(word: str) -> str:
    names = [name for name, statement in _KNOWN_VALUES.items() if await rows(*_probe(statement, word))]
    if not names:
        raise StatsError(_not_understood(word))
    return names[0]


def _probe(statement: str, word: str) -> tuple[str, list[str]]:
    return f"{statement} LIMIT 1", [word] * statement.count("?")


def _not_understood(word: str) -> str:
    near = difflib.get_close_matches(word, CHARTS, n=1, cutoff=0.4)
    guess = f"，是不是“{near[0]}”？" if near else "。"
    return f"没看懂“{word}”{guess}图：{' '.join(CHARTS)}；时间：{TIME_WORDS}；筛选：{' '.join(FILTERS)}，例如 区域=华东"
