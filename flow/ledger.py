"""Writes a thing that happened without moving the case: a waybill, a hand-over, a reminder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import SYSTEM
from flow.errors import StaleCase
from flow.writing import SEALED, chain, settle_whole
from models import Case, hot

if TYPE_CHECKING:
    from datetime import datetime

    from models.values import Person


async def note(case: Case, who: Person | None, said: dict[str, Any], now: datetime) -> None:
    """Append one event, once everything that it is about has been written, so that it can say how the rows stand.

    ``said`` holds action, node and data. Raises StaleCase when the case moved meanwhile.
    """
    await claim(case)
    await write_down(case, who, said, now)


async def claim(case: Case) -> None:
    """Take the case's next version, for what is about to change beside it and to be written down then.

    Raises StaleCase when the case moved meanwhile.
    """
    taken = await Case.filter(id=case.id, version=case.version).update(version=case.version + 1)
    if not taken:
        raise StaleCase(f"{case.no} 刚刚被别人处理了")
    case.version += 1


async def write_down(case: Case, who: Person | None, said: dict[str, Any], now: datetime) -> None:
    """As ``note``, of a case that has been claimed."""
    written = await Case.get(id=case.id)
    step = {"actor_id": who.id if who else None, "actor": who.name if who else SYSTEM, "node": "", "data": {}, **said}
    [event] = chain(written, [step], now)
    await settle_whole(written, event)
    await hot.insert([event])
    await written.save(update_fields=SEALED)
    case.seq, case.chain, case.seal = written.seq, written.chain, written.seal
