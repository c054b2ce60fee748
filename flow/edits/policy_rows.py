"""Rows of a policy's tables as an edit sees them: their numbers, and how one is spelt. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.day_cells import is_on_days
from flow.definitions.schema import Value
from flow.definitions.table_text import KEYS, OF_POLICY, TIERS
from flow.edits.sentence import plain
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.edits.number_change import Change
    from flow.edits.working_copy import Data


NUMBER = re.compile(r"\d+(?:\.\d+)?")
NAME, APPROVER, SAID = "规则", "审批", "说明"
_NAMES = (NAME, "角色")
#: the columns of a policy's tables that are no conditions
COLUMNS = {word: key for table in (TIERS, *OF_POLICY) for key in KEYS[table] for word in key.words}
NO_NUMBERS = (*_NAMES, *(word for word, key in COLUMNS.items() if key.value not in (Value.AMOUNT, Value.SEVERAL)))


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of one of a policy's tables."""

    table: str
    place: int
    name: str
    cells: Mapping[str, Any]

    def holding(self, value: Decimal, column: str) -> list[str]:
        """The columns in which a number stands."""
        columns = [key for key in self.cells if key not in NO_NUMBERS and (not column or key == column)]
        return [key for key in columns if value in numbers_in(self.cells[key])]

    def numbers(self, column: str) -> list[tuple[str, Decimal]]:
        """Every number with its column."""
        columns = [key for key in self.cells if key not in NO_NUMBERS and (not column or key == column)]
        return [(key, found) for key in columns for found in numbers_in(self.cells[key])]

    def old(self, change: Change, column: str) -> Decimal:
        """The number that goes: the one that was said, or the only one there is. Raises PolicyRefused."""
        if change.old is not None:
            return change.old
        numbers = self.numbers(column)
        if len(numbers) == 1:
            return numbers[0][1]
        ways = [f"规则 {self.name} {key} {number}→{change.new}" for key, number in numbers]
        way = f"请写 {'，或者 '.join(ways)}" if ways else "没有数字可以改"
        raise PolicyRefused(f"“{self.name}”现在是 {spelt(self)}，{way}")


def numbers_in(cell: Any) -> list[Decimal]:
    """The numbers of a cell; those of a day are none."""
    if is_on_days(plain(str(cell))):
        return []
    return [Decimal(found) for found in NUMBER.findall(plain(str(cell)))]


def rows_of(data: Data) -> Iterator[Row]:
    """Every named row of every table of a policy."""
    for table, items in data.items():
        for place, cells in enumerate(items if isinstance(items, list) else ()):
            name = next((str(cells[key]) for key in _NAMES if isinstance(cells, dict) and cells.get(key)), "")
            if name:
                yield Row(table, place, name, cells)


def spelt(row: Row) -> str:
    cells = {key: "、".join(map(str, cell)) if isinstance(cell, list) else cell for key, cell in row.cells.items()}
    return "，".join(f"{key} {cell}" for key, cell in cells.items() if key not in _NAMES)
