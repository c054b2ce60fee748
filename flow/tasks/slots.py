"""Which tasks end, open or wait when a step is taken: the slots of a node as rows."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import COPIED
from flow.engine.values import Slot
from flow.records import outbox, snapshot
from flow.records.events import MARK
from models import Case, Task, TaskState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.flow import Node
    from flow.engine.values import Transition
    from flow.people.directory import Directory
    from flow.tasks.assignment import WorkItem
    from models import Case, Outbox
    from models.views.case import By, Person

IN_PLACE_OF = "代"  #: on record: who is away and whose task this was
_OPEN = "UPDATE task SET state = ?, opened_at = ?, remind_at = ? WHERE id = ?"


def slots(tasks: Sequence[Task]) -> tuple[Slot, ...]:
    """Open and held tasks as a step sees them."""
    return tuple(
        Slot(t.id, t.node, t.owner_id, t.state is TaskState.HELD, t.after_id, t.added) for t in tasks
    )  # fmt: skip


def seen(tasks: Sequence[Task], undo: Mapping[str, Any] | None) -> str:
    """A node that the last decision led to and whose owner has looked since; "" when nobody has."""
    before = set(undo["nodes"]) - {undo["node"]} if undo else set()
    return next((task.node for task in tasks if task.seen_at is not None and task.node not in before), "")


def over(tasks: Sequence[Task], transition: Transition) -> list[Task]:
    """The tasks that end with a step."""
    pending = transition.pending
    if pending is None and transition.ends:
        return [task for task in tasks if task.node not in transition.nodes or task.node in transition.gone]
    if pending is None:
        return [task for task in tasks if task.node in transition.gone]
    if pending.level is not None:
        return [task for task in tasks if task.node == pending.node]
    mine = {transition.slot, *pending.closes}
    return [task for task in tasks if task.id in mine]


def acted(task: Task, transition: Transition, who: Person | None) -> bool:
    """Whether this is the task that the actor has done."""
    at = transition.steps[0].node
    return who is not None and task.owner_id == who.id and task.node == at and task.state is TaskState.OPEN


def opening(
    case: Case, tasks: Sequence[Task], transition: Transition, now: datetime
) -> tuple[list[session.Statement], list[Outbox]]:
    """Held slots whose turn has come, and the cards that show them."""
    ids = transition.pending.opens if transition.pending else ()
    mine = [task for task in tasks if task.id in ids]
    for task in mine:
        task.remind_at = max(task.due_at, now)
    writes = [session.Statement(_OPEN, (TaskState.OPEN, now, task.remind_at, task.id)) for task in mine]
    return writes, [outbox.task_card(case.no, task, now, again=f"-o{case.version}") for task in mine]


@dataclass(frozen=True, slots=True)
class Hands:
    """Through whose hands a step goes: the tasks that end, the actor's own, and those that begin, with their cards."""

    over: list[Task]
    own: Task | None
    tasks: list[Task]
    rows: list[Outbox]
    opened: list[session.Statement]
    shown: list[Outbox]
    had: list[list[Any]]  #: who has the case then, as the chain has it


def hands(
    case: Case, tasks: Sequence[Task], transition: Transition, items: Sequence[WorkItem], by: By[Person | None]
) -> Hands:
    """What becomes of the tasks of a case with a step that ``by`` took, and leads to ``items``."""
    who, now = by.who, by.at
    ended = over(tasks, transition)
    own = next((task for task in ended if acted(task, transition, who)), None)
    fresh, rows = hand_out(case, items, now)
    opened, shown = opening(case, tasks, transition, now)
    opens = transition.pending.opens if transition.pending else ()
    had = snapshot.slots([*(task for task in tasks if task not in ended), *fresh], opens)
    return Hands(ended, own, fresh, rows, opened, shown, had)


def watchers(people: Directory, node: Node | None, case: Case) -> set[int | None]:
    """Who hears of a decision beside the next owner: the creator, the roles that the node names, whoever was copied."""
    copied = {person.id for role in (node.copies if node else ()) for person in people.with_role(role)}
    return {case.creator_id, *case.facts.get(COPIED, ()), *copied}


def hand_out(case: Case, items: Iterable[WorkItem], now: datetime) -> tuple[list[Task], list[Outbox]]:
    """Tasks for the owners of the nodes entered, and the cards that show them."""
    tasks, rows = [], []
    for item in items:
        owners, due = item.owners, now + item.limit if item.limit else now
        for person in owners.people:
            tasks.append(
                session.unsaved(
                    Task, case_id=case.id, node=item.node.name, visit=case.version, owner_id=person.id,
                    why=owners.why[:255], opened_at=now, due_at=due, remind_at=due, level=item.level,
                    for_id=owners.stands_for.get(person.id),
                )
            )  # fmt: skip
        if owners.alarm:
            mark = sha256(owners.alarm.encode()).hexdigest()[:MARK]  # a case that comes back finds the same people
            rows.append(outbox.alert(f"owner:{case.no}:{mark}", now, f"{case.no} {owners.alarm}"))
    return tasks, rows + [outbox.task_card(case.no, task, now) for task in tasks]
