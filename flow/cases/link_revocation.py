"""Calling a customer's link in: what was given out for a case so far opens nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.expressions import F, Q

from flow.records.events import note
from models import Case, CaseLink

if TYPE_CHECKING:
    from datetime import datetime

    from models.views.case import Person

REVOKED = "作废链接"


async def times_revoked(case_id: int) -> int:
    """How often the links of a case were called in."""
    found = await CaseLink.get_or_none(case_id=case_id)
    return found.revoked if found else 0


async def revoke_links(case_id: int, who: Person, now: datetime) -> None:
    """In the caller's transaction, with an event of the case.

    Its duplicates' links, which show the case that they became part of, are called in with it. Raises StaleCase.
    """
    case = await Case.get(id=case_id)
    kept = case.merged_into_id or case.id
    family = await Case.filter(Q(id=kept) | Q(merged_into_id=kept)).order_by("id").values_list("id", flat=True)
    for each in family:
        again = await CaseLink.filter(case_id=each).update(
            revoked=F("revoked") + 1, revoked_at=now, revoked_by_id=who.id
        )
        if not again:
            await CaseLink.create(case_id=each, revoked=1, revoked_at=now, revoked_by_id=who.id)
    await note(case, who, {"action": REVOKED}, now)
