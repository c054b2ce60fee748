"""The table of figures in words, in a spreadsheet and as columns that nothing runs out of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.charts import words
from cards.charts.changes import difference, relative
from cards.charts.figures import Row, figure_rows, sheet_rows
from cards.charts.sheet import BODY, SMALL, text_width
from cards.charts.table import ENDS, ROOM
from cards.pictures import draw
from flow.stats.figures import Tally, figures

FULL = Tally(312, 300, 8.2, 26.44, 20.1, 31.0, 312, 37, 290, 254, 1500, 64)
PRIOR = Tally(340, 340, 72.0, 80.5, 61.25, 72.0, 300, 201, 320, 196, 1600, 156)
BARE = Tally(3, 0, 0.25, None, None, None, 3, 0, 0, 0, 0, 0)
NONE = Tally(0, 0, None, None, None, None, 0, 0, 0, 0, 0, 0)
VAST = Tally(9_876_543, 1, 0.001, 98_765.4, 0.0, 12.0, 1, 1, 1, 0, 1, 1)


def table(now: Tally, before: Tally, **changes: Any) -> dict[str, Any]:
    """A report as it goes to the painter."""
    series = [{"name": name, "points": [list(point) for point in figures(tally)]}
              for name, tally in (("本期", now), ("上期", before))]  # fmt: skip
    return {
        "chart": "指标", "form": "table", "unit": "", "period": "上月", "scope": ["华东"], "captions": {}, "ticks": [],
        "cut": [], "latest": "2026-09-30", "from": "2026-10-01", "to": "2026-10-31", "total": None, "series": series,
        "as_of": "2026-11-22T14:00:00+08:00", "before": {"label": "前月", "total": None},
    } | changes  # fmt: skip


def test_the_same_figures_in_words() -> None:
    assert words.words(table(FULL, PRIOR)) == (
        "指标 · 上月 · 华东\n和前月比\n单数 312 单（前月 340，−8.2%）\n办结数 300 单（前月 340，−12%）\n"
        "还在处理 12 单（前月 0）\n首次响应（平均） 8.2 小时（前月 72.0，−89%）\n"
        "处理时长（平均） 26.4 小时（前月 80.5，−67%）\n处理时长（中位） 20.1 小时（前月 61.2，−67%）\n"
        "退款时长（平均） 31.0 小时（前月 72.0，−57%）\n一次解决率 87.59%（前月 61.25%，+26.34 个百分点）\n"
        "返工率 11.86%（前月 67.00%，−55.14 个百分点）\n超时率 4.27%（前月 9.75%，−5.48 个百分点）\n"
        "2026-10-01 ~ 10-31 · 截至 11-22 14:00"
    )


def test_what_is_not_known_is_a_dash_in_words() -> None:
    told = words.words(table(BARE, NONE)).split("\n")
    assert told[5:] == [
        "首次响应（平均） 0.25 小时", "处理时长（平均） —", "处理时长（中位） —", "退款时长（平均） —", "一次解决率 —",
        "返工率 0.00%", "超时率 —", "2026-10-01 ~ 10-31 · 截至 11-22 14:00",
    ]  # fmt: skip


def test_nothing_at_all_is_said() -> None:
    assert "这段时间没有数据\n最近一单在 2026-09-30，试试：报表 指标 2026-09\n" in words.words(
        table(NONE, NONE, series=[])
    )


@pytest.mark.parametrize(("now", "before"), [(FULL, PRIOR), (BARE, NONE), (VAST, NONE), (VAST, FULL), (FULL, VAST)])
def test_every_number_has_its_place(now: Tally, before: Tally) -> None:
    data = table(now, before)
    for row in figure_rows(data):
        for number in (*row.values, row.change[0]):
            assert text_width(number, SMALL) <= ENDS[1] - ENDS[0]
            assert text_width(number, BODY) <= ROOM or len(number) > 7, number
        assert text_width(row.name, BODY) <= ENDS[0] - ROOM - 20
        assert text_width(row.note, SMALL) <= ENDS[0] - ROOM - 20
    assert len(draw("table", data)) > 20_000


@pytest.mark.parametrize(
    ("unit", "now", "before", "values", "change"),
    [
        ("单", 0, 3, ("0", "3"), ("−100%", "")),
        ("单", 36, 3, ("36", "3"), ("12 倍", "")),
        ("单", 3, 0, ("3", "0"), ("—", "")),
        ("小时", 0.002, 0.0, ("<0.01", "0.00"), ("—", "")),  # seconds are not nothing
        ("小时", 0.5, 1.0, ("0.50", "1.0"), ("−50%", "")),
        ("小时", None, 1.0, ("—", "1.0"), ("—", "")),
        ("%", 0.0, 12.5, ("0.00", "12.50"), ("−12.50", "个百分点")),
        ("%", 12.5, 12.5, ("12.50", "12.50"), ("0.00", "个百分点")),
    ],
)
def test_values_and_their_change(
    unit: str, now: float | None, before: float | None, values: tuple[str, str], change: tuple[str, str]
) -> None:
    row = Row("某项", "", unit, now, before)
    assert (row.values, row.change) == (values, change)


def test_a_spreadsheet_has_numbers_and_empty_cells() -> None:
    rows = list(sheet_rows(table(FULL, BARE)))
    assert rows[1] == ["单数", "", "单", 312, 3, 10300.0, "%"]
    assert rows[5] == ["处理时长", "平均", "小时", 26.44, "", "", ""]
    assert rows[9] == ["返工率", "", "%", 11.86, 0.0, 11.86, "个百分点"]


@given(st.floats(0.01, 10**6), st.floats(0, 10**6))
def test_a_change_says_the_direction(before: float, now: float) -> None:
    said, moved = relative(before, now), difference(before, now)
    if said.endswith("倍"):
        assert now >= 10 * before
    else:
        percent = float(said.rstrip("%").replace("−", "-").replace(",", ""))
        assert percent == pytest.approx(100 * (now - before) / before, abs=0.51)
    assert float(moved.replace("−", "-").replace(",", "")) == pytest.approx(now - before, abs=0.006)
