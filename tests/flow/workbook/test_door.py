"""A file that is no workbook, is damaged or is too big is turned away at the door, with what it is and a way out."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from flow.workbook import WorkbookError, read_workbook
from flow.workbook.file import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, check_file
from tests.support import workbooks as w

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def part(name: str, content: bytes) -> bytes:
    return w.repacked(w.DATA, lambda parts: parts.update({name: content}))


def without(name: str) -> bytes:
    return w.repacked(w.DATA, lambda parts: parts.pop(name))


def with_password() -> bytes:
    data = bytearray(w.DATA)
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def archive(*names: str) -> bytes:
    """Another program's file, which is a zip too."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return out.getvalue()


def lying() -> bytes:
    """A directory that says of a part that it is small."""
    data = bytearray(part("xl/media/x.bin", bytes(3 * 1024 * 1024)))
    entry = data.rfind(b"xl/media/x.bin") - 46
    struct.pack_into("<I", data, entry + 24, 100)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (
            "节点,类型\n质检,人工\n".encode(),
            "像文本或 CSV，它只装得下一张表；请在机器人导出的 .xlsx 里改",
        ),  # a CSV renamed
        ("节点,类型\n".encode("utf-16"), "别的文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"<html><table>", "网页"),  # what some systems call an Excel export
        (b'<?xml version="1.0"?>\n<office:document xmlns:office="urn:oasis">', "这是 LibreOffice 的 .fods 文件，请用"),
        (
            OLE + bytes(600),
            "旧版的 Excel 文件（.xls）或 WPS 的 .et 文件，请用 Excel、WPS 或 LibreOffice 打开，另存为 .xlsx",
        ),
        (archive("mimetype", "content.xml", "META-INF/manifest.xml"), "这是 LibreOffice 的 .ods 文件，请用"),
        (archive("[Content_Types].xml", "xl/workbook.bin"), "二进制工作簿（.xlsb），请用"),
        (archive("Index/Document.iwa"), "这是 Numbers 表格，请用"),
        (archive("退货/退货.xlsx"), "这是压缩包，请先解压"),
        (OLE + bytes(99) + "EncryptedPackage".encode("utf-16-le"), "密码"),  # how Excel locks a workbook
        (with_password(), "密码"),  # how a zip program does
        (b"PK\x03\x04broken", "已损坏"),
        (w.DATA[:-200], "已损坏"),  # cut off on the way
        (without("xl/workbook.xml"), "不是 .xlsx"),  # some other zip
        (without("xl/worksheets/sheet1.xml"), "已损坏"),
        (part("xl/workbook.xml", b"<workbook"), "已损坏"),
        (part("xl/vbaProject.bin", b"x"), "有宏"),
        (part("xl/externalLinks/externalLink1.xml", b"<x/>"), "引用了别的工作簿"),
        (part("xl/styles.xml", b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'), "已损坏"),
        (part("xl/styles.xml", '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'.encode("utf-16")), "已损坏"),
        (part("xl/x.bin", bytes(21 * 1024 * 1024)), "超过 20 MB"),
        (part("xl/x.bin", bytes(15 * 1024 * 1024)), "压缩炸弹"),
        (lying(), "已损坏"),
        (bytes(MAX_BYTES + 1), "最多 2 MB"),
    ],
)
def test_what_is_no_workbook(data: bytes, words: str) -> None:
    said = w.problems(data)
    assert len(said) == 1
    assert words in said[0]


def test_a_good_file_passes_the_door() -> None:
    check_file(w.DATA)


def long(book: Workbook) -> None:
    book["流转"].cell(10_000, 1, "质检")


def wide(book: Workbook) -> None:
    book["节点"].cell(3, MAX_COLUMNS + 1, "x")


def huge(book: Workbook) -> None:
    book["通知"].cell(1_048_576, 16_384, "x")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (long, f"流转：第 10000 行还有字，最多 {MAX_ROWS} 行"),
        (wide, f"节点：有 {MAX_COLUMNS + 1} 列，最多 {MAX_COLUMNS} 列"),
        (huge, f"通知：第 1048576 行还有字，最多 {MAX_ROWS} 行"),
    ],
)
def test_a_sheet_has_bounds(change: Callable[[Workbook], None], words: str) -> None:
    assert words in w.problems(w.edited(change))[0]


def test_a_bomb_of_merged_cells_is_not_unrolled() -> None:
    def merge(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        merged = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", merged)

    assert w.problems(w.repacked(w.DATA, merge)) == ["节点：A1:XFD1048576 合并了，请取消合并，每个格子都写上"]


PARTS = (
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
)
SHEETS = tuple(f"xl/worksheets/sheet{n}.xml" for n in range(1, 10))


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_refused_or_read_but_never_breaks(seed: int) -> None:
    rng = random.Random(seed)

    def damage(found: dict[str, bytes]) -> None:
        name = rng.choice([*PARTS, *SHEETS])
        content = bytearray(found[name])
        for _ in range(rng.randint(1, 6)):
            start = rng.randrange(len(content))
            content[start : start + rng.randint(1, 12)] = rng.randbytes(rng.randint(0, 6))
        found[name] = bytes(content)

    data = w.repacked(w.as_excel(w.DATA), damage)
    try:
        said = list(read_workbook(data, w.SHIPPED).texts.values())
    except WorkbookError as error:
        said = [*error.problems]
    assert all(said)
