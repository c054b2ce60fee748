"""Reads text with delimiters as programs of shops write it: a row whose quotes do not pair costs only itself."""

from __future__ import annotations

import csv
import re
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDE = {"，": ",", "；": ";", "｜": "|"}  #: as a Chinese keyboard types them, each for one of a program's
DELIMITERS = ",\t;|" + "".join(WIDE)
LOOKED_AT = 20  # lines at the top that tell the delimiter
LINES_OF_A_CELL = 50  # a quote that is open for longer was never closed
NARROW = 2  # fewer delimiters than this say nothing of what a line is
UNPAIRED = "引号没有配对，或单元格过长"
_NARROW = {narrow: wide for wide, narrow in WIDE.items()}
_PARTS = re.compile(r'("(?:[^"]|"")*")')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class _Swallowed(Exception):
    """A quote that was not closed has taken in what looks like a row of its own."""


class _Feed:
    """Lines for a reader, which can be given back, and those that it took since the last record."""

    def __init__(self, lines: Iterable[str], delimiter: str, full: int) -> None:
        self._lines, self._delimiter, self._full = iter(lines), delimiter, full
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        if "\0" in line:
            line = line.replace("\0", "\ufffd")
        line = self._narrowed(line)
        taken = self.taken
        taken.append(line)
        if len(taken) > 1 and self._is_own_row(line):
            raise _Swallowed
        return line

    def _narrowed(self, line: str) -> str:
        """A row that was typed by hand with other commas than the rest, with theirs."""
        twin = next((wide for wide, narrow in {**WIDE, **_NARROW}.items() if narrow == self._delimiter), "")
        bare = _outside(line)
        if not twin or self.taken or self._delimiter in bare or bare.count(twin) < max(self._full, NARROW):
            return line
        return "".join(
            part if part.startswith('"') else part.replace(twin, self._delimiter) for part in _PARTS.split(line)
        )

    def _is_own_row(self, line: str) -> bool:
        """Whether a line inside an open quote has more cells than the row still wants, and as many as a whole one."""
        if len(self.taken) > LINES_OF_A_CELL or self._full < NARROW:
            return len(self.taken) > LINES_OF_A_CELL
        count = _outside(line).count(self._delimiter)
        before = _outside(self.taken[0]).partition('"')[0].count(self._delimiter)
        return self._full <= count > self._full - before

    def give_back(self) -> str:
        """Give back all but the first line that was taken; that line."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.taken.clear()
        return first


def records(lines: Iterable[str], delimiter: str, full: int) -> Iterator[tuple[int, list[str], str]]:
    """Line number, cells and what is wrong of each row; ``full`` is how many delimiters a whole row has.

    The cells of a row whose quotes do not pair are a guess, good enough to show it.
    """
    feed, line, over = _Feed(lines, delimiter, max(full, 1)), 1, False
    taken = feed.taken
    while not over:
        try:
            for cells in csv.reader(feed, delimiter=delimiter, strict=True):
                yield line, cells, ""
                line += len(taken)
                taken.clear()
            over = True
        except (csv.Error, _Swallowed):
            yield line, _guessed(feed.give_back(), delimiter), UNPAIRED
            line += 1


def delimiter_of(lines: Iterable[str]) -> tuple[str, int]:
    """Which delimiter parts the lines at the top of a file, and how many a whole row has.

    A title above the header may hold other ones; the lines of the table agree.
    """
    bare = [_outside(line) for line in lines]
    best = max(
        DELIMITERS, key=lambda delimiter: sum(delimiter in line for line in bare) * 1000 + _most(bare, delimiter)
    )
    return best, _most(bare, best)


def _most(lines: list[str], delimiter: str) -> int:
    return max((line.count(delimiter) for line in lines), default=0)


def _outside(line: str) -> str:
    """A line without what stands in quotes."""
    return _QUOTED.sub("", line) if '"' in line else line


def _guessed(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.rstrip("\r\n").split(delimiter)]
