"""Cases that were put aside until a moment come back by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.actions import Deed, advance
from flow.errors import FlowError
from flow.verbs import RESUME
from models import Case, CaseState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk

BATCH = 100


async def resume_due(desk: Desk, now: datetime) -> int:
    """Take up again what was put aside until now; how many cases."""
    due = await Case.filter(state=CaseState.HELD, resume_at__lte=now).order_by("resume_at").limit(BATCH)
    back = 0
    for case in due:
        try:
            async with in_transaction():
                await advance(desk, Deed(case.id, RESUME, None, now, {}))
            back += 1
        except FlowError:  # somebody took it up in the same moment
            continue
    return back
