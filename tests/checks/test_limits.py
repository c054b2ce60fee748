"""The limits that ruff does not know: how long a file may be, and a function with its docstring."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests import ROOT
from tests.checks import GENERATED, ROOMS

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE, FUNCTION = 400, 40  #: lines
LONG = "x = 1\n" * 400


def oversized(source: str) -> Iterator[str]:
    """What of a file is longer than it may be, each with its lines."""
    if (lines := len(source.splitlines())) > FILE:
        yield f"file {lines}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                yield f"{node.name} {lines}"


@pytest.mark.parametrize("room", [*ROOMS, "bench", "tests"])
def test_nothing_is_longer_than_it_may_be(room: str) -> None:
    files = [path for path in (ROOT / room).rglob("*.py") if GENERATED.partition(".")[2] not in path.parts]
    assert files
    assert {path.name: found for path in files if (found := list(oversized(path.read_text("utf-8"))))} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (LONG, []),
        (LONG + "y = 1\n", ["file 401"]),
        ("def f():\n" + "    x = 1\n" * 39, []),
        ("async def f():\n" + "    x = 1\n" * 40, ["f 41"]),
        ("class C:\n    def f(self):\n" + "        # why\n" * 40 + "        pass", ["f 42"]),
    ],
)
def test_what_is_too_long_is_named(source: str, found: list[str]) -> None:
    assert list(oversized(source)) == found
