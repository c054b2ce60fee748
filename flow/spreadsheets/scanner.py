"""The cells of a workbook straight out of its parts: a library also reads the looks, and trips over them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from xml.etree.ElementTree import fromstring, iterparse  # a DOCTYPE was refused at the door

from flow.spreadsheets.formats import is_date, is_percent
from flow.spreadsheets.places import column_number

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flow.spreadsheets.formats import Format

MAX_HIDDEN = 1000  # columns; all of those to the right of a table are often hidden
MAX_MERGED = 100_000  #: ranges; a sheet of orders merges the first cells of each
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
ERROR, DATE, PERCENT, PLAIN = "error", "date", "percent", "plain"
GENERAL = 0  #: the format of a cell that has none


class Raw(NamedTuple):
    """What a cell holds and which kind of thing that is; of a formula what it last came to, a blank text if unknown."""

    kind: str
    value: str | bool | float
    format: Format = GENERAL
    written: str = ""  #: the digits of a number as they stand in the file
    formula: str | None = None


Cells = list[tuple[int, Raw]]  #: those of a row that are not blank, by column from 1


class _Tags(dict[Any, str]):
    """Tags by their names alone: a workbook by the strict standard has other namespaces."""

    def __missing__(self, tag: Any) -> str:
        name = self[tag] = str(tag).rpartition("}")[2]
        return name


_TAGS = _Tags()
_TRUE = frozenset({"1", "true"})
_BESIDE = frozenset({"col", "mergeCell"})
_BEGUN = frozenset({"row", "sheetData"})


@dataclass(slots=True)
class Sheet:
    """The rows of one sheet from top to bottom; what is merged and hidden is known after the last."""

    book: Book
    file: IO[bytes]
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)  #: those that hold something
    hidden_columns: set[int] = field(default_factory=set)  #: from 0
    _row: int = 0
    _column: int = 0
    _cells: Cells = field(default_factory=list)
    _above: Any = None  # what holds the rows

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        """Number and cells of each row. Raises KeyError, ValueError and ParseError where the sheet is damaged."""
        for event, element in iterparse(self.file, events=("start", "end")):  # noqa: S314
            tag = _TAGS[element.tag]
            if event == "start":
                if tag in _BEGUN:
                    self._begin(tag, element)
            elif tag == "c":
                self._take(element)
            elif tag == "row":
                if self._cells and element.get("hidden") in _TRUE:
                    self.hidden_rows.append(self._row)
                yield self._row, self._cells
                self._forget()
            elif tag in _BESIDE:
                self._note(tag, element)

    def _begin(self, tag: str, element: Any) -> None:
        if tag == "row":
            self._row, self._column, self._cells = int(element.get("r") or self._row + 1), 0, []
        else:
            self._above = element

    def _take(self, cell: Any) -> None:
        """A cell that does not say where it is comes behind the one before."""
        self._row, self._column = _place(cell.get("r"), self._row, self._column + 1)
        if (raw := self.book.raw(cell)) is not None:
            self._cells.append((self._column, raw))

    def _note(self, tag: str, element: Any) -> None:
        """What is said of the cells beside them: hidden columns above, merged ranges below."""
        if tag == "mergeCell" and len(self.merged) < MAX_MERGED:
            self.merged.append(str(element.get("ref")))
        elif tag == "col" and element.get("hidden") in _TRUE:
            first, last = int(element.get("min")), int(element.get("max"))
            self.hidden_columns |= set(range(first - 1, min(last, MAX_HIDDEN)))

    def _forget(self) -> None:
        """Drop the rows that were read: memory stays flat."""
        if self._above is not None:
            self._above.clear()


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of an open archive refer to."""

    sheets: Mapping[str, str]  #: where in the archive each sheet lies
    texts: Sequence[str]
    formats: Sequence[Format]  #: of each style
    from_1904: bool  #: whether days are counted as the first Macintosh did
    hidden: frozenset[str] = frozenset()  #: sheets that nobody sees

    @classmethod
    def of(cls, archive: zipfile.ZipFile) -> Book:
        """Raises KeyError, ValueError and ParseError for a damaged workbook."""
        relations = list(fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter())  # noqa: S314
        targets = {each.get("Id", ""): _path(each.get("Target", "")) for each in relations}
        kinds = {each.get("Type", "").rpartition("/")[2]: targets[each.get("Id", "")] for each in relations}
        book = list(fromstring(archive.read("xl/workbook.xml")).iter())  # noqa: S314
        listed = [each for each in book if _tag(each) == "sheet"]
        sheets = {each.get("name", ""): targets[_relation(each)] for each in listed}
        hidden = frozenset(each.get("name", "") for each in listed if each.get("state", "visible") != "visible")
        styles = _content(archive, kinds.get("styles", ""))
        epochs = {each.get("date1904") for each in book if _tag(each) == "workbookPr"}
        texts = list(_shared(archive, kinds.get("sharedStrings", "")))
        return cls(sheets, texts, _formats(styles), not epochs.isdisjoint(_TRUE), hidden)

    def raw(self, cell: Any) -> Raw | None:
        """None for a blank one."""
        inner = {_TAGS[child.tag]: child for child in cell}
        kind = cell.get("t") or "n"
        text = _text(inner["is"]) if "is" in inner else (inner["v"].text or "") if "v" in inner else ""
        if kind == "s" and text:
            text = self.texts[int(text)]
        formula = inner["f"].text or "" if "f" in inner else None
        if not text.strip():
            return None if formula is None else Raw(PLAIN, "", formula=formula)
        found = self._number(text, int(cell.get("s") or 0)) if kind == "n" else _typed(kind, text)
        return found if formula is None else found._replace(formula=formula)

    def _number(self, text: str, style: int) -> Raw:
        shown = self.formats[style] if style < len(self.formats) else GENERAL
        return Raw(_shown_as(shown), float(text), shown, text.strip())


