"""The table of figures as lines to show: a name, its unit, this stretch's value, that of the one before, the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cards.charts import changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE = "table"  #: the form of such a report
NONE = "—"  #: where nothing speaks for a figure
CASES, HOURS, PERCENT, POINTS = "单", "小时", "%", "个百分点"
LEAST = 0.005  # what would read 0.00


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; ``how`` says 平均 or 中位 where there are both."""

    name: str
    how: str
    unit: str
    now: float | None
    before: float | None

    @property
    def values(self) -> tuple[str, str]:
        """Both values as they are shown, without the unit."""
        return _shown(self.now, self.unit), _shown(self.before, self.unit)

    @property
    def change(self) -> tuple[str, str]:
        """How it has moved, and in what unit where that is not in it already; ``—`` with nothing to compare."""
        if self.now is None or self.before is None:
            return NONE, ""
        if self.unit == PERCENT:
            return changes.difference(self.before, self.now), POINTS
        return changes.relative(self.before, self.now) or NONE, ""

    @property
    def note(self) -> str:
        """What stands below the name: ``平均，小时``; nothing of what is counted in cases."""
        return "" if self.unit == CASES else "，".join(filter(None, (self.how, self.unit)))

    def words(self, before: str) -> str:
        """``首次响应（平均） 8.2 小时（前月 72.0，−89%）``; only the value where there is none to compare with."""
        now, then = self.values
        sign = PERCENT if self.unit == PERCENT else ""
        head = f"{self.name}（{self.how}）" if self.how else self.name
        said = NONE if self.now is None else f"{now}{sign or f' {self.unit}'}"
        if self.before is None:
            return f"{head} {said}"
        moved, points = self.change
        rest = "" if moved == NONE else f"，{moved} {points}".rstrip()
        return f"{head} {said}（{before} {then}{sign}{rest}）"


def figure_rows(report: Mapping[str, Any]) -> list[Row]:
    """The lines of a report whose labels name their units: ``首次响应（平均，小时）``."""
    now, *rest = report["series"] or [{"points": []}]
    before = dict(rest[0]["points"]) if rest else {}
    return [Row(*_read(label, report["unit"]), value, before.get(label)) for label, value in now["points"]]


def sheet_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same for a spreadsheet: numbers in their own cells, nothing where there is none."""
    yield ["指标", "算法", "单位", "本期", "上期", "变化", "变化的单位"]
    for row in figure_rows(report):
        moved, unit = _moved(row)
        yield [row.name, row.how, row.unit, *("" if value is None else value for value in (row.now, row.before)),
               moved, unit]  # fmt: skip


def _moved(row: Row) -> tuple[float | str, str]:
    if row.now is None or row.before is None or (row.unit != PERCENT and not row.before):
        return "", ""
    if row.unit == PERCENT:
        return round(row.now - row.before, 2), POINTS
    return round(100 * (row.now - row.before) / row.before, 2), PERCENT


def _read(label: str, unit: str) -> tuple[str, str, str]:
    name, _, noted = label.removesuffix("）").partition("（")
    how, _, own = noted.rpartition("，")
    return name, how, own or unit


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return NONE
    if unit == PERCENT:
        return f"{value:.2f}"
    if unit != HOURS:
        return f"{value:,}"
    if 0 < value < LEAST:
        return "<0.01"
    return f"{value:,.{2 if value < 1 else 1}f}"
