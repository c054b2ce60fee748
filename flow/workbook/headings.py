"""From the cells of a sheet to rows under headings: the first row must say what the columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.spreadsheets.places import column_letters
from flow.workbook.tables import FIRST_ROW, Head, Row, Table, spelling
from flow.workbook.words import meant, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.file import Sheet


def to_table(sheet: Sheet, shown: Table, problems: Problems, *, may_add: bool) -> Table | None:
    """The sheet under the headings that were ``shown``, and under new ones where people ``may_add`` some.

    None, and problems, when the first row cannot be understood.
    """
    if (slipped := _slipped(sheet, shown)) > 1:
        problems.at(sheet.name, slipped, "", "这是表头，表头要在第 1 行；请删掉它上面的行")
        return None
    titles = {column: plain(text) for (row, column), text in sheet.cells.items() if row == 1}
    words = _heading_problems(titles, shown, may_add=may_add) + _without_heading(sheet, titles)
    for said in words:
        problems.at(sheet.name, 1, "", said)
    if words or (sheet.name, 1) in problems.closed:
        return None
    spelled = spelling(shown.headings)
    named = {column: spelled.get(title, title) for column, title in titles.items()}
    heads = {head.name: head for head in shown.heads}
    return Table(sheet.name, tuple(heads.get(name, Head(name)) for name in named.values()), _rows(sheet, named))


def _slipped(sheet: Sheet, shown: Table) -> int:
    """The row in which all headings stand, when there is one."""
    texts: dict[int, set[str]] = {}
    for (row, _), text in sheet.cells.items():
        texts.setdefault(row, set()).add(plain(text))
    expected = {plain(head.name) for head in shown.heads if not head.spare}
    return min((row for row, found in texts.items() if expected <= found), default=0)


def _rows(sheet: Sheet, named: Mapping[int, str]) -> tuple[Row, ...]:
    rows: dict[int, dict[str, str]] = {}
    for (row, column), text in sheet.cells.items():
        if row >= FIRST_ROW:
            rows.setdefault(row, {})[named[column]] = text
    return tuple(Row(number, cells) for number, cells in sorted(rows.items()))


def _heading_problems(titles: Mapping[int, str], shown: Table, *, may_add: bool) -> list[str]:
    expected = [plain(name) for name in shown.headings]
    said = list(titles.values())
    strange = [title for title in said if title not in expected]
    spare = {plain(head.name) for head in shown.heads if head.spare}
    missing = [name for name in expected if name not in said and name not in spare]
    words = [f"表头“{title}”有两列，只能留一列" for title in dict.fromkeys(said) if said.count(title) > 1]
    words += [f"缺少“{name}”列{_perhaps(name, strange)}；列不能删、不能改名，不要的格子清空就行" for name in missing]
    if not may_add:
        words += [
            f"不认识“{title}”列{meant(title, missing) or '；'}这张表的列是 {'、'.join(expected)}" for title in strange
        ]
    return words


def _perhaps(name: str, strange: Collection[str]) -> str:
    return f"，有一列叫“{next(iter(strange))}”" if len(strange) == 1 else meant(name, strange)


def _without_heading(sheet: Sheet, titles: Mapping[int, str]) -> list[str]:
    first: dict[int, int] = {}
    for row, column in sorted(sheet.cells):
        if column not in titles:
            first.setdefault(column, row)
    return [f"{column_letters(column)} 列没有表头，第 {row} 行却有字" for column, row in first.items()]
