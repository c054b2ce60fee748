"""The one writer of a case's state: ``advance`` claims the version, applies the step and queues what must be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.access.rights import ensure_may_hear, may_beyond, no_case
from flow.cases import automation, holds
from flow.cases.automation import Around, Fired
from flow.cases.effects import Work, perform
from flow.cases.guards import ensure_answered, ensure_duty
from flow.cases.reopening import reclaim, refuse_late
from flow.cases.shipments import send_off, sends
from flow.cases.siblings import freight_news, hold_of, news, weighs
from flow.definitions.flow import OPTIONAL, REASON, WAIT
from flow.definitions.vocabulary import CHANGERS, PAYS, SYSTEM
from flow.desk import heard_at
from flow.engine.automation import fired, moments_of
from flow.engine.counting import Count, Line, take_in
from flow.engine.inquiry import station
from flow.engine.milestones import remember
from flow.engine.values import Actor, Refusal, Standing
from flow.engine.verbs import FRESH, GIVE_BACK, MERGE, REOPEN, TAKE_BACK, VERBS, decide
from flow.errors import NotAllowed, StaleCase
from flow.orders.lookup import keeps_units
from flow.records import outbox, snapshot
from flow.records.allowance import give_back
from flow.records.claims import release_claims
from flow.records.events import chain, described, settle, settle_whole
from flow.records.locks import lock_cases
from flow.tasks import seats as seating
from flow.tasks.assignment import staffed, takes_turns
from flow.tasks.seats import IN_PLACE_OF, watchers
from flow.views.case import about_money, in_hand, standing_words
from models import Case, CaseLine, CaseState, Event, Task, TaskState
from models.fields import yuan
from models.pipeline import session
from models.views.case import LineView, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flow.definitions.flow import Field
    from flow.desk import Desk
    from flow.engine.values import Rules, Step, Transition
    from flow.people.directory import Directory
    from flow.tasks.assignment import Post
    from models import Outbox
    from models.pipeline.session import Outcome, Statement
    from models.views.case import Person


class Asks(NotAllowed):
    """The action needs answers first: ``questions`` by fact, and ``fields`` of the node's form."""

    def __init__(self, questions: Mapping[str, str], fields: Sequence[Field] = ()) -> None:
        self.questions, self.fields = questions, tuple(fields)
        super().__init__("；".join([*questions.values(), *(field.name for field in fields)]))


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
    read: Sequence[Outcome] = ()  #: of ``reads``, where the caller has run it in this transaction
    node: str = ""  #: the wait that is over, where the case may stand at several
    fresh: Mapping[str, Any] | None = None  #: what a case that is corrected begins again with


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it; enough to draw the record without reading anything again."""

    case: Case
    lines: tuple[LineView, ...]
    task: Task | None  #: the actor's own, closed by this
    transition: Transition
    verdict: Verdict
    pays: bool  #: as in ``CaseBrief``
    seq: int  #: of the event that keeps the actor's step


@dataclass(frozen=True, slots=True)
class _File:
    """A case with everything that a decision looks at."""

    case: Case
    tasks: list[Task]
    lines: list[CaseLine]
    rules: Rules
    people: Directory
    before: tuple[Any, ...]  #: what the case had in ``_SELDOM``
    sealed: bool  #: it is not older than the seals

    @property
    def counted(self) -> tuple[Line, ...]:
        return tuple(Line(x.id, x.sku, x.paid, x.requested, x.received, x.accepted, x.damaged) for x in self.lines)

    def shown(self, count: Count) -> tuple[LineView, ...]:
        """The lines as they are once counted."""
        now = {line.id: line for line in count.lines}
        return tuple(
            LineView(x.sku, x.title, x.paid, x.requested, y.received, y.accepted, y.damaged)
            for x in self.lines
            for y in (now.get(x.id, x),)
        )

    def standing(self) -> Standing:
        case = self.case
        seats, seen = seating.seats(self.tasks), seating.seen(self.tasks, case.undo)
        return Standing(tuple(case.nodes), case.facts, case.state, seats, case.undo, seen)


async def advance(desk: Desk, deed: Deed) -> Done:
    """Do ``deed`` in the caller's transaction.

    Raises NotFound, NotAllowed (with who may), Asks, PolicyRefused, or StaleCase when somebody else was first; the
    caller's transaction is then to be rolled back.
    """
    file = await _open(desk, deed)
    case, beyond = file.case, await may_beyond(desk, file.case, file.rules, deed.action, deed.who)
    actor = _actor(deed, file.tasks, beyond=beyond)
    standing, transition, count = await _weighed(desk, file, deed, actor)
    await ensure_answered(file.case, file.rules.flow, standing.nodes, transition)
    remember(case, file.rules.flow, standing, transition, actor, deed.at)
    if deed.action == REOPEN or (deed.action == TAKE_BACK and case.state.ended):
        await reclaim(case, deed.action, deed.at, desk.zone)
    events, ruled = _move(desk, file, transition, deed)
    seen, case.version, alone = case.version, case.version + 1, _moves_alone(desk, file, transition, deed)
    if not alone:
        await _claim(desk, file, seen, deed.at)
    work = await _perform(desk, file, count, transition, deed)
    posts = await staffed(desk, replace(transition, facts=work.facts), file.rules, file.people, deed.at)
    hands = seating.hands(case, file.tasks, transition, posts, (deed.who, deed.at))
    if alone:
        _settle_quickly(file, events[-1], count, hands.had)
        await _claim(desk, file, seen, deed.at)
    resealed = () if alone else await _settled_whole(case, events[-1], hands.had)
    ended = (
        *outbox.ending(hands.over, case, deed.at, but=deed.card),
        *holds.statements(case, standing.facts, file.tasks, transition, deed.at),
        *_followed(file, transition, deed.at),
    )
    await session.later(
        *resealed,
        *session.adding(events),
        *_closing(file, hands.over, hands.own, deed, transition),
        *hands.opened,
        *session.adding(hands.tasks),
        *ended,
    )
    drawn = (
        *hands.shown,
        *await holds.redrawn(case, standing.facts, transition, deed.at, deed.card),
        *_turn(file, deed, transition, ruled, {task.owner_id for task in hands.tasks}),
        *ruled.rows(case, [*hands.tasks, *(task for task in file.tasks if task not in hands.over)]),
    )
    await outbox.put([*work.outbox, *hands.rows, *drawn])
    await session.held()
    return Done(
        case, file.shown(count), hands.own, transition, _verdict(file, hands.own, transition, deed, posts),
        about_money(file.rules.flow, case.nodes, case.facts), _seq(case, transition, ruled),
    )  # fmt: skip


def reads(case_id: int) -> tuple[Statement, ...]:
    """What a deed on a case looks at first."""
    return (
        session.reading(Case, "id = ?", case_id),
        session.reading(Task, "case_id = ? AND state IN (?, ?) ORDER BY id", case_id, TaskState.OPEN, TaskState.HELD),
        session.reading(CaseLine, "case_id = ? ORDER BY id", case_id),
    )


async def _open(desk: Desk, deed: Deed) -> _File:
    cases, tasks, lines = deed.read or await session.batch(*reads(deed.case_id))
    if not cases.rows:
        raise await no_case(desk, deed.action, deed.who)
    [case] = session.made(Case, cases)
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    people = deed.people or await desk.staff.now()
    before, sealed = _values(case, _SELDOM), bool(case.seal)
    return _File(case, session.made(Task, tasks), session.made(CaseLine, lines), rules, people, before, sealed)


async def _weighed(desk: Desk, file: _File, deed: Deed, actor: Actor) -> tuple[Standing, Transition, Count]:
    """The step; where it is about who decides on the money, with what has changed since the case was opened."""
    standing = file.standing()
    try:
        transition, count = _decide(file, deed, standing, actor)
    except (NotAllowed, StaleCase) as refused:
        if not isinstance(refused, Asks):
            await ensure_may_hear(desk, file.case, [task.owner_id for task in file.tasks], deed.who)
        raise
    if any(PAYS in step.effects for step in transition.steps):
        await lock_cases(file.case.id)  # before the order, as ``flow.records.locks`` has it
        await hold_of(file.case)
    if weighs(file.rules, transition) and (fresh := await news(desk, file.case, file.case.facts, deed.at)):
        standing = replace(standing, facts={**file.case.facts, **fresh})
        transition, count = _decide(file, deed, standing, actor)
    return standing, transition, count


def _decide(file: _File, deed: Deed, standing: Standing, actor: Actor) -> tuple[Transition, Count]:
    """The pure part: what the step comes to, with goods counted first so that conditions see the new amount."""
    case = file.case
    if deed.task_id is not None and all(task.id != deed.task_id for task in file.tasks):
        raise StaleCase(f"{case.no} 这张卡片已经处理过了")
    if deed.action == REOPEN or (deed.action == TAKE_BACK and case.state.ended):
        refuse_late(case, file.rules.flow, deed.action, deed.at)
    answers = {**deed.said, FRESH: deed.fresh} if deed.fresh else deed.said
    trial = decide(file.rules, standing, deed.action, actor, answers)
    if isinstance(trial, Refusal):
        raise _refused(trial, file, deed)
    ensure_duty(file, deed.who, trial)
    count = take_in(trial.steps[0].effects, file.counted, deed.said, case.facts)
    if not count.facts:
        return trial, count
    outcome = decide(file.rules, standing, deed.action, actor, {**deed.said, **count.facts})
    if isinstance(outcome, Refusal):
        raise _refused(outcome, file, deed)
    return outcome, count


def _actor(deed: Deed, tasks: list[Task], *, beyond: bool) -> Actor:
    who = deed.who
    if who is None:
        return Actor(None, SYSTEM, owns=frozenset({deed.node} if deed.node else ()))
    owned = frozenset(t.node for t in tasks if t.owner_id == who.id and t.state is TaskState.OPEN)
    return Actor(who.id, who.name, who.roles, owned, beyond=beyond)


def _refused(refusal: Refusal, file: _File, deed: Deed) -> NotAllowed | StaleCase:
    """Turn a refusal into the sentence that says who may, or into StaleCase when the moment has passed."""
    case, nodes = file.case, file.rules.flow.nodes
    if refusal.missing or refusal.fields:
        return Asks(refusal.missing, refusal.fields)
    here = any(deed.action in nodes[name].actions for name in case.nodes)
    if deed.action in VERBS and not here:
        kind = StaleCase if deed.card else NotAllowed
        return kind(f"{case.no} {refusal.reason}{_whose(file, deed)}")
    if case.state.ended or not here:
        return StaleCase(f"{case.no} {refusal.reason}")
    if case.state is CaseState.HELD:
        return (StaleCase if deed.card else NotAllowed)(f"{case.no} {refusal.reason}")
    may = _names(file, [task for task in file.tasks if deed.action in station(file.rules.flow, task.node).actions])
    return NotAllowed(f"{case.no} {refusal.reason}，由 {may or SYSTEM} 处理{_own_change(file, deed)}")


def _own_change(file: _File, deed: Deed) -> str:
    """Why somebody who might else decide may not: they have changed what is asked for."""
    changed = deed.who is not None and deed.who.id in (file.case.facts.get(CHANGERS) or ())
    return "；你改过这单的内容，要由别人审批" if changed else ""


def _whose(file: _File, deed: Deed) -> str:
    """Who has the case now, for somebody who has not."""
    mine = deed.who is None or any(task.owner_id == deed.who.id for task in file.tasks)
    names = "" if mine or file.case.state.ended else _names(file, file.tasks)
    return f"，现在的负责人是 {names}" if names else ""


def _names(file: _File, tasks: Sequence[Task]) -> str:
    owners = [file.people.by_id.get(task.owner_id) for task in tasks if task.state is TaskState.OPEN]
    return "、".join(dict.fromkeys(person.name for person in owners if person))


def _move(desk: Desk, file: _File, transition: Transition, deed: Deed) -> tuple[list[Event], Fired]:
    """Put the case, in memory, where the transition leads; the events that say so, and the rules that it fired."""
    case = file.case
    case.state = transition.state
    case.close_reason = transition.close_reason  # type: ignore[assignment]  # nullable in the table
    case.nodes, case.facts = list(transition.nodes), holds.timed(case, file.rules.flow, transition, deed.at)
    case.amount = yuan(transition.facts.get("金额", case.amount))
    case.closed_at = deed.at if case.state.ended else None
    case.resume_at = holds.goes_on(case, transition, deed.said)
    data = {
        key: value for key, value in {**deed.said, **_in_place_of(file, transition, deed)}.items() if value is not None
    }
    events = chain(case, described(transition, deed.who, data), deed.at)
    by = deed.who.name if deed.who else SYSTEM
    ruled = fired(desk.business.rules, moments_of(transition), automation.look(case, file.rules, file.people, by))
    said, told = automation.write_down(case, ruled, Around(desk, file.people, deed.at))
    return [*events, *said], told


def _in_place_of(file: _File, transition: Transition, deed: Deed) -> dict[str, str]:
    """The absent member for whom the actor's task is done, as the record keeps it."""
    own = next((task for task in file.tasks if seating.acted(task, transition, deed.who)), None)
    absent = file.people.by_id.get(own.for_id) if own and own.for_id else None
    return {IN_PLACE_OF: absent.name} if absent else {}


