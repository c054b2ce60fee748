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

_NODE = re.compile(r"节点“([^”]+)”(?:的“([^”]+)”)?：(.*)", re.DOTALL)
_ACTION = re.compile(r"(?:动作|等不到)“([^”、]+)")
_COLUMN = re.compile(rf"({'|'.join(head.name for head in nodes.HEADS)})(?=“|的|里|至少)")
_WAY, _LAST_WAY, _TARGET = re.compile(r"第 (\d+) 条去向"), "最后一条去向", re.compile(r"去“(.+?)”")
_LIMIT = re.compile(r"(?:分级“(.+?)”的)?时限要大于 0")
_ENTRY = re.compile(r"(?:重开到|撤单去|退回到)的节点“(.+?)”|(重开)的期限")
_TIER = re.compile(r"审批表第 (\d+) 行(?: ([^：\s]+)：|：)?(.*)", re.DOTALL)
_TIER_ROW = re.compile(r"第 (\d+) 行")
_ROLE = re.compile(r"角色“(.+?)”(?: (能|看))?(?: ([^：]+))?：(.*)", re.DOTALL)
_FILES = {"roles": roles.SHEET, "reasons": reasons.SHEET, "notices": notices.SHEET}
_WHOLE_FLOW = re.compile(r"就会退款|走不到|绕成了圈")  #: says nothing while rows are still wrong


def flow_problems(said: Iterable[str], tables: Mapping[str, Table], problems: Problems) -> None:
    """Add what the flow's parser found, except on nodes with which something is wrong already."""
    faulty = {name for table in (nodes.SHEET, moves.SHEET, limits.SHEET) for name in _faulty(tables[table], problems)}
    any_wrong = bool(faulty) or any(problems.rows_of(name) for name in (nodes.SHEET, moves.SHEET, limits.SHEET))
    if faulty - {plain(row[nodes.NAME]) for row in tables[nodes.SHEET].rows}:
        return  # a row of nobody knows which node, which lacks it
    for words in said:
        match = _NODE.fullmatch(words.strip())
        if any_wrong and (not match or match[1] in faulty or _WHOLE_FLOW.search(words)):
            continue
        if match:
            _node_problem((match[1], match[2] or ""), match[3], tables, problems)
        else:
            problems.at(nodes.SHEET, *_entrance(words, tables[nodes.SHEET]), words.strip())


def _entrance(words: str, table: Table) -> tuple[int, str]:
    """The row and the column of what the flow itself says of a node; (0, "") where it says nothing of one."""
    if match := _ENTRY.search(words):
        entered = (row.number for row in table.rows if match[2] and match[2] in row[nodes.ENTRY])
        row = _first(table, match[1]) if match[1] else next(entered, 0)
        return row, nodes.ENTRY
    return 0, ""


def is_of_all(words: str) -> bool:
    """Whether it is about the flow as a whole, which says nothing while rows are still wrong."""
    return bool(_WHOLE_FLOW.search(words))


def _faulty(table: Table, problems: Problems) -> set[str]:
    rows = problems.rows_of(table.name)
    return {plain(row["节点"]) for row in table.rows if row.number in rows}


def _node_problem(where: tuple[str, str], words: str, tables: Mapping[str, Table], problems: Problems) -> None:
    node, of_action = where
    action, column = of_action or next(iter(_ACTION.findall(words)), ""), _COLUMN.match(words)
    if (limit := _LIMIT.fullmatch(words)) and (row := _first(tables[limits.SHEET], node, limits.LEVEL, limit[1] or "")):
        problems.at(limits.SHEET, row, limits.LIMIT_OF, words)
        return
    if not column and (action or "去向" in words):
        row, heading = _way(tables[moves.SHEET], node, action, words)
        if row:
            problems.at(moves.SHEET, row, heading, words)
            return
    more = "；时限写在“时限”表，动作写在“流转”表" if "时限和动作" in words else ""
    row = _first(tables[nodes.SHEET], node)
    problems.at(nodes.SHEET, row, column[1] if column else "", f"节点“{node}”：{words}{more}")


def _way(table: Table, node: str, action: str, words: str) -> tuple[int, str]:
    """The row of the way that ``words`` are about, and its column where they tell it; the first of an action else."""
    rows = [row for row in table.rows if (plain(row[moves.NODE]), plain(row[moves.ACTION])) == (plain(node), action)]
    if not rows:
        return 0, ""
    if counted := _WAY.search(words):
        return rows[min(int(counted[1]), len(rows)) - 1].number, moves.WHEN
    if _LAST_WAY in words:
        return rows[-1].number, moves.WHEN
    target = _TARGET.search(words)
    there = (row.number for row in rows if target and plain(row[moves.TO]) == plain(target[1]))
    return next(there, rows[0].number), ""


def _first(table: Table, node: str, heading: str = "", word: str = "") -> int:
    """The first row of a node, with that word under a heading; 0 when there is none."""
    same = (
        row.number
        for row in table.rows
        if plain(row["节点"]) == plain(node) and (not heading or plain(row[heading]) == plain(word))
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
        gap = "金额" if "没有人审批" in text else ""
        problems.at(tiers.SHEET, row, (match[2] or "") if match else gap, text)


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
