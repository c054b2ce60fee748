"""挂起 and 恢复: while a case is put aside its deadlines stand still."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import VOTES
from flow.engine import waits
from flow.engine.verbs import HOLD, RESUME, SINCE
from flow.records import outbox
from models import CaseState, TaskState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.definitions.flow import Flow
    from flow.engine.values import Transition
    from models import Case, Outbox, Task

AMOUNT = "金额"  #: fact: what the case is about, in yuan
UNTIL = "到"  #: answer: when it is to be taken up again, ISO 8601
_STOP = "UPDATE task SET remind_at = NULL WHERE case_id = ? AND state = ?"
_SHIFT = "UPDATE task SET due_at = ?, remind_at = ? WHERE id = ?"


def goes_on(
    before: datetime | None, transition: Transition, facts: Mapping[str, Any], answers: Mapping[str, Any]
) -> datetime | None:
    """When a case goes on by itself: what is put aside comes back, or a wait is over; None where it needs a word.

    ``before`` the step it was to go on then; ``facts`` are those after it.
    """
    if transition.state is not CaseState.HELD:
        return waits.first_over(facts)
    if transition.steps[0].action != HOLD:
        return before
    when: str | None = answers.get(UNTIL)
    return datetime.fromisoformat(when) if when else None


def timed(case: Case, flow: Flow, transition: Transition, now: datetime) -> dict[str, Any]:
    """The facts after a step, with its waits; they stand still while the case is put aside."""
    since = case.facts.get(SINCE) if transition.steps[0].action == RESUME else None
    away = now - datetime.fromisoformat(since) if since else timedelta(0)
    return waits.timed(flow, transition, now, away)


def shift(facts: Mapping[str, Any], tasks: Sequence[Task], transition: Transition, now: datetime) -> None:
    """What a pause does to the tasks, in memory; ``facts`` are those of the case before the step.

    Its reminders stop when it is put aside; its deadlines move by the time away when it comes back.
    """
    action, since = transition.steps[0].action, facts.get(SINCE)
    for task in tasks:
        if action == HOLD and task.state is TaskState.OPEN:
            task.remind_at = None
        elif action == RESUME and since:
            task.due_at += now - datetime.fromisoformat(since)
            task.remind_at = _reminder(task, task.due_at, now)


def statements(case: Case, tasks: Sequence[Task], transition: Transition) -> list[session.Statement]:
    """Writes what ``shift`` has done."""
    action = transition.steps[0].action
    if action == HOLD:
        return [session.Statement(_STOP, (case.id, TaskState.OPEN))]
    if action != RESUME:
        return []
    return [session.Statement(_SHIFT, (task.due_at, task.remind_at, task.id)) for task in tasks]


async def redrawn(
    case: Case, facts: Mapping[str, Any], transition: Transition, now: datetime, but: str | None
) -> list[Outbox]:
    """Rows that redraw the cards of a case that is put aside, or comes back, or is about another amount than before.

    So are those of whoever may still vote, once somebody has.

    ``facts`` are those of the case before the step; the card ``but`` was just tapped.
    """
    voted = transition.pending is not None and case.facts.get(VOTES) != facts.get(VOTES)
    same = case.facts.get(AMOUNT) == facts.get(AMOUNT) and not voted
    if transition.steps[0].action not in (HOLD, RESUME) and same:
        return []
    return await outbox.redrawing(case, now, but=but)


def _reminder(task: Task, due: datetime, now: datetime) -> datetime | None:
    """A slot whose turn has not come is not reminded."""
    return max(due, now) if task.state is TaskState.OPEN else None
