"""Numbers that only grow: one statement, safe between replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import connections

if TYPE_CHECKING:
    from datetime import date

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
    return f"R{day:%Y%m%d}-{await take(case_counter(day)):04d}"
