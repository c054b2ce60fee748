"""Writes what a transition comes to: events, tasks, cards to show and cards to retire. Shared by opening and acting."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flow import audit, queue, stand
from flow.definitions.vocabulary import SYSTEM
from flow.locks import take_units
from flow.orders import units_held
from flow.salts import new_salts
from models import Case, CaseState, Event, Task, hot, seals
from models.case import CaseLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flow.machine import Transition
    from flow.staffing import Post
    from models import Outbox
    from models.values import Person


MARK = 16  #: characters that tell one alarm about a case from another


def chain(case: Case, steps: Sequence[dict[str, Any]], now: datetime) -> list[Event]:
    """The next events of a case, each linked to the one before; moves ``case.seq`` and ``case.chain`` along.

    The last one waits for ``settle``, which puts down how the case's rows stand, or for those that follow it.
    """
    events = []
    for said, salt in zip(steps, new_salts(len(steps)), strict=True):
        _link(case, None)
        case.seq += 1
        event = hot.fresh(Event, case_id=case.id, seq=case.seq, at=now, salt=salt, **said)
        vars(case)[_OPEN] = event
        events.append(event)
    return events


_OPEN = "_open_event"  # of a case in memory: the event that is not linked yet


def settle(case: Case, event: Event, stands: dict[str, Any]) -> None:
    """Put down with the newest event of a case how its rows stand, and seal the case. It may be done again."""
    vars(event)["stand"] = stands
    _link(case, event)
    seal(case)


def _link(case: Case, event: Event | None) -> None:
    """Link the event that waits, or one that was linked already and has changed since."""
    event = vars(case).pop(_OPEN, None) or event
    if event is None:
        return
    before = event.before or case.chain or audit.GENESIS
    found = audit.link(before, audit.facts_of(case.no, event))
    vars(event).update(before=before, hash=found, seal=seals.ring().short(audit.step_text(case.no, found)))
    vars(case)["chain"] = found


def seal(case: Case) -> None:
    """Seal the head of a case's chain as it is in memory."""
    vars(case)["seal"] = seals.ring().seal(audit.head_text(case.no, case.seq, case.chain, case.base))


async def settle_whole(case: Case, event: Event, had: list[list[Any]] | None = None) -> None:
    """The same with all that hangs on the case as the database has it now; of the case itself, what is in memory.

    ``had``: its ``stand.seats``, where the tasks are not written yet.
    """
    whole = stand.whole(case, await stand.rows_of(case.id), event.salt)
    settle(case, event, whole if had is None else {**whole, stand.TASKS: had})


SEALED = ("seq", "chain", "seal")  #: columns of a case that go with a new event


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


def hand_out(case: Case, posts: Iterable[Post], now: datetime) -> tuple[list[Task], list[Outbox]]:
    """Tasks for the owners of the nodes entered, and the cards that show them."""
    tasks, rows = [], []
    for post in posts:
        owners, due = post.owners, now + post.limit if post.limit else now
        for person in owners.people:
            tasks.append(
                hot.fresh(
                    Task, case_id=case.id, node=post.node.name, visit=case.version, owner_id=person.id,
                    why=owners.why[:255], opened_at=now, due_at=due, remind_at=due, level=post.level,
                    for_id=owners.stands_for.get(person.id),
                )
            )  # fmt: skip
        if owners.alarm:
            mark = sha256(owners.alarm.encode()).hexdigest()[:MARK]  # a case that comes back finds the same people
            rows.append(queue.alert(f"owner:{case.no}:{mark}", now, f"{case.no} {owners.alarm}"))
    return tasks, rows + [queue.task_card(case.no, task, now) for task in tasks]


async def release_claims(case: Case) -> None:
    """Give the units that a closed case still holds back to their order lines."""
    held = await CaseLine.filter(case_id=case.id).exclude(order_line_id=None)
    await take_units((claim.order_line_id, -units_held(claim, case.facts)) for claim in held)


def ends(state: CaseState) -> bool:
    return state in (CaseState.DONE, CaseState.CLOSED)
