"""重开, and 撤回 of what closed a case: it is taken up again for a while after its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.cases.siblings import hold_of
from flow.definitions.vocabulary import LET_GO
from flow.engine.verbs import TAKE_BACK
from flow.errors import NotAllowed, PolicyRefused
from flow.orders.lookup import keeps_units
from flow.records import allowance
from flow.records.claims import units_held
from flow.records.locks import lock_cases, take_units
from models import CaseLine, CaseState

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from flow.definitions.flow import Flow
    from models import Case


def refuse_late(case: Case, flow: Flow, verb: str, now: datetime) -> None:
    """Raise NotAllowed when the time for it has run out, or the case became part of another."""
    if case.merged_into_id:
        raise NotAllowed(f"{case.no} 已并入别的单，请在那一单上处理")
    within = flow.reopening.within if flow.reopening else None
    if within and case.closed_at and now > case.closed_at + within:
        days = within.days
        raise NotAllowed(f"{case.no} 结束超过 {days} 天，不能{verb}，请新建一单")


async def reclaim(case: Case, verb: str, now: datetime, zone: tzinfo) -> None:
    """Take the units of a case that was closed, or has let them go, off the order again, and its share of a day's sum.

    Raises PolicyRefused when another case has them by now.
    """
    await lock_cases(case.id)
    if verb == TAKE_BACK and case.state is CaseState.CLOSED:
        await allowance.take_again(case, now, zone)
    facts = {fact: value for fact, value in case.facts.items() if fact != LET_GO}
    if keeps_units(case):
        return
    await hold_of(case)
    claims = await CaseLine.filter(case_id=case.id).exclude(order_line_id=None)
    if gone := await take_units((claim.order_line_id, units_held(claim, facts)) for claim in claims):
        sku = next(claim.sku for claim in claims if claim.order_line_id == gone)
        raise PolicyRefused(f"{case.no} 的 {sku} 已经被别的售后单占用，不能{verb}")
