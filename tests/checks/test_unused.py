"""What the product defines, the product uses: nothing is kept for the tests alone, and nothing for nobody."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests import ROOT
from tests.checks import ROOMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CALLED_FROM_OUTSIDE = {
    "list_commands", "get_command",  # click
    "ignore_aliases",  # PyYAML
    "base_exceptions", "STORAGE_SCHEME",  # limits
    "model_config",  # pydantic
    "customHeight",  # openpyxl
    "BuildIndex", "BuildExpressionIndex", "state_forward", "database_backward",  # Tortoise, from the migrations
}  # fmt: skip
PLAYED = "sandbox"  #: what people do on the phones of the sandbox, the tests do too, and some things they alone


def unused(sources: Mapping[str, str]) -> Iterator[str]:
    """Each function, class, constant and field whose name stands nowhere but where it is defined."""
    seen = Counter(word for source in sources.values() for word in re.findall(r"[^\W\d]\w*", source))
    for path, source in sources.items():
        yield from (f"{path}: {name}" for name in _defined(ast.parse(source)) if seen[name] == 1)


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            registered = any(isinstance(decorator, ast.Call) for decorator in node.decorator_list)
            if not registered and not node.name.startswith("__"):
                yield node.name
        if isinstance(node, ast.ClassDef | ast.Module) and not _is_vocabulary(node):
            yield from (name for statement in node.body for name in _bound(statement))


def _is_vocabulary(node: ast.ClassDef | ast.Module) -> bool:
    """The members of an enum are words that come from files and tables."""
    return isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases)


def _bound(statement: ast.stmt) -> Iterator[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    names = [name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    yield from (name.id for name in names if not name.id.startswith("__"))


def test_everything_that_is_defined_is_used() -> None:
    paths = [path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    files = {path.as_posix(): (ROOT / path).read_text("utf-8") for path in paths if "migrations" not in path.parts}
    found = [each for each in unused(files) if not each.startswith(PLAYED)]
    assert [each for each in found if each.rpartition(" ")[2] not in CALLED_FROM_OUTSIDE] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(): ...\nf()", []),
        ("def f(): ...", ["f"]),
        ("@on('x')\ndef f(): ...", []),  # registered: who calls it finds it by the word
        ("class C:\n    x: int = 1\n    y = 2\nC().y", ["x"]),
        ("A, B = 1, 2\nprint(A)", ["B"]),
        ("class C(StrEnum):\n    X = 'x'\nC('x')", []),
        ("def f():\n    x = 1", ["f"]),  # what a function keeps for itself is ruff's business
    ],
)
def test_what_nobody_uses_is_named(source: str, found: list[str]) -> None:
    assert list(unused({"m.py": source})) == [f"m.py: {name}" for name in found]
