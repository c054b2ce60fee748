"""Statements of our own, and the one visit to the engine that runs some of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tortoise.fields.data import JSON_DUMPS

from models.fields import fen

if TYPE_CHECKING:
    from collections.abc import Iterable


#: how the conditions of a write begin that may follow a claim: PostgreSQL puts there that the claim touched its row
UNLESS_MISSED = "WHERE true"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; its parameters stand as ``?``."""

    sql: str
    params: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()  #: columns of a SELECT that may share a visit on PostgreSQL
    missed: Exception | None = None  #: raised when it touches no row; nothing after it in its visit is then done
    clash: Exception | None = None  #: raised in place of IntegrityError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: its rows, and how many it touched."""

    rows: list[dict[str, Any]]
    touched: int


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
