"""A simulation writes nothing: no writer is within its reach, and its statements only read."""

from __future__ import annotations

import ast

import models
import models.enums
from tests import ROOT

PACKAGE = ROOT / "flow"
PURE_MODELS = {
    "models.enums",
    "models.fields",
    "models.views.masks",
    "models.views.case",
    "models.views.sketch",
}  #: of the tables' package, no table
TRANSACTIONS = "tortoise.transactions"


def reached(start: str) -> dict[str, ast.Module]:
    """Every module of ``flow`` that ``start`` imports when it runs, however far away."""
    found: dict[str, ast.Module] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        path = PACKAGE.parent / f"{name.replace('.', '/')}.py"
        path = path if path.exists() else path.with_suffix("") / "__init__.py"
        if name in found or not path.exists() or not name.startswith("flow"):
            continue
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
        todo += _imports(found[name])
    return found


def _imports(tree: ast.Module) -> list[str]:
    typing_only = {id(inner) for node in tree.body if isinstance(node, ast.If) for inner in ast.walk(node)}
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in typing_only:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def ways_to_write(tree: ast.Module) -> set[str]:
    """What a module imports that could write: tables, the hot statements, transactions."""
    tables = {name for name in vars(models) if isinstance(vars(models)[name], type)} - set(vars(models.enums))
    named = {f"models.{name}" for name in tables} | {
        "models.pipeline.session",
        "models.database.connection",
        TRANSACTIONS,
    }
    modules = {name for name in _imports(tree) if name.startswith("models.") and name.count(".") == 1}
    own = {f"models.{path.stem}" for path in (PACKAGE.parent / "models").glob("*.py")} - PURE_MODELS
    return (modules & (named | own)) | ({TRANSACTIONS} & set(_imports(tree)))


def test_nothing_that_writes_is_within_reach_of_a_simulation() -> None:
    found = reached("flow.simulation")
    assert {"flow.simulation.trial", "flow.engine.machine", "flow.stats.reader"} <= found.keys()
    assert {name: ways_to_write(tree) for name, tree in found.items() if ways_to_write(tree)} == {}
    assert {name for name, tree in found.items() if any(each.startswith("tortoise") for each in _imports(tree))} == {
        "flow.stats.reader"
    }
    for writer in ("flow.publishing.release", "flow.cases.case_writer", "flow.records.outbox", "flow.cases.effects"):
        assert ways_to_write(reached(writer)[writer]), f"the net lets {writer} through"


def test_the_statements_of_the_archive_only_read() -> None:
    tree = ast.parse((PACKAGE / "simulation" / "archive.py").read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    statements = [text for text in texts if text.lstrip().startswith("SELECT")]
    assert len(statements) == 4
    assert not any(word in text for text in texts for word in ("INSERT ", "UPDATE ", "DELETE ", "FOR UPDATE"))
