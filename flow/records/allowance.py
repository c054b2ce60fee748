"""自主额度 of one person and day: taken in one statement, so that two cases at once cannot both have the last of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.policy import OWN
from models.fields import fen, yuan
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from flow.definitions.policy import Authority
    from models import Case

TAKEN = "自主占用"  #: fact: yuan of the day's sum that the case has taken
_TAKE = (
    "INSERT INTO counter (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value "
    "WHERE counter.value + excluded.value <= ? RETURNING value"
)
_USED = "SELECT value FROM counter WHERE name = ?"
_ADD = "UPDATE counter SET value = value + ? WHERE name = ?"
_GIVE = "UPDATE counter SET value = value - ? WHERE name = ? AND value >= ?"


def counter(member_id: int, day: date) -> str:
    """The counter behind the sum of one person and day, in 分."""
    return f"own:{member_id}:{day:%Y%m%d}"


async def take(rows: Sequence[Authority], amount: Decimal, name: str) -> dict[str, Any]:
    """The facts of the first authority whose day still has room, which ``amount`` then fills; none where none has.

    In the caller's transaction: a case that is not opened after all takes nothing.
    """
    for row in rows:
        if amount <= row.per_day and await session.rows(_TAKE, name, fen(amount), fen(row.per_day)):
            return {OWN: row.role, TAKEN: str(amount)}
    return {}


async def foresee(rows: Sequence[Authority], amount: Decimal, name: str) -> dict[str, Any]:
    """What ``take`` would give now, and nothing is taken."""
    if not rows:
        return {}
    found = await session.rows(_USED, name)
    used = Decimal(found[0]["value"]) / 100 if found else Decimal(0)
    return next(({OWN: row.role} for row in rows if used + amount <= row.per_day), {})


async def give_back(case: Case, now: datetime, zone: tzinfo) -> None:
    """A case that ended unpaid on the day of its opening frees what it took; on a later day there is nothing to free.

    Call it before the units of the case are freed: opening takes its locks in that order.
    """
    taken, day = _taken(case.facts), case.opened_at.astimezone(zone).date()
    if taken and case.creator_id and day == now.astimezone(zone).date():
        await session.rows(f"{_GIVE} RETURNING value", fen(taken), counter(case.creator_id, day), fen(taken))


async def take_again(case: Case, now: datetime, zone: tzinfo) -> None:
    """What ``give_back`` freed when the case was closed, on the day of its opening, counts again."""
    taken, day = _taken(case.facts), case.opened_at.astimezone(zone).date()
    closed = case.closed_at.astimezone(zone).date() if case.closed_at else None
    if taken and case.creator_id and day == closed:
        await session.rows(f"{_ADD} RETURNING value", fen(taken), counter(case.creator_id, day))


def _taken(facts: Mapping[str, Any]) -> Decimal:
    return Decimal(0) if facts.get("已退款") else yuan(facts.get(TAKEN) or 0)
