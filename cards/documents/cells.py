"""Cells of a file that people open: text stays text whatever it begins with, moments and amounts are values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from models.outside import visible

if TYPE_CHECKING:
    from models.views.papers import Value

_FORMATS: dict[type, str] = {str: "@", datetime: "yyyy-mm-dd hh:mm", Decimal: "#,##0.00"}
HEAD = Font(bold=True, color="FFFFFFFF")
HEAD_FILL, NAME_FILL = PatternFill("solid", fgColor="FF3B5B8C"), PatternFill("solid", fgColor="FFF2F4F7")
_LINE = Side(style="thin", color="FF98A2B3")
BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WRAP = Alignment(wrap_text=True, vertical="center")
CENTER = Alignment(wrap_text=True, vertical="center", horizontal="center")
A4 = 9  #: of a page, as the format numbers paper (ECMA-376 18.3.1.63)
_WIDE = 0x2E80  #: from here on a character is two columns wide


def put(cell: Any, value: Value) -> None:
    """Write a value into a cell, and how it is to be read."""
    fill(cell, value)
    cell.quotePrefix = isinstance(value, str)
    cell.number_format = _FORMATS.get(type(value), "General")


def fill(cell: Any, value: Value) -> None:
    """Write a value alone. Text that begins with = + - @ is no formula; a moment keeps its minute only."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", visible(value))
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None, second=0, microsecond=0)
    elif value is not None:
        cell.value = value


def width(text: str) -> int:
    """How many columns of a half-width letter a text takes."""
    return sum(2 if ord(char) >= _WIDE else 1 for char in text)
