"""The one writer of a case's state: ``advance`` claims the version, applies the step and queues what must be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow import queue
from flow.counting import Count, Line, take_in
from flow.effects import Work, perform
from flow.errors import NotAllowed, StaleCase
from flow.machine import SYSTEM, Actor, Refusal, Standing, step
from flow.writing import chain, described, ends, hand_out, release_claims, staffed
from models import Case, CaseLine, CaseState, Event, Task, TaskState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definition import Node
    from flow.desk import Desk
    from flow.directory import Directory
    from flow.machine import Rules, Transition
    from flow.owners import Owners
    from models.values import Person


class Asks(NotAllowed):
    """The action needs answers first; ``questions`` are what to ask, by fact."""

    def __init__(self, questions: Mapping[str, str]) -> None:
        self.questions = questions
        super().__init__("；".join(questions.values()))


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody wants done: ``who`` None is the system; ``said`` holds answers, counts and choices."""

    case_id: int
    action: str
    who: Person | None
    at: datetime
    said: Mapping[str, Any]
    card: str | None = None  #: token of the card that was tapped


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    case: Case
    task: Task | None  #: the actor's own, closed by this
    transition: Transition


async def advance(desk: Desk, deed: Deed) -> Done:
    """Do ``deed`` in the caller's transaction.

    Raises NotAllowed (with who may), Asks, PolicyRefused, or StaleCase when somebody else was first; then nothing
    is written.
    """
    case = await Case.get(id=deed.case_id)
    tasks = await Task.filter(case_id=case.id, state=TaskState.OPEN)
    people = await desk.staff.now()
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    transition, count = await _decide(case, tasks, rules, deed, people)
    staff = staffed(transition, rules, people)
    await _claim(case)
    work = Work(case, count.lines, dict(transition.facts), deed.who, deed.at, desk.business, case.version)
    await perform(work, transition)
    mine = await _close_tasks(tasks, transition, deed)
    await _write(case, transition, work, deed, staff)
    return Done(case, mine, transition)


async def _decide(
    case: Case, tasks: list[Task], rules: Rules, deed: Deed, people: Directory
) -> tuple[Transition, Count]:
    """The pure part: what the step comes to, with goods counted first so that conditions see the new amount."""
    standing = Standing(tuple(case.nodes), case.facts, case.state)
    actor = _actor(deed.who, tasks)
    lines = tuple(
        Line(x.id, x.sku, x.paid, x.requested, x.received, x.accepted, x.damaged)
        for x in await CaseLine.filter(case_id=case.id).order_by("id")
    )
    trial = step(rules, standing, deed.action, actor, deed.said)
    if isinstance(trial, Refusal):
        raise _refused(trial, case, tasks, rules, deed, people)
    count = take_in(trial.steps[0].effects, lines, deed.said, case.facts)
    if not count.facts:
        return trial, count
    outcome = step(rules, standing, deed.action, actor, {**deed.said, **count.facts})
    assert not isinstance(outcome, Refusal)  # noqa: S101  # the same action with more facts
    return outcome, count


def _actor(who: Person | None, tasks: list[Task]) -> Actor:
    if who is None:
        return Actor(None, SYSTEM)
    return Actor(who.id, who.name, who.roles, frozenset(t.node for t in tasks if t.owner_id == who.id))


def _refused(
    refusal: Refusal, case: Case, tasks: list[Task], rules: Rules, deed: Deed, people: Directory
) -> NotAllowed | StaleCase:
    """Turn a refusal into the sentence that says who may, or into StaleCase when the moment has passed."""
    if refusal.missing:
        return Asks(refusal.missing)
    if ends(case.state) or not any(deed.action in rules.flow.nodes[name].actions for name in case.nodes):
        return StaleCase(f"{case.no} {refusal.reason}")
    owners = [people.by_id.get(task.owner_id) for task in tasks if deed.action in rules.flow.nodes[task.node].actions]
    may = [person.name for person in owners if person]
    return NotAllowed(f"{case.no} {refusal.reason}，由 {'、'.join(dict.fromkeys(may)) or SYSTEM} 处理")


async def _claim(case: Case) -> None:
    """Take the next version, or raise StaleCase: of two at the same instant one row count is 1, the other 0."""
    taken = await Case.filter(id=case.id, version=case.version).update(version=case.version + 1)
    if not taken:
        raise StaleCase(f"{case.no} 刚刚被别人处理了")
    case.version += 1


async def _close_tasks(tasks: list[Task], transition: Transition, deed: Deed) -> Task | None:
    """End the tasks of the node that was left (all of them when the case ended); the actor's own is done."""
    over = [t for t in tasks if t.node == transition.left or ends(transition.state)]
    own = next((t for t in over if deed.who and t.owner_id == deed.who.id and t.node == transition.left), None)
    rest = [t.id for t in over if t is not own]
    if rest:
        await Task.filter(id__in=rest).update(state=TaskState.DEAD, closed_at=deed.at, remind_at=None)
    if own:
        await Task.filter(id=own.id).update(state=TaskState.DONE, closed_at=deed.at, remind_at=None, action=deed.action)
    return own


async def _write(
    case: Case, transition: Transition, work: Work, deed: Deed, staff: Mapping[str, tuple[Node, Owners]]
) -> None:
    """Everything else of the transaction: the case's new state, its events, tasks, cards and words."""
    case.state = transition.state
    case.close_reason = transition.close_reason  # type: ignore[assignment]  # nullable in the table
    case.nodes, case.facts = list(transition.nodes), work.facts
    case.amount = yuan(work.facts.get("金额", case.amount))
    case.closed_at = deed.at if ends(case.state) else None
    data = {key: value for key, value in deed.said.items() if value is not None}
    await Event.bulk_create(chain(case, described(transition, deed.who, data), deed.at))
    await case.save(update_fields=["state", "close_reason", "nodes", "facts", "amount", "closed_at", "seq", "chain"])
    if case.state is CaseState.CLOSED:
        await release_claims(case.id)
    tasks, rows = hand_out(case, staff, deed.at)
    await Task.bulk_create(tasks)
    open_now = await Task.filter(case_id=case.id, state=TaskState.OPEN)
    keep = {queue.task_token(case.no, task) for task in open_now}
    retired = await queue.retire_cards(case.id, case.version, deed.at, keep=keep, but=deed.card)
    await queue.put([*work.outbox, *retired, *rows, *_turn(case, deed, transition)])


def _turn(case: Case, deed: Deed, transition: Transition) -> list[Any]:
    """The creator hears of the turn, unless they took it themselves."""
    quiet = case.creator_id is None or (deed.who is not None and deed.who.id == case.creator_id)
    if quiet or transition.steps[0].effects == ("登记缺件",):
        return []
    key = f"turn:{case.no}:v{case.version}"
    seq = case.seq - len(transition.steps) + 1
    return [queue.tell(key, case.creator_id or 0, deed.at, "turn", case_id=case.id, seq=seq)]
