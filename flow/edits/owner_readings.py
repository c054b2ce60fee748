"""A sentence of an owner as the edits that it may be: whole, else piece by piece, never with a word dropped. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.owner_words import CHANGE
from flow.edits.commands import apply, verb_of
from flow.edits.slot_nodes import NODE_READINGS
from flow.edits.slot_policy import POLICY_READINGS
from flow.edits.slot_settings import SETTING_READINGS
from flow.edits.slots import BOUND, ENDS, NODE, SUM, said_of
from flow.edits.synonyms import as_edit
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.edits.slots import Names, Said
    from flow.edits.working_copy import Book

READINGS = (*NODE_READINGS, *POLICY_READINGS, *SETTING_READINGS)
_PIECES = re.compile(
    r"[\s,，;；。、]+(?:顺便|另外|还有|然后|再|并且|同时)?|(?:顺便|另外|还有|然后再|再把|并且把|同时把)"
)
_MOST = 6  #: pieces of one sentence
MOST_CHARS = 80  #: of a sentence that is one


def readings(text: str, book: Book, names: Names) -> list[str]:
    """The messages that a sentence may be, the likeliest first; none where some word of it would be dropped.

    Raises PolicyRefused with what is still to be said.
    """
    if not text or len(text) > MOST_CHARS:
        return []
    said = said_of(text, book, names)
    return _read(said, book, names) or _in_pieces(text, book, names)


def is_written(text: str, line: str, book: Book) -> bool:
    """Whether a sentence is an edit but for its verb, and does what a reading of it does: it is done as it stands."""
    verb, rest = verb_of(text)
    typed = [verb, *rest] if verb else as_edit(text, book).split()
    if not typed or " ".join(typed) == line:
        return bool(typed)
    try:
        done, read = (apply(words, book.bundle, book.flow, book.policy).texts for words in (typed, line.split()))
    except (NotFound, PolicyRefused):
        return False
    return done == read


def _read(said: Said, book: Book, names: Names) -> list[str]:
    if said.only(CHANGE, SUM, BOUND):  # 改成3000: of what I have just changed, and of nothing by itself
        return []
    return next((lines for reading in READINGS if (lines := reading(said, book, names))), [])


def _in_pieces(text: str, book: Book, names: Names) -> list[str]:
    """``质检改24小时，负责人换成仓管员``: every piece for itself, or with the step that the one before names."""
    pieces = [piece.strip(ENDS) for piece in _PIECES.split(text) if piece and piece.strip(ENDS)]
    if not 1 < len(pieces) <= _MOST:
        return []
    done: list[str] = []
    node = ""
    for piece in pieces:
        lines = _of_piece(piece, node, book, names)
        if not lines:
            return []
        done.append(lines[0])
        node = said_of(piece, book, names).one(NODE) or node
    return ["；".join(done), *done]


def _of_piece(piece: str, node: str, book: Book, names: Names) -> Sequence[str]:
    said = said_of(piece, book, names)
    if node and not said.has(NODE) and (lines := _read(said_of(f"{node} {piece}", book, names), book, names)):
        return lines
    return _read(said, book, names)
