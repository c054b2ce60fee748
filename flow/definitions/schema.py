"""The schema of a definition: what keys its parts have, one entry for each, beside the attribute that it is read into.

The reader, the sheet, the sentences, the diff and the picture derive from the entries: each of them knows the kinds of
value, none of them the keys. Pure.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, replace
from enum import Enum, StrEnum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

ID = "编号"  #: what a thing was first published as, where it is called otherwise now
MEMO = "备忘"  #: the owner's own note, at any place: a comment would not outlive the workbook
T = TypeVar("T")
_ENTRY = "entry"


class Value(Enum):
    """What kind of value a key has."""

    OWN_NAME = auto()  #: of a row: what it is called by
    ID = auto()  #: what it was called first, which stays what it is known by
    PROSE = auto()  #: words for people, in which a comma is a comma
    WORD = auto()
    KIND = auto()  #: one of the entry's choices, which says what the part is
    CHOICE = auto()  #: one of them, a quality among others
    STATE = auto()  #: one of an enum's words
    SWITCH = auto()
    NAMES = auto()
    NAME = auto()
    ROLES = auto()
    ROLE = auto()
    STATIONS = auto()  #: the nodes of a flow
    NODES = auto()  #: names of nodes
    NODE = auto()
    EFFECTS = auto()
    BUTTONS = auto()  #: names of the node's actions
    OPTIONS = auto()  #: what a field can be answered with
    AWAITED = auto()  #: the event that a node waits for, or whom a join waits for
    LIMIT = auto()  #: the time in which something is to be done; it has a sheet of its own
    SPAN = auto()  #: another time
    CELL = auto()  #: one condition: 0~100
    CONDITIONS = auto()
    AMOUNT = auto()  #: yuan
    FORMULA = auto()  #: how an amount is reckoned
    COUNT = auto()  #: a whole number, 1 or more
    APPROVER = auto()  #: a role, or 自动
    POLICY = auto()  #: the name of one
    OWNER = auto()
    SAME = auto()  #: several switches in one, its choices: 同区域, 同品类, 同仓库
    SEVERAL = auto()  #: several words in one, its choices: 责任, 运费, 成本
    REST = auto()  #: every other column of a row: its conditions
    FORM = auto()
    RIGHTS = auto()  #: names, and for each one of the entry's choices
    LEVELS = auto()
    ACTIONS = auto()
    WAYS = auto()
    NOTED = auto()  #: facts and what they become
    ASKED = auto()  #: facts and the questions for them
    STYLE = auto()
    REASON = auto()
    ENTRANCE = auto()  #: where a case comes in again, and on which terms


class Summary(Enum):
    """Whether a key is told in the few words about a node that came or went: of one with an owner, or of any other."""

    OWNED = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its place from the left, how it is filled in, and its width in characters."""

    place: int
    note: str
    width: int
    names_of: str = ""  #: the sheet, or the list, whose names may be picked
    heading: str = ""  #: where it is not the key itself
    alone: bool = False  #: where its cell is wrong, the rest of the row is checked all the same


@dataclass(frozen=True, slots=True)
class Key:
    """One key: as it is written in YAML, at the head of a column, in a sentence, in the diff and in the picture."""

    word: str
    value: Value
    choices: tuple[str, ...] | type[StrEnum] = ()
    part: type | None = None  #: what its value, or each row of it, is read into
    at: tuple[str, ...] = ()  #: kinds of nodes that have it; none: all
    ignored: bool = False  #: a node of another kind may have it all the same, where it says nothing
    column: Column | None = None  #: None: the sheet of its part has none
    said: int = 0  #: its place among what a sentence can set; 0: none can
    spoken: str = ""  #: what a sentence calls it, where not by the key
    #: in a box of the picture: which line, and its place there; 0: only named where it changed
    line: tuple[int, int] = (0, 0)
    about: Summary | None = None
    needed: bool = False  #: it must be written; so must what has no default
    attribute: str = ""  #: of the part; ``keys_of`` fills it in

    @property
    def words(self) -> tuple[str, ...]:
        """Every key that is read into the attribute, mostly one; of the rest none has a name."""
        several = self.value in (Value.SAME, Value.SEVERAL, Value.REST)
        return tuple(f"{self.word}{end}" for end in self.choices) if several else (self.word,)


REST = Key("", Value.REST)


def entry(key: Key, default: T = cast("Any", MISSING)) -> T:  # noqa: B008  # a marker, the same for all
    """An attribute of a part with the key that it is read from; without a default it must be written."""
    made = cast("Any", field)
    metadata = {_ENTRY: key}
    if default == {} and isinstance(default, dict):
        return cast("T", made(default_factory=dict, metadata=metadata))
    return cast("T", made(default=default, metadata=metadata))


def keys_of(part: type) -> tuple[Key, ...]:
    """The keys of a part, in the order of its attributes."""
    return _keys(part)


@lru_cache  # every node of every flow is read by them
def _keys(part: type) -> tuple[Key, ...]:
    return tuple(
        replace(key, attribute=each.name, needed=key.needed or each.default is each.default_factory is MISSING)
        for each in fields(part)
        if (key := each.metadata.get(_ENTRY))
    )


def words_of(keys: Iterable[Key], *kinds: Value) -> tuple[str, ...]:
    """What the keys of these kinds are called, of all where none is named."""
    return tuple(word for key in keys if not kinds or key.value in kinds for word in key.words)


def by_column(keys: Iterable[Key]) -> list[tuple[Key, Column]]:
    """The keys that have a column, from left to right."""
    found = [(key, key.column) for key in keys if key.column]
    return sorted(found, key=lambda each: each[1].place)
