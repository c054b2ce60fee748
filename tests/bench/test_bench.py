"""The bench in its smallest size: that it runs, that it does not lie, and that its arithmetic is right."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bench import cases, cores, engines, pairs, results, retail, scale, table, tap, walk
from bench.honest import DURABLE, Dishonest, Tally, check_durable, check_rows
from bench.load import Side, Slice
from bench.pairs import Pairs
from bench.plan import quick
from bench.rows import Row, Target, figure
from flow.records.verification import broken_cases
from models.database.connection import database
from tests.conftest import absent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bench.cases import Target as Card
    from bench.plan import Plan


async def rows_of(found: AsyncIterator[Row]) -> dict[str, Row]:
    return {row.metric: row async for row in found}


def smallest(folder: Path, wire: str, engine: str = "sqlite") -> Plan:
    return replace(quick(folder, (engine,)), wires=(wire,), seconds=0.1, clients=2)


@pytest.mark.parametrize(
    ("engine", "wire", "words"),
    [("sqlite", "wecom", "企业微信 · SQLite"), ("postgres", "http", "钉钉 HTTP · PostgreSQL")],
)
async def test_every_acknowledged_tap_is_on_the_disk(tmp_path: Path, engine: str, wire: str, words: str) -> None:
    """Unequal counts, an unanswered tap or a lax database would have raised."""
    if await engines.missing(engine):
        absent("PostgreSQL")
    rows = await rows_of(tap.measure(smallest(tmp_path, wire, engine), None))
    assert {f"{words} CPU", f"{words} 每秒", f"{words} 单独 p50", f"{words} 单独 p99"} <= rows.keys()
    assert all(row.ours and row.floor and row.ratio for row in rows.values())
    assert "A/A" in rows[f"{words} CPU"].note


async def test_a_return_is_walked_and_its_calls_are_counted(tmp_path: Path) -> None:
    """How many calls a busy machine makes of it says nothing of the code: stories count those of a quiet walk."""
    rows = await rows_of(walk.measure(smallest(tmp_path, "stream"), None))
    counted, made = rows["钉钉 · SQLite 每单计入额度的调用"], rows["钉钉 · SQLite 每单平台调用"]
    assert counted.target == walk.COUNTED
    assert counted.ours is not None
    assert made.ours is not None
    assert 6 <= counted.ours < made.ours, "a card per decision counts, a word in a running talk does not"
    assert rows["钉钉 · SQLite 每单 CPU"].ours


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_shop_with_a_past_does_the_same_work(tmp_path: Path, engine: str) -> None:
    """A look-up that found nothing, or a scrape that counted no open case, would have raised."""
    if await engines.missing(engine):
        absent("PostgreSQL")
    rows = await rows_of(scale.measure(quick(tmp_path, (engine,)), None))
    judged = {metric.partition(" · ")[0]: row for metric, row in rows.items() if row.target}
    assert judged.keys() == {scale.DRAFT, scale.SUBMIT, scale.TAIL, scale.SCRAPE}
    assert all(row.ours and row.floor and row.ratio for row in judged.values())
    assert all("300 个订单、1,500 张单" in row.note for row in judged.values())


LAX = [
    ("sqlite", {"synchronous": "1"}, "NORMAL loses the last taps in a power cut"),
    ("sqlite", {"journal_mode": "delete"}, "another journal is another cost"),
    ("postgres", {"synchronous_commit": "off"}, "an answer before the disk has it"),
    ("postgres", {"fsync": "off"}, "the disk never has it"),
]


@pytest.mark.parametrize(("engine", "change", "reason"), LAX)
def test_a_lax_database_is_refused(engine: str, change: dict[str, str], reason: str) -> None:
    check_durable(engine, DURABLE[engine])
    with pytest.raises(Dishonest):
        check_durable(engine, DURABLE[engine] | change)


WRONG = [
    (10, Tally(9, 10, 20), 0, "an acknowledged tap that nobody stored"),
    (10, Tally(10, 9, 20), 0, "a tap that decided nothing"),
    (10, Tally(11, 11, 22), 0, "a decided tap that nobody acknowledged"),
    (10, Tally(10, 10, 9), 0, "a decision that nobody hears of"),
    (10, Tally(10, 10, 20), 1, "a tap without the answer it should have"),
]


@pytest.mark.parametrize(("acknowledged", "rows", "errors", "reason"), WRONG)
def test_rows_that_do_not_add_up_are_refused(acknowledged: int, rows: Tally, errors: int, reason: str) -> None:
    check_rows(10, Tally(10, 10, 20), 0)
    with pytest.raises(Dishonest):
        check_rows(acknowledged, rows, errors)


async def test_the_cases_to_tap_are_sealed_as_the_bot_seals_its_own(sqlite: str) -> None:
    assert len(await cases.prepare(sqlite, "wecom", 3)) == 3
    async with database(sqlite):
        assert [sentence async for sentence in broken_cases()] == []


async def test_an_absent_postgresql_is_named() -> None:
    assert "127.0.0.1:1 上没有 PostgreSQL" in await engines.missing("postgres", "postgres://nobody@127.0.0.1:1/none")


class Idle:
    """A server that answers everything at once and costs nothing."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def cpu(self) -> float:
        self.log.append(self.name)
        return 0.0

    async def tap(self, target: Card) -> bool:
        await asyncio.sleep(0)
        return True


