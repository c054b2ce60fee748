"""Files are what they say they are, or are refused in one sentence before anything is read."""

from __future__ import annotations

import gzip
import lzma
import re
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from flow.imports.file import MAX_RATIO, inspect
from flow.imports.fixes import write_fixes
from flow.imports.report import ImportRefused
from flow.imports.table import Row, Table, clean
from flow.imports.workbook import UNCOMPUTED
from flow.spreadsheets import kinds
from models import Order
from tests.support.importing import ORDER_HEADER, book, opened, take_in
from tests.support.workbooks import repacked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "订单号,SKU,备注\nA1,S1,早上\nA2,S2,晚上\n"
ROWS = [Row(2, ["A1", "S1", "早上"]), Row(3, ["A2", "S2", "晚上"])]


def read(path: Path) -> list[Row]:
    with closing(Table(path)) as table:
        return list(table.rows())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", TEXT.encode()),  # plain UTF-8
        ("a.csv", TEXT.encode("utf-8-sig")),  # as Excel saves "CSV UTF-8"
        ("a.csv", TEXT.encode("gb18030")),  # as Chinese Excel saves "CSV"
        ("a.txt", TEXT.replace(",", "\t").encode("utf-16")),  # as Excel saves "Unicode text"
        ("a.tsv", TEXT.replace(",", "\t").encode()),  # tabs
        ("a.csv", TEXT.replace(",", ";").encode()),  # semicolons
        ("a.csv", TEXT.replace("\n", "\r\n").encode()),  # Windows line ends
        ("a.csv.gz", gzip.compress(TEXT.encode(), mtime=0)),
        ("a.csv.xz", lzma.compress(TEXT.encode("gb18030"))),
        ("A.CSV", TEXT.encode()),  # the suffix in capitals
    ],
)
def test_the_same_table_in_any_dress(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path / name) == ROWS


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  A1 ", "A1"),  # spaces at the ends
        ("Ａ１　", "A1"),  # full-width letters and space
        ("x\u0000y\n", "x y"),  # control characters, which PostgreSQL refuses
        ("=1+1", "=1+1"),  # text is text; only exports escape it
        ("@SUM(A1)", "@SUM(A1)"),
        ("－5", "-5"),  # a full-width minus
        ("㈱", "(株)"),  # NFKC
    ],
)
def test_text_is_cleaned_at_the_door(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('甲,乙\n\n"一\n二",2\n\n3,4\n', encoding="utf-8")
    assert read(tmp_path / "a.csv") == [Row(3, ["一 二", "2"]), Row(6, ["3", "4"])]


def test_a_ragged_row_is_one_bad_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,2,3\n4,5\n", encoding="utf-8")
    first, second = read(tmp_path / "a.csv")
    assert "3 列" in first.problem
    assert second == Row(3, ["4", "5"])


def test_a_workbook_reads_like_the_same_csv(tmp_path: Path) -> None:
    path = book(tmp_path, [["甲", "乙", "丙"], [17850, 2.55, "=不是公式"[1:]], [None, None, None], ["x", True, None]])
    assert read(path) == [Row(2, ["17850", "2.55", "不是公式"]), Row(4, ["x", "TRUE", ""])]


def test_times_of_a_workbook_come_in_iso_form(tmp_path: Path) -> None:
    from datetime import date, datetime

    path = book(tmp_path, [["甲", "乙"], [datetime(2011, 8, 31, 17, 45), date(2011, 8, 31)]])  # noqa: DTZ001
    assert read(path) == [Row(2, ["2011-08-31 17:45:00", "2011-08-31 00:00:00"])]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (40786.5, "2011-08-31 12:00:00"),
        (1e12, "1000000000000"),  # no day at all: the row will be refused
    ],
)
def test_a_day_in_one_of_the_formats_that_chinese_programs_only_number(
    tmp_path: Path, number: float, text: str
) -> None:
    """31 is 2011年8月31日; Excel and WPS write the number and no format."""
    path = book(tmp_path, [["下单时间"], [number]])

    def numbered(parts: dict[str, bytes]) -> None:
        styles = parts["xl/styles.xml"]
        parts["xl/styles.xml"] = re.sub(rb'(<cellXfs.*?numFmtId=")\d+', rb"\g<1>31", styles, flags=re.DOTALL)

    path.write_bytes(repacked(path.read_bytes(), numbered))
    assert [row.cells for row in read(path)] == [[text]]


