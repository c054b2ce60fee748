"""What the whole business and the staff say of an edited workbook, led back to its cells.

The checks go layer by layer and stop at the first that finds something. So they run again with what is wrong put back
as it was, until nothing new is said: the rest of the file is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY
from flow.definitions.policy import AUTOMATIC
from flow.definitions.schema import by_column
from flow.workbook import limits, moves, nodes, notices, owners, problem_places, reasons, sheets, tiers
from flow.workbook.errors import Problems, SheetProblem
from flow.workbook.words import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.errors import Problem
    from flow.workbook.sheets import Key, Source
    from flow.workbook.stamp import Stamp
    from flow.workbook.tables import Row, Table

Check = Callable[[dict["Key", str]], "Sequence[Problem]"]
PASSES = 4
ELSEWHERE = "别处"  #: what other flows and tables say of it: they are not in the file
_FLOW_SHEETS = (nodes.SHEET, moves.SHEET, limits.SHEET)
#: headings of one key alone, which can be put back without the rest of the row
_KEYS = {key.word: key.word for key, column in by_column(nodes.KEYS) if column.alone} | {owners.DEALING: nodes.OWNER}


@dataclass(frozen=True, slots=True)
class Edition:
    """An edited workbook: what it was made from, what it says now, and where that stands."""

    old: Source
    new: Source
    stamp: Stamp
    tables: Mapping[str, Table]
    rows: Sequence[int]  #: of the tiers
    renamed: bool = False  #: something has another name, which is checked though nothing else may have changed


def complain(edition: Edition, bundle: Mapping[Key, str], check: Check, problems: Problems) -> None:
    """Add what ``check`` finds and nothing in the file has said already."""
    current, is_mended = edition.new, False
    for _ in range(PASSES):
        changed = sheets.changed(edition.old, current, edition.stamp.flow, edition.stamp.policy)
        if not changed and not edition.renamed:
            return
        found = check({**bundle, **{key: yamlfile.write(data) for key, data in changed.items()}})
        fresh = [_placed(finding, edition) for finding in found]
        _add(fresh, edition, problems, is_mended=is_mended)
        before, current, is_mended = current, _mended(edition, problems), True
        if repr(before) == repr(current):
            return


def _add(fresh: Sequence[SheetProblem], edition: Edition, problems: Problems, *, is_mended: bool) -> None:
    """Without what follows from something that has been told."""
    told, faulty = list(problems.found), _faulty(edition, problems)
    any_wrong = bool(faulty) or any(problem.sheet in _FLOW_SHEETS for problem in told)
    lost = faulty - edition.old.flow.get("节点", {}).keys() if is_mended else faulty  # nothing stands in for these
    for problem in fresh:
        if any_wrong and problem.place.of_whole:
            continue
        if _node_at(problem, edition) in lost and not problem.place.of_cell:
            continue
        if not _is_told(problem, told):
            problems.add(problem)


def _is_told(problem: SheetProblem, told: Sequence[SheetProblem]) -> bool:
    """The cell has been told of, or the same word of the sheet."""
    if problem.row:
        cells = [each for each in told if (each.sheet, each.row) == (problem.sheet, problem.row)]
        return any(not each.heading or not problem.heading or each.heading == problem.heading for each in cells)
    said = " ".join(each.words for each in told if each.sheet == problem.sheet)
    return problem.words in said or bool(problem.subject and f"“{problem.subject}”" in said)


# -- putting back ------------------------------------------------------------------------------------------------------


def _faulty(edition: Edition, problems: Problems) -> set[str]:
    """The nodes with a row that is wrong."""
    found = set()
    for name in _FLOW_SHEETS:
        wrong = problems.rows_of(name)
        found |= {plain(row[nodes.NAME]) for row in edition.tables[name].rows if row.number in wrong}
    return found


def _mended(edition: Edition, problems: Problems) -> Source:
    """The new definition with what the old one said where the new one is wrong."""
    old, new = edition.old, edition.new
    was = old.flow.get("节点", {})
    wrong = _wrong_parts(edition, problems)
    bodies = {name: _with_old(raw, was.get(name), wrong.get(name, set())) for name, raw in new.flow["节点"].items()}
    return replace(
        new,
        flow={**new.flow, "节点": bodies},
        policy={**new.policy, tiers.SHEET: _mended_tiers(edition, problems)},
        **{
            part: getattr(old, part)
            for part, name in (("reasons", reasons.SHEET), ("roles", "角色"), ("notices", notices.SHEET))
            if problems.rows_of(name)
        },
    )


def _wrong_parts(edition: Edition, problems: Problems) -> dict[str, set[str]]:
    """The keys of each node that are wrong; "" for all that the sheet 节点 says."""
    found: dict[str, set[str]] = {}
    for problem in problems.found:
        if node := _node_at(problem, edition):
            keys = {moves.SHEET: {"去", "动作"}, limits.SHEET: {limits.LIMIT_OF, "分级"}}.get(problem.sheet)
            found.setdefault(node, set()).update(keys or {_KEYS.get(problem.heading, "")})
    return found


def _with_old(new: Mapping[str, Any], old: Mapping[str, Any] | None, wrong: set[str]) -> Mapping[str, Any]:
    if not wrong or old is None:
        return new
    keys = ({*new, *old} - {"去", "动作"} if "" in wrong else set()) | wrong
    kept = {key: value for key, value in new.items() if key not in keys}
    return {**kept, **{key: value for key, value in old.items() if key in keys}}


def _mended_tiers(edition: Edition, problems: Problems) -> list[Any]:
    """Old tiers in place of wrong ones, and one for all amounts that nobody answers for."""
    wrong = problems.rows_of(tiers.SHEET)
    was = {tier.get(tiers.RULE): tier for tier in edition.old.policy.get(tiers.SHEET, [])}
    found = [
        was.get(tier.get(tiers.RULE), tier) if row in wrong else tier
        for row, tier in zip(edition.rows, edition.new.policy.get(tiers.SHEET, []), strict=True)
    ]
    return [*found, {tiers.RULE: "其余", tiers.APPROVER: AUTOMATIC}] if 0 in wrong else found


# -- places ------------------------------------------------------------------------------------------------------------


def _placed(finding: Problem, edition: Edition) -> SheetProblem:
    """Where in the workbook a finding of the check belongs."""
    place = finding.place
    if (place.kind, place.name) == (FLOW, edition.stamp.flow):
        return problem_places.flow_problem(finding, edition.tables)
    if (place.kind, place.name) == (POLICY, edition.stamp.policy):
        return problem_places.policy_problem(finding, edition.rows, edition.tables[tiers.SHEET])
    if place.kind == "reasons":
        return _of_type(finding, edition.tables[reasons.SHEET])
    if place.kind == "notices":
        rows = edition.tables[notices.SHEET].rows
        row = next((row.number for row in rows if plain(row[notices.MOMENT]) == place.name), 0)
        return SheetProblem(notices.SHEET, row, "", str(finding), place, place.name)
    return SheetProblem(ELSEWHERE, 0, "", str(finding), place, place.name or place.subject)


def _of_type(finding: Problem, sheet: Table) -> SheetProblem:
    """The cell of a return type, or of a word that stands for two of them."""
    place, name = finding.place, finding.place.name or finding.place.subject
    rows = [row for row in sheet.rows if name in _names(row)]
    own = next((row for row in rows if plain(row[reasons.TYPE]) == name), rows[0] if rows else None)
    heading = reasons.TYPE if own and plain(own[reasons.TYPE]) == name else "别名"
    words = str(finding) + (_where_else(rows) if place.subject else "")
    return SheetProblem(sheet.name, own.number if own else 0, place.column or heading, words, place, name)


def _where_else(rows: Sequence[Row]) -> str:
    """Where a word stands that is written twice."""
    listed = "、".join(str(row.number) for row in rows)
    return f"（第 {listed} 行）" if len(rows) > 1 else "（同一行的“别名”列也写了它）"


def _names(row: Row) -> list[str]:
    """What a return type is called, its aliases too."""
    return [plain(row[reasons.TYPE]), *(plain(each) for each in re.split("[、,，;；]", row[reasons.ALIASES]))]


def _node_at(problem: SheetProblem, edition: Edition) -> str:
    """The node of the row that is told of; none where it is not one of a flow's sheets."""
    if problem.sheet not in _FLOW_SHEETS:
        return ""
    rows = edition.tables[problem.sheet].rows
    return next((plain(row[nodes.NAME]) for row in rows if row.number == problem.row), "")
