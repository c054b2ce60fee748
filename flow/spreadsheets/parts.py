"""Which parts a workbook of looks alone may have: texts, styles, pictures, and how it prints; nothing that acts."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from flow.spreadsheets import door, kinds
from flow.spreadsheets.door import DAMAGED, Bomb, Bounds, Damaged, Locked, NoWorkbook, Refused, TooBig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Parts = dict[str, bytes]

MAX_FILE = 2 * 1024 * 1024  #: bytes
BOUNDS = Bounds(unpacked=12 * 1024 * 1024, ratio=60)
MAX_SHEET = 1024 * 1024  #: bytes of the XML of a sheet, which is held as a tree
MAX_SHOWN = 5
TYPES = "[Content_Types].xml"
CHAIN = "xl/calcChain.xml"
_XML = re.compile(r"xl/(worksheets/[^/]+|sharedStrings|workbook|styles|drawings/[^/]+)\.xml", re.IGNORECASE)
_PLAIN = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/[^/]+|docMetadata/[^/]+\.xml|customXml/.*|xl/(workbook|sharedStrings|styles|calcChain)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/(_rels/)?[^/]+\.(xml|rels)|xl/theme/.+\.xml|xl/printerSettings/[^/]+"
    r"|xl/drawings/(_rels/)?[^/]+\.(xml|rels)|xl/drawings/[^/]+\.vml|xl/media/[^/]+\.(png|jpe?g|gif|bmp)"
    r"|xl/customProperty/?[^/]*",
    re.IGNORECASE,
)
#: what a part is of that is let in nowhere, by a piece of its name
_KINDS = (
    ("vbaproject", "有宏，请另存为不带宏的 .xlsx"), ("macrosheets", "有宏，请另存为不带宏的 .xlsx"),
    ("externallinks", "链接到别的文件，请断开链接"), ("connections", "连着外部的数据，请断开"),
    ("querytables", "连着外部的数据，请断开"), ("embeddings", "里面嵌了别的文件，请删掉"),
    ("activex", "有控件，请删掉"), ("ctrlprops", "有控件，请删掉"),
    ("cellimages", "图片是“嵌入单元格”的，请改成浮动图片"),
    ("charts", "有图表，请删掉或换成图片"), ("comments", "有批注，请删掉"), ("persons", "有批注，请删掉"),
    ("tables", "套了“表格”，请转换为普通区域"), ("pivot", "有数据透视表，请删掉"), ("slicer", "有切片器，请删掉"),
    ("customui", "改了 Excel 的菜单，请另存一份新的"), ("media", "有图片不是 PNG、JPG、GIF 或 BMP，请换一种格式再插入"),
)  # fmt: skip
_OUTSIDE = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_WEB = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_ADDRESS = re.compile(rb"Target\s*=\s*[\"'](?:https?://|mailto:)", re.IGNORECASE)
#: of a shape; what a drawing calls ``clientData`` only says how it is locked
_ACTS = re.compile(rb"FmlaMacro|<x:ClientData|\bmacro\s*=\s*\"[^\"]+\"|\btextlink\s*=\s*\"[^\"]+\"")


class UnfitError(ValueError):
    """A file that is no print template; ``problems`` says everything that is wrong, a sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("；".join(self.problems))


def read_parts(data: bytes) -> Parts:
    """The parts of a workbook, each by its name. Raises UnfitError for one that does more than look."""
    if len(data) > MAX_FILE:
        raise UnfitError([f"文件超过 {MAX_FILE // 1024 // 1024} MB，多半是图片太大，请压缩图片再发"])
    try:
        names = door.check(io.BytesIO(data), len(data), BOUNDS)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in names if not name.endswith("/")}
    except Refused as refused:
        raise UnfitError([_words(refused, data)]) from refused
    except DAMAGED as error:
        raise UnfitError(["文件坏了，打不开"]) from error
    if problems := [*_problems(parts)]:
        raise UnfitError(problems)
    return parts


def _words(refused: Refused, data: bytes) -> str:
    if isinstance(refused, Locked) or kinds.is_locked(data):
        return "文件有密码，请去掉密码再发"
    if isinstance(refused, TooBig | Bomb):
        return "文件展开以后太大"
    if isinstance(refused, NoWorkbook):
        return f"文件{refused.kind}，{kinds.AGAIN}"
    if isinstance(refused, Damaged) and not data.startswith(b"PK"):
        return f"文件不是 .xlsx，像是{kinds.of_start(data[:512]).strip()}，{kinds.AGAIN}"
    return "文件坏了，打不开"


def is_rewritten(name: str) -> bool:
    """Whether a part may be written anew when the workbook is filled."""
    return bool(_XML.fullmatch(name)) or name.endswith(".rels") or name == TYPES


def _problems(parts: Parts) -> Iterator[str]:
    strange = [name for name in parts if not _PLAIN.fullmatch(name)]
    yield from (_of_part(name) for name in strange[:MAX_SHOWN])
    if b"macroEnabled" in parts[TYPES]:
        yield _KINDS[0][1]
    for name, data in parts.items():
        if name.endswith(".rels"):
            yield from _links(data)
        if name.startswith("xl/drawings/") and _ACTS.search(data):
            yield "有图形或控件连着宏、批注或格子，请删掉"
        if _XML.fullmatch(name) and len(data) > MAX_SHEET:
            yield f"{name} 太大（{len(data) // 1024} KB），打印的单据用不着这么多格子，请删掉多余的行和列"


def _of_part(name: str) -> str:
    low = name.lower()
    return next(
        (words for piece, words in _KINDS if piece in low), f"有一样不认识的东西（{name[:60]}），请另存一份新的"
    )


def _links(data: bytes) -> Iterator[str]:
    for link in _OUTSIDE.findall(data):
        if not (_WEB.search(link) and _ADDRESS.search(link)):
            yield "链接到文件以外的东西（图片、文件或程序），只能链接 http、https 网址和邮箱；请断开"


def write_parts(parts: Parts) -> bytes:
    """The workbook of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
