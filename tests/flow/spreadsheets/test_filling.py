"""Print templates: what is refused with its place, and that a filled one looks as its owner made it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from flow.spreadsheets.filling import Filling, fill
from flow.spreadsheets.parts import MAX_FILE, UnfitError
from flow.spreadsheets.template import MAX_HOLES, read_template
from models.views.papers import Entry
from tests.support.print_templates import GOODS_ROW, RED, letterhead, replaced, with_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

    Change = Callable[[Worksheet], object]

SHEET = "xl/worksheets/sheet1.xml"
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
PLAIN = {
    "退款单号": Entry("TK1"), "客户姓名": Entry("李四"), "单号": Entry("R1"), "导出人": Entry("李&敏"),
    "退款金额": Entry("¥1,234.50", Decimal("1234.50")), "导出时间": Entry("2026-12-01 12:00", NOON),
    "商品件数": Entry("6", 6),
}  # fmt: skip


def goods(count: int) -> list[dict[str, Entry]]:
    return [
        {
            "序号": Entry(str(n), n), "编号": Entry(f"8402{n}"), "名称": Entry(f"烛台 {n} <大> & 小"),
            "数量": Entry("2", 2), "实付": Entry("¥2.55", Decimal("2.55")),
        }
        for n in range(1, count + 1)
    ]  # fmt: skip


def filled(data: bytes, count: int = 3, **plain: Entry) -> Worksheet:
    out = fill(data, Filling({**PLAIN, **plain}, {"商品": goods(count)}))
    return load_workbook(io.BytesIO(out), rich_text=True).worksheets[0]


def greater(cell: str) -> Any:
    rule: Any = CellIsRule
    return rule(operator="greaterThan", formula=[cell])


def every_second() -> Any:
    rule: Any = FormulaRule
    return rule(["MOD(ROW(),2)=0"])


def put(place: str, value: Any) -> Change:
    def change(sheet: Worksheet) -> None:
        sheet[place] = value

    return change


# -- what comes out ----------------------------------------------------------------------------------------------------


def test_it_looks_as_its_owner_made_it() -> None:
    sheet = filled(letterhead())
    assert sheet["A1"].value == "回旋商贸 TK1"
    assert (sheet["A1"].font.color.rgb, sheet["A1"].font.size, sheet["A1"].alignment.horizontal) == (RED, 18, "center")
    assert str(sheet["A5"].value) == "单号 R1 完"
    assert sheet["A5"].value[1].font.b, "the run keeps its looks"
    assert sheet.column_dimensions["C"].width == 33
    assert sheet.page_setup.orientation == "landscape"
    foot: Any = sheet.oddFooter
    assert foot.left.text == "李&&敏 打印", "what is filled in is no code of a footer"


@pytest.mark.parametrize(("count", "more"), [(0, 0), (1, 0), (3, 2), (40, 39)])
def test_a_row_of_goods_repeats_and_all_below_goes_down(count: int, more: int) -> None:
    sheet = filled(letterhead(), count)
    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(GOODS_ROW, GOODS_ROW + more)]
    wanted = [[n, f"8402{n}", f"烛台 {n} <大> & 小", 2, "¥2.55"] for n in range(1, count + 1)]
    assert rows == (wanted or [[None] * 5])
    assert all(sheet.cell(GOODS_ROW + n, 1).border.bottom.style == "thin" for n in range(more + 1))
    assert sheet.cell(9 + more, 1).value == "合计 6 件"
    assert sheet.cell(11 + more, 1).value == "签字"
    merged = {str(each) for each in sheet.merged_cells.ranges}
    assert merged == {
        "A1:F1",
        f"A{9 + more}:F{9 + more}",
        *(f"E{GOODS_ROW + n}:F{GOODS_ROW + n}" for n in range(more + 1)),
    }
    assert sheet.print_area == f"'退款单'!$A$1:$F${16 + more}"
    assert sheet.print_title_rows == "$7:$7"
    drawn: Any = sheet
    [logo] = drawn._images
    assert logo.anchor._from.row == 10 + more


@pytest.mark.parametrize(
    ("shown", "value", "cell"),
    [
        ("#,##0.00", Entry("¥8.50", Decimal("8.50")), 8.5),
        ("General", Entry("¥8.50", Decimal("8.50")), "¥8.50"),  # without a format of its own it reads as in the chat
        ("@", Entry("8", 8), "8"),
        ("General", Entry("8", 8), 8),
        ("0", Entry("8", 8), 8),
        ("#,##0.00", Entry("¥***"), "¥***"),  # what the reader may not see
        ("General", Entry("2026-12-01 12:00", NOON), "2026-12-01 12:00"),
        ("yyyy-mm-dd hh:mm", Entry("2026-12-01 12:00", NOON), datetime(2026, 12, 1, 12)),  # noqa: DTZ001
        ("yyyy-mm-dd", Entry("¥8.50", Decimal("8.50")), "¥8.50"),  # an amount is no day
        ("#,##0.00", Entry(""), None),
    ],
)
def test_a_number_is_one_where_its_cell_shows_it_so(shown: str, value: Entry, cell: Any) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B6"], sheet["B6"].number_format = "{新}", shown

    found = filled(letterhead(change), 1, 新=value)["B6"]
    assert (found.value or None) == cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "=cmd|'/c calc'!A1"])
def test_what_is_filled_in_is_never_a_formula(text: str) -> None:
    data = fill(letterhead(), Filling({**PLAIN, "客户姓名": Entry(text)}, {}))
    cell = load_workbook(io.BytesIO(data)).worksheets[0]["B3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f" not in re.sub(rb"<f[a-z]+", b"", archive.read(SHEET))


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        (("{", "单号", "}"), ["", "R1", ""]),  # as LibreOffice writes a name in another script than its braces
        (("单 {", "单号} 完"), ["单 ", "R1 完"]),
        (("{单", "号}"), ["R1", ""]),
        (("{{", "{单号", "}}}"), ["{", "R1", "}"]),
    ],
)
def test_a_place_in_several_runs_looks_as_its_name_begins(runs: tuple[str, ...], told: list[str]) -> None:
    rich = CellRichText(*(TextBlock(InlineFont(b=n == 1), run) for n, run in enumerate(runs)))
    data = fill(letterhead(put("A6", rich)), Filling(PLAIN, {}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [cell] = re.findall(r'<c r="A6".*?</c>', archive.read(SHEET).decode())
    assert re.findall(r"<t[^>]*?(?:/>|>(.*?)</t>)", cell) == told


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert filled(letterhead(), 1, 客户姓名=Entry("李\x00\x0b四\ud800"))["B3"].value == "李四"


def test_braces_that_are_meant_stay() -> None:
    assert filled(letterhead(put("A6", "{{注}}")))["A6"].value == "{注}"


def test_conditions_links_and_breaks_go_with_their_rows() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.conditional_formatting.add("A9:F9", greater("$E$9"))
        sheet["A11"].hyperlink = "https://example.com"
        sheet.row_breaks.append(Break(id=9))
        check = DataValidation(type="list", formula1='"甲,乙"')
        check.add("B9")
        sheet.add_data_validation(check)

    sheet = filled(letterhead(change))
    [held] = sheet.conditional_formatting
    assert (str(held.sqref), held.rules[0].formula) == ("A11:F11", ["$E$11"])
    assert sheet["A13"].hyperlink.target == "https://example.com"
    assert [each.id for each in sheet.row_breaks.brk] == [11]
    assert not sheet.data_validations.dataValidation


def test_a_row_as_high_as_its_owner_wants_stays_so_and_others_grow() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].height = 40

    assert filled(letterhead(change)).row_dimensions[3].height == 40
    loose = replaced(letterhead(change), SHEET, b'ht="40" customHeight="1"', b'ht="40"')
    assert filled(loose).row_dimensions[3].height is None


def test_shapes_and_header_pictures_stay() -> None:
    shape = b'<sp macro=""><nvSpPr/></sp>'
    data = replaced(letterhead(), "xl/drawings/drawing1.xml", b"</pic>", b"</pic>" + shape)
    data = with_part(data, "xl/drawings/vmlDrawing1.vml", b"<xml><v:shape/></xml>")
    with zipfile.ZipFile(io.BytesIO(fill(data, Filling(PLAIN, {"商品": goods(3)})))) as archive:
        assert b"<sp " in archive.read("xl/drawings/drawing1.xml")
        assert archive.read("xl/drawings/vmlDrawing1.vml") == b"<xml><v:shape/></xml>"


def test_a_leftover_order_of_formulas_goes_with_every_mention_of_it() -> None:
    part = b'<Override PartName="/xl/calcChain.xml" ContentType="x"/></Types>'
    data = replaced(
        with_part(letterhead(), "xl/calcChain.xml", b"<calcChain/>"), "[Content_Types].xml", b"</Types>", part
    )
    with zipfile.ZipFile(io.BytesIO(fill(data, Filling(PLAIN, {})))) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
        assert b"calcChain" not in archive.read("[Content_Types].xml")


# -- what is refused ---------------------------------------------------------------------------------------------------


def merged_over(sheet: Worksheet) -> None:
    sheet.merge_cells("A8:A9")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (put("B6", "{退款金额"), "退款单 B6：“{退款金额”里的 { 没有右边的 }"),
        (put("B6", "退款金额}"), "退款单 B6：“退款金额}”里的 } 没有左边的 {"),
        (put("B6", "{}"), "退款单 B6：{} 里没有写名字"),
        (put("B6", "=SUM(A1:A2)"), "退款单 B6 是公式。手机上打开不会重算"),
        (put("B6", '=DISPIMG("ID_1",1)'), "退款单 B6 是“嵌入单元格”的图片"),
        (put("G8", "{经过.时间}"), "退款单 第 8 行里有 商品、经过 几样"),
        (merged_over, "退款单 A8:A9 合并的格子跨过会重复的行"),
        (lambda sheet: sheet.conditional_formatting.add("A1:A2", every_second()), "条件格式里有函数"),
        (lambda sheet: setattr(sheet["A1"], "comment", Comment("看", "我")), "有批注，请删掉"),
        (lambda sheet: setattr(sheet, "title", "{单号}"), "工作表“{单号}”的名字里有占位"),
        (lambda sheet: setattr(sheet["A11"], "hyperlink", "file:///c:/x.exe"), "只能链接 http、https 网址和邮箱"),
        (lambda sheet: [sheet.cell(20 + n, 1, "{单号}") for n in range(MAX_HOLES)], "处占位，最多 500 处"),
    ],
)
def test_what_cannot_be_filled_is_said_with_its_place(change: Change, why: str) -> None:
    with pytest.raises(UnfitError, match=re.escape(why)):
        read_template(letterhead(change))


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("xl/vbaProject.bin", "有宏"),
        ("xl/externalLinks/externalLink1.xml", "链接到别的文件"),
        ("xl/embeddings/oleObject1.bin", "里面嵌了别的文件"),
        ("xl/activeX/activeX1.xml", "有控件"),
        ("xl/charts/chart1.xml", "有图表"),
        ("xl/tables/table1.xml", "请转换为普通区域"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", "有数据透视表"),
        ("xl/connections.xml", "连着外部的数据"),
        ("xl/cellimages.xml", "请改成浮动图片"),
        ("xl/media/image9.svg", "有图片不是 PNG、JPG、GIF 或 BMP"),
        ("customUI/customUI.xml", "改了 Excel 的菜单"),
        ("xl/richData/rdarray.xml", "有一样不认识的东西（xl/richData/rdarray.xml）"),
    ],
)
def test_what_acts_is_let_in_nowhere(part: str, why: str) -> None:
    with pytest.raises(UnfitError, match=re.escape(why)):
        read_template(with_part(letterhead(), part))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04rubbish", "文件坏了，打不开"),
        (b"%PDF-1.7", "文件不是 .xlsx，像是PDF"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "文件有密码"),
        (b"0" * (MAX_FILE + 1), "文件超过 2 MB"),
        (with_part(letterhead(), SHEET, b"<worksheet"), "文件坏了，打不开"),
        (with_part(letterhead(), "xl/drawings/drawing1.xml", b"<xdr:wsDr/>"), "文件坏了，打不开"),
        (with_part(letterhead(), SHEET, b"<!DOCTYPE a><worksheet/>"), "文件坏了，打不开"),
        (with_part(letterhead(), SHEET, b"<worksheet/>" + b" " * 1100000), "太大"),
        (replaced(letterhead(), "[Content_Types].xml", b"sheet.main+xml", b"macroEnabled.main+xml"), "有宏"),
        (replaced(letterhead(), "xl/drawings/drawing1.xml", b"<pic>", b'<pic macro="[0]!x">'), "连着宏"),
        (b"hello", "像是文本或 CSV"),
    ],
)
def test_what_is_no_template_at_all(data: bytes, why: str) -> None:
    with pytest.raises(UnfitError, match=re.escape(why)):
        read_template(data)


def test_every_problem_is_said_at_once() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B6"], sheet["C6"] = "{", "=1"

    with pytest.raises(UnfitError) as caught:
        read_template(letterhead(change))
    assert [problem[:6].rstrip() for problem in caught.value.problems] == ["退款单 B6", "退款单 C6"]
