"""Writes what a transition comes to: events, tasks, cards to show and cards to retire. Shared by opening and acting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import SYSTEM
from flow.errors import StaleCase
from flow.records import audit, snapshot
from flow.records.salts import new_salts
from models import Case, Event, seals
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flow.engine.values import Transition
    from models.views.case import Person


MARK = 16  #: characters that tell one alarm about a case from another


def chain(case: Case, steps: Sequence[dict[str, Any]], now: datetime) -> list[Event]:
    """The next events of a case, each linked to the one before; moves ``case.seq`` and ``case.chain`` along.

    The last one waits for ``settle``, which puts down how the case's rows stand, or for those that follow it.
    """
    events = []
    for said, salt in zip(steps, new_salts(len(steps)), strict=True):
        _link(case, None)
        case.seq += 1
        event = session.unsaved(Event, case_id=case.id, seq=case.seq, at=now, salt=salt, **said)
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

    ``had``: its ``stand.slots``, where the tasks are not written yet.
    """
    whole = snapshot.whole(case, await snapshot.rows_of(case.id), event.salt)
    settle(case, event, whole if had is None else {**whole, snapshot.TASKS: had})


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
    await session.insert([event])
    await written.save(update_fields=SEALED)
    case.seq, case.chain, case.seal = written.seq, written.chain, written.seal
