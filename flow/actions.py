"""The one writer of a case's state: ``advance`` claims the version, applies the step and queues what must be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow import queue
from flow.counting import Count, Line, take_in
from flow.definition import WAIT
from flow.effects import Work, perform
from flow.errors import NotAllowed, NotFound, StaleCase
from flow.machine import SYSTEM, Actor, Refusal, Standing, step
from flow.reading import standing_words
from flow.writing import chain, described, ends, hand_out, release_claims, staffed
from models import Case, CaseLine, CaseState, Event, Task, TaskState, hot
from models.fields import yuan
from models.values import LineView, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definition import Node
    from flow.desk import Desk
    from flow.directory import Directory
    from flow.machine import Rules, Transition
    from flow.owners import Owners
    from models import Outbox
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
    task_id: int | None = None  #: the task which that card shows
    people: Directory | None = None  #: the staff, where the caller has just looked


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it; enough to draw the record without reading anything again."""

    case: Case
    lines: tuple[LineView, ...]
    task: Task | None  #: the actor's own, closed by this
    transition: Transition
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _File:
    """A case with everything that a decision looks at."""

    case: Case
    tasks: list[Task]
    lines: list[CaseLine]
    rules: Rules
    people: Directory

    @property
    def counted(self) -> tuple[Line, ...]:
        return tuple(Line(x.id, x.sku, x.paid, x.requested, x.received, x.accepted, x.damaged) for x in self.lines)


async def advance(desk: Desk, deed: Deed) -> Done:
    """Do ``deed`` in the caller's transaction.

    Raises NotFound, NotAllowed (with who may), Asks, PolicyRefused, or StaleCase when somebody else was first; the
    caller's transaction is then to be rolled back.
    """
    file = await _open(desk, deed)
    transition, count = _decide(file, deed)
    case = file.case
    events = _move(case, transition, deed)
    await _claim(case)
    work = Work(case, count.lines, dict(case.facts), deed.who, deed.at, desk.business, case.version)
    await perform(work, transition)
    if work.facts != case.facts:
        case.facts = work.facts
        await Case.filter(id=case.id).update(facts=work.facts)
    staff = staffed(replace(transition, facts=work.facts), file.rules, file.people)
    over = [t for t in file.tasks if t.node == transition.left or ends(transition.state)]
    own = next((t for t in over if deed.who and t.owner_id == deed.who.id and t.node == transition.left), None)
    tasks, rows = hand_out(case, staff, deed.at)
    writes = [*hot.adding(events), *_closing(over, own, deed), *hot.adding(tasks), *queue.retiring(over)]
    outcomes = await hot.batch(*writes)
    retired = queue.redraws(outcomes[-1].rows if over else [], case, deed.at, but=deed.card)
    await queue.put([*work.outbox, *retired, *rows, *_turn(file, deed, transition)])
    lines = tuple(LineView(x.sku, x.title, x.paid, x.requested) for x in file.lines)
    return Done(case, lines, own, transition, _verdict(own, transition, deed, staff))


async def _open(desk: Desk, deed: Deed) -> _File:
    cases, tasks, lines = await hot.batch(
        hot.reading(Case, "id = ?", deed.case_id),
        hot.reading(Task, "case_id = ? AND state = ? ORDER BY id", deed.case_id, TaskState.OPEN),
        hot.reading(CaseLine, "case_id = ? ORDER BY id", deed.case_id),
    )
    if not cases.rows:
        raise NotFound("这张售后单已经不在了")
    [case] = hot.made(Case, cases)
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    people = deed.people or await desk.staff.now()
    return _File(case, hot.made(Task, tasks), hot.made(CaseLine, lines), rules, people)


def _decide(file: _File, deed: Deed) -> tuple[Transition, Count]:
    """The pure part: what the step comes to, with goods counted first so that conditions see the new amount."""
    case = file.case
    if deed.task_id is not None and all(task.id != deed.task_id for task in file.tasks):
        raise StaleCase(f"{case.no} 这张卡片已经处理过了")
    standing = Standing(tuple(case.nodes), case.facts, case.state)
    actor = _actor(deed.who, file.tasks)
    trial = step(file.rules, standing, deed.action, actor, deed.said)
    if isinstance(trial, Refusal):
        raise _refused(trial, file, deed)
    count = take_in(trial.steps[0].effects, file.counted, deed.said, case.facts)
    if not count.facts:
        return trial, count
    outcome = step(file.rules, standing, deed.action, actor, {**deed.said, **count.facts})
    if isinstance(outcome, Refusal):
        raise _refused(outcome, file, deed)
    return outcome, count


