"""总览: who holds what, how many are late and by how much, how much money waits; of the cases somebody may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.access.lookup import within_reach
from flow.access.scope import LOOK_UP
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.engine.verbs import PAID
from flow.views.case import about_money
from models import Case, CaseState, Task, TaskState
from models.views.case import Burden, Overview

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flow.desk import Desk
    from models.views.case import Person

OVERVIEW = "总览"
AT_ONCE = 500  #: cases of one question to the database


@dataclass(frozen=True, slots=True)
class _Held:
    """One open task with what counts of its case."""

    owner: int
    node: str
    late: timedelta  #: below zero where there is time
    case_id: int
    is_held: bool
    waits: Decimal  #: money that its customer waits for
    called: Mapping[str, str]  #: nodes that are called otherwise today than in the case's version


@dataclass(slots=True)
class _Sum:
    tasks: int = 0
    late: int = 0
    held: int = 0
    longest: timedelta = timedelta(0)
    money: dict[int, Decimal] = field(default_factory=dict)  #: of each case, once

    def add(self, task: _Held) -> None:
        self.tasks += 1
        self.held += task.is_held
        is_late = task.late > timedelta(0) and not task.is_held
        self.late += is_late
        self.longest = max(self.longest, task.late) if is_late else self.longest
        self.money[task.case_id] = task.waits


async def overview(desk: Desk, who: Person, now: datetime) -> Overview:
    """As ``who`` may see it: cases out of their reach are counted for nobody."""
    rows = [
        (int(case_id), int(owner), str(node), due)
        for case_id, owner, node, due in await Task.filter(state=TaskState.OPEN).values_list(
            "case_id", "owner_id", "node", "due_at"
        )
    ]
    cases = await _cases(desk, sorted({case_id for case_id, *_ in rows}), who)
    held = [
        _Held(owner, node, now - due, case_id, *cases[case_id])
        for case_id, owner, node, due in rows
        if case_id in cases
    ]
    sees = desk.business.matrix.sees(who.roles, AMOUNT) == WHOLE
    people = (await desk.staff.now()).by_id
    names = {owner: people[owner].name if owner in people else "已离职的人" for owner in {task.owner for task in held}}
    return Overview(
        people=_burdens(((names[task.owner], task) for task in held), sees=sees),
        nodes=_burdens(((task.called.get(task.node, task.node), task) for task in held), sees=sees),
        total=_burden("", _added(held), sees=sees),
        cases=len({task.case_id for task in held}),
    )


async def late_tasks(desk: Desk, owner: Person, who: Person, command: str, now: datetime) -> list[Task]:
    """Tasks of somebody over their limit, of the cases on which ``who`` may use a command, the oldest first."""
    over = Task.filter(owner_id=owner.id, state=TaskState.OPEN, due_at__lte=now).exclude(case__state=CaseState.HELD)
    tasks = await over.order_by("due_at", "id").prefetch_related("case")
    able = set(await within_reach(desk, list({task.case_id for task in tasks}), who, command))
    return [task for task in tasks if task.case_id in able]


async def _cases(desk: Desk, ids: Sequence[int], who: Person) -> dict[int, tuple[bool, Decimal, Mapping[str, str]]]:
    """Of the cases in reach: whether it is put aside, what its customer waits for, and what nodes are called today."""
    found: dict[int, tuple[bool, Decimal, Mapping[str, str]]] = {}
    for start in range(0, len(ids), AT_ONCE):
        piece = ids[start : start + AT_ONCE]
        seen = await within_reach(desk, await within_reach(desk, piece, who, OVERVIEW), who, LOOK_UP)
        for row in await Case.filter(id__in=seen).values(
            "id", "state", "amount", "facts", "flow_id", "policy_id", "nodes"
        ):
            flow = (await desk.rules(row["flow_id"] or 0, row["policy_id"] or 0)).flow
            names = desk.business.present.nodes(flow)
            found[row["id"]] = (row["state"] == CaseState.HELD, await _waits(desk, row), names)
    return found


async def _waits(desk: Desk, row: Mapping[str, Any]) -> Decimal:
    """A repair is no money, and what was paid is paid."""
    rules = await desk.rules(row["flow_id"] or 0, row["policy_id"] or 0)
    over = CaseState(row["state"]).ended or row["facts"].get(PAID)
    waits = about_money(rules.flow, row["nodes"], row["facts"]) and not over
    return Decimal(row["amount"]) if waits else Decimal(0)


def _added(tasks: Iterable[_Held]) -> _Sum:
    total = _Sum()
    for task in tasks:
        total.add(task)
    return total


def _burdens(tasks: Iterable[tuple[str, _Held]], *, sees: bool) -> tuple[Burden, ...]:
    """One for each name: the latest first, then who has most."""
    sums: dict[str, _Sum] = defaultdict(_Sum)
    for name, task in tasks:
        sums[name].add(task)
    found = [_burden(name, each, sees=sees) for name, each in sums.items()]
    return tuple(sorted(found, key=lambda each: (-each.late, -each.longest, -each.tasks, each.name)))


def _burden(name: str, each: _Sum, *, sees: bool) -> Burden:
    money = sum(each.money.values(), Decimal(0)) if sees else None
    return Burden(name, each.tasks, each.late, each.held, each.longest, money)
