"""A case with everything that a decision on it looks at, and the reading of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.access.rights import may_beyond, no_case
from flow.cases.automatic import counted, decides_alone
from flow.cases.siblings import hold_of, news, weighs
from flow.definitions.ceiling import NONE
from flow.definitions.vocabulary import PAYS
from flow.engine.counting import Line
from flow.engine.opening_facts import today_of
from flow.engine.values import Marking
from flow.records.locks import lock_cases
from flow.tasks import slots
from models import Case, CaseLine, Order, Task, TaskState
from models.pipeline import session
from models.views.case import LineView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.cases.command import Command
    from flow.definitions.business import Business
    from flow.desk import Desk
    from flow.engine.counting import Count
    from flow.engine.values import Rules, Transition
    from flow.people.directory import Directory
    from models.pipeline.session import Statement


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What is looked at; nothing in it changes until it is written."""

    case: Case
    tasks: list[Task]  #: open and held
    lines: list[CaseLine]
    rules: Rules
    people: Directory
    business: Business
    beyond: bool = False  #: the actor's role lets them do this to a case that is others'
    news: Mapping[str, Any] = field(default_factory=dict)  #: facts that have changed since the case was opened
    today: str = ""  #: the merchant's day of the command, ISO 8601

    @property
    def counted(self) -> tuple[Line, ...]:
        """The lines as counting sees them."""
        return tuple(Line(x.id, x.sku, x.paid, x.requested, x.received, x.accepted, x.damaged) for x in self.lines)

    def shown(self, count: Count) -> tuple[LineView, ...]:
        """The lines as they are once counted."""
        now = {line.id: line for line in count.lines}
        return tuple(
            LineView(x.sku, x.title, x.paid, x.requested, y.received, y.accepted, y.damaged)
            for x in self.lines
            for y in (now.get(x.id, x),)
        )

    def marking(self) -> Marking:
        """Where the case stands, with what has changed since it was opened."""
        case = self.case
        facts = {**case.facts, **self.news} if self.news else case.facts
        seen = slots.seen(self.tasks, case.undo)
        held = slots.slots(self.tasks)
        return Marking(tuple(case.nodes), facts, case.state, held, case.undo, seen, self.today, case.close_reason)


def reads(case_id: int) -> tuple[Statement, ...]:
    """What a command on a case looks at first."""
    return (
        session.reading(Case, "id = ?", case_id),
        session.reading(Task, "case_id = ? AND state IN (?, ?) ORDER BY id", case_id, TaskState.OPEN, TaskState.HELD),
        session.reading(CaseLine, "case_id = ? ORDER BY id", case_id),
    )


async def look(desk: Desk, command: Command) -> CaseFile:
    """The file of a command's case. Raises NotFound, Unseen or NotAllowed where the actor may not do this to it."""
    cases, tasks, lines = command.read or await session.batch(*reads(command.case_id))
    if not cases.rows:
        raise await no_case(desk, command.action, command.who)
    [case] = session.to_models(Case, cases)
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    people = command.people or await desk.staff.now()
    rows, claims = session.to_models(Task, tasks), session.to_models(CaseLine, lines)
    beyond = await may_beyond(desk, case, rules, command.action, command.who)
    return CaseFile(case, rows, claims, rules, people, desk.business, beyond, today=today_of(command.at, desk.zone))


async def look_again(desk: Desk, file: CaseFile, transition: Transition, now: datetime) -> CaseFile | None:
    """The file with what has changed since the case was opened, where a step is about who decides on the money.

    None where that is nothing. Where the step pays, nobody else takes goods or money of the order from here on.
    """
    alone = decides_alone(file.rules, transition) and file.rules.policy.ceiling != NONE
    if alone or any(PAYS in step.effects for step in transition.steps):
        await lock_cases(file.case.id)  # before the order, as ``flow.records.locks`` has it
        await hold_of(file.case, file.rules.policy if alone else None)
    if not weighs(file.rules, transition):
        return None
    found = await news(desk, file.case, file.case.facts, now)
    return replace(file, news=found) if found else None


async def held_back(desk: Desk, file: CaseFile, transition: Transition, now: datetime) -> CaseFile | None:
    """The file with what 自动上限 says of a step that the system decides alone; None where it says nothing."""
    if not file.case.order_id or not decides_alone(file.rules, transition):
        return None
    order = await Order.get_or_none(id=file.case.order_id)
    found = order and await counted(desk, order, file.rules, transition, now, but=file.case.id)
    return replace(file, news={**file.news, **found}) if found else None
