"""Pictures and their words: looked at as a phone would, without a stored picture to compare with."""

from __future__ import annotations

import itertools
import os
import signal
import struct
import subprocess
import sys
import zlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Retryable
from bot.outbox.renderer import ChartRenderer
from cards.charts import words
from cards.charts.line import runs, scale
from cards.charts.pie import _settle
from cards.charts.sheet import FONT, UNKNOWN, fit, legible, text_width
from cards.pictures import FORMS, draw
from tests import ROOT

REASONS = ["质量问题", "物流损坏", "七天无理由", "尺寸不符", "发错货", "描述不符", "其他"]


def report(form: str, parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A report as it goes to the painter."""
    unit = "%" if form == "line" else "件"
    total = 3.06 if form == "line" else sum(parts.values())
    return {
        "chart": "退货率趋势" if form == "line" else "退货原因", "form": form, "unit": unit, "period": "上月",
        "scope": ["华东"], "captions": {}, "ticks": list(parts), "cut": [], "latest": "2026-09-30",
        "from": "2026-10-01", "to": "2026-10-31", "as_of": "2026-11-22T14:00:00+08:00", "total": total,
        "series": [{"name": "退货原因", "points": [list(point) for point in parts.items()]}] if parts else [],
        "before": {"label": "前月", "total": 2.64 if form == "line" else 340},
    } | changes  # fmt: skip


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose every row is there."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        packed += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    assert (depth, kind, len(zlib.decompress(packed))) == (8, 6, height * (4 * width + 1))  # RGBA of eight bits
    return width, height


def test_hollow_points_are_explained_where_there_are_any() -> None:
    def height(last: float | None) -> int:
        return size(draw("line", report("line", {"1 月": 2.5, "2 月": last}, cut=[1])))[1]

    assert height(3.0) > height(None)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_picture_is_as_wide_as_a_phone_and_not_blank(form: str, count: int) -> None:
    values = dict(zip(REASONS, [128, 74, 45, 30, 20, 9, 6], strict=True))
    png = draw(form, report(form, dict(list(values.items())[:count])))
    width, height = size(png)
    assert (width, 300 < height < 1200) == (720, True)
    assert len(png) > 20_000  # a blank sheet of this size is 3 kB


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("pie", {"质量问题": 9128, "物流损坏": 74, "七天无理由": 5, "其他": 1}),  # slivers
        (
            "ring",
            {"质量问题开机无反应或反复重启还有异味": 1_312_345, "Wrong size, really": 9},
        ),  # long names, big numbers
        ("bar", {f"8512{n}A": 3**n for n in range(10)} | {"其他": 99_999}),
        ("bar", {"其他": 3}),
        ("line", {"10月": 3.06}),
        ("line", {"8月": None, "9月": 2.5, "10月": None, "11月": 0.0}),  # gaps
        ("line", {f"10-{day:02}": day % 7 / 3 for day in range(1, 31)}),
        ("line", {f"d{day}": 51.63 for day in range(400)}),
        ("line", {"9月": 0.0, "10月": 0.0}),
        ("pie", {"喆堃牌😀": 3, "\u0e01": 2}),  # characters that the bundled font has or lacks
        ("pie", {"$x^2$ _\\frac": 3}),  # no formula
    ],
)
def test_odd_numbers_are_drawn_without_a_warning(form: str, parts: dict[str, Any]) -> None:
    captions = dict.fromkeys(parts, "自动喂食器 4L 白色 远程投喂 双电源 不锈钢碗")
    assert size(draw(form, report(form, parts, captions=captions, cut=[len(parts) - 1])))[0] == 720


@pytest.mark.parametrize("form", FORMS)
def test_without_numbers_there_is_a_picture_that_says_so(form: str) -> None:
    assert size(draw(form, report(form, {}, total=0)))[0] == 720


def test_a_title_that_is_long_makes_the_picture_taller() -> None:
    long = report("pie", {"质量问题": 3}, scope=["华东", "宠物用品、家居日用与名字很长的品类", "天猫旗舰店"])
    assert size(draw("pie", long))[1] > size(draw("pie", report("pie", {"质量问题": 3})))[1]


def test_the_bundled_font_has_what_chinese_text_is_written_with() -> None:
    text = "退货原因·质量问题−8%¥1,204×2→…「」《》〓喆堃镕祎éß"
    assert legible(text) == text
    assert (legible("a😀b"), FONT.stat().st_size < 2_000_000) == (f"a{UNKNOWN}b", True)


@given(st.text("质量问题 ABCil,.", max_size=40), st.integers(40, 200), st.integers(1, 3))
def test_text_fits_its_room(text: str, width: int, lines: int) -> None:
    found = fit(text, 16, width, lines)
    assert len(found) <= lines
    assert all(text_width(line, 16) <= width for line in found)


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(20, 80)), min_size=1, max_size=8))
def test_labels_never_touch(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [y for y, _ in labels], [height for _, height in labels]
    edges = sorted((y, y + heights[n]) for n, y in _settle(list(range(len(labels))), wanted, heights).items())
    assert all(below[0] - above[1] > 7.9 for above, below in itertools.pairwise(edges))


def test_a_label_with_room_stands_where_it_wants_to() -> None:
    assert _settle([0, 1], [0.0, 100.0], [40.0, 40.0]) == {0: 0.0, 1: 100.0}
    assert _settle([0, 1], [0.0, 20.0], [40.0, 40.0]) == {0: -14.0, 1: 34.0}  # pushed apart by as much each


@pytest.mark.parametrize(
    ("highest", "ceiling", "step"),
    [(0, 1.0, 0.5), (3.06, 4.0, 1.0), (0.4, 0.4, 0.1), (51.63, 60.0, 20.0), (9, 10.0, 2.5), (1234, 1500.0, 500.0)],
)
def test_an_axis_ends_at_a_round_number(highest: float, ceiling: float, step: float) -> None:
    assert scale(highest) == pytest.approx((ceiling, step))


def test_a_line_breaks_where_there_is_nothing() -> None:
    assert list(runs([None, 1.0, 2.0, None, 3.0])) == [[(1, 1.0), (2, 2.0)], [(4, 3.0)]]


def test_the_same_numbers_in_words() -> None:
    assert words.words(report("pie", {"质量问题": 128, "发错货": 1184})) == (
        "退货原因 · 上月 · 华东\n共 1,312 件 · 比前月 +286%\n质量问题 128 件 9.8%\n发错货 1,184 件 90.2%\n"
        "2026-10-01 ~ 10-31 · 截至 11-22 14:00"
    )


def test_a_rate_in_words() -> None:
    assert words.words(report("line", {"2026-09": None, "2026-10": 3.0})) == (
        "退货率趋势 · 上月 · 华东\n全期 3.06% · 比前月 +0.42 个百分点\n2026-09 没有售出\n2026-10 3.00%\n"
        "2026-10-01 ~ 10-31 · 截至 11-22 14:00"
    )


@pytest.mark.parametrize(
    ("form", "latest", "said"),
    [
        ("pie", "2026-09-30", "这段时间没有数据\n最近一单在 2026-09-30，试试：报表 退货原因 2026-09\n"),
        ("pie", "", "这段时间没有数据\n还没有任何售后单\n"),
        ("line", "", "没有售出记录，算不出退货率\n"),
    ],
)
def test_nothing_in_words(form: str, latest: str, said: str) -> None:
    assert said in words.words(report(form, {}, total=0, latest=latest))


def test_products_have_their_names_in_words() -> None:
    assert "\nA1 猫砂机 3 件 100.0%\n" in words.words(report("bar", {"A1": 3}, captions={"A1": "猫砂机"}))


def test_many_points_are_cut_short_in_words() -> None:
    text = words.words(report("line", {f"d{n}": 1.0 for n in range(60)}))
    assert "d39 1.00%\n… 还有 20 行\n" in text


@pytest.mark.parametrize(
    ("unit", "before", "now", "said"),
    [
        ("件", 340, 312, "比前月 −8.2%"),
        ("件", 300, 312, "比前月 +4%"),
        ("件", 312, 312, "比前月 0%"),
        ("件", 100, 250, "比前月 +150%"),
        ("件", 3, 2, "比前月 −33%"),
        ("件", 1, 12_001, "是前月的 12,001 倍"),
        ("件", 0, 312, ""),  # nothing to divide by
        ("%", 3.06, 2.64, "比前月 −0.42 个百分点"),
        ("%", None, 2.64, ""),
        ("%", 2.64, None, ""),
    ],
)
def test_the_change(unit: str, before: float | None, now: float | None, said: str) -> None:
    data = {"unit": unit, "total": now, "before": {"label": "前月", "total": before}}
    assert words.change(data) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("2026-10-01", "2026-10-31", "2026-10-01 ~ 10-31"), ("2026-10-01", "2026-10-01", "2026-10-01"),
     ("2025-12-01", "2026-01-31", "2025-12-01 ~ 2026-01-31")],
)  # fmt: skip
def test_the_days_behind_a_word(first: str, last: str, said: str) -> None:
    assert words.days({"from": first, "to": last}) == said


@pytest.mark.parametrize(
    ("values", "shares"),
    [([1, 1, 1], ["33%", "33%", "33%"]), ([128, 184], ["41%", "59%"]), ([999, 1], ["99.9%", "0.1%"]), ([5], ["100%"])],
)
def test_percents_are_whole_unless_one_would_be_none(values: list[int], shares: list[str]) -> None:
    assert words.percents(values) == shares


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.booleans())
def test_percents_are_each_rounded_for_itself(values: list[int], finer: bool) -> None:
    shares = [Decimal(text.rstrip("%")) for text in words.percents(values, finer=finer)]
    parts = list(zip(shares, values, strict=True))
    assert all(abs(share - Decimal(100 * value) / sum(values)) <= Decimal("0.5") for share, value in parts)
    assert len(set(parts)) == len(set(values)), "what is equal reads equal"


@settings(max_examples=8, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=12), st.integers(1, 10**7), min_size=1, max_size=7))
def test_any_names_can_be_drawn(parts: dict[str, int]) -> None:
    assert size(draw("pie", report("pie", parts)))[0] == 720


async def test_pictures_are_drawn_elsewhere() -> None:
    renderer = ChartRenderer()
    try:
        await renderer.start()
        png = await renderer.render("ring", report("ring", {"质量问题": 3}))
        assert size(png)[0] == 720
    finally:
        await renderer.stop()


async def test_a_worker_that_dies_is_replaced() -> None:
    renderer = ChartRenderer()
    try:
        await renderer.start()
        os.kill(_worker(renderer), signal.SIGKILL)
        with pytest.raises(Retryable):
            await renderer.render("pie", report("pie", {"质量问题": 3}))
        assert size(await renderer.render("pie", report("pie", {"质量问题": 3})))[0] == 720
    finally:
        await renderer.stop()


def _worker(renderer: ChartRenderer) -> int:
    assert renderer._pool
    return next(iter(renderer._pool._processes))


def test_the_bot_itself_never_loads_the_painter() -> None:
    probe = "import sys, bot.outbox.renderer, bot.outbox.reports, bot.app; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], cwd=ROOT, check=False).returncode == 0
