"""Opens a file that somebody sent: what it really is, how big it gets, and its cells as text. Nothing is evaluated."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from openpyxl.utils import get_column_letter

from flow.workbook.errors import WorkbookError
from flow.workbook.scanning import DATE, ERROR, FORMULA, MAX_COLUMNS, MAX_ROWS, PERCENT, scanned
from flow.workbook.words import cleaned, has_control

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flow.workbook.errors import Problems
    from flow.workbook.scanning import Raw, Scanned

MAX_BYTES = 2 * 1024 * 1024  #: a shipped workbook has 20 KB
MAX_UNPACKED = 20 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024  #: below one MiB nothing can bomb, and a small repetitive sheet packs well
BLOCK = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0"
DAMAGED = (
    ParseError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError,
    OverflowError, AttributeError, IndexError, EOFError, OSError, NotImplementedError, RecursionError, AssertionError,
    ArithmeticError,
)  # fmt: skip
DAMAGED_WORDS = "文件已损坏，读不出工作表；请从机器人重新导出，改好再发"
AGAIN = "请用 Excel、WPS 或 LibreOffice 打开，另存为 .xlsx（“Excel 工作簿”或“Excel 2007-365”）再发"
IN_OURS = "请在机器人导出的 .xlsx 里改，保存时仍选 .xlsx"
_ARCHIVES = {
    "META-INF/manifest.xml": "是 LibreOffice 的 .ods 文件",
    "xl/workbook.bin": "是 Excel 的二进制工作簿（.xlsb）",
    "Index/Document.iwa": "是 Numbers 表格",
}
_AS_TEXT = "请把格子设成“文本”再写一次"
_NOT_TEXT = {
    FORMULA: "是公式，请改成公式算出来的字（复制，选择性粘贴为值）",
    DATE: f"被表格软件当成了日期或时间，{_AS_TEXT}",
    PERCENT: f"被表格软件当成了百分数，{_AS_TEXT}",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet as text, by row and column from 1, and the merged ranges."""

    name: str
    cells: dict[tuple[int, int], str]
    merged: list[str]


def opened(data: bytes, wanted: Collection[str], problems: Problems) -> tuple[dict[str, Sheet], list[str]]:
    """The ``wanted`` sheets of a workbook, and the names of all that are in it.

    Raises WorkbookError for what is no workbook, is protected, or is too big. Formulas, dates, percentages, errors and
    control characters become problems with their cell.
    """
    check_file(data)
    try:
        found, names = scanned(data, wanted)
    except DAMAGED as error:
        raise WorkbookError([DAMAGED_WORDS]) from error
    _check_extents(found.values())
    sheets = {name: Sheet(name, dict(_cells(sheet, problems)), sheet.merged) for name, sheet in found.items()}
    return sheets, names


def check_file(data: bytes) -> None:
    """Raises WorkbookError for what is not an XLSX workbook of a bearable size without macros and links."""
    if words := _not_a_zip(data):
        raise WorkbookError([words])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if words := _strange_parts(parts) or _too_big(sum(part.file_size for part in parts), len(data)):
                raise WorkbookError([words])
            _inflate(archive, parts, len(data))
    except WorkbookError:
        raise
    except DAMAGED as error:
        raise WorkbookError([DAMAGED_WORDS]) from error


