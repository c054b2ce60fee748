"""Findings of the checks, led to the sheet, the row and the column that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.schema import words_of
from flow.workbook import limits, moves, nodes, notices, reasons, roles, tiers
from flow.workbook.errors import SheetProblem
from flow.workbook.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.errors import Place, Problem
    from flow.workbook.errors import Problems
    from flow.workbook.tables import Table

_FLOW_SHEETS = (nodes.SHEET, moves.SHEET, limits.SHEET)
_FILES = {"roles": roles.SHEET, "reasons": reasons.SHEET, "notices": notices.SHEET}
_ON_OTHER_SHEETS = {*words_of(nodes.KEYS)} - nodes.HEADINGS


def flow_problems(found: Iterable[Problem], tables: Mapping[str, Table], problems: Problems) -> None:
    """Add what the flow's parser found, except on nodes with which something is wrong already."""
    faulty = {name for sheet in _FLOW_SHEETS for name in _faulty(tables[sheet], problems)}
    any_wrong = bool(faulty) or any(problems.rows_of(sheet) for sheet in _FLOW_SHEETS)
    if faulty - {plain(row[nodes.NAME]) for row in tables[nodes.SHEET].rows}:
        return  # a row of nobody knows which node, which lacks it
    for finding in found:
        place = finding.place
        if any_wrong and (not _is_of_node(place) or place.node in faulty or place.of_whole):
            continue
        problems.add(flow_problem(finding, tables))


def _faulty(table: Table, problems: Problems) -> set[str]:
    rows = problems.rows_of(table.name)
    return {plain(row["节点"]) for row in table.rows if row.number in rows}


def _is_of_node(place: Place) -> bool:
    """Whether it is about a node, and not what the flow says of one."""
    return bool(place.node) and place.column != nodes.ENTRY


def flow_problem(finding: Problem, tables: Mapping[str, Table]) -> SheetProblem:
    """Where in the workbook a finding of the flow belongs; row 0 where no row is its own."""
    place, words = finding.place, finding.words
    sheet, row, heading = _flow_cell(place, tables)
    if sheet == nodes.SHEET and _is_of_node(place):
        more = "；时限写在“时限”表，动作写在“流转”表" if _ON_OTHER_SHEETS & {*place.lacking} else ""
        words = f"节点“{place.node}”：{words}{more}"
    return SheetProblem(sheet, row, heading, words, place, place.subject or place.node)


def _flow_cell(place: Place, tables: Mapping[str, Table]) -> tuple[str, int, str]:
    """Sheet, row and column of a place in a flow."""
    if place.column == limits.LIMIT_OF and (row := _first(tables[limits.SHEET], place.node, place.level)):
        return limits.SHEET, row, limits.LIMIT_OF
    if not place.column and (place.action or place.way):
        row, heading = _way(tables[moves.SHEET], place)
        if row:
            return moves.SHEET, row, heading
    heading = place.column if place.column in nodes.HEADINGS else "分级" if place.level else ""
    return nodes.SHEET, _first(tables[nodes.SHEET], place.node), heading


def _way(table: Table, place: Place) -> tuple[int, str]:
    """The row of a way and its column, as far as they are told; the first row of an action else."""
    of = (plain(place.node), place.action)
    rows = [row for row in table.rows if (plain(row[moves.NODE]), plain(row[moves.ACTION])) == of]
    if not rows:
        return 0, ""
    if place.way:
        return rows[min(place.way, len(rows)) - 1 if place.way > 0 else -1].number, moves.WHEN
    there = (row.number for row in rows if place.target and plain(row[moves.TO]) == plain(place.target))
    return next(there, rows[0].number), ""


def _first(table: Table, node: str, level: str | None = None) -> int:
    """The first row of a node, of that level where one is given; 0 when there is none."""
    same = (
        row.number
        for row in table.rows
        if plain(row["节点"]) == plain(node) and (level is None or plain(row[limits.LEVEL]) == plain(level))
    )
    return next(same, 0)


def policy_problems(found: Iterable[Problem], rows: Sequence[int], table: Table, problems: Problems) -> None:
    """Add what the policy's parser found, except on rows with which something is wrong already."""
    wrong = problems.rows_of(tiers.SHEET)
    for problem in (policy_problem(finding, rows, table) for finding in found):
        if problem.row not in wrong and (problem.row or not wrong):
            problems.add(problem)


def policy_problem(finding: Problem, rows: Sequence[int], table: Table) -> SheetProblem:
    """Where in 审批表 a finding of the policy belongs; ``rows`` are the sheet's rows of the tiers."""
    place = finding.place
    row = tiers.row_of(place.row, rows) if place.table == tiers.SHEET and place.row else 0
    heading = place.column if place.column in table.headings else ""
    words = finding.renumbered(lambda tier: tiers.row_of(tier, rows))
    return SheetProblem(tiers.SHEET, row, heading, words, place, place.subject)


def business_problems(found: Iterable[Problem], tables: Mapping[str, Table], problems: Problems) -> None:
    """Add what the parser of the roles found, and whatever else was said, except on rows that are wrong already."""
    table, wrong = tables[roles.SHEET], problems.rows_of(roles.SHEET)
    for finding in found:
        place = finding.place
        if place.kind != "roles" or not place.name:
            problems.at(_FILES.get(place.kind, "定义"), 0, "", finding.words)
        elif (row := _role_row(table, place.name)) not in wrong:
            heading = roles.heading(place.column) if place.table == roles.SEES else place.column
            problems.at(roles.SHEET, row, heading if heading in table.headings else "", finding.words)


def _role_row(table: Table, role: str) -> int:
    return next((row.number for row in table.rows if plain(row[roles.ROLE]) == plain(role)), 0)
