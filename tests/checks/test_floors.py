"""The floors of coverage: what counts for which package, when a sentence is said, and that no package goes without."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.checks import ROOMS
from tests.checks.floors import PROJECT, floors_of, is_among, is_pure, pure_tests, reached, shortfalls

PURE, OTHER = 95, 85
CONTRACT = "what is pure touches no database"


def a_file(statements: tuple[int, int], branches: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    """As coverage tells of a file: of so many, so many were run."""
    return {
        "summary": {
            "num_statements": statements[0], "covered_lines": statements[1],
            "num_branches": branches[0], "covered_branches": branches[1],
        }
    }  # fmt: skip


FILES = {
    "flow/desk.py": a_file((100, 90), (10, 9)),
    "flow/engine/__init__.py": a_file((0, 0)),
    "flow/engine/machine.py": a_file((100, 100), (60, 59)),
    "flow/engine/waits.py": a_file((100, 100), (20, 20)),
    "flow/cases/advance.py": a_file((50, 40), (10, 8)),
    "flow/cases/decision.py": a_file((50, 50), (10, 10)),
    "cards/charts/pie.py": a_file((3, 2), (3, 2)),
    "models/__init__.py": a_file((3, 3)),
}
NAMES = {"flow": 85, "flow.engine": 95, "flow.cases": 85, "flow.cases.decision": 95, "cards": 95}


def test_a_file_counts_for_the_longest_name_that_holds_it() -> None:
    assert reached(FILES, NAMES) == {
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
        "new 没有下限", "old 没有记录",
    ]  # fmt: skip


def test_every_package_has_the_floor_of_its_kind() -> None:
    contracts = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [pure] = [set(each["source_modules"]) for each in contracts if each["name"] == CONTRACT]
    floors = floors_of()
    assert {name for name, floor in floors.items() if is_pure(floor)} >= pure
    assert not is_pure(OTHER)
    assert is_pure(PURE)
    assert [name for name, floor in floors.items() if floor < OTHER] == []
    modules = [path for room in ROOMS for path in Path(room).rglob("*.py") if "migrations" not in path.parts]
    assert set(reached({str(path): a_file((1, 1)) for path in modules}, floors)) == set(floors)


@pytest.mark.parametrize(
    ("test", "among"),
    [
        ("tests/cards/test_cards.py::test_a[b]", True),
        ("tests/handlers/test_parse.py::test_a", True),
        ("tests/handlers/test_parse_more.py::test_a", False),
        ("tests/cards_of_others/test_cards.py::test_a", False),
        ("tests/flow/test_desk.py::test_a", False),
    ],
)
def test_a_test_is_run_with_its_folder_or_its_file(test: str, among: bool) -> None:
    assert is_among(test, ["tests/cards", "tests/flow/engine", "tests/handlers/test_parse.py"]) == among


def test_the_tests_of_the_pure_packages_are_there() -> None:
    assert [path for path in pure_tests() if not Path(path).exists()] == []
    assert len(pure_tests()) == len(set(pure_tests())) > 0
