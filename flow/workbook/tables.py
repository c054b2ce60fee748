"""A sheet as rows of text under headings, and how one of its cells becomes a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError
from flow.workbook.words import plain, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flow.workbook.errors import Problems

FIRST_ROW = 2  #: below the headings


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is written in a cell and read from it; ``show`` takes whatever a file may hold."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]  #: raises CellError with a sentence


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, how to fill it, its width in characters and what may be picked."""

    name: str
    note: str = ""
    width: int = 12
    picks: tuple[str, ...] = ()
    only_picks: bool = False  #: nothing else may be typed
    names_of: str = ""  #: the sheet whose first column is picked from
    spare: bool = False  #: a sheet may lack it, such as one from before there was the column


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` is the one that the spreadsheet shows."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet."""

    name: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(head.name for head in self.heads)

    def lines(self, problems: Problems) -> list[Line]:
        return [Line(self.name, row, problems) for row in self.rows]


def table(name: str, heads: Iterable[Head], rows: Iterable[Mapping[str, str]]) -> Table:
    """A sheet with these rows from the first row on, each cell as the file will give it back."""
    numbered = [
        Row(n, {heading: storable(text) for heading, text in cells.items() if storable(text)})
        for n, cells in enumerate(rows, FIRST_ROW)
    ]
    return Table(name, tuple(heads), tuple(numbered))


@dataclass(frozen=True, slots=True)
class Line:
    """A row while it is read."""

    sheet: str
    row: Row
    problems: Problems = field(repr=False)

    def __getitem__(self, heading: str) -> str:
        return self.row[heading]

    def wrong(self, heading: str, words: str) -> None:
        self.problems.at(self.sheet, self.row.number, heading, words)

    def value(self, heading: str, codec: Codec, old: Any = None) -> Any:
        """What the cell says: the old value itself where the cell still shows it, None for a blank one.

        A cell that cannot be read is a problem and stays as it was.
        """
        text = self.row[heading]
        if old is not None and storable(codec.show(old)) == text:
            return old
        if not text:
            return None
        try:
            return codec.read(text)
        except CellError as error:
            self.wrong(heading, str(error))
            return old


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """``old`` with the values of ``new``, in the old order; None takes a key out, other keys stay as they are."""
    kept = {key: new.get(key, value) for key, value in old.items() if value is None or new.get(key, value) is not None}
    return kept | {key: value for key, value in new.items() if key not in old and value is not None}


def unique(lines: Sequence[Line], heading: str, spelled: Mapping[str, str]) -> dict[str, Line]:
    """The rows by their name; a blank name and a name written twice are problems."""
    found: dict[str, Line] = {}
    for line in lines:
        name = spelled.get(plain(line[heading]), plain(line[heading]))
        if not name:
            line.wrong(heading, "空着，这一行要有名字；不要的行请整行删掉")
        elif name in found:
            line.wrong(heading, f"“{name}”在第 {found[name].row.number} 行已经有了")
        else:
            found[name] = line
    return found


def spelling(names: Iterable[Any]) -> dict[str, str]:
    """Names as they are spelt in the definition, by what they are once full-width and half-width are alike."""
    return {plain(str(name)): str(name) for name in names}
