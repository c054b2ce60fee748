"""Statements of our own, and the one visit to the engine that runs some of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tortoise.fields.data import JSON_DUMPS

from models.fields import fen

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(Enum):
    """What a statement gives, and what hangs on it."""

    READ = "read"  #: rows; those of RETURNING, too
    WRITE = "write"  #: how many rows it touched
    CLAIM = "claim"  #: the same, and where that is none, nothing after it in its visit is done


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; its parameters stand as ``?``, in the order of ``sql``, ``where`` and ``tail``."""

    sql: str  #: all of it, or what comes before WHERE where ``where`` is given
    params: tuple[Any, ...] = ()
    kind: Kind = Kind.WRITE
    where: str | None = None  #: conditions, "" for none: a write that knows them may hang on a claim before it
    tail: str = ""  #: what follows the conditions
    names: tuple[str, ...] = ()  #: columns of a READ that may share a visit on PostgreSQL
    missed: Exception | None = None  #: raised by a CLAIM that touches no row
    clash: Exception | None = None  #: raised in place of IntegrityError

    @property
    def shape(self) -> Shape:
        """All but the values."""
        return Shape(self.kind, self.sql, self.where, self.tail)

    @property
    def text(self) -> str:
        """The whole of its SQL."""
        return self.sql if self.where is None else self.shape.text()


class Shape(NamedTuple):
    """A statement without its values: of all taps that do the same it is the same."""

    kind: Kind
    sql: str
    where: str | None
    tail: str

    def text(self, claimed: str = "true") -> str:
        """The SQL, done only where ``claimed`` holds."""
        if self.where is None:
            return self.sql
        return f"{self.sql} WHERE {claimed}{' AND ' if self.where else ''}{self.where}{self.tail}"


def claim(sql: str, params: tuple[Any, ...], missed: Exception) -> Statement:
    """A write that raises ``missed`` where it touches no row: somebody else was first."""
    return Statement(sql, params, Kind.CLAIM, missed=missed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: its rows, and how many it touched."""

    rows: list[dict[str, Any]]
    touched: int


def settled(statement: Statement, outcome: Outcome) -> Outcome:
    """The outcome of a statement. Raises what a claim says that has touched no row."""
    if statement.missed and not outcome.touched:
        raise statement.missed
    return outcome


_PLAIN = frozenset((int, str, bool, type(None)))


def values(params: Iterable[Any]) -> list[Any]:
    """Parameters as the columns of ``models`` hold them."""
    return [param if type(param) in _PLAIN else value(param) for param in params]


def value(param: Any) -> Any:
    """A parameter as the columns of ``models`` hold it: 分 for money, UTC for moments, JSON for the rest."""
    if isinstance(param, datetime):
        return param.astimezone(UTC)
    if isinstance(param, Decimal):
        return fen(param)
    if isinstance(param, dict | list):
        return JSON_DUMPS(param)
    return param


@lru_cache(maxsize=256)
def dollars(sql: str, first: int = 1) -> str:
    """``sql`` as PostgreSQL spells it, its marks numbered from ``first``."""
    parts = sql.replace("json_object(", "jsonb_build_object(").split("?")
    return "".join(f"{part}${n}" for n, part in enumerate(parts[:-1], first)) + parts[-1]
