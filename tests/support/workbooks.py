"""What the workbook tests share: the shipped business as a workbook, edited as a person would."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.workbook import Stamp, WorkbookError, read_workbook, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openpyxl.worksheet.worksheet import Worksheet

    from flow.definitions.business import Bundle

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FLOW, POLICY = "退货", "express"
SHIPPED: Bundle = shipped()
STAMP = Stamp(FLOW, POLICY, {"flow:退货": 3, "policy:express": 2}, AT)


def written(bundle: Mapping[tuple[str, str], str] = SHIPPED, stamp: Stamp = STAMP) -> bytes:
    return write_workbook(bundle, stamp.flow, stamp.policy, stamp)


DATA = written()


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edited(change: Callable[[Workbook], object], data: bytes = DATA) -> bytes:
    """The workbook after somebody changed it and saved it."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    return saved(book)


def put(cells: Mapping[str, Any], data: bytes = DATA) -> bytes:
    """The workbook with other values in some cells, named like ``流转!D12``."""

    def change(book: Workbook) -> None:
        for place, value in cells.items():
            sheet, _, cell = place.partition("!")
            book[sheet][cell] = value

    return edited(change, data)


def append(sheet: Worksheet, **cells: Any) -> None:
    """A row below the others, by heading."""
    row = sheet.max_row + 1
    for heading, value in cells.items():
        sheet.cell(row, column_of(sheet, heading), value)


def column_of(sheet: Worksheet, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def find(sheet: Worksheet, heading: str, **where: Any) -> Any:
    """The cell under ``heading`` in the first row whose other cells hold these values."""
    columns = {column_of(sheet, name): value for name, value in where.items()}
    rows = range(2, sheet.max_row + 1)
    row = next(row for row in rows if all(sheet.cell(row, n).value == value for n, value in columns.items()))
    return sheet.cell(row, column_of(sheet, heading))


def changes(data: bytes, bundle: Mapping[tuple[str, str], str] = SHIPPED) -> dict[str, Any]:
    """What reading gives, as plain values by kind."""
    return {kind: yamlfile.read(text) for (kind, _), text in read_workbook(data, bundle).texts.items()}


def problems(data: bytes, bundle: Mapping[tuple[str, str], str] = SHIPPED) -> list[str]:
    with pytest.raises(WorkbookError) as refused:
        read_workbook(data, bundle)
    return [*refused.value.problems]


def plain(kind: str, name: str = "") -> Any:
    return yamlfile.read(SHIPPED[kind, name or kind])


def repacked(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The workbook with other parts in its archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


_INLINE = re.compile(r't="inlineStr"><is>(.*?)</is></c>', re.DOTALL)
_SHARED = "sharedStrings"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = f"application/vnd.openxmlformats-officedocument.spreadsheetml.{_SHARED}+xml"
_RELATION = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{_SHARED}"


def as_excel(data: bytes) -> bytes:
    """The same workbook with its texts in one shared part, as Excel and WPS save them."""
    texts: list[str] = []

    def share(match: re.Match[str]) -> str:
        texts.append(f"<si>{match[1]}</si>")
        return f't="s"><v>{len(texts) - 1}</v></c>'

    def change(parts: dict[str, bytes]) -> None:
        for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
            parts[name] = _INLINE.sub(share, parts[name].decode()).encode()
        parts[f"xl/{_SHARED}.xml"] = f'<sst xmlns="{_MAIN}">{"".join(texts)}</sst>'.encode()
        _insert(parts, "[Content_Types].xml", f'<Override PartName="/xl/{_SHARED}.xml" ContentType="{_TYPE}"/></Types>')
        relation = f'<Relationship Id="rIdS" Type="{_RELATION}" Target="{_SHARED}.xml"/></Relationships>'
        _insert(parts, "xl/_rels/workbook.xml.rels", relation)

    return repacked(data, change)


def _insert(parts: dict[str, bytes], name: str, ending: str) -> None:
    tag = ending[ending.rindex("</") :]
    parts[name] = parts[name].replace(tag.encode(), ending.encode())


_RUN = re.compile(r"<si><t[^>]*>([^<&][^<&]+)</t></si>")
_RICH = (
    '<si><r><t>{}</t></r><r><rPr><b/><rFont val="等线"/><charset val="134"/></rPr><t xml:space="preserve">{}</t></r>'
    '<rPh sb="0" eb="1"><t>ㄊㄨㄟ</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>'
)


def as_rich(data: bytes) -> bytes:
    """Every text in two pieces, one of them bold, with a sign for its pronunciation."""

    def change(parts: dict[str, bytes]) -> None:
        name = f"xl/{_SHARED}.xml"
        shared = _RUN.sub(lambda match: _RICH.format(match[1][:1], match[1][1:]), parts[name].decode())
        parts[name] = shared.encode()

    return repacked(as_excel(data), change)


_STRICT = {
    _MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def as_strict(data: bytes) -> bytes:
    """The same by the strict standard (ISO/IEC 29500), which is one of Excel's kinds of .xlsx."""

    def change(parts: dict[str, bytes]) -> None:
        for name, content in parts.items():
            for loose, strict in _STRICT.items():
                content = content.replace(loose.encode(), strict.encode())
            parts[name] = content

    return repacked(as_excel(data), change)