def test_a_formula_without_a_result_stands_for_itself_until_somebody_wants_it(tmp_path: Path) -> None:
    path = book(tmp_path, [["甲", "乙"], ["1", "=1+1"], ["#N/A", "2"], ["3", "4"]])
    assert [row.cells for row in read(path)] == [["1", UNCOMPUTED], ["#N/A", "2"], ["3", "4"]]


def encrypted(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)


def zipped(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")

    return make


def renamed(path: Path) -> None:
    book(path.parent, [["订单号"], ["A1"]], "真的.xlsx").rename(path)


def with_password(path: Path) -> None:
    zipped("xl/workbook.xml")(path)
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", " " * 4 * 1024 * 1024)


def content(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.pdf", content(b"x"), "只认"),  # another kind of file
        ("a.xlsx.gz", content(b"x"), "只认"),  # a workbook is packed already
        ("a.csv", content(b""), "空文件"),
        ("a.csv", zipped("x"), "不是 .xlsx 工作簿"),  # an archive renamed
        ("a.xlsx", content(TEXT.encode()), "和后缀不符"),  # a CSV renamed
        ("a.xlsx", encrypted, "旧版的 Excel 文件"),
        ("a.xls", encrypted, "旧版的 Excel 文件"),
        ("a.xlsx", content(kinds.OLE + "EncryptedPackage".encode("utf-16-le")), "有密码"),  # Excel wraps one in OLE
        ("a.csv", renamed, "其实是 Excel 工作簿，把文件名的后缀改成 .xlsx"),
        ("a.xlsm", renamed, "其实是 Excel 工作簿，把文件名的后缀改成 .xlsx"),
        ("a.xls", content(b"\xef\xbb\xbf\r\n<HTML><table>"), "其实是网页表格"),  # as many shops export
        ("a.csv", content("<table><tr><td>订单号".encode()), "其实是网页表格"),
        ("a.xlsx", zipped("Index/Document.iwa"), "是 Numbers 表格"),
        ("a.ods", zipped("META-INF/manifest.xml"), "是 LibreOffice 的 .ods 文件"),
        ("a.zip", zipped("订单.csv"), "是压缩包，请先解压"),
        ("a.csv", content(gzip.compress(b"a,b")), "其实是 GZ 压缩的文件，请先解压"),
        ("a.xlsx", with_password, "密码"),  # a zip with a password
        ("a.xlsx", zipped("x"), "不是 .xlsx 工作簿"),  # some other zip
        ("a.xlsx", content(b"PK\x03\x04broken"), "损坏"),
        ("a.xlsx", bomb, "压缩炸弹"),
        ("a.csv.gz", content(gzip.compress(b"a,b\n" + b" " * 4 * 1024 * 1024, mtime=0)), "压缩炸弹"),
        ("a.csv.xz", content(lzma.compress(TEXT.encode())[:-20]), "损坏"),  # cut off on the way
        ("a.csv", content(b"a,b\n\x00\x01\x02"), "二进制"),
        ("a.csv", content(b"a,b\n\xff\xff\xff"), "编码"),  # neither UTF-8 nor GB18030
    ],
)
def test_what_is_refused_and_why(tmp_path: Path, name: str, make: Callable[[Path], None], words: str) -> None:
    make(tmp_path / name)
    with pytest.raises(ImportRefused, match=words):
        Table(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="没有文件"):
        inspect(tmp_path / "没有.csv")


def test_a_table_that_compresses_well_is_no_bomb(tmp_path: Path) -> None:
    text = "订单号,SKU\n" + "".join(f"{n},S{n % 7}\n" for n in range(150_000))
    (tmp_path / "a.csv.xz").write_bytes(packed := lzma.compress(text.encode()))
    assert len(text) < MAX_RATIO * len(packed)
    assert len(read(tmp_path / "a.csv.xz")) == 150_000


def test_a_file_with_nothing_in_it_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="没有表头"):
        read(tmp_path / "a.csv")


LONG = "x" * 200_000


