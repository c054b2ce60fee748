"""What the system has decided alone on a day: taken in one statement, so that two cases cannot both have the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.fields import fen
from models.pipeline import session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

_TAKE = (
    "INSERT INTO counter (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value "
    "WHERE counter.value + excluded.value <= ? RETURNING value"
)
_USED = "SELECT value FROM counter WHERE name = ?"


def counter(policy: str, day: date) -> str:
    """The counter behind the sum of one policy and day, in 分; the name has room for 40 characters of the policy's."""
    return f"auto:{policy[:40]}:{day:%Y%m%d}"


async def take(name: str, amount: Decimal, most: Decimal) -> bool:
    """Whether the day still had room for ``amount``, which then is taken, in the caller's transaction."""
    return amount <= most and bool(await session.rows(_TAKE, name, fen(amount), fen(most)))


async def has_room(name: str, amount: Decimal, most: Decimal) -> bool:
    """The same, and nothing is taken."""
    found = await session.rows(_USED, name)
    return (int(found[0]["value"]) if found else 0) + fen(amount) <= fen(most)
