"""Opens a file that somebody sent: what it really is, how big it gets, and its cells as text. Nothing is evaluated."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from flow.workbook.errors import WorkbookError
from flow.workbook.scanning import MAX_COLUMNS, MAX_ROWS, Extent, extents
from flow.workbook.words import has_control, unix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flow.workbook.errors import Problems

MAX_BYTES = 2 * 1024 * 1024  #: a shipped workbook has 20 KB
MAX_UNPACKED = 20 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024  #: below one MiB nothing can bomb, and a small repetitive sheet packs well
BLOCK = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0"
DAMAGED = (
    InvalidFileException, ParseError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError,
    OverflowError, AttributeError, IndexError, EOFError, OSError, NotImplementedError, RecursionError, AssertionError,
    ArithmeticError,
)  # fmt: skip
DAMAGED_WORDS = "文件已损坏，读不出工作表；请从机器人重新导出，改好再发"
AGAIN = "请用 Excel 或 WPS 另存为“Excel 工作簿（.xlsx）”再发"
DATE_LIKE = (date, time, timedelta)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet as text, by row and column from 1, and how many of each there are."""

    name: str
    cells: dict[tuple[int, int], str]
    extent: Extent


def opened(data: bytes, wanted: Collection[str], problems: Problems) -> tuple[dict[str, Sheet], list[str]]:
    """The ``wanted`` sheets of a workbook, and the names of all that are in it.

    Raises WorkbookError for what is no workbook, is protected, or is too big. Formulas, dates, errors and control
    characters become problems with their cell.
    """
    check_file(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles it drops; only values matter here
            found = extents(data, wanted)
            _check_extents(found.values())
            return _read(data, found, problems)
    except WorkbookError:
        raise
    except DAMAGED as error:
        raise WorkbookError([DAMAGED_WORDS]) from error


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
        return f"文件有 {size:.1f} MB，最多 {most} MB；请从机器人重新导出，不要贴图片"
    if data.startswith(OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        return "文件有密码，请去掉密码再发" if locked else f"这是旧版的 Excel 文件（.xls），{AGAIN}"
    if not data.startswith(b"PK"):
        return f"这不是 Excel 工作簿，看内容像{_kind(data)}，{AGAIN}"
    return ""


def _kind(data: bytes) -> str:
    if data.startswith(b"%PDF"):
        return " PDF"
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "图片"
    if data.lstrip()[:1] == b"<":
        return "网页"
    return "别的文件" if b"\x00" in data[:BLOCK] else "文本或 CSV"


def _strange_parts(parts: list[zipfile.ZipInfo]) -> str:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        return "文件有密码，请去掉密码再发"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return f"文件里有宏，不能收；{AGAIN}"
    if any(name.startswith("xl/externalLinks/") for name in names):
        return "文件引用了别的工作簿，不能收；请在“数据 → 编辑链接”里断开链接，再存一次"
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        return f"这不是 .xlsx 工作簿，{AGAIN}"
    return DAMAGED_WORDS if len(set(names)) < len(names) else ""


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
                if b"<!" in block and (b"<!DOCTYPE" in block or b"<!ENTITY" in block):
                    raise WorkbookError([DAMAGED_WORDS])


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Blocks that overlap by what would hide a word on their border."""
    tail = b""
    while block := file.read(BLOCK):
        yield tail + block
        tail = block[-16:]


def _check_extents(found: Iterable[Extent]) -> None:
    """Raises WorkbookError for sheets that are too long or too wide."""
    words = []
    for extent in found:
        if extent.rows > MAX_ROWS:
            words.append(f"{extent.name}：有 {extent.rows} 行以上，最多 {MAX_ROWS} 行；请删掉下面多余的行")
        if extent.columns > MAX_COLUMNS:
            words.append(f"{extent.name}：有 {extent.columns} 列，最多 {MAX_COLUMNS} 列；请删掉右边多余的列")
    if words:
        raise WorkbookError(words)


def _read(data: bytes, found: dict[str, Extent], problems: Problems) -> tuple[dict[str, Sheet], list[str]]:
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        names = [sheet.title for sheet in book.worksheets]
        sheets = {
            name: Sheet(name, dict(_cells(book[name], extent, problems)), extent)
            for name, extent in found.items() if name in names
        }  # fmt: skip
        return sheets, names
    finally:
        book.close()


def _cells(sheet: Any, extent: Extent, problems: Problems) -> Iterator[tuple[tuple[int, int], str]]:
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    for cells in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS):
        for cell in cells:
            if cell.value is None:
                continue
            words = _refused(cell)
            if words:
                place = f"{get_column_letter(cell.column)}{cell.row}"
                problems.close(extent.name, cell.row, f"{place} {words}")
            elif text := text_of(cell.value):
                yield (cell.row, cell.column), text


def _refused(cell: Any) -> str:
    if cell.data_type == "f":
        return "是公式，请改成公式算出来的字（复制，选择性粘贴为值）"
    if cell.data_type == "e":
        return f"是出错的值 {cell.value}，请改正"
    if isinstance(cell.value, DATE_LIKE):
        return "被表格软件当成了日期或时间，请把格子设成“文本”再写一次"
    if isinstance(cell.value, str) and has_control(unix(cell.value)):
        return "里有看不见的控制字符，请删掉重写"
    return ""


def text_of(value: Any) -> str:
    """A cell as a person would have typed it: 50.0 is 50, and 0.1+0.2 is 0.3."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}').normalize():f}"
    return unix(str(value)).strip()
