"""Recomputes the chain of a case's events and names the first row that was touched."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from flow import audit
from models import Case, Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

PAGE = 200  #: cases read at once


def first_broken(case_no: str, events: Sequence[Event], last_hash: str) -> str:
    """A sentence naming the first event that does not follow from the ones before it; empty when all do. Pure."""
    before = audit.GENESIS
    for place, event in enumerate(events, 1):
        facts = {
            "case": case_no, "seq": event.seq, "at": event.at.astimezone(UTC).isoformat(), "actor_id": event.actor_id,
            "actor": event.actor, "action": event.action, "node": event.node, "data": event.data,
        }  # fmt: skip
        if event.seq != place:
            return f"{case_no} 第 {place} 条流水不见了"
        if event.before != before or event.hash != audit.link(before, facts):
            return f"{case_no} 第 {place} 条流水（{event.actor} {event.action}）被改动过"
        before = event.hash
    return "" if before == (last_hash or audit.GENESIS) else f"{case_no} 最后的流水不见了"


async def broken(case_id: int) -> tuple[int, str]:
    """How many events a case has, and the sentence of ``first_broken`` about them."""
    case = await Case.get(id=case_id)
    events = await Event.filter(case_id=case_id).order_by("seq")
    return len(events), first_broken(case.no, events, case.chain)


async def broken_cases() -> AsyncIterator[str]:
    """One sentence for every case whose record does not hold."""
    last = 0
    while cases := await Case.filter(id__gt=last).order_by("id").limit(PAGE).only("id", "no", "chain"):
        events: dict[int, list[Event]] = {case.id: [] for case in cases}
        for event in await Event.filter(case_id__in=list(events)).order_by("case_id", "seq"):
            events[event.case_id].append(event)
        for case in cases:
            if sentence := first_broken(case.no, events[case.id], case.chain):
                yield sentence
        last = cases[-1].id
