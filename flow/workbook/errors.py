"""What is wrong with a workbook, each thing with its sheet, row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.errors import DefinitionError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence


class WorkbookError(DefinitionError):
    """A workbook was refused and nothing was changed; ``problems`` are sentences that name the place."""


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One sentence; row 0 and an empty heading stand for the whole sheet and the whole row."""

    sheet: str
    row: int
    heading: str
    words: str
    place: Place = field(default_factory=Place)  #: in the definition, where a check found it
    subject: str = ""  #: the word that is wrong

    def __str__(self) -> str:
        row = f" 第 {self.row} 行" if self.row else ""
        column = f"“{self.heading}”列" if self.heading else ""
        return f"{self.sheet}{row}{column}：{self.words}"


@dataclass(slots=True)
class Problems:
    """Collects what is wrong, so that all of it is said at once."""

    found: list[SheetProblem] = field(default_factory=list)
    closed: set[tuple[str, int]] = field(default_factory=set)  #: rows, or with row 0 sheets, of which all is said

    def at(self, sheet: str, row: int, heading: str, words: str) -> None:
        self.add(SheetProblem(sheet, row, heading, words))

    def add(self, problem: SheetProblem) -> None:
        if not {(problem.sheet, 0), (problem.sheet, problem.row)} & self.closed:
            self.found.append(problem)

    def close(self, sheet: str, row: int, words: str) -> None:
        """Say what is wrong with a row (0: a sheet) that cannot be read, and nothing more about it from now on."""
        self.found.append(SheetProblem(sheet, row, "", words))
        self.closed.add((sheet, row))

    def rows_of(self, sheet: str) -> set[int]:
        """The rows of a sheet with which something is wrong."""
        return {problem.row for problem in self.found if problem.sheet == sheet}

    def raise_any(self, order: Sequence[str]) -> None:
        """Raises WorkbookError with all that was found, sheet by sheet in this order and row by row."""
        if self.found:
            places = {sheet: n for n, sheet in enumerate(order)}
            by_place = sorted(self.found, key=lambda problem: (places.get(problem.sheet, len(places)), problem.row))
            raise WorkbookError(list(dict.fromkeys(str(problem) for problem in by_place)))