_OFTEN = ("state", "nodes", "facts", "amount", "undo", "seq", "chain", "seal", "version")
#: written when they change: an index follows
_SELDOM = ("close_reason", "closed_at", "resume_at", "answered_at", "reworked_at")
_CLAIM, _CLAIM_ALL = (
    f"UPDATE return_case SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ? AND version = ?"  # noqa: S608
    for names in (_OFTEN, _OFTEN + _SELDOM)
)
_CLOSE = f"UPDATE task SET state = ?, closed_at = ?, remind_at = NULL, action = ? {session.UNLESS_MISSED} AND id = ?"  # noqa: S608


_RESEAL = f"UPDATE return_case SET chain = ?, seal = ? {session.UNLESS_MISSED} AND id = ?"  # noqa: S608


def _settle_quickly(file: _File, event: Event, count: Count, had: list[list[Any]]) -> None:
    """The newest event says how the case stands and who has it, of what is in memory."""
    counted = {line.id: line for line in count.lines}
    settle(file.case, event, snapshot.quick(file.case, file.lines, counted, event.salt, had))


async def _settled_whole(case: Case, event: Event, had: list[list[Any]]) -> tuple[Statement, ...]:
    """The same with all of the case's rows; what is then to be written, once more, into a case that was claimed."""
    await session.held()
    await settle_whole(case, event, had)
    return (session.Statement(_RESEAL, (case.chain, case.seal, case.id)),)


