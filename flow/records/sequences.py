"""Numbers that only grow: one statement, safe between replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import connections

from models import seals
from models.pipeline import session

if TYPE_CHECKING:
    from datetime import date

DAYS = "case-days"  #: counts the days that have a counter of cases
_SEAL = "UPDATE counter SET seal = ?"

_NEXT = {
    "sqlite": "INSERT INTO counter (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value",
    "postgres": "INSERT INTO counter (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value",
}


async def take(name: str, count: int = 1) -> int:
    """Raise the counter ``name`` by ``count`` and return its new value; a new counter starts at 0."""
    connection = connections.get("default")
    rows = await connection.execute_query_dict(_NEXT[connection.capabilities.dialect], [name, count])
    return int(rows[0]["value"])


def case_counter(day: date) -> str:
    """The counter behind the numbers of one day's cases."""
    return f"case:{day:%Y%m%d}"


async def next_case_no(day: date) -> str:
    """``R20261122-0007``: the day of opening in the merchant's time zone, and a number of at least four digits."""
    no, seal = await numbered(day)
    await session.defer(seal)
    return no


async def numbered(day: date) -> tuple[str, session.Statement]:
    """The same, and what seals its counter, which whoever is next waits for: it can go with the caller's last words."""
    name = case_counter(day)
    value = await take(name)
    if value == 1:
        await take_sealed(DAYS, 1)
    return f"R{day:%Y%m%d}-{value:04d}", _sealing(name, value)


async def take_numbers(day: date, count: int) -> int:
    """Take so many numbers of a day's cases; the last of them. Sealed, so that a case that is removed leaves a gap."""
    last = await take_sealed(case_counter(day), count)
    if last == count:
        await take_sealed(DAYS, 1)
    return last


async def take_sealed(name: str, count: int) -> int:
    """As ``take``, of a counter that nobody may turn back."""
    value = await take(name, count)
    await session.defer(_sealing(name, value))
    return value


def _sealing(name: str, value: int) -> session.Statement:
    return session.Statement(_SEAL, (seals.ring().seal(counter_text(name, value)), name), where="name = ?")


def counter_text(name: str, value: int) -> str:
    """What the seal of a counter is of."""
    return f"counter|{name}|{value}"
