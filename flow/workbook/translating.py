"""The parsers' own sentences, led back to the sheet and the row that they are about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.workbook import limits, moves, nodes, notices, reasons, roles, tiers
from flow.workbook.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Table

_NODE = re.compile(r"节点“(.+?)”：(.*)", re.DOTALL)
_ACTION = re.compile(r"动作“(.+?)”")
_TIER = re.compile(r"审批表第 (\d+) 行\s*(?:([^：\s]+)：|：)?(.*)", re.DOTALL)
_TIER_ROW = re.compile(r"第 (\d+) 行")
_ROLE = re.compile(r"角色“(.+?)”(?: (能|看))?(?: ([^：]+))?：(.*)", re.DOTALL)
_FILES = {"roles": roles.SHEET, "reasons": reasons.SHEET, "notices": notices.SHEET}
_WHOLE_FLOW = re.compile(r"走不到|绕成了圈")  #: says nothing while rows are still wrong


def flow_problems(said: Iterable[str], tables: Mapping[str, Table], problems: Problems) -> None:
    """Add what the flow's parser found, except on nodes with which something is wrong already."""
    faulty = {name for table in (nodes.SHEET, moves.SHEET, limits.SHEET) for name in _faulty(tables[table], problems)}
    any_wrong = bool(faulty) or any(problems.rows_of(name) for name in (nodes.SHEET, moves.SHEET, limits.SHEET))
    for words in said:
        match = _NODE.fullmatch(words.strip())
        if any_wrong and (not match or match[1] in faulty or _WHOLE_FLOW.search(words)):
            continue
        if match:
            _node_problem(match[1], match[2], tables, problems)
        else:
            problems.at(nodes.SHEET, 0, "", words.strip())


def is_of_all(words: str) -> bool:
    """Whether it is about the flow as a whole, which says nothing while rows are still wrong."""
    return bool(_WHOLE_FLOW.search(words))


def _faulty(table: Table, problems: Problems) -> set[str]:
    rows = problems.rows_of(table.name)
    return {plain(row["节点"]) for row in table.rows if row.number in rows}


def _node_problem(node: str, words: str, tables: Mapping[str, Table], problems: Problems) -> None:
    action = _ACTION.search(words)
    if action or "去向" in words:
        row = _row(tables[moves.SHEET], node, action[1] if action else "")
        if row:
            problems.at(moves.SHEET, row, "", words)
            return
    more = "；时限写在“时限”表，动作写在“流转”表" if "时限和动作" in words else ""
    problems.at(nodes.SHEET, _row(tables[nodes.SHEET], node), "", f"节点“{node}”：{words}{more}")


def _row(table: Table, node: str, action: str = "") -> int:
    """The first row of a node and its action; 0 when there is none."""
    same = (
        row.number for row in table.rows if plain(row["节点"]) == plain(node) and plain(row["动作"]) == plain(action)
    )
    return next(same, 0)


def policy_problems(said: Iterable[str], rows: Sequence[int], source: str, problems: Problems) -> None:
    """Add what the policy's parser found, except on rows with which something is wrong already."""
    wrong = problems.rows_of(tiers.SHEET)
    for words in said:
        match = _TIER.search(words)
        row = tiers.row_of(int(match[1]), rows) if match else 0
        if row in wrong or (wrong and not row):
            continue
        text = match[3] if match else words.removeprefix(source).removeprefix(f" {tiers.SHEET}").lstrip(" ：")
        text = _TIER_ROW.sub(lambda found: f"第 {tiers.row_of(int(found[1]), rows)} 行", text)
        problems.at(tiers.SHEET, row, (match[2] or "") if match else "", text)


def business_problems(said: Iterable[str], tables: Mapping[str, Table], problems: Problems) -> None:
    """Add what the parser of the roles found, and whatever else was said, except on rows that are wrong already."""
    wrong = problems.rows_of(roles.SHEET)
    for words in said:
        match = _ROLE.search(words)
        if match is None:
            problems.at(_FILES.get(words.partition(".yaml")[0], "定义"), 0, "", words.partition("：")[2] or words)
        elif (row := _role_row(tables[roles.SHEET], match[1])) not in wrong:
            heading = _role_heading(
                tables[roles.SHEET], match[3] or _first_quoted(match[4]), seen=match[2] == roles.SEES
            )
            problems.at(roles.SHEET, row, heading, match[4])


def _first_quoted(words: str) -> str:
    return words.partition("“")[2].partition("”")[0]


def _role_heading(table: Table, word: str, *, seen: bool) -> str:
    """The column of a command or a field; none when there is no such column."""
    heading = roles.heading(word) if seen else word
    return heading if heading in table.headings else ""


def _role_row(table: Table, role: str) -> int:
    return next((row.number for row in table.rows if plain(row[roles.ROLE]) == plain(role)), 0)
