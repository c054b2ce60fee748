"""The cells of a workbook straight out of its parts: a library also reads the looks, and trips over them."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any
from xml.etree.ElementTree import fromstring, iterparse  # a DOCTYPE was refused at the door

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MAX_ROWS, MAX_COLUMNS = 2000, 60
_MAX_MERGED = 20  #: ranges that are named in one answer
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\\.')
#: formats that Chinese programs number and do not write out, 58 for 4月5日 among them (ECMA-376 part 1, 18.8.30)
CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
FORMULA, ERROR, DATE, PERCENT, PLAIN = "formula", "error", "date", "percent", "plain"


@dataclass(frozen=True, slots=True)
class Raw:
    """What a cell holds, and which kind of thing that is."""

    kind: str
    value: str | bool | float


@dataclass(slots=True)
class Scanned:
    """The cells of a sheet that are not blank, how far they reach, and the merged ranges."""

    name: str
    cells: dict[tuple[int, int], Raw] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    merged: list[str] = field(default_factory=list)

    def put(self, row: int, column: int, raw: Raw | None) -> None:
        if raw is not None:
            self.cells[row, column] = raw
            self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def too_big(self) -> bool:
        return self.rows > MAX_ROWS or self.columns > MAX_COLUMNS


def scanned(data: bytes, wanted: Collection[str]) -> tuple[dict[str, Scanned], list[str]]:
    """The ``wanted`` sheets, and the names of all. Raises KeyError, ValueError and ParseError for a damaged workbook.

    Tags are told by their names alone, so that a workbook by the strict standard, which has other namespaces, is read
    like any other.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = _Book.of(archive)
        found = {}
        for name, part in book.sheets.items():
            if name in wanted:
                with archive.open(part) as file:
                    found[name] = _scan(name, file, book)
        return found, list(book.sheets)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells refer to."""

    sheets: Mapping[str, str]  #: where in the archive each sheet lies
    texts: Sequence[str]
    formats: Sequence[int | str]  #: of each style the number or the code of its format

    @classmethod
    def of(cls, archive: zipfile.ZipFile) -> _Book:
        relations = list(fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter())  # noqa: S314
        targets = {each.get("Id", ""): _path(each.get("Target", "")) for each in relations}
        kinds = {each.get("Type", "").rpartition("/")[2]: targets[each.get("Id", "")] for each in relations}
        book = fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        sheets = {each.get("name", ""): targets[_relation(each)] for each in book.iter() if _tag(each) == "sheet"}
        texts, styles = (_content(archive, kinds.get(kind, "")) for kind in ("sharedStrings", "styles"))
        return cls(sheets, [_text(each) for each in texts if _tag(each) == "si"], _formats(styles))

    def raw(self, cell: Any) -> Raw | None:
        """None for a blank one."""
        inner = {_tag(child): child for child in cell}
        kind = cell.get("t") or "n"
        if "f" in inner:
            return Raw(FORMULA, "")
        text = _text(inner["is"]) if "is" in inner else (inner["v"].text or "") if "v" in inner else ""
        if kind == "s" and text:
            text = self.texts[int(text)]
        if not text.strip():
            return None
        return self._number(text, int(cell.get("s") or 0)) if kind == "n" else _typed(kind, text)

    def _number(self, text: str, style: int) -> Raw:
        shown = self.formats[style] if style < len(self.formats) else 0
        return Raw(_shown_as(shown), float(text))


def _path(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _relation(sheet: Any) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _content(archive: zipfile.ZipFile, part: str) -> Iterable[Any]:
    """The elements of a part that a workbook may lack."""
    return fromstring(archive.read(part)) if part in archive.namelist() else ()  # noqa: S314


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    """A text in one piece or in several of different looks, without the signs for its pronunciation."""
    runs = (run for run in element if _tag(run) in {"t", "r"})
    return "".join(part.text or "" for run in runs for part in run.iter() if _tag(part) == "t")


def _formats(styles: Iterable[Any]) -> list[int | str]:
    groups = {_tag(group): group for group in styles}
    codes = {int(each.get("numFmtId") or 0): str(each.get("formatCode")) for each in groups.get("numFmts", ())}
    numbers = [int(each.get("numFmtId") or 0) for each in groups.get("cellXfs", ())]
    return [codes.get(number, number) for number in numbers]


def _shown_as(shown: int | str) -> str:
    """What a number means to whoever looks at it."""
    code = _QUOTED.sub("", shown if isinstance(shown, str) else BUILTIN_FORMATS.get(shown, ""))
    if shown in CHINESE_DATES or is_date_format(code):
        return DATE
    return PERCENT if "%" in code else PLAIN


def _typed(kind: str, text: str) -> Raw:
    if kind == "b":
        return Raw(PLAIN, text.strip() in {"1", "true"})
    return Raw({"e": ERROR, "d": DATE}.get(kind, PLAIN), text)


def _scan(name: str, file: IO[bytes], book: _Book) -> Scanned:
    """Stops at the first row or column too many."""
    found = Scanned(name)
    row = column = 0
    for event, element in iterparse(file, events=("start", "end")):  # noqa: S314
        tag = _tag(element)
        if event == "start":
            row, column = (int(element.get("r") or row + 1), 0) if tag == "row" else (row, column)
        elif tag == "c":
            row, column = _place(element.get("r"), row, column + 1)
            found.put(row, column, book.raw(element))
        elif tag == "mergeCell" and len(found.merged) < _MAX_MERGED:
            found.merged.append(str(element.get("ref")))
        elif tag == "row":
            element.clear()
        if found.too_big():
            break
    return found


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference or "")
    return (int(match[2]), column_index_from_string(match[1])) if match else (row, column)
