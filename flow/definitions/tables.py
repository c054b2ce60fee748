"""Rows of a table in a business file: what cannot be read is said with the file, the table, the row and the column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from flow.definitions.conditions import CellError, When, number
from flow.definitions.flow_reader import part_of
from flow.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from decimal import Decimal

RULE = "规则"
Part = TypeVar("Part")


@dataclass(slots=True)
class Row:
    """One row and where it stands; problems go to the list that all rows of a file share."""

    cells: Mapping[str, Any]
    source: str
    place: Place
    problems: list[Problem]
    own: frozenset[str] = field(default=frozenset())  #: columns that are no conditions

    def wrong(self, words: str) -> None:
        at = f"{self.place.table}第 {self.place.row} 行"
        self.problems.append(Problem(f"{at} {words}", self.place).under(f"{self.source} "))

    def text(self, column: str) -> str:
        """What stands there, without anything around it; "" for nothing."""
        value = self.cells.get(column)
        return "" if value is None else str(value).strip()

    def needed(self, column: str) -> str:
        """What stands there; nothing is a problem."""
        if not (found := self.text(column)):
            self.wrong(f"{column}：没有写")
        return found

    def amount(self, column: str) -> Decimal | None:
        """A number of yuan that is not negative; anything else is a problem."""
        found = number(self.text(column))
        if found is None or found < 0:
            self.wrong(f"{column}：“{self.text(column)}”不是金额")
            return None
        return found

    def one_of(self, column: str, words: Collection[str]) -> str:
        """One of ``words``; anything else is a problem."""
        found = self.text(column)
        if found not in words:
            self.wrong(f"{column}：“{found}”不认识，可选 {'、'.join(words)}")
        return found

    def names(self, column: str) -> tuple[str, ...]:
        """One name or a list of them."""
        value = self.cells.get(column) or ()
        return (value.strip(),) if isinstance(value, str) else tuple(str(name) for name in value)

    def when(self, known: Collection[str]) -> When:
        """The conditions; a fact that nobody knows would never hold without a word, so it is a problem."""
        asked = {column: raw for column, raw in self.cells.items() if column not in self.own}
        for column in asked.keys() - set(known):
            self.wrong(f"{column}：没有这一列，条件可以写 {'、'.join(sorted(known))}")
        try:
            return When.parse(asked)
        except CellError as error:
            self.wrong(str(error))
            return When()


def made(part: type[Part], row: Row, **known: Any) -> Part:
    """The value of a row: what is ``known`` of it already, and its other columns as the schema has them."""
    try:
        return part_of(part, row.cells, **known)
    except (CellError, TypeError, ValueError, KeyError) as error:
        row.wrong(str(error) if isinstance(error, CellError) else "有一格的写法不对")
        return part(**known)


def rows_of(raw: Any, source: str, table: str, problems: list[Problem], own: Collection[str]) -> Iterator[Row]:
    """Each row of a table, none of a table that is missing; what is no table is a problem."""
    if raw is None:
        return
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        words = f"{table}：要写成一行一条，例如 - {{规则: …}}"
        problems.append(Problem(words, Place(table=table)).under(f"{source} "))
        return
    columns = frozenset({RULE, *own})
    for n, cells in enumerate(raw, 1):
        named = {str(key): value for key, value in cells.items()}
        yield Row(named, source, Place(table=table, row=n), problems, columns)
