"""Cells of a file that people open: text stays text whatever it begins with, moments and amounts are values.

openpyxl is imported with the first file: with the numpy that it brings along it is a tenth of the start and a fifth of
the memory of a process that may never write one. So are its looks made then, and once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from models.outside import visible

if TYPE_CHECKING:
    from openpyxl.styles import Alignment, Border, Font, PatternFill

    from models.views.papers import Value

_FORMATS: dict[type, str] = {str: "@", datetime: "yyyy-mm-dd hh:mm", Decimal: "#,##0.00"}
A4 = 9  #: of a page, as the format numbers paper (ECMA-376 18.3.1.63)
_WIDE = 0x2E80  #: from here on a character is two columns wide


@dataclass(frozen=True, slots=True)
class Looks:
    """What the cells of every file look like."""

    title: Font
    head: Font
    name: Font
    head_fill: PatternFill
    name_fill: PatternFill
    border: Border
    wrap: Alignment
    center: Alignment


@cache
def looks() -> Looks:
    """The looks, made once."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="FF98A2B3")
    return Looks(
        title=Font(bold=True, size=16), head=Font(bold=True, color="FFFFFFFF"), name=Font(bold=True),
        head_fill=PatternFill("solid", fgColor="FF3B5B8C"), name_fill=PatternFill("solid", fgColor="FFF2F4F7"),
        border=Border(left=line, right=line, top=line, bottom=line), wrap=Alignment(wrap_text=True, vertical="center"),
        center=Alignment(wrap_text=True, vertical="center", horizontal="center"),
    )  # fmt: skip


def put(cell: Any, value: Value) -> None:
    """Write a value into a cell, and how it is to be read."""
    fill(cell, value)
    cell.quotePrefix = isinstance(value, str)
    cell.number_format = _FORMATS.get(type(value), "General")


def fill(cell: Any, value: Value) -> None:
    """Write a value alone. Text that begins with = + - @ is no formula; a moment keeps its minute only."""
    if isinstance(value, str):
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        cell.value = ILLEGAL_CHARACTERS_RE.sub("", visible(value))
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None, second=0, microsecond=0)
    elif value is not None:
        cell.value = value


def width(text: str) -> int:
    """How many columns of a half-width letter a text takes."""
    return sum(2 if ord(char) >= _WIDE else 1 for char in text)