def _actor(who: Person | None, tasks: list[Task]) -> Actor:
    if who is None:
        return Actor(None, SYSTEM)
    return Actor(who.id, who.name, who.roles, frozenset(t.node for t in tasks if t.owner_id == who.id))


def _refused(refusal: Refusal, file: _File, deed: Deed) -> NotAllowed | StaleCase:
    """Turn a refusal into the sentence that says who may, or into StaleCase when the moment has passed."""
    case, nodes = file.case, file.rules.flow.nodes
    if refusal.missing:
        return Asks(refusal.missing)
    if ends(case.state) or not any(deed.action in nodes[name].actions for name in case.nodes):
        return StaleCase(f"{case.no} {refusal.reason}")
    owners = [file.people.by_id.get(t.owner_id) for t in file.tasks if deed.action in nodes[t.node].actions]
    may = [person.name for person in owners if person]
    return NotAllowed(f"{case.no} {refusal.reason}，由 {'、'.join(dict.fromkeys(may)) or SYSTEM} 处理")


def _move(case: Case, transition: Transition, deed: Deed) -> list[Event]:
    """Put the case, in memory, where the transition leads; the events that say so."""
    case.state = transition.state
    case.close_reason = transition.close_reason  # type: ignore[assignment]  # nullable in the table
    case.nodes, case.facts = list(transition.nodes), dict(transition.facts)
    case.amount = yuan(transition.facts.get("金额", case.amount))
    case.closed_at = deed.at if ends(case.state) else None
    data = {key: value for key, value in deed.said.items() if value is not None}
    return chain(case, described(transition, deed.who, data), deed.at)


_MOVED = ("state", "close_reason", "nodes", "facts", "amount", "closed_at", "seq", "chain", "version")
_CLAIM = f"UPDATE return_case SET {', '.join(f'{name} = ?' for name in _MOVED)} WHERE id = ? AND version = ?"  # noqa: S608
_CLOSE = "UPDATE task SET state = ?, closed_at = ?, remind_at = NULL, action = ? WHERE id = ?"


async def _claim(case: Case) -> None:
    """Write the case under its next version, or raise StaleCase: of two at one instant one finds the old version."""
    seen, case.version = case.version, case.version + 1
    values = tuple(getattr(case, name) for name in _MOVED)
    [claimed] = await hot.batch(hot.Statement(_CLAIM, (*values, case.id, seen)))
    if not claimed.touched:
        raise StaleCase(f"{case.no} 刚刚被别人处理了")
    if case.state is CaseState.CLOSED:
        await release_claims(case)


def _closing(over: list[Task], own: Task | None, deed: Deed) -> list[hot.Statement]:
    """End the tasks of the node that was left (all of them when the case ended); the actor's own is done."""
    ways = [(t, TaskState.DONE, deed.action) if t is own else (t, TaskState.DEAD, "") for t in over]
    return [hot.Statement(_CLOSE, (state, deed.at, action, task.id)) for task, state, action in ways]


def _turn(file: _File, deed: Deed, transition: Transition) -> list[Outbox]:
    """The creator hears of the turn, unless they took it themselves or its outcome is about to follow."""
    case, nodes = file.case, file.rules.flow.nodes
    own = deed.who is not None and deed.who.id == case.creator_id
    waits = bool(transition.nodes) and all(nodes[name].kind == WAIT for name in transition.nodes)
    if case.creator_id is None or own or waits:
        return []
    seq = case.seq - len(transition.steps) + 1
    return [queue.tell(f"turn:{case.no}:v{case.version}", case.creator_id, deed.at, "turn", case_id=case.id, seq=seq)]


def _verdict(own: Task | None, transition: Transition, deed: Deed, staff: Mapping[str, tuple[Node, Owners]]) -> Verdict:
    took = (deed.at - own.opened_at).total_seconds() if own else None
    names = {name: owners.people[0].name for name, (_, owners) in staff.items()}
    after = standing_words(transition.state, transition.close_reason, transition.nodes, names)
    actor = deed.who.name if deed.who else SYSTEM
    return Verdict(actor, deed.action, transition.steps[0].verdict or deed.action, deed.at, took, after)
