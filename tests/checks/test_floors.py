"""The floors of coverage: what counts for which package, when a sentence is said, and that no package goes without."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from tests.checks import ROOMS
from tests.checks.floors import PROJECT, Reach, floors_of, reached, recorded, shortfalls

PURE, OTHER = 95, 85
CONTRACT = "what is pure touches no database"


def a_module(statements: tuple[int, int], branches: tuple[int, int] = (0, 0)) -> Reach:
    """Of so many statements and ways out of branches, so many were run."""
    missing = [tuple(range(of_all - run)) for of_all, run in (statements, branches)]
    return Reach(statements[0], branches[0], *missing)


MODULES = {
    "flow.desk": a_module((100, 90), (10, 9)),
    "flow.engine": a_module((0, 0)),
    "flow.engine.machine": a_module((100, 100), (60, 59)),
    "flow.engine.waits": a_module((100, 100), (20, 20)),
    "flow.cases.advance": a_module((50, 40), (10, 8)),
    "flow.cases.decision": a_module((50, 50), (10, 10)),
    "cards.charts.pie": a_module((3, 2), (3, 2)),
    "models": a_module((3, 3)),
}
NAMES = {"flow": 85, "flow.engine": 95, "flow.cases": 85, "flow.cases.decision": 95, "cards": 95}


def test_a_module_counts_for_the_longest_name_that_holds_it() -> None:
    assert reached(MODULES, NAMES) == {
        "flow": (90.0, 90.0),
        "flow.engine": (100.0, 98.7),
        "flow.cases": (80.0, 80.0),
        "flow.cases.decision": (100.0, 100.0),
        "cards": (66.6, 66.6),  # two thirds, and never more than they are
        "models": (100.0, 100.0),  # nothing of it branches
    }


@pytest.mark.parametrize(
    ("found", "floor", "said"),
    [
        ((95.0, 95.0), 95, []),
        ((95.0, 94.9), 95, ["flow.engine 的分支只跑到 94.9%，下限是 95%"]),
        ((80.0, 90.5), 85, ["flow.engine 的语句只跑到 80.0%，下限是 85%"]),
        ((0.0, 0.0), 85, ["flow.engine 的语句只跑到 0.0%，下限是 85%", "flow.engine 的分支只跑到 0.0%，下限是 85%"]),
    ],
)
def test_what_is_below_its_floor_is_named(found: tuple[float, float], floor: int, said: list[str]) -> None:
    assert list(shortfalls({"flow.engine": found}, {"flow.engine": floor})) == said


def test_a_package_without_a_floor_and_a_floor_without_a_package_are_named() -> None:
    assert [words.split("：")[0] for words in shortfalls({"new": (100.0, 100.0)}, {"old": 85})] == [
        "new 没有下限", "old 已经不在了",
    ]  # fmt: skip


def test_every_package_has_the_floor_of_its_kind() -> None:
    contracts = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [pure] = [set(each["source_modules"]) for each in contracts if each["name"] == CONTRACT]
    floors = floors_of()
    assert {name for name, floor in floors.items() if floor >= PURE} >= pure
    assert [name for name, floor in floors.items() if floor < OTHER] == []
    assert set(reached(dict.fromkeys(product(), a_module((1, 1))), floors)) == set(floors)


def product() -> list[str]:
    paths = [path for room in ROOMS for path in Path(room).rglob("*.py") if "migrations" not in path.parts]
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def test_what_the_processes_reached_is_taken_together_and_no_file_is_left_out(tmp_path: Path) -> None:
    for process, counters in (("7", [0]), ("8", [0, 1])):
        (tmp_path / f"reached.{process}.json").write_text(json.dumps({"flow/errors.py": counters}), "utf-8")
    found = recorded(tmp_path)
    assert set(found) == set(product())
    (run, of_all), _ = found["flow.errors"].counts
    assert 0 < run < of_all
    assert found["flow.desk"].counts[0][0] == 0  # nobody imported it, and it counts


def test_without_a_record_nothing_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        recorded(tmp_path)


def test_a_record_older_than_the_program_is_none(tmp_path: Path) -> None:
    record = tmp_path / "reached.7.json"
    record.write_text("{}", "utf-8")
    os.utime(record, (0, 0))
    with pytest.raises(FileNotFoundError):
        recorded(tmp_path)
