"""Counters planted into the source of a file, so that a run of the tests leaves behind what it has reached.

A counter stands before the last statement of a run, that is of statements of which each follows from the one before it.
It vouches for the whole run: who got there has been everywhere before. Statements before one that always raises are
so taken for not run, which makes the figures too low at times and never too high, at half the price of one each.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

COUNTERS = "_ran_"  #: the name under which a module finds its counters
_Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(slots=True)
class Probes:
    """What the counters of one file stand for."""

    runs: list[list[int]] = field(default_factory=list)  #: by counter, the lines of the statements that it vouches for
    arms: list[tuple[int, int]] = field(default_factory=list)  #: line of a branch, and the counter of one way out of it

    @property
    def size(self) -> int:
        return len(self.runs)

    def missing(self, reached: Collection[int]) -> tuple[list[int], list[int]]:
        """The lines of the statements that were not run, and of the branches, once for each way that was not gone."""
        lines = [line for counter, run in enumerate(self.runs) if counter not in reached for line in run]
        return sorted(lines), sorted(line for line, counter in self.arms if counter not in reached)


def plant(tree: ast.Module) -> Probes:
    """Put the counters into ``tree``, which changes it, and say what they stand for."""
    probes = Probes()
    tree.body, _ = _block(tree.body, probes)
    ast.fix_missing_locations(tree)
    return probes


def _block(body: list[ast.stmt], probes: Probes) -> tuple[list[ast.stmt], int | None]:
    """The statements with their counters, and the counter of the first run; None where nothing there can be run."""
    planted: list[ast.stmt] = []
    run: list[int] = []
    first: int | None = None
    last = max((at for at, statement in enumerate(body) if _counts(statement)), default=-1)
    for at, statement in enumerate(body):
        if _counts(statement):
            run.append(statement.lineno)
            if at == last or _is_compound(statement):
                counter = _counter(probes, run)
                first, run = (counter if first is None else first), []
                planted.append(_hit(counter, statement.lineno))
            _inside(statement, probes)
        planted.append(statement)
    return planted, first


def _inside(statement: ast.stmt, probes: Probes) -> None:
    """Plant the blocks of a statement; where they are ways out of a branch, note them as such."""
    branches = isinstance(statement, ast.If | _Loop) and not _endless(statement)
    for name, block in _blocks(statement):
        planted, first = _block(block, probes)
        if branches:
            planted, first = _arm(planted, first, statement.lineno, probes)
        setattr(statement, name, planted)
    if branches and isinstance(statement, ast.If | _Loop) and not statement.orelse:
        statement.orelse, _ = _arm([], None, statement.lineno, probes)
    if isinstance(statement, ast.Match):
        _cases(statement, probes)
    for handler in getattr(statement, "handlers", ()):
        handler.body, _ = _block(handler.body, probes)


def _cases(statement: ast.Match, probes: Probes) -> None:
    for case in statement.cases:
        planted, first = _block(case.body, probes)
        case.body, _ = _arm(planted, first, case.pattern.lineno, probes)
    last = statement.cases[-1]
    if last.guard or not (isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None):
        otherwise, _ = _arm([], None, statement.lineno, probes)
        statement.cases.append(ast.match_case(ast.MatchAs(), None, otherwise))


def _arm(block: list[ast.stmt], first: int | None, line: int, probes: Probes) -> tuple[list[ast.stmt], int]:
    """One way out of the branch at ``line``: what counts its first run counts it, and else a counter of its own."""
    if first is None:
        first = _counter(probes, [])
        block = [_hit(first, line), *block]
    probes.arms.append((line, first))
    return block, first


def _blocks(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(statement, name, None):
            yield name, block


def _counts(statement: ast.stmt) -> bool:
    """Whether it is something that is run: not a docstring, ``...``, a declaration, or imports for the types alone."""
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.If) and isinstance(statement.test, ast.Name):
        return statement.test.id != "TYPE_CHECKING"
    is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    return not (is_future or isinstance(statement, ast.Global | ast.Nonlocal))


def _is_compound(statement: ast.stmt) -> bool:
    return hasattr(statement, "body") or isinstance(statement, ast.Match)


def _endless(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.While) and isinstance(statement.test, ast.Constant)


def _counter(probes: Probes, run: list[int]) -> int:
    probes.runs.append(run)
    return probes.size - 1


def _hit(counter: int, line: int) -> ast.stmt:
    hit = ast.Assign(
        [ast.Subscript(ast.Name(COUNTERS, ast.Load()), ast.Constant(counter), ast.Store())], ast.Constant(1)
    )
    for node in ast.walk(hit):
        ast.copy_location(node, ast.Pass(lineno=line, end_lineno=line, col_offset=0, end_col_offset=0))
    return hit
