"""The counters in the source: what is left behind, that they change no answer, and that they never say too much."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.checks.probes import COUNTERS, plant

BRANCH = """
def pick(x):
    "What it is."
    global unused
    if x > 1:
        y = 1
        y += 1
    elif x:
        y = 5
    return y
"""
LOOPS = """
def pick(x):
    for each in range(x):
        if each == 3:
            break
    else:
        return "all"
    while True:
        return "some"
"""
ENDINGS = """
def pick(x):
    try:
        y = 1 / x
        z = y
    except ZeroDivisionError:
        return "none"
    else:
        z = z + 1
    finally:
        x = 0
    with memoryview(b"") as view:
        return z
"""
CASES = """
def pick(x):
    match x:
        case 0:
            return "none"
        case 1 | 2:
            y = "few"
    return "many"
"""
ALL_CASES = """
def pick(x):
    match x:
        case 0:
            return "none"
        case _ if x > 5:
            return "many"
        case _:
            return "few"
"""
AWAITED = """
import asyncio
def pick(x):
    return asyncio.run(of(x))
async def of(x):
    async for each in some(x):
        if each: ...
    return x
async def some(x):
    while x:
        x -= 1
        yield x
"""
TYPES = """
from __future__ import annotations
TYPE_CHECKING = False
if TYPE_CHECKING:
    from nowhere import Nothing
class Kept:
    "A class."
    name: str = "a"
    def pick(self) -> Nothing: ...
pick = lambda x: Kept.name
"""


def run(source: str, asked: list[Any]) -> tuple[list[Any], list[int], list[int]]:
    """What ``pick`` answers, and the lines of the statements and of the branches that were not run."""
    tree = ast.parse(source)
    probes = plant(tree)
    module: dict[str, Any] = {COUNTERS: [0] * probes.size}
    exec(compile(tree, "picked.py", "exec", dont_inherit=True), module)
    answers = [module["pick"](each) for each in asked]
    return answers, *probes.missing([at for at, hit in enumerate(module[COUNTERS]) if hit])


@pytest.mark.parametrize(
    ("source", "asked", "lines", "branches"),
    [
        (BRANCH, [2], [8, 9], [5, 8, 8]),  # neither way out of the elif, nor into it
        (BRANCH, [2, 1], [], [8]),  # y has no value then, and it was never tried
        (LOOPS, [2], [5, 8, 9], [4]),
        (LOOPS, [5], [7], [3]),  # the loop never came to its end; "while True" has one way only
        (LOOPS, [2, 5], [], []),
        (ENDINGS, [0], [4, 5, 9, 12, 13], []),  # 4 was begun, and never came to its end
        (ENDINGS, [1], [7], []),
        (CASES, [0], [7, 8], [6, 3]),
        (CASES, [0, 2], [], [3]),
        (CASES, [0, 2, 9], [], []),
        (ALL_CASES, [0, 9], [9], [8]),
        (ALL_CASES, [0, 9, 3], [], []),
        (AWAITED, [2], [], []),
        (AWAITED, [0], [7, 11, 12], [6, 7, 7, 10]),
        (TYPES, [1], [], []),  # imports for the types alone, docstrings and "..." are nothing that is run
    ],
)  # fmt: skip
def test_what_is_missing_after_a_run(source: str, asked: list[Any], lines: list[int], branches: list[int]) -> None:
    _, missing_lines, missing_branches = run(source, asked)
    assert (missing_lines, missing_branches) == (sorted(lines), sorted(branches))


@pytest.mark.parametrize(
    ("source", "asked", "answers"),
    [
        (BRANCH, [2, 1], [2, 5]),
        (LOOPS, [2, 5], ["all", "some"]),
        (ENDINGS, [0, 1], ["none", 2.0]),
        (CASES, [0, 2, 9], ["none", "many", "many"]),
        (ALL_CASES, [0, 9, 3], ["none", "many", "few"]),
        (AWAITED, [2], [2]),
        (TYPES, [1], ["a"]),
    ],
)
def test_the_counters_change_no_answer(source: str, asked: list[Any], answers: list[Any]) -> None:
    assert run(source, asked)[0] == answers


def test_each_line_of_a_run_is_vouched_for_once() -> None:
    probes = plant(ast.parse(ENDINGS))
    lines = [line for run in probes.runs for line in run]
    assert sorted(lines) == [2, 3, 4, 5, 7, 9, 11, 12, 13]