def idle(name: str, log: list[str]) -> Side:
    """A side that notes in ``log`` whenever its CPU is read: at the beginning and the end of a slice."""
    server: Any = Idle(name, log)
    cards: Any = list(range(40))
    return Side(server, server, Idle("", []), cards, per_slice=5)  # type: ignore[arg-type]


async def test_slices_stand_in_the_order_a_b_b_a() -> None:
    log: list[str] = []
    found = await pairs.measure(idle("A", log), idle("B", log), 2, 1.0, 2)
    assert "".join(log[::2]) == "ABBAABBA"
    assert [len(each.waits) for each in [*found.floor, *found.ours]] == [5] * 8


def cpu(*each: float) -> list[Slice]:
    return [Slice(1.0, seconds, 0.0, [0.001]) for seconds in each]


def test_ratios_are_of_neighbours_and_the_floor_is_held_against_itself() -> None:
    found = Pairs(cpu(1, 2, 2, 4), cpu(2, 4, 4, 8))
    assert found.ratio(lambda each: each.cpu) == pairs.Ratio(2.0, (2.0, 2.0))
    assert found.same(lambda each: each.cpu).middle == 1.0


VERDICTS = [
    (Row("x", "y", ours=2.0, target=Target(2.0)), True, "the bound itself is good enough"),
    (Row("x", "y", ours=2.1, target=Target(2.0)), False, "above it is not"),
    (Row("x", "y", ratio=0.8, target=Target(0.7, "ratio", at_least=True)), True, "more is better here"),
    (Row("x", "y", target=Target(2.0)), None, "nothing was measured"),
    (Row("x", "y", ours=2.0), None, "nothing was wished for"),
]


@pytest.mark.parametrize(("row", "ok", "reason"), VERDICTS)
def test_a_row_knows_whether_it_meets_its_target(row: Row, ok: bool | None, reason: str) -> None:
    assert row.ok is ok


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), (1234.5, "1,234"), (12.34, "12.3"), (0.01234, "0.0123"), (2.0, "2")]
)
def test_figures_have_three_digits(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_the_table_lines_up_under_chinese_words() -> None:
    rows = [
        Row("点按", "短", "µs", 12.0, 6.0, 2.0, (1.9, 2.1), Target(2.5, "ratio"), "注"),
        Row("走单", "长一些的名字"),
    ]
    head, _, first, note, second = table.render(rows).splitlines()
    assert "2.00× [1.90–2.10]" in first
    assert "≤ 2.5×" in first
    assert note == "    注"
    before = [line[: line.index(mark)].encode("gbk", "replace") for line, mark in ((head, "回旋镖"), (second, "—"))]
    assert len(before[0]) == len(before[1])


def test_a_result_file_says_what_it_was_measured_on(tmp_path: Path) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    paths = [results.write(tmp_path, [Row("点按", "CPU", ours=1.0)], at, quick=True) for _ in range(2)]
    said = json.loads(paths[0].read_text(encoding="utf-8"))
    assert paths[0].name.startswith("2026-11-22-")
    assert paths[0] != paths[1]
    assert {"machine", "versions", "commit", "dirty", "rows", "quick"} <= said.keys()


def test_a_generated_file_is_always_the_same_and_says_what_is_good(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    assert retail.write(first, 500) == retail.write(second, 500)
    assert first.read_bytes() == second.read_bytes()
    lines = first.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("C") for line in lines)
    assert any(",POST," in line for line in lines)


def test_the_bench_gives_its_own_core_back() -> None:
    before = os.sched_getaffinity(0)
    with cores.split() as core:
        assert core in before or len(before) == 1
    assert os.sched_getaffinity(0) == before
