"""Where the rows of a sheet go, and whatever names them, when one of them becomes several. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CORNER = re.compile(r"(\$?[A-Za-z]{0,3}\$?)(\d{0,7})")
_OF_SHEET = re.compile(r"((?:'(?:[^']|'')+'|[^'!,\s]+)!)([$A-Za-z0-9:]+)")
_IN_FORMULA = re.compile(r"(?<![\w!'.])(\$?[A-Z]{1,3}\$?)(\d{1,7})(?![\w(!])")


@dataclass(frozen=True, slots=True)
class Shift:
    """``more``: row -> how many rows stand there beside the one."""

    more: Mapping[int, int]

    def start(self, row: int) -> int:
        """Where what begins in a row begins now."""
        return row + sum(more for above, more in self.more.items() if above < row)

    def end(self, row: int) -> int:
        """Where what ends in a row ends now: behind all that the row has become."""
        return row + sum(more for above, more in self.more.items() if above <= row)

    def ref(self, text: str) -> str:
        """``A1:H20``, ``$3:$3`` or several with blanks between, where they stand now."""
        return " ".join(self._range(part) for part in text.split())

    def name(self, text: str, sheet: str) -> str:
        """The ranges of one sheet in the text of a defined name: ``'退款 单'!$A$1:$H$20``."""
        own = {f"{sheet}!", f"'{sheet.replace(chr(39), chr(39) * 2)}'!"}
        return _OF_SHEET.sub(lambda m: f"{m[1]}{self._range(m[2])}" if m[1] in own else m[0], text)

    def formula(self, text: str) -> str:
        """The cells that a condition names."""
        return _IN_FORMULA.sub(lambda m: f"{m[1]}{self.start(int(m[2]))}", text)

    def _range(self, text: str) -> str:
        first, colon, last = text.partition(":")
        return f"{self._corner(first, last=False)}{colon}{self._corner(last, last=True)}" if colon else self._one(text)

    def _one(self, text: str) -> str:
        first, last = self._corner(text, last=False), self._corner(text, last=True)
        return first if first == last else f"{first}:{last}"

    def _corner(self, text: str, *, last: bool) -> str:
        match = _CORNER.fullmatch(text)
        if match is None or not match[2]:
            return text
        return f"{match[1]}{self.end(int(match[2])) if last else self.start(int(match[2]))}"


def rows_of(ref: str) -> tuple[int, int] | None:
    """The first and the last row of a range; None for whole columns."""
    first, _, last = ref.partition(":")
    ends = [_CORNER.fullmatch(each.strip()) for each in (first, last or first)]
    numbers = [int(end[2]) for end in ends if end and end[2]]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
