"""What a file that is no workbook really is, whatever its name says, in words for whoever sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

OLE = b"\xd0\xcf\x11\xe0"
AGAIN = "请用 Excel、WPS 或 LibreOffice 打开，另存为 .xlsx（“Excel 工作簿”或“Excel 2007-365”）"
TEXT = "文本或 CSV"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WEB = (b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml", b"<head", b"<style")
_ARCHIVES = {
    "META-INF/manifest.xml": "是 LibreOffice 的 .ods 文件",
    "xl/workbook.bin": "是 Excel 的二进制工作簿（.xlsb）",
    "Index/Document.iwa": "是 Numbers 表格",
}


def is_locked(data: bytes) -> bool:
    """Whether an OLE file is a workbook with a password; it is an old one else."""
    return _LOCKED in data


def is_web(start: bytes) -> bool:
    """Whether a file is a page of the web: many shops call one ``.xls``."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB)


def is_flat(start: bytes) -> bool:
    """Whether a file is one of LibreOffice's that is plain XML."""
    return start.lstrip()[:1] == b"<" and b"office:document" in start


def of_start(start: bytes) -> str:
    """What a file looks like that is neither an archive nor OLE, by how it begins."""
    if start.startswith(b"%PDF"):
        return " PDF"
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "图片"
    if start.lstrip()[:1] == b"<":
        return "网页"
    return "别的文件" if b"\x00" in start else TEXT


def of_archive(names: Collection[str]) -> str:
    """What an archive is that is no workbook, by a part that only its kind has."""
    found = (kind for part, kind in _ARCHIVES.items() if part in names)
    packed = any(name.lower().endswith((".xlsx", ".xls", ".et", ".csv")) for name in names)
    return next(found, "是压缩包，请先解压" if packed else "不是 .xlsx 工作簿")
