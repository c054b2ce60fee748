"""Workbooks as other programs write them, part by part: what no library would write, but shops' exports hold."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {  # ISO/IEC 29500-1: what a program writes that is asked for Strict Open XML
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
Cell = str  #: text, or the XML of a cell made by the functions below
_XML = "\0"


def number(written: str, style: int = 0) -> Cell:
    """A number with these digits, in the n-th of the formats of the workbook."""
    return f'{_XML}<c s="{style}"><v>{written}</v></c>'


def formula(text: str, result: str = "", kind: str = "str") -> Cell:
    """A formula and what it last came to; none is stored where a program did not compute it."""
    value = f"<v>{escape(result)}</v>" if result else ""
    return f'{_XML}<c t="{kind}"><f>{escape(text)}</f>{value}</c>'


def fault(value: str) -> Cell:
    return f'{_XML}<c t="e"><v>{value}</v></c>'


def day(iso: str) -> Cell:
    """A moment as the strict standard writes it."""
    return f'{_XML}<c t="d"><v>{iso}</v></c>'


def _cell(cell: Cell, place: str) -> str:
    xml = cell[1:] if cell[:1] == _XML else f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return "" if not cell else re.sub("^<c", f'<c r="{place}"', xml)


def workbook(
    path: Path,
    rows: Sequence[Sequence[Cell]],
    formats: Sequence[str] = (),
    merged: Sequence[str] = (),
    book: str = "",
    *,
    strict: bool = False,
) -> Path:
    """A workbook of one sheet, its cells written as they are given; style n is the n-th of ``formats``, from 1."""
    xml_rows = "".join(
        f'<row r="{n}">{"".join(_cell(cell, f"{chr(65 + m)}{n}") for m, cell in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{place}"/>' for place in merged)
    codes = "".join(f'<numFmt numFmtId="{200 + n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(formats, 1))
    styles = "".join(f'<xf numFmtId="{200 + n if n else 0}"/>' for n in range(len(formats) + 1))
    relation = f'<Relationship Id="rId{{}}" Type="{RELATIONS}/{{}}" Target="{{}}"/>'.format
    relations = relation(1, "worksheet", "worksheets/sheet1.xml") + relation(2, "styles", "styles.xml")
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{book}'
        '<sheets><sheet name="订单" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
        f"<cellXfs>{styles}</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{xml_rows}</sheetData>'
        f"<mergeCells>{ranges}</mergeCells></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            for old, new in STRICT.items() if strict else ():
                text = text.replace(old, new)
            archive.writestr(name, text)
    return path
