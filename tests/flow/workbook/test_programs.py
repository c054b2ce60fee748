"""The file as Excel, WPS and LibreOffice save it: what a person wrote is read, whatever else the program put there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from openpyxl.worksheet.table import Table

from flow.workbook.errors import Problems
from flow.workbook.file import opened
from tests import HERE
from tests.support import workbooks as w

if TYPE_CHECKING:
    from openpyxl import Workbook

EXCEL = w.as_excel(w.DATA)
STYLES, BOOK, MOVES, LIMITS = (
    f"xl/{name}.xml" for name in ("styles", "workbook", "worksheets/sheet2", "worksheets/sheet4")
)


def part(name: str, pattern: str, new: str) -> bytes:
    """Excel's file with one of its parts written otherwise."""

    def change(parts: dict[str, bytes]) -> None:
        text, found = re.subn(pattern, new, parts[name].decode(), flags=re.DOTALL)
        assert found, pattern
        parts[name] = text.encode()

    return w.repacked(EXCEL, change)


def beside(*names: str) -> bytes:
    """With parts of which we know nothing."""
    return w.repacked(EXCEL, lambda parts: parts.update(dict.fromkeys(names, b"<x/>")))


def without_styles() -> bytes:
    return w.repacked(EXCEL, lambda parts: parts.pop(STYLES))


def a_table(book: Workbook) -> None:
    book["流转"].add_table(Table(displayName="表1", ref="A1:J42"))


def a_draft(book: Workbook) -> None:
    book.create_sheet("草稿2", 0)["A1"] = "问一下老陈"


MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
CHOICE = (
    f'<mc:AlternateContent {MC}><mc:Choice Requires="x15"><absPath url="C:\\李敏\\"/></mc:Choice></mc:AlternateContent>'
)
X14 = (
    '<extLst><ext xmlns:x14="x14" xmlns:xm="xm"><x14:dataValidations><x14:dataValidation type="list"><x14:formula1>'
    "<xm:f>节点!$A$2:$A$99</xm:f></x14:formula1><xm:sqref>D2:D99</xm:sqref></x14:dataValidation></x14:dataValidations>"
    "</ext></extLst></worksheet>"
)
FAR = (
    '<row r="9000"><c r="A9000" t="str"><v> </v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
)
SAVED: dict[str, bytes] = {
    "Excel": EXCEL,
    "texts of several looks": w.as_rich(w.DATA),
    "the strict standard": w.as_strict(w.DATA),
    "openpyxl": w.edited(lambda book: None),
    "days counted from 1904": part(BOOK, "<workbookPr ", '<workbookPr date1904="1" '),
    "what only new programs understand": part(BOOK, "<sheets>", f"{CHOICE}<sheets>"),
    "drop-downs of Excel 2010": part(MOVES, "</worksheet>", X14),
    "every sheet shown": part(BOOK, ' state="[^"]*"', ""),
    "a print range that is gone": part(BOOK, "</sheets>", "</sheets><definedNames><definedName "
        'name="_xlnm.Print_Area" localSheetId="99">#REF!</definedName></definedNames>'),
    "a filter": part(MOVES, "</sheetData>", '</sheetData><autoFilter ref="A1:J42"><filterColumn colId="0">'
        '<customFilters><customFilter val="*质检*"/></customFilters></filterColumn></autoFilter>'),
    "a kind of rule that nobody knows": part(MOVES, 'type="list"', 'type="weird"'),
    "fonts that a library refuses": part(STYLES, '<family val="2" ?/>', '<family val="34"/>'),
    "a style without a name": part(STYLES, '<cellStyle name="[^"]*"', "<cellStyle"),
    "a fill that is none": part(STYLES, "</fills>", "<fill/></fills>"),
    "no styles": without_styles(),
    "a date that is none": part("docProps/core.xml", r"(<dcterms:created[^>]*>)[^<]*", r"\g<1>2026/11/22"),
    "a size that is wrong": part(LIMITS, '<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"'),
    "cells that say not where they are": part("xl/worksheets/sheet7.xml", r'<(c|row) r="\w+"', r"<\1"),
    "blanks and borders far below": part(MOVES, "</sheetData>", FAR),
    "parts of Excel 365 and WPS": beside("xl/persons/person.xml", "xl/metadata.xml", "xl/cellimages.xml"),
    "a table": w.edited(a_table),
    "a sheet of one's own": w.edited(a_draft),
}  # fmt: skip


