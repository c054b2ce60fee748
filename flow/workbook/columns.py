"""How a key of the schema stands in a sheet: the codec for its kind of value, and the head of its column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.conditions import YES
from flow.definitions.schema import Value, by_column
from flow.workbook import owners
from flow.workbook.forms import FORM
from flow.workbook.tables import Head
from flow.workbook.values import BY_KIND, ONE_OF, codec_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.definitions.schema import Column, Key
    from flow.workbook.tables import Codec

Heads = list[tuple[int, Head]]  #: each with its place from the left
_CODECS = {**BY_KIND, Value.OWNER: owners.OWNER, Value.FORM: FORM, Value.LEVELS: owners.LEVELS}


def codecs(keys: Iterable[Key], *without: Value) -> dict[str, Codec]:
    """The codec of each key that has a column, from left to right, but for those kinds of value."""
    return {key.word: codec_of(key, _CODECS) for key, _ in by_column(keys) if key.value not in without}


def heads(keys: Iterable[Key]) -> Heads:
    """The column of each key that has one."""
    return [(column.place, _head(key, column)) for key, column in by_column(keys)]


def _head(key: Key, column: Column) -> Head:
    picks = (YES,) if key.value is Value.SWITCH else tuple(key.choices)
    heading = column.heading or key.word
    return Head(heading, column.note, column.width, picks, key.value in ONE_OF, column.names_of)


def from_left(*found: Heads) -> tuple[Head, ...]:
    """The columns of a sheet in their order."""
    return tuple(head for _, head in sorted((each for some in found for each in some), key=lambda each: each[0]))
