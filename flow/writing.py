"""Writes what a transition comes to: events, tasks, cards to show and cards to retire. Shared by opening and acting."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from flow import audit, queue
from flow.errors import NotAllowed
from flow.machine import SYSTEM
from flow.orders import units_held
from flow.owners import resolve
from models import Case, CaseState, Event, OrderLine, Task
from models.case import CaseLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flow.definition import Node
    from flow.directory import Directory
    from flow.machine import Rules, Transition
    from flow.owners import Owners
    from models import Outbox
    from models.values import Person


def chain(case: Case, steps: Iterable[dict[str, Any]], now: datetime) -> list[Event]:
    """The next events of a case, each linked to the one before; moves ``case.seq`` and ``case.chain`` along."""
    events = []
    for said in steps:
        case.seq += 1
        before = case.chain or audit.GENESIS
        facts = {"case": case.no, "seq": case.seq, "at": now.astimezone(UTC).isoformat(), **said}
        case.chain = audit.link(before, facts)
        events.append(Event(case_id=case.id, seq=case.seq, at=now, before=before, hash=case.chain, **said))
    return events


def described(transition: Transition, who: Person | None, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps as event fields; ``data`` goes with the step that a person took."""
    rows = []
    for n, step in enumerate(transition.steps):
        detail: dict[str, Any] = {"rule": step.rule} if step.rule else {}
        rows.append(
            {
                "actor_id": None if step.by_system or who is None else who.id,
                "actor": SYSTEM if step.by_system or who is None else who.name,
                "action": step.action,
                "node": step.node,
                "data": detail | (dict(data) if n == 0 else {}),
            }
        )
    return rows


def staffed(transition: Transition, rules: Rules, people: Directory) -> dict[str, tuple[Node, Owners]]:
    """Owners of every human node just entered. Raises NotAllowed rather than leaving a node to nobody."""
    found = {}
    for name in transition.entered:
        node = rules.flow.nodes[name]
        if node.owner is None:
            continue
        facts = {**transition.facts, **rules.policy.facts(transition.facts)}
        owners = resolve(node, facts, people)
        if not owners.people:
            raise NotAllowed(f"{owners.alarm}，这一步先不办")
        found[name] = (node, owners)
    return found


def hand_out(case: Case, staff: Mapping[str, tuple[Node, Owners]], now: datetime) -> tuple[list[Task], list[Outbox]]:
    """Tasks for the owners of the nodes entered, and the cards that show them."""
    tasks, rows = [], []
    for node, owners in staff.values():
        due = now + node.limit if node.limit else now
        for person in owners.people:
            tasks.append(
                Task(
                    case_id=case.id, node=node.name, visit=case.version, owner_id=person.id, why=owners.why,
                    opened_at=now, due_at=due, remind_at=due,
                )
            )  # fmt: skip
        if owners.alarm:
            rows.append(queue.alert(f"owner:{case.no}:v{case.version}", now, f"{case.no} {owners.alarm}"))
    return tasks, rows + [queue.task_card(case.no, task, now) for task in tasks]


async def release_claims(case: Case) -> None:
    """Give the units that a closed case still holds back to their order lines."""
    for claim in await CaseLine.filter(case_id=case.id).exclude(order_line_id=None):
        held = units_held(claim, case.facts)
        await OrderLine.filter(id=claim.order_line_id).update(claimed=F("claimed") - held)


def ends(state: CaseState) -> bool:
    return state in (CaseState.DONE, CaseState.CLOSED)
