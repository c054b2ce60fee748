"""How far each sheet of a workbook reaches and what is merged in it, before a library takes it into memory."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import fromstring, iterparse  # a DOCTYPE was refused at the door

from openpyxl.utils import column_index_from_string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MAX_ROWS, MAX_COLUMNS = 2000, 60
_MAX_MERGED = 20  #: ranges that are named in one answer
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(slots=True)
class Extent:
    """Last row and last column that hold something, and the merged ranges."""

    name: str
    rows: int = 0
    columns: int = 0
    merged: list[str] = field(default_factory=list)


def extents(data: bytes, wanted: Collection[str]) -> dict[str, Extent]:
    """Each wanted sheet by its name. Raises KeyError and ParseError for a damaged workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: _extent(name, archive, part) for name, part in _parts(archive) if name in wanted}


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of the sheets and where in the archive they lie."""
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {each.get("Id", ""): each.get("Target", "") for each in relations.iter()}
    for each in fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if _tag(each) == "sheet":
            relation = next((value for key, value in each.attrib.items() if key.endswith("}id")), "")
            yield each.get("name", ""), posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _extent(name: str, archive: zipfile.ZipFile, part: str) -> Extent:
    """Stops at the first row or column too many."""
    found = Extent(name)
    row = column = 0
    with archive.open(part) as file:
        for event, element in iterparse(file, events=("start", "end")):  # noqa: S314
            tag = _tag(element)
            if event == "start" and tag == "row":
                row, column = int(element.get("r") or row + 1), 0
            elif event == "end" and tag == "c":
                row, column = _place(element.get("r"), row, column + 1)
                if len(element):
                    found.rows, found.columns = max(found.rows, row), max(found.columns, column)
            elif event == "end" and tag == "mergeCell" and len(found.merged) < _MAX_MERGED:
                found.merged.append(str(element.get("ref")))
            if event == "end" and tag == "row":
                element.clear()
            if found.rows > MAX_ROWS or found.columns > MAX_COLUMNS:
                break
    return found


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference or "")
    return (int(match[2]), column_index_from_string(match[1])) if match else (row, column)
