"""Cases that go on by themselves: what was put aside until a moment, and waits whose time is up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.cases.advance import advance
from flow.cases.command import Command
from flow.engine.verbs import RESUME
from flow.engine.waits import over
from flow.errors import FlowError
from models import Case, CaseState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk

BATCH = 100


async def go_on(desk: Desk, now: datetime) -> int:
    """Take up again what was put aside until now, and end the waits whose time is up; how many cases moved."""
    due = Case.filter(resume_at__lte=now).order_by("resume_at").limit(BATCH)
    moved = 0
    for case in await due:
        for command in await _due(desk, case, now):
            try:
                async with in_transaction():
                    await advance(desk, command)
                moved += 1
            except FlowError:  # somebody moved it in the same moment
                continue
    return moved


async def _due(desk: Desk, case: Case, now: datetime) -> list[Command]:
    """What the clock does to a case now."""
    if case.state is CaseState.HELD:
        return [Command(case.id, RESUME, None, now, {})]
    flow = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    return [Command(case.id, action, None, now, {}, node=node) for node, action in over(flow, case.facts, now)]
