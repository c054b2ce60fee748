"""Statistics: what people ask of the past, counted from the cases and the orders on record."""

from flow.stats.charts import CHARTS, menu, query
from flow.stats.errors import StatsError
from flow.stats.period import Period, parse_period
from flow.stats.report import Report
from flow.stats.request import ReportRequest, answer, parse_report, resolve

__all__ = [
    "CHARTS", "Period", "Report", "ReportRequest", "StatsError", "answer", "menu", "parse_period", "parse_report",
    "query", "resolve",
]  # fmt: skip