@pytest.mark.parametrize("name", SAVED)
def test_a_file_in_which_nothing_was_edited_changes_nothing(name: str) -> None:
    assert w.changes(SAVED[name]) == {}


# ---- single cells


def limit(cell: str, formats: str = "") -> bytes:
    """The cell C3 of the sheet 时限 as it stands in the file; its style has the format ``formats``."""

    def change(parts: dict[str, bytes]) -> None:
        parts[LIMITS], found = re.subn(rb'<c r="C3" s="\d+" t="s"><v>\d+</v></c>', cell.encode(), parts[LIMITS])
        assert found == 1
        parts[STYLES] = re.sub(
            rb'(<cellXfs.*?numFmtId=")\d+', rb"\g<1>" + formats.encode(), parts[STYLES], flags=re.DOTALL
        )

    return w.repacked(EXCEL, change)


DAY = "C3 被表格软件当成了日期或时间，请把格子设成“文本”再写一次"
CELLS: list[tuple[str, str, str]] = [
    ('<c r="C3" s="0"><v>46117</v></c>', "14", DAY),
    ('<c r="C3" s="0"><v>46117</v></c>', "58", DAY),  # 4月5日: Chinese programs do not write this format out
    ('<c r="C3" s="0"><v>46117</v></c>', "31", DAY),  # 2026年4月5日
    ('<c r="C3" s="0"><v>0.5</v></c>', "9", "C3 被表格软件当成了百分数，请把格子设成“文本”再写一次"),
    ('<c r="C3" s="0"><v>4</v></c>', "3", "时限“4”看不懂"),  # 4, shown with thousands
    ('<c r="C3" t="d"><v>2026-04-05</v></c>', "0", DAY),  # as the strict standard writes it
    ('<c r="C3" t="b"><v>1</v></c>', "0", "时限“是”看不懂"),
    ('<c r="C3" t="e"><v>#REF!</v></c>', "0", "C3 是出错的值 #REF!，请改正"),
    ('<c r="C3" t="str"><f>A1</f><v>4小时</v></c>', "0", "C3 是公式，请改成公式算出来的字（复制，选择性粘贴为值）"),
    ('<c r="C3"><f t="shared" si="0"/><v>4</v></c>', "0", "C3 是公式，"),
    ('<c r="C3" t="s"><v>99999</v></c>', "0", "文件已损坏"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "formats", "said"), CELLS)
def test_a_cell_that_is_no_text_is_named(cell: str, formats: str, said: str) -> None:
    [words] = w.problems(limit(cell, formats))
    assert said in words


@pytest.mark.parametrize("text", ["4小时", "\u200b4\u2060小时\ufeff", "\u00a04\u00a0小时", "4小时_x000D_\n", "４小时"])
def test_what_no_eye_can_see_does_not_matter(text: str) -> None:
    found = w.changes(limit(f'<c r="C3" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>', "49"))
    assert found["flow"]["节点"]["金额审批"]["时限"] == "4小时"


# ---- a file that LibreOffice saved: typed, formatted, filtered, commented, merged


TYPED = {
    "A1": "节点", "B1": "时限", "A2": "质检",
    "B2": "4小时", "B5": "1500", "B7": "是", "B10": "卡片的标题", "B11": "第一行\n第二行", "B12": "1500", "B13": "0.3",
    "B14": "见 说明", "B15": "1000000000000000", "B16": "<=50", "B17": "50~500", "B18": "=质检", "B19": "质检",
    "B22": "1.5", "B23": "1.5",
}  # fmt: skip


def test_what_libreoffice_saves() -> None:
    problems = Problems()
    data = (HERE / "data" / "workbook" / "libreoffice.xlsx").read_bytes()
    sheets, names = opened(data, {"时限"}, problems)
    assert names == ["时限", "草稿"]
    assert {f"{'AB'[column - 1]}{row}": text for (row, column), text in sheets["时限"].cells.items()} == TYPED
    assert sheets["时限"].merged == ["D30:E31"]
    said = [(found.row, found.words.partition("，")[0]) for found in problems.found]
    assert said == [
        (3, "B3 被表格软件当成了日期或时间"),  # 4-5
        (4, "B4 被表格软件当成了日期或时间"),  # 4:00
        (6, "B6 被表格软件当成了百分数"),  # 50%
        (8, "B8 是公式"),
        (9, "B9 是公式"),  # =1/0
        (21, "B21 被表格软件当成了日期或时间"),  # 2026年4月5日
    ]