def _moves_alone(desk: Desk, file: _File, transition: Transition, deed: Deed) -> bool:
    """Whether nothing but the case and its tasks changes with a step, and nothing is locked for it beside the case.

    Not where the case is older than the seals, nor for what nobody here has done: a shop's answer.
    """
    if deed.who is None or deed.fresh or deed.action == MERGE or not file.sealed:
        return False
    here = file.rules.flow.nodes.get(transition.steps[0].node)
    if sends(here, deed.said) or any(step.effects for step in transition.steps):
        return False
    return not takes_turns(transition, file.rules, desk.business.tables)


async def _perform(desk: Desk, file: _File, count: Count, transition: Transition, deed: Deed) -> Work:
    """Do what the step asks for beside moving the case, and keep what that has found out."""
    case = file.case
    work = Work(case, count.lines, dict(case.facts), deed.who, deed.at, desk.business, file.rules, case.version)
    await perform(work, transition)
    work.facts |= await freight_news(work.case, work.facts, file.rules, transition.entered)
    here = file.rules.flow.nodes.get(transition.steps[0].node)
    await send_off(desk, work.case, here, deed.said, (deed.who, deed.at))
    if work.facts != work.case.facts:
        work.case.facts, work.case.amount = work.facts, yuan(work.facts.get("金额", work.case.amount))
        await Case.filter(id=work.case.id).update(facts=work.facts, amount=work.case.amount)
    return work


