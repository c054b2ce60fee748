"""Texts with places to fill, such as ``退款 {退款金额}``: taken apart, checked, put together. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
_BRACES = str.maketrans({"｛": "{", "｝": "}"})
_GROUPED = re.compile(r"([^.:：]+)[.．。](.+)")
MAX_NAME = 30  #: characters of a placeholder that a message repeats


class StencilError(ValueError):
    """A brace without its other half, or with nothing in between; the message says which."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to fill; of a row that repeats, ``group`` is what it repeats for."""

    name: str
    group: str = ""

    @property
    def words(self) -> str:
        return f"{{{self.group}.{self.name}}}" if self.group else f"{{{self.name}}}"


Piece = str | Slot


def marked(text: str) -> list[tuple[int, Piece]]:
    """Texts and slots with the place where each begins; of a slot that is where its name does. Raises StencilError."""
    found: list[tuple[int, Piece]] = []
    at = 0
    text = text.translate(_BRACES)
    for mark in _MARK.finditer(text):
        found.append((at, text[at : mark.start()]))
        found.append((mark.start() + (mark[1] is not None), _slot(mark[0], mark[1], text)))
        at = mark.end()
    return [(place, piece) for place, piece in [*found, (at, text[at:])] if piece]


def pieces(text: str) -> tuple[Piece, ...]:
    """Texts and slots in their order; ``{{`` and ``}}`` are braces that are meant. Raises StencilError."""
    return tuple(_joined([piece for _, piece in marked(text)]))


def slots(text: str) -> tuple[Slot, ...]:
    """The slots of a text. Raises StencilError."""
    return tuple(piece for piece in pieces(text) if isinstance(piece, Slot))


def _slot(mark: str, name: str | None, text: str) -> Piece:
    if mark in ("{{", "}}"):
        return mark[0]
    if name is None:
        lacks = "没有右边的 }" if mark == "{" else "没有左边的 {"
        raise StencilError(f"“{text[:MAX_NAME]}”里的 {mark} {lacks}；就要写括号的话写两个 {mark}{mark}")
    if not (plain := name.strip()):
        raise StencilError("{} 里没有写名字")
    grouped = _GROUPED.fullmatch(plain)
    return Slot(grouped[2].strip(), grouped[1].strip()) if grouped else Slot(plain.replace("：", ":"))


def _joined(found: list[Piece]) -> list[Piece]:
    """Texts that follow each other are one."""
    made: list[Piece] = []
    for piece in found:
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        else:
            made.append(piece)
    return made