def _not_a_zip(data: bytes) -> str:
    if not data:
        return "文件是空的，请重新发"
    if len(data) > MAX_BYTES:
        size, most = len(data) / 1024 / 1024, MAX_BYTES // 1024 // 1024
        return f"文件有 {size:.1f} MB，最多 {most} MB；请从机器人重新导出，不要贴图片，也不要给空行加格式"
    if data.startswith(OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        return "文件有密码，请去掉密码再发" if locked else f"这是旧版的 Excel 文件（.xls）或 WPS 的 .et 文件，{AGAIN}"
    if not data.startswith(b"PK"):
        return _other_kind(data)
    return ""


def _other_kind(data: bytes) -> str:
    start = data[:BLOCK]
    if start.lstrip()[:1] == b"<" and b"office:document" in start:
        return f"这是 LibreOffice 的 .fods 文件，{AGAIN}"
    return f"这不是 Excel 工作簿，看内容像{_kind(start)}；{IN_OURS}"


def _kind(start: bytes) -> str:
    if start.startswith(b"%PDF"):
        return " PDF"
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "图片"
    if start.lstrip()[:1] == b"<":
        return "网页"
    return "别的文件" if b"\x00" in start else "文本或 CSV，它只装得下一张表"


def _strange_parts(parts: list[zipfile.ZipInfo]) -> str:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        return "文件有密码，请去掉密码再发"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return f"文件里有宏，不能收；{AGAIN}"
    if any(name.startswith("xl/externalLinks/") for name in names):
        return "文件引用了别的工作簿，不能收；请在“数据 → 编辑链接”里断开链接，再存一次"
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        return f"这{_archive_kind(names)}，{AGAIN}"
    return DAMAGED_WORDS if len(set(names)) < len(names) else ""


def _archive_kind(names: Collection[str]) -> str:
    """What another archive is, by a part that only its kind has."""
    found = (kind for part, kind in _ARCHIVES.items() if part in names)
    packed = any(name.lower().endswith((".xlsx", ".xls", ".et")) for name in names)
    return next(found, "是压缩包，请先解压" if packed else "不是 .xlsx 工作簿")


def _too_big(unpacked: int, packed: int) -> str:
    if unpacked > MAX_UNPACKED:
        return f"文件解开后超过 {MAX_UNPACKED // 1024 // 1024} MB，没有打开；请从机器人重新导出再改"
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed:
        return f"文件的压缩比超过 {MAX_RATIO} 倍，像压缩炸弹，没有打开"
    return ""


def _inflate(archive: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo], packed: int) -> None:
    """Unpack once and count, for a directory may lie; and look for what XML must not declare."""
    size = 0
    for part in parts:
        with archive.open(part) as file:
            for block in _blocks(file):
                size += len(block)
                if words := _too_big(size, packed):
                    raise WorkbookError([words])
                letters = block.replace(b"\x00", b"")  # of UTF-16 too
                if b"<!DOCTYPE" in letters or b"<!ENTITY" in letters:
                    raise WorkbookError([DAMAGED_WORDS])


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Blocks that overlap by what would hide a word on their border."""
    tail = b""
    while block := file.read(BLOCK):
        yield tail + block
        tail = block[-32:]


def _check_extents(found: Iterable[Scanned]) -> None:
    """Raises WorkbookError for sheets that are too long or too wide."""
    words = []
    for sheet in found:
        if sheet.rows > MAX_ROWS:
            words.append(f"{sheet.name}：第 {sheet.rows} 行还有字，最多 {MAX_ROWS} 行；请删掉下面多余的行")
        if sheet.columns > MAX_COLUMNS:
            words.append(f"{sheet.name}：有 {sheet.columns} 列，最多 {MAX_COLUMNS} 列；请删掉右边多余的列")
    if words:
        raise WorkbookError(words)


def _cells(sheet: Scanned, problems: Problems) -> Iterator[tuple[tuple[int, int], str]]:
    for (row, column), raw in sheet.cells.items():
        if words := _refused(raw):
            problems.close(sheet.name, row, f"{get_column_letter(column)}{row} {words}")
        elif text := text_of(raw.value):
            yield (row, column), text


def _refused(raw: Raw) -> str:
    if raw.kind == ERROR:
        return f"是出错的值 {raw.value}，请改正"
    if isinstance(raw.value, str) and has_control(cleaned(raw.value)):
        return "里有看不见的控制字符，请删掉重写"
    return _NOT_TEXT.get(raw.kind, "")


def text_of(value: Any) -> str:
    """A cell as a person would have typed it: 50.0 is 50, and 0.1+0.2 is 0.3."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}').normalize():f}"
    return cleaned(str(value)).strip()