@pytest.mark.parametrize(
    ("text", "bad", "good"),
    [
        ('甲,乙\n"1,2\n3,4\n', [2], [["3", "4"]]),  # never closed
        ('甲,乙\n1,"2\n3,"4"\n5,6\n', [2], [["3", "4"], ["5", "6"]]),  # closed by another row's quote
        ('甲,乙\n1,"24" 屏"\n3,4\n', [2], [["3", "4"]]),  # not doubled
        ('甲,乙,丙\n1,"二,3\n4,5" 屏,6\n7,屏 8",9\n', [2], [["4", '5" 屏', "6"], ["7", '屏 8"', "9"]]),
        ('甲,乙,丙\n1,"二,3\n4,屏 5",6\n', [2], [["4", '屏 5"', "6"]]),  # would be one row of three cells
        ('甲,乙\n1,"上海\n浦东, 一号"\n3,4\n', [], [["1", "上海 浦东, 一号"], ["3", "4"]]),  # a cell of two lines
        ('甲,乙\n"上\n海",2\n3,4\n', [], [["上 海", "2"], ["3", "4"]]),  # in the first column too
        (f"甲,乙\n{LONG},1\n3,4\n", [2], [["3", "4"]]),
    ],
)
def test_a_quote_that_does_not_pair_costs_its_row(
    tmp_path: Path, text: str, bad: list[int], good: list[list[str]]
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    rows = read(tmp_path / "a.csv")
    assert [row.line for row in rows if "引号" in row.problem] == bad
    assert [row.cells for row in rows if not row.problem] == good


async def test_rows_of_utf_8_in_a_gb18030_file_are_named_and_given_back_readable(sqlite: str, tmp_path: Path) -> None:
    rows = [f"A{n},S1,白色杯子,1,10,2011-08-01,C9" for n in range(1, 4)]
    other = "A9,S1,红色盘子,1,10,2011-08-01,C9".encode()
    path = tmp_path / "订单.csv"
    path.write_bytes(b"\n".join([*(line.encode("gb18030") for line in (ORDER_HEADER, *rows)), other, b""]))
    async with opened(sqlite):
        report = await take_in("orders", path)
        assert [order.no for order in await Order.all().order_by("id")] == ["A1", "A2", "A3"]
    [bad] = report.bad
    assert (bad.line, "UTF-8" in bad.fix) == (5, True)
    write_fixes(path, report, tmp_path / "改.csv")
    assert "红色盘子" in (tmp_path / "改.csv").read_text(encoding="utf-8-sig")


SHORT, LONG_ROW = "A2,S1,红色盘子,1,10", "A3,S1,蓝色碗,1,10,2011-08-01,C9,多的"


@pytest.mark.parametrize("name", ["改.csv", "改.xlsx"])
async def test_a_row_that_is_given_back_and_not_mended_is_refused_again(sqlite: str, tmp_path: Path, name: str) -> None:
    path, fixes = tmp_path / "订单.csv", tmp_path / name
    path.write_text("\n".join([ORDER_HEADER, "A1,S1,白色杯子,1,10,2011-08-01,C9", SHORT, LONG_ROW, ""]), "utf-8")
    async with opened(sqlite):
        report = await take_in("orders", path)
        assert [bad.line for bad in report.bad] == [3, 4]
        write_fixes(path, report, fixes)
        again = await take_in("orders", fixes)
        assert [("还没有改" in bad.fix, "清空" in bad.fix) for bad in again.bad] == [(True, True)] * 2
        assert [order.no for order in await Order.all()] == ["A1"]


async def test_a_row_that_is_mended_goes_in_and_what_was_too_much_is_shown(sqlite: str, tmp_path: Path) -> None:
    path, fixes = tmp_path / "订单.csv", tmp_path / "改.csv"
    path.write_text("\n".join([ORDER_HEADER, SHORT, LONG_ROW, ""]), "utf-8")
    async with opened(sqlite):
        write_fixes(path, await take_in("orders", path), fixes)
        header, short, long = fixes.read_text("utf-8-sig").splitlines()
        assert "多出来的格：多的" in long
        mended = f"{','.join(short.split(',')[:5])},2011-08-01,C9,{','.join(short.split(',')[7:])}"
        cleared = ",".join(["" if cell == "这一行读不了" else cell for cell in long.split(",")])
        fixes.write_text("\n".join([header, mended, cleared, ""]), "utf-8-sig")
        again = await take_in("orders", fixes)
        assert not again.bad
        assert sorted(order.no for order in await Order.all()) == ["A2", "A3"]


def test_two_bytes_that_are_both_by_chance_are_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("名,数\n联通,1\n".encode("gb18030"))
    with closing(Table(path)) as table:
        assert [row.cells for row in table.rows()] == [["联通", "1"]]
