"""Cells as text: what is cleaned at the door, how lists are written in one cell, what a wrong word may have meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_CHARS = 32_767  #: what a cell of a spreadsheet holds
LIST = "、，,；;\n"  #: any of these parts the names of a list
ROWS = "\n"
CLAUSES = "；;\n"
BARS = "｜|"
ESCAPE = "\\"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_NO_WIDTH = re.compile("[\u200b\u2060\ufeff]")  # the joiners beside them make one emoji of several
_LIKE = 0.4  # 复捡 is like 复检


def plain(text: str) -> str:
    """Full-width and half-width alike, nothing around it."""
    return unicodedata.normalize("NFKC", _NO_WIDTH.sub("", text)).strip()


def has_control(text: str) -> bool:
    """Whether there are characters that no person types."""
    return _CONTROL.search(text) is not None


def cleaned(text: str) -> str:
    """One kind of line end, some programs write the others as escapes; and nothing that takes no room.

    Such a character comes along with a word that is copied out of a chat or a page, and no eye can find it.
    """
    return _NO_WIDTH.sub("", text).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


def storable(text: str) -> str:
    """What of a text a cell can hold."""
    return _CONTROL.sub("", cleaned(text))[:MAX_CHARS].strip()


def escaped(text: str, separators: str) -> str:
    """A text that ``parted`` leaves whole."""
    return "".join(ESCAPE + char if char == ESCAPE or char in separators else char for char in text)


def parted(text: str, separators: str, most: int = -1) -> list[str]:
    """The parts between separators that have no backslash before them, still escaped, at most ``most`` + 1 of them."""
    parts: list[str] = []
    start = n = 0
    while n < len(text):
        if text[n] == ESCAPE:
            n += 1
        elif text[n] in separators and len(parts) != most:
            parts.append(text[start:n])
            start = n + 1
        n += 1
    return [*parts, text[start:]]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def joined(names: Iterable[str], separators: str = LIST) -> str:
    """A list in one cell, parted by the first of the separators."""
    return separators[0].join(escaped(name, separators) for name in names)


def names(text: str, separators: str = LIST) -> list[str]:
    """The list of a cell; blank entries are nothing."""
    return [name for part in parted(text, separators) if (name := plain(unescaped(part)))]


def meant(word: str, known: Iterable[str]) -> str:
    """``，是不是“复检”？`` when a known word is like this one."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=_LIKE)
    return f"，是不是“{found[0]}”？" if found else ""


def choices(known: Sequence[str]) -> str:
    return f"可选 {'、'.join(known)}"
