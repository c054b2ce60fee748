"""The figures against shops small enough to count by hand, on both engines."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.present import Eras
from flow.stats import CHARTS, StatsError, answer, menu, parse_period, parse_report, query, resolve
from flow.stats.measures import rate
from flow.stats.reader import numbered, rows
from flow.stats.report import OTHERS, ranked
from flow.stats.scope import RETURN_TYPE
from flow.stats.types import column
from models import Definition
from models.database.connection import database
from models.enums import CloseReason
from tests.support.sales import TZ, Back, Sold, at, history

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from flow.stats import Report

NOW = at("2011-09-05", 14)
PAST = (
    Sold("2011-06-15", 50), Sold("2011-07-31", 10, hour=23), Sold("2011-08-01", 20, hour=0),
    Sold("2011-08-10", 20, "A2"), Sold("2011-08-11", 10, "B1", "华南"),
    Back("2011-06-20", 5, "漏水"), Back("2011-07-31", 2, "漏水", "质量问题", hour=23),
    Back("2011-08-01", 3, "漏水", "质量问题", hour=0), Back("2011-08-05", 4, "异响", "质量问题"),
    Back("2011-08-06", 2, "拍错了"), Back("2011-08-06", 1, sku="B1", region="华南"),
    Back("2011-08-07", 6, "不喜欢", sku="A2", closed=CloseReason.REFUSED),
    Back("2011-08-08", 90, "漏水", closed=CloseReason.WITHDRAWN),
    Back("2011-08-09", 80, "漏水", closed=CloseReason.DUPLICATE),
    Back("2011-08-10", 7, "漏水", kind="换货"), Back("2011-08-10", 0, "态度", kind="投诉"),
    Back("2011-08-11", 1, "异响", sku="Z9"),
)  # fmt: skip


@pytest.fixture
async def shop(sqlite: str) -> AsyncIterator[str]:
    """The past above, on SQLite."""
    async with database(sqlite):
        await history(*PAST)
        yield sqlite


async def ask(chart: str, time: str = "2011-08", by: str | None = None, **where: str) -> Report:
    return await query(chart, parse_period(time, NOW, TZ), where, by=by, now=NOW, tz=TZ)


async def said(words: str) -> Report:
    request = parse_report(words.split(), NOW, TZ)
    assert request
    return await answer(request, now=NOW, tz=TZ)


def points(report: Report) -> dict[str, Any]:
    return dict(report.numbers.series[0].points) if report.numbers.series else {}


QUESTIONS = [  # a question, its points, its total, the total before; withdrawn and duplicate cases are in none
    ("退货原因 2011-08", {"质量问题": 7, "不喜欢": 6, "拍错了": 2, "异响": 1, "未注明": 1}, 17, 2),
    ("退货原因 2011-08 退货类型=质量问题", {"异响": 4, "漏水": 3}, 7, 2),  # adds up to its piece of the pie
    ("退货原因 2011-08 原因=漏水", {"质量问题": 3}, 3, 2),
    ("退货原因 2011-08 退货类型=未注明", {"未注明": 1}, 1, 0),
    ("退货原因 2011-08 类型=换货", {"漏水": 7}, 7, 0),
    ("退货原因 2011-08 类型=退货、换货 区域=华东", {"质量问题": 7, "漏水": 7, "不喜欢": 6, "拍错了": 2, "异响": 1}, 23,
     2),
    ("退货原因 2011-07", {"质量问题": 2}, 2, 5),  # the last hour of July
    ("退货原因 2011-06~2011-08 区域=华南", {"未注明": 1}, 1, 0),
    ("退货原因 今天", {}, 0, 0),
    ("SKU退货 2011-08", {"A1": 9, "A2": 6, "B1": 1, "Z9": 1}, 17, 2),
    ("SKU退货 2011-08 品类=宠物", {"A1": 9, "A2": 6}, 15, 2),
    ("SKU退货 2011-08 供应商=未注明", {"B1": 1, "Z9": 1}, 2, 0),  # a product without, and no product on record
    ("产品线退货 2011-08", {"自动": 9, "耗材": 6, "未注明": 2}, 17, 2),
    ("产品线退货 2011-08 产品线=未注明", {"未注明": 2}, 2, 0),
    ("售后类型 2011-08", {"退货": 6, "投诉": 1, "换货": 1}, 8, 1),  # cases, even without goods
    ("退货率 2011-06~2011-08 按月", {"2011-06": 10.0, "2011-07": 20.0, "2011-08": 34.0}, 21.82, None),
    ("退货率 2011-06~2011-08 SKU=A2 按月", {"2011-06": None, "2011-07": None, "2011-08": 30.0}, 30.0, None),
    ("退货率 2011-06~2011-08 品类=家居 区域=华南 按月", {"2011-06": None, "2011-07": None, "2011-08": 10.0}, 10.0,
     None),
    ("退货率 2011-08 原因=漏水 按月", {"2011-08": 6.0}, 6.0, 20.0),  # of all that was sold
    ("退货率 2011-08 店铺=天猫 按季度", {"2011-Q3": 34.0}, 34.0, 20.0),
]  # fmt: skip


async def test_every_question_has_one_answer_on_both_engines(database_url: str) -> None:
    async with database(database_url):
        await history(*PAST)
        for words, expected, total, before in QUESTIONS:
            found = await said(words)
            assert (words, points(found), found.numbers.total) == (words, expected, total)
            assert (words, found.before.total) == (words, before)


TYPES = "退货类型: {%s}"
BEFORE = TYPES % "质量问题: {流程: 退货}"
AFTER = (
    TYPES % "品质问题: {流程: 退货, 编号: 质量问题}, 质量问题: {流程: 退货, 编号: 质量问题（2）}, '欧''s': {流程: 退货}"
)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, {"品质问题": 3, "质量问题": 4}),  # the old one under its new name, and the new one
        ({"退货类型": "品质问题"}, {"漏水": 3}),
        ({"退货类型": "质量问题"}, {"异响": 4}),
    ],
)
async def test_a_type_that_was_renamed_is_one_and_a_new_one_of_its_name_another(
    database_url: str, where: dict[str, str], found: dict[str, int]
) -> None:
    async with database(database_url):
        await history(*PAST)
        for n, (day, text) in enumerate((("2011-01-01", BEFORE), ("2011-08-04", AFTER)), 1):
            await Definition.create(
                kind="reasons", name="reasons", version=n, text=text, digest=str(n), active=n == 2, published_at=at(day)
            )
        assert points(await ask("退货原因", **where)).items() >= found.items()


async def test_a_type_that_always_meant_one_thing_is_that_whenever_it_was_written() -> None:
    """As in papers that come in later: the day does not matter."""
    eras = Eras(((at("2011-01-01"), {"旧": "旧"}), (at("2011-08-04"), {"新": "旧"})), {"新": "旧"})
    assert column(eras) == f"CASE WHEN {RETURN_TYPE} = '旧' THEN '新' ELSE {RETURN_TYPE} END"
    assert column(Eras()) == RETURN_TYPE


async def test_numbers_for_other_programs(shop: str) -> None:
    assert (await ask("退货率", "2011-07~2011-08", by="quarter", 区域="华东")).json() == {
        "chart": "退货率趋势",
        "from": "2011-07-01",
        "to": "2011-08-31",
        "unit": "%",
        "as_of": "2011-09-05T14:00:00+08:00",
        "series": [{"name": "退货率", "points": [["2011-Q3", 36.0]]}],
        "total": 36.0,
    }


async def test_the_charts_of_returns_agree_with_each_other(shop: str) -> None:
    totals = [(await ask(chart)).numbers.total for chart in ("退货原因", "SKU退货", "产品线退货")]
    assert totals == [17, 17, 17]
    assert (await ask("退货率", by="month")).numbers.total == rate(17, 50)


async def test_pieces_come_biggest_first(shop: str) -> None:
    assert list(points(await ask("退货原因"))) == ["质量问题", "不喜欢", "拍错了", "异响", "未注明"]


async def test_a_month_that_runs_is_compared_with_as_much_of_the_last(shop: str) -> None:
    seventh = at("2011-09-07", 11)  # six more came back at noon of the seventh of August
    found = await query("退货原因", parse_period("本月", seventh, TZ), {}, by=None, now=seventh, tz=TZ)
    assert (found.before.label, found.before.total) == ("上月同期", 10)


async def test_products_are_shown_by_name(shop: str) -> None:
    assert (await ask("SKU退货")).numbers.captions == {"A1": "猫砂机", "A2": "滤网", "B1": "台灯"}


async def test_an_empty_report_says_when_there_was_something(shop: str) -> None:
    found = await ask("退货原因", "2012")
    assert (found.empty, found.latest, found.numbers.total) == (True, "2011-08-11", 0)


async def test_a_shop_without_a_past(sqlite: str) -> None:
    async with database(sqlite):
        assert [(await ask(chart)).empty for chart in CHARTS] == [True] * len(CHARTS)
        assert (await ask("退货原因")).latest == ""


async def test_a_ring_is_a_pie_with_a_hole(shop: str) -> None:
    assert [(await said(words)).form for words in ("退货原因 上月 环形", "退货原因 上月", "退货率 环形")] == [
        "ring",
        "pie",
        "line",
    ]


@pytest.mark.parametrize(
    ("word", "filter_"),
    [("华东", "区域"), ("天猫", "店铺"), ("宠物", "品类"), ("自动", "产品线"), ("甲厂", "供应商"), ("A2", "SKU"),
     ("换货", "类型"), ("质量问题", "退货类型"), ("拍错了", "原因")],
)  # fmt: skip
async def test_a_value_alone_finds_its_filter(shop: str, word: str, filter_: str) -> None:
    request = parse_report(["退货原因", word], NOW, TZ)
    assert request
    assert (await resolve(request)).where == {filter_: word}


async def test_a_word_that_is_nothing_gets_a_guess(shop: str) -> None:
    with pytest.raises(StatsError, match="没看懂“退货源因”，是不是“退货原因”？图：退货原因"):
        await said("退货源因 上月")


@pytest.mark.parametrize(
    ("chart", "where", "said"),
    [
        ("毛利", {}, "没有“毛利”这张图，可以看：退货原因 退货率趋势"),
        ("退货原因", {"颜色": "红"}, "没有“颜色”这个筛选，可以用：类型 退货类型 原因 SKU"),
        ("退货原因", {"区域": " "}, "筛选“区域”没有写值"),
    ],
)
async def test_what_there_is_not_is_named(shop: str, chart: str, where: dict[str, str], said: str) -> None:
    with pytest.raises(StatsError, match=said):
        await ask(chart, **where)


@pytest.mark.parametrize("value", ["'; DROP TABLE return_case; --", "' OR '1'='1", "?", "%", "$1"])
async def test_a_value_is_only_ever_a_value(shop: str, value: str) -> None:
    assert (await ask("退货率", 区域=value)).numbers.total is None
    assert (await ask("退货原因")).numbers.total == 17


async def test_reading_does_not_wait_for_a_writer(shop: str) -> None:
    writer = sqlite3.connect(shop.removeprefix("sqlite://"), isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM case_line")
        found = await asyncio.wait_for(ask("退货原因"), 3)
        assert found.numbers.total == 17  # what is not committed is not so
    finally:
        writer.close()


async def test_reading_cannot_write(shop: str) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await rows("DELETE FROM case_line")


async def test_without_tables_the_way_out_is_named(tmp_path: Path) -> None:
    async with database(f"sqlite://{tmp_path}/new.db"):
        with pytest.raises(StatsError, match="请先运行 python -m bot migrate"):
            await ask("退货原因")


def test_marks_name_their_types_for_postgres() -> None:
    assert numbered("SELECT ? WHERE a = ? AND b > ?", [1, "x", NOW]) == (
        "SELECT $1::bigint WHERE a = $2::text AND b > $3::timestamptz"
    )


@pytest.mark.parametrize(
    ("returned", "sold", "percent"),
    [(0, 0, None), (5, 0, None), (0, 5, 0.0), (1, 3, 33.33), (2, 3, 66.67), (3, 2, 150.0)],
)
def test_a_rate_is_percent_or_nothing(returned: int, sold: int, percent: float | None) -> None:
    assert rate(returned, sold) == percent


@pytest.mark.parametrize(
    ("parts", "keep", "shown"),
    [
        ({"a": 1, "b": 3, "c": 2}, 3, [("b", 3), ("c", 2), ("a", 1)]),
        ({"a": 1, "b": 3, "c": 2, "d": 2}, 3, [("b", 3), ("c", 2), (OTHERS, 3)]),  # equal ones by name
        ({OTHERS: 9, "a": 1, "b": 2}, 3, [("b", 2), ("a", 1), (OTHERS, 9)]),  # a reason of that name stays last
        ({OTHERS: 9, "a": 1, "b": 2, "c": 3}, 3, [("c", 3), ("b", 2), (OTHERS, 10)]),  # and takes the small ones in
        ({"a": 0, "b": 2}, 3, [("b", 2)]),
        ({}, 3, []),
    ],
)
def test_the_smallest_become_others(parts: dict[str, int], keep: int, shown: list[tuple[str, int]]) -> None:
    assert list(ranked(parts, keep)) == shown


@given(st.dictionaries(st.sampled_from([*"abcdefghijk", OTHERS]), st.integers(0, 10**6)), st.integers(2, 12))
def test_parts_add_up_whatever_is_merged(parts: dict[str, int], keep: int) -> None:
    shown = ranked(parts, keep)
    assert sum(count for _, count in shown) == sum(parts.values())
    assert len(shown) <= keep
    assert len(dict(shown)) == len(shown)


@pytest.mark.parametrize(
    ("words", "chart", "first", "where", "by"),
    [
        ("退货原因 上月", "退货原因", "2011-08-01", {}, None),
        ("上月 区域=华东 退货率", "退货率趋势", "2011-08-01", {"区域": "华东"}, None),  # in any order
        ("ＳＫＵ退货", "SKU退货", "2011-08-07", {}, None),  # full-width; thirty days unless told
        ("sku 今年 地区＝华东 区域=华南", "SKU退货", "2011-01-01", {"区域": "华东、华南"}, None),
        ("退货率趋势 2011 按季度", "退货率趋势", "2011-01-01", {}, "quarter"),
        ("今年", "退货原因", "2011-01-01", {}, None),  # the chart most asked for
    ],
)
def test_words_after_report(words: str, chart: str, first: str, where: dict[str, str], by: str | None) -> None:
    request = parse_report(words.split(), NOW, TZ)
    assert request
    assert (request.chart, request.period.from_.isoformat(), request.where, request.by) == (chart, first, where, by)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("退货原因 退货率", "一次只能看一个图：退货原因、退货率"),
        ("退货原因 上月 去年", "一次只能看一个时间：上月、去年"),
        ("退货原因 2011-13", "没有“2011-13”这个日子"),
        ("退货原因 颜色=红", "没有“颜色”这个筛选"),
    ],
)
def test_words_that_cannot_be(words: str, said: str) -> None:
    with pytest.raises(StatsError, match=said):
        parse_report(words.split(), NOW, TZ)


def test_no_words_ask_for_the_list() -> None:
    assert parse_report([], NOW, TZ) is None
    assert [f"· {name}：" in menu() for name in CHARTS] == [True] * len(CHARTS)