def _path(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _relation(sheet: Any) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _content(archive: zipfile.ZipFile, part: str) -> Iterable[Any]:
    """The elements of a part that a workbook may lack."""
    return fromstring(archive.read(part)) if part in archive.namelist() else ()  # noqa: S314


def _shared(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """The texts that cells share, one after the other: there may be as many as cells."""
    if part not in archive.namelist():
        return
    with archive.open(part) as file:
        top = None
        for event, element in iterparse(file, events=("start", "end")):  # noqa: S314
            if top is None:
                top = element
            elif event == "end" and _TAGS[element.tag] == "si":
                yield _text(element)
                top.clear()


def _tag(element: Any) -> str:
    return _TAGS[element.tag]


def _text(element: Any) -> str:
    """A text in one piece or in several of different looks, without the signs for its pronunciation."""
    runs = (run for run in element if _tag(run) in {"t", "r"})
    return "".join(part.text or "" for run in runs for part in run.iter() if _tag(part) == "t")


def _formats(styles: Iterable[Any]) -> list[Format]:
    groups = {_tag(group): group for group in styles}
    codes = {int(each.get("numFmtId") or 0): str(each.get("formatCode")) for each in groups.get("numFmts", ())}
    numbers = [int(each.get("numFmtId") or 0) for each in groups.get("cellXfs", ())]
    return [codes.get(number, number) for number in numbers]


@lru_cache(1024)
def _shown_as(shown: Format) -> str:
    """What a number means to whoever looks at it."""
    return DATE if is_date(shown) else PERCENT if is_percent(shown) else PLAIN


def _typed(kind: str, text: str) -> Raw:
    if kind == "b":
        return Raw(PLAIN, text.strip() in _TRUE)
    return Raw({"e": ERROR, "d": DATE}.get(kind, PLAIN), text)


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference or "")
    return (int(match[2]), column_number(match[1])) if match else (row, column)
