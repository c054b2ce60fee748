"""What the bot is waiting for from one person: at most one thing at a time, for half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flow.records import outbox
from models import Dialog

if TYPE_CHECKING:
    from collections.abc import Collection

PATIENCE = timedelta(minutes=30)
DONE = "done"  #: in the data of a dialog whose end somebody knows of


@dataclass(frozen=True, slots=True)
class Wait:
    """An open question: its kind, the answers so far, and which asking of it this is."""

    id: int
    kind: str
    version: int
    data: dict[str, Any]
    member_id: int = 0

    @property
    def token(self) -> str:
        """Names the card that shows this asking."""
        return str(self.data.get("card") or f"d{self.id}-{self.version}")


async def current(member_id: int, now: datetime) -> Wait | None:
    """What the bot waits for from this person now."""
    row = await Dialog.filter(member_id=member_id, expires_at__gt=now).order_by("-expires_at").first()
    return Wait(row.id, row.kind, row.version, row.data, row.member_id) if row else None


async def standing(member_id: int, now: datetime) -> list[Wait]:
    """What the bot waits for, and what it has offered that stands beside that; the newest first."""
    rows = await Dialog.filter(member_id=member_id, expires_at__gt=now).order_by("-expires_at", "-id")
    return [Wait(row.id, row.kind, row.version, row.data, row.member_id) for row in rows]


async def still_open(dialog_id: int, version: int, now: datetime) -> Wait | None:
    """The asking that a card shows, if it is open: an offer may stand beside a later question."""
    asking = Dialog.filter(id=dialog_id, version=version, expires_at__gt=now)
    row = await asking.select_for_update(no_key=True).first()  # of two taps at one instant one answers it
    return Wait(row.id, row.kind, row.version, row.data, row.member_id) if row else None


async def last(member_id: int, kind: str) -> Wait | None:
    """The last asking of a kind, whether it is over or not."""
    row = await Dialog.get_or_none(member_id=member_id, kind=kind)
    return Wait(row.id, row.kind, row.version, row.data, row.member_id) if row else None


async def locked(member_id: int, kind: str) -> Wait | None:
    """The same, which nobody else goes on with until the caller's transaction is through."""
    row = await Dialog.filter(member_id=member_id, kind=kind).select_for_update(no_key=True).first()
    return Wait(row.id, row.kind, row.version, row.data, row.member_id) if row else None


async def ran_out(dialog_id: int, version: int, now: datetime) -> Wait | None:
    """The asking that nobody answered in time; None when it was answered, left or followed by another."""
    row = await Dialog.get_or_none(id=dialog_id, version=version, expires_at__lte=now)
    return Wait(row.id, row.kind, row.version, row.data, row.member_id) if row else None


async def unheard(member_id: int, token: str, now: datetime) -> Wait | None:
    """The asking that a card was to show, where nobody answered in time, and none has followed; else None."""
    for row in await Dialog.filter(member_id=member_id, expires_at__lte=now):
        if token == f"d{row.id}-{row.version}":
            return Wait(row.id, row.kind, row.version, row.data, row.member_id)
    return None


async def begin(
    member_id: int, kind: str, data: dict[str, Any], now: datetime, *, beside: Collection[str] = ()
) -> Wait:
    """Wait for something new; whatever was waited for before is left, but for offers that may stand ``beside`` it."""
    await leave(member_id, now, beside=beside)
    row, made = await Dialog.get_or_create(
        member_id=member_id, kind=kind, defaults={"data": data, "version": 1, "expires_at": now + PATIENCE}
    )
    if not made:
        await _save(row, data, now)
    return Wait(row.id, kind, row.version, data)


async def proceed(wait: Wait, data: dict[str, Any], now: datetime) -> Wait:
    """The next question of the same dialog; answers to the one before no longer count."""
    row = await Dialog.get(id=wait.id)
    await _save(row, data, now)
    return Wait(row.id, row.kind, row.version, data)


async def keep(wait: Wait, data: dict[str, Any]) -> None:
    """Know more, and go on asking the same."""
    await Dialog.filter(id=wait.id).update(data=data)


async def note(member_id: int, kind: str, data: dict[str, Any], now: datetime) -> None:
    """Remember something of a person that nothing is asked about."""
    row, made = await Dialog.get_or_create(
        member_id=member_id, kind=kind, defaults={"data": data, "version": 1, "expires_at": now}
    )
    if not made:
        row.data, row.expires_at = data, now
        await row.save()


async def _save(row: Dialog, data: dict[str, Any], now: datetime) -> None:
    row.data, row.version, row.expires_at = data, row.version + 1, now + PATIENCE
    await row.save()


async def leave(member_id: int, now: datetime, *, but: str | None = None, beside: Collection[str] = ()) -> None:
    """Stop waiting; the cards that asked become records, but for the one just tapped."""
    for row in await Dialog.filter(member_id=member_id, expires_at__gt=now).exclude(kind__in=list(beside)):
        wait = Wait(row.id, row.kind, row.version, row.data)
        row.expires_at, row.version = now, row.version + 1
        await row.save()
        if wait.token != but:
            await retire(wait.token, member_id, now)


async def retire(token: str, member_id: int, now: datetime) -> None:
    """Make the card of an answered question a record."""
    await outbox.put([outbox.row("refresh", f"refresh:{token}", now, member_id=member_id, payload={"token": token})])