def _values(case: Case, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple([getattr(case, name) for name in names])


async def _claim(desk: Desk, file: _File, seen: int, now: datetime) -> None:
    """Write the case, or raise StaleCase where it is at ``seen`` no more: of two at one instant one finds it so."""
    case, rest = file.case, _values(file.case, _SELDOM)
    late = StaleCase(f"{case.no} 刚刚被别人处理了")
    sql, values = (_CLAIM, ()) if rest == file.before else (_CLAIM_ALL, rest)
    await session.later(session.Statement(sql, (*_values(case, _OFTEN), *values, case.id, seen), missed=late))
    if case.state is CaseState.CLOSED:
        await give_back(case, now, desk.zone)  # before the units: opening takes its locks in that order
        if not keeps_units(case):
            await release_claims(case)


def _closing(
    file: _File, over: list[Task], own: Task | None, deed: Deed, transition: Transition
) -> list[session.Statement]:
    """End the tasks of the node that was left (all of them when the case ended); the actor's own is done.

    Where a wait is over, the records that named it as the next step say first what has come of it.
    """
    left = file.rules.flow.nodes.get(transition.steps[0].node)
    waited = deed.who is None and left is not None and left.kind == WAIT
    ways = [(t, TaskState.DONE, deed.action) if t is own else (t, TaskState.DEAD, "") for t in over]
    closing = [session.Statement(_CLOSE, (state, deed.at, action, task.id)) for task, state, action in ways]
    return [outbox.recorded_again(file.case, deed.at), *closing] if waited else closing


def _seq(case: Case, transition: Transition, ruled: Fired) -> int:
    """The number of the event that keeps the actor's step."""
    return case.seq - len(transition.steps) - len(ruled) + 1


def _followed(file: _File, transition: Transition, now: datetime) -> list[session.Statement]:
    """The submitter's card goes along, but not where the outcome is about to follow."""
    over = file.case.state.ended
    return outbox.following(file.case, now, over=over) if over or not _on_its_way(file, transition) else []


def _on_its_way(file: _File, transition: Transition) -> bool:
    nodes = file.rules.flow.nodes
    return bool(transition.nodes) and all(nodes[name].kind == WAIT for name in transition.nodes)


def _turn(file: _File, deed: Deed, transition: Transition, ruled: Fired, asked: set[int]) -> list[Outbox]:
    """The creator and whoever is copied hear of the turn.

    Not whoever took it, nor whoever is asked for the next step, whose card says it; and not where its outcome follows.
    """
    case, nodes = file.case, file.rules.flow.nodes
    if _on_its_way(file, transition):
        return []
    seq = _seq(case, transition, ruled)
    heard = heard_at(ruled.around.desk, case.facts, deed.at)
    told = (
        watchers(file.people, nodes.get(transition.steps[0].node), case) - asked - {deed.who.id if deed.who else None}
    )
    key = f"turn:{case.no}:v{case.version}"
    return [
        outbox.tell(
            key if one == case.creator_id else f"{key}:m{one}",
            one,
            deed.at,
            "turn",
            run_at=heard,
            case_id=case.id,
            seq=seq,
        )
        for one in sorted(member for member in told if member is not None)
    ]


def _still(file: _File, transition: Transition) -> dict[str, str]:
    """Who goes on with a node at which the case stays: others who sign there too, or whose turn it is again."""
    over = {task.id for task in seating.over(file.tasks, transition)}
    opens = transition.stays.opens if transition.stays else ()
    left: dict[str, list[str]] = {}
    for task in file.tasks:
        person = file.people.by_id.get(task.owner_id)
        if person and task.id not in over and (task.state is TaskState.OPEN or task.id in opens):
            left.setdefault(task.node, []).append(person.name)
    return {node: in_hand(names) for node, names in left.items()}


def _verdict(file: _File, own: Task | None, transition: Transition, deed: Deed, posts: Sequence[Post]) -> Verdict:
    took = (deed.at - own.opened_at).total_seconds() if own else None
    names = _still(file, transition)
    names |= {post.node.name: in_hand([person.name for person in post.owners.people]) for post in posts}
    after = standing_words(transition.state, transition.close_reason, transition.nodes, names)
    actor = deed.who.name if deed.who else SYSTEM
    first, reason = transition.steps[0], str(deed.said.get(REASON) or "")
    may_add = not reason and _may_add(file.rules, first)
    return Verdict(actor, deed.action, first.verdict or deed.action, deed.at, took, after, reason, may_add)


def _may_add(rules: Rules, taken: Step) -> bool:
    """Whether the flow would like to hear why, and does not ask first."""
    node = rules.flow.nodes.get(taken.node)
    action = node.actions.get(taken.action) if node else None
    if action is None and taken.action == GIVE_BACK:
        return rules.flow.amending is None or rules.flow.amending.reason == OPTIONAL
    return action is not None and action.reason == OPTIONAL
