"""The charts there are: a name, what is counted, how it is drawn, and in what unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from flow.stats.buckets import Bucket, buckets, parse_by
from flow.stats.errors import StatsError
from flow.stats.figures import beside, indicators
from flow.stats.measures import CASES, Ask, Parts, return_rate
from flow.stats.period import normal
from flow.stats.reader import moment, rows
from flow.stats.report import Before, Form, Numbers, Report
from flow.stats.scope import RETURN_TYPE, TYPE, Scope
from flow.stats.types import column, type_eras

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from flow.definitions.present import Eras
    from flow.stats.period import Period

PRODUCT_LINE = "(SELECT p.line FROM product p WHERE p.sku = l.sku)"


class Measure(Protocol):
    """A figure: reads what is asked, and only that."""

    async def __call__(self, ask: Ask) -> Numbers:
        """Count."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One line of ``CHARTS`` is all that a new chart takes. ``about`` is its line in the list of charts."""

    name: str
    form: Form
    unit: str
    measure: Measure
    about: str
    synonyms: tuple[str, ...] = ()

    @property
    def over_time(self) -> bool:
        """Whether its points are moments."""
        return self.form == "line"


CHARTS = {
    chart.name: chart
    for chart in (
        Chart("退货原因", "pie", "件", Parts("退货原因", RETURN_TYPE, within="c.reason"),
              "各类原因退了多少件（加“环形”画成圆环）", ("原因",)),
        Chart("退货率趋势", "line", "%", return_rate, "退货件数 ÷ 售出件数，按日、周、月或季度", ("退货率",)),
        Chart("SKU退货", "bar", "件", Parts("SKU退货", "l.sku", keep=11, caption="MAX(l.title)"),
              "退得最多的十种商品", ("sku", "商品退货")),
        Chart("产品线退货", "bar", "件", Parts("产品线退货", PRODUCT_LINE, keep=11), "各产品线退了多少件", ("产品线",)),
        Chart("售后类型", "pie", "单", Parts("售后类型", "c.kind", CASES, kinds=()),
              "退货、换货、维修等各有多少单", ("类型",)),
        Chart("指标", "table", "", indicators,
              "单数、响应和处理时长、一次解决率、返工率、超时率，和上一期比", ("指标表", "KPI")),
    )
}  # fmt: skip
_BY_WORD = {normal(word): chart for chart in CHARTS.values() for word in (chart.name, *chart.synonyms)}


def find_chart(word: str) -> Chart | None:
    """The chart of that name, half-width or full-width, in whatever case."""
    return _BY_WORD.get(normal(word))


async def query(
    chart: str, period: Period, where: Mapping[str, str], *, by: str | None, now: datetime, tz: tzinfo
) -> Report:
    """Count what ``chart`` shows of ``period``, and the total of the period before to compare with.

    ``where`` has values by filter, several apart by ``、``; ``by`` is day, week, month or quarter, None chooses.
    Raises StatsError for a chart, filter or granularity that there isn't.
    """
    drawn = find_chart(chart)
    if drawn is None:
        raise StatsError(f"没有“{chart}”这张图，可以看：{' '.join(CHARTS)}")
    eras = await type_eras()
    scope = _today(Scope.of(where), eras)
    cuts = buckets(period, parse_by(by, period), now, tz) if drawn.over_time else (_whole(period, tz),)
    numbers = await drawn.measure(Ask(scope, cuts, now))
    before = await drawn.measure(_before(scope, period, now, tz))
    report = Report(
        chart=drawn.name,
        form=drawn.form,
        unit=drawn.unit,
        period=period,
        scope=tuple("、".join(values) for values in scope.where.values()),
        as_of=now.astimezone(tz),
        numbers=beside(numbers, before) if drawn.form == "table" else numbers,
        before=Before(period.before, before.total),
    )
    if report.empty:
        return replace(report, latest=await _latest(tz))
    return _with_axis(report, cuts) if drawn.over_time else report


def _today(scope: Scope, eras: Eras) -> Scope:
    """The scope with every return type by the name of today."""
    if not eras.versions:
        return scope
    types = tuple(dict.fromkeys(eras.called(name, None) for name in scope.where.get(TYPE, ())))
    return Scope({**scope.where, **({TYPE: types} if types else {})}, column(eras))


def menu() -> str:
    """The list of charts, for who types ``报表`` alone."""
    lines = [f"· {chart.name}：{chart.about}" for chart in CHARTS.values()]
    return "\n".join(["可以看的图：", *lines, "例如：报表 退货原因 上月 区域=华东 环形"])


def _before(scope: Scope, period: Period, now: datetime, tz: tzinfo) -> Ask:
    """The same of the stretch before, seen when that was as long ago as this one is: its cases then were as old."""
    window = period.window_before(now, tz)
    age = now - period.window(tz).start
    return Ask(scope, (Bucket("", "", window, whole=True),), window.start + age)


def _whole(period: Period, tz: tzinfo) -> Bucket:
    return Bucket(period.label, period.label, period.window(tz), whole=True)


def _with_axis(report: Report, cuts: tuple[Bucket, ...]) -> Report:
    cut = tuple(n for n, bucket in enumerate(cuts) if not bucket.whole)
    return replace(report, ticks=tuple(bucket.tick for bucket in cuts), cut=cut)


async def _latest(tz: tzinfo) -> str:
    at = moment((await rows("SELECT MAX(opened_at) FROM return_case"))[0][0])
    return at.astimezone(tz).date().isoformat() if at else ""
