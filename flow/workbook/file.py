"""Opens a file that somebody sent: what it really is, how big it gets, and its cells as text. Nothing is evaluated."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.spreadsheets import door, kinds
from flow.spreadsheets.door import BLOCK
from flow.spreadsheets.formats import number_text
from flow.spreadsheets.places import column_letters
from flow.spreadsheets.reader import Reader
from flow.spreadsheets.scanner import DATE, ERROR, PERCENT
from flow.workbook.errors import WorkbookError
from flow.workbook.words import cleaned, has_control

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flow.spreadsheets.scanner import Raw
    from flow.spreadsheets.scanner import Sheet as Rows
    from flow.workbook.errors import Problems

MAX_BYTES = 2 * 1024 * 1024  #: a shipped workbook has 20 KB
BOUNDS = door.Bounds(unpacked=20 * 1024 * 1024, ratio=100)
MAX_ROWS, MAX_COLUMNS = 2000, 60
_MAX_MERGED = 20  #: ranges that are named in one answer
DAMAGED_WORDS = "文件已损坏，读不出工作表；请从机器人重新导出，改好再发"
AGAIN = f"{kinds.AGAIN}再发"
IN_OURS = "请在机器人导出的 .xlsx 里改，保存时仍选 .xlsx"
ELSEWHERE = "聊天里只收流程表；订单、商品、成员请管理员用 import 命令导入"
_AS_TEXT = "请把格子设成“文本”再写一次"
_FORMULA = "是公式，请改成公式算出来的字（复制，选择性粘贴为值）"
_NOT_TEXT = {
    DATE: f"被表格软件当成了日期或时间，{_AS_TEXT}",
    PERCENT: f"被表格软件当成了百分数，{_AS_TEXT}",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet as text, by row and column from 1, and the merged ranges."""

    name: str
    cells: dict[tuple[int, int], str]
    merged: list[str]


@dataclass(slots=True)
class _Scanned:
    """The cells of a sheet that are not blank, how far they reach, and the merged ranges."""

    name: str
    cells: dict[tuple[int, int], Raw] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    merged: list[str] = field(default_factory=list)

    def put(self, row: int, column: int, raw: Raw) -> None:
        self.cells[row, column] = raw
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def too_big(self) -> bool:
        return self.rows > MAX_ROWS or self.columns > MAX_COLUMNS


def opened(data: bytes, wanted: Collection[str], problems: Problems) -> tuple[dict[str, Sheet], list[str]]:
    """The ``wanted`` sheets of a workbook, and the names of all that are in it.

    Raises WorkbookError for what is no workbook, is protected, or is too big. Formulas, dates, percentages, errors and
    control characters become problems with their cell.
    """
    check_file(data)
    try:
        found, names = _scanned(data, wanted)
    except door.Damaged as error:
        raise WorkbookError([DAMAGED_WORDS]) from error
    _check_extents(found.values())
    sheets = {name: Sheet(name, dict(_cells(sheet, problems)), sheet.merged) for name, sheet in found.items()}
    return sheets, names


def check_file(data: bytes) -> None:
    """Raises WorkbookError for what is not an XLSX workbook of a bearable size without macros and links."""
    if words := _not_a_zip(data):
        raise WorkbookError([words])
    try:
        names = door.check(io.BytesIO(data), len(data), BOUNDS)
    except door.Refused as refusal:
        raise WorkbookError([_refusal_words(refusal, data)]) from refusal
    if words := _strange_parts(names):
        raise WorkbookError([words])


def _refusal_words(refusal: door.Refused, data: bytes) -> str:
    match refusal:
        case door.Locked():
            return "文件有密码，请去掉密码再发"
        case door.TooBig():
            return f"文件解开后超过 {BOUNDS.unpacked // 1024 // 1024} MB，没有打开；请从机器人重新导出再改"
        case door.Bomb():
            return f"文件的压缩比超过 {BOUNDS.ratio} 倍，像压缩炸弹，没有打开"
        case door.NoWorkbook():
            return f"这{refusal.kind}，{AGAIN}"
        case _:
            return DAMAGED_WORDS


def _not_a_zip(data: bytes) -> str:
    if not data:
        return "文件是空的，请重新发"
    if len(data) > MAX_BYTES:
        size, most = len(data) / 1024 / 1024, MAX_BYTES // 1024 // 1024
        return f"文件有 {size:.1f} MB，最多 {most} MB；请从机器人重新导出，不要贴图片，也不要给空行加格式"
    if data.startswith(kinds.OLE):
        locked = kinds.is_locked(data)
        return "文件有密码，请去掉密码再发" if locked else f"这是旧版的 Excel 文件（.xls）或 WPS 的 .et 文件，{AGAIN}"
    if not data.startswith(b"PK"):
        return _other_kind(data)
    return ""


def _other_kind(data: bytes) -> str:
    start = data[:BLOCK]
    if kinds.is_flat(start):
        return f"这是 LibreOffice 的 .fods 文件，{AGAIN}"
    looks = kinds.of_start(start)
    if looks == kinds.TEXT:
        return f"这不是 Excel 工作簿，看内容像{looks}，它只装得下一张表；{IN_OURS}（{ELSEWHERE}）"
    return f"这不是 Excel 工作簿，看内容像{looks}；{IN_OURS}"


def _strange_parts(names: Iterable[str]) -> str:
    """Why a workbook that could be read is not taken."""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return f"文件里有宏，不能收；{AGAIN}"
    if any(name.startswith("xl/externalLinks/") for name in names):
        return "文件引用了别的工作簿，不能收；请在“数据 → 编辑链接”里断开链接，再存一次"
    return ""


def _scanned(data: bytes, wanted: Collection[str]) -> tuple[dict[str, _Scanned], list[str]]:
    """The ``wanted`` sheets up to the first row or column too many, and the names of all."""
    with closing(Reader(io.BytesIO(data))) as reader:
        found = {}
        for name in reader.names:
            if name in wanted:
                with reader.sheet(name) as rows:
                    found[name] = _scan(name, rows)
        return found, reader.names


def _scan(name: str, rows: Rows) -> _Scanned:
    found = _Scanned(name)
    for row, cells in rows:
        for column, raw in cells:
            found.put(row, column, raw)
        if found.too_big():
            break
    found.merged = rows.merged[:_MAX_MERGED]
    return found


def _check_extents(found: Iterable[_Scanned]) -> None:
    """Raises WorkbookError for sheets that are too long or too wide."""
    words = []
    for sheet in found:
        if sheet.rows > MAX_ROWS:
            words.append(f"{sheet.name}：第 {sheet.rows} 行还有字，最多 {MAX_ROWS} 行；请删掉下面多余的行")
        if sheet.columns > MAX_COLUMNS:
            words.append(f"{sheet.name}：有 {sheet.columns} 列，最多 {MAX_COLUMNS} 列；请删掉右边多余的列")
    if words:
        raise WorkbookError(words)


def _cells(sheet: _Scanned, problems: Problems) -> Iterator[tuple[tuple[int, int], str]]:
    for (row, column), raw in sheet.cells.items():
        if words := _refused(raw):
            problems.close(sheet.name, row, f"{column_letters(column)}{row} {words}")
        elif text := text_of(raw.value):
            yield (row, column), text


def _refused(raw: Raw) -> str:
    if raw.formula is not None:
        return _FORMULA
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
        return number_text(value)
    return cleaned(str(value)).strip()
