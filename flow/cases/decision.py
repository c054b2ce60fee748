"""What a command on a case comes to, from what has been looked at: one ``Decision``, or why not. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.cases import automation, holds
from flow.cases.command import Asks
from flow.cases.guards import ensure_duty
from flow.cases.reopening import refuse_late
from flow.cases.shipments import sender, sends
from flow.definitions.vocabulary import CHANGERS, SYSTEM
from flow.engine import form_rules, milestones, verbs
from flow.engine.automation import triggers_of
from flow.engine.charges import afresh
from flow.engine.counting import take_in
from flow.engine.field_changes import PUT_RIGHT, sides
from flow.engine.inquiry import station
from flow.engine.values import Actor, Refusal
from flow.engine.verbs import FRESH, GIVE_BACK, MERGE, REOPEN, TAKE_BACK, VERBS
from flow.errors import NotAllowed, StaleCase
from flow.tasks import slots
from flow.tasks.assignment import takes_turns
from flow.tasks.slots import IN_PLACE_OF
from models.enums import CaseState, TaskState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.cases.case_file import CaseFile
    from flow.cases.command import Command
    from flow.engine.automation import RuleRun
    from flow.engine.counting import Count
    from flow.engine.values import Marking, Transition
    from models import Task

REASONED = frozenset({PUT_RIGHT, GIVE_BACK, REOPEN})  #: verbs after which other answers stand, or none any more


@dataclass(frozen=True, slots=True)
class Decision:
    """All that is decided about a command before anything is written."""

    command: Command
    marking: Marking  #: where the case stood
    transition: Transition
    count: Count
    columns: Mapping[str, Any]  #: of the case, as the step sets them
    data: Mapping[str, Any]  #: what goes on record with the actor's step
    runs: tuple[RuleRun, ...]  #: rules that the step sets off
    reclaims: bool  #: the case has ended, and takes its units off the order again
    alone: bool  #: nothing but the case and its tasks changes, and nothing is locked for it beside the case


def decide(file: CaseFile, command: Command) -> Decision:
    """What ``command`` comes to.

    Raises NotAllowed (with who may), Asks, PolicyRefused, or StaleCase when the moment has passed.
    """
    case, marking = file.case, file.marking()
    if command.task_id is not None and all(task.id != command.task_id for task in file.tasks):
        raise StaleCase(f"{case.no} 这张卡片已经处理过了")
    reclaims = command.action == REOPEN or (command.action == TAKE_BACK and case.state.ended)
    if reclaims:
        refuse_late(case, file.rules.flow, command.action, command.at)
    actor = _actor(file, command)
    transition, count = _step(file, command, marking, actor)
    command = _shown(file, command, transition)
    columns = _columns(file, command, transition) | _noted(file, command, marking, transition, actor)
    return Decision(
        command, marking, transition, count, columns, _data(file, command, transition),
        _firings(file, command, transition, columns), reclaims, _moves_alone(file, command, transition),
    )  # fmt: skip


def _actor(file: CaseFile, command: Command) -> Actor:
    who = command.who
    if who is None:
        return Actor(None, SYSTEM, owns=frozenset({command.node} if command.node else ()))
    owned = frozenset(t.node for t in file.tasks if t.owner_id == who.id and t.state is TaskState.OPEN)
    return Actor(who.id, who.name, who.roles, owned, beyond=file.beyond)


def _step(file: CaseFile, command: Command, marking: Marking, actor: Actor) -> tuple[Transition, Count]:
    """Where the step leads, with goods counted first so that conditions see the new amount."""
    answers = {**command.answers, FRESH: command.new_facts} if command.new_facts else command.answers
    trial = verbs.decide(file.rules, marking, command.action, actor, answers)
    if isinstance(trial, Refusal):
        raise _refused(trial, file, command)
    ensure_duty(file, command.who, trial)
    count = take_in(trial.steps[0].effects, file.counted, command.answers, file.case.facts)
    if command.action in REASONED and not count.facts:
        fresh = afresh(file.rules, count.lines, trial.facts)
        if command.action == PUT_RIGHT:
            _ensure_no_more(file, fresh)
        return replace(trial, facts={**trial.facts, **fresh}), count
    if command.action not in VERBS:
        known = {**trial.facts, **count.facts}
        count = replace(count, facts=count.facts | afresh(file.rules, count.lines, known))
    if not count.facts:
        return trial, count
    outcome = verbs.decide(file.rules, marking, command.action, actor, {**command.answers, **count.facts})
    if isinstance(outcome, Refusal):
        raise _refused(outcome, file, command)
    return outcome, count


def _ensure_no_more(file: CaseFile, fresh: Mapping[str, Any]) -> None:
    """Raises NotAllowed where a formula goes by the answer and more would go out than anybody has agreed to."""
    was, now = yuan(file.case.amount), yuan(fresh.get("金额", file.case.amount))
    if now > was:
        raise NotAllowed(
            f"{file.case.no} 的退款按这一栏算，这样改会从 ¥{was:,.2f} 变成 ¥{now:,.2f}，没有改；请退回去重填"
        )


def _shown(file: CaseFile, command: Command, transition: Transition) -> Command:
    """The command without answers to fields that its other answers hide: nobody was asked for them."""
    node = file.rules.flow.nodes.get(transition.steps[0].node)
    if node is None or not form_rules.is_conditional(node.form):
        return command
    seen = form_rules.known(file.rules, node, {**file.case.facts, **command.answers})
    gone = form_rules.hidden(node.form, seen)
    return replace(command, answers={name: value for name, value in command.answers.items() if name not in gone})


def _columns(file: CaseFile, command: Command, transition: Transition) -> dict[str, Any]:
    """Where the step leaves the case."""
    case, facts = file.case, holds.timed(file.case, file.rules.flow, transition, command.at)
    return {
        "state": transition.state, "close_reason": transition.close_reason, "nodes": list(transition.nodes),
        "facts": facts, "amount": yuan(transition.facts.get("金额", case.amount)),
        "closed_at": (case.closed_at if transition.after_end else command.at) if transition.state.ended else None,
        "resume_at": holds.goes_on(case.resume_at, transition, facts, command.answers),
    }  # fmt: skip


def _noted(file: CaseFile, command: Command, marking: Marking, transition: Transition, actor: Actor) -> dict[str, Any]:
    """What 撤回 needs to undo the step, and what the step is the first of."""
    firsts = milestones.firsts(file.case, file.rules.flow, marking, transition, actor)
    return milestones.columns(firsts, marking, transition, actor, command.at)


def _data(file: CaseFile, command: Command, transition: Transition) -> dict[str, Any]:
    """The answers, and the absent member for whom the actor's task is done."""
    own = next((task for task in file.tasks if slots.acted(task, transition, command.who)), None)
    absent = file.people.by_id.get(own.for_id) if own and own.for_id else None
    more: dict[str, Any] = {IN_PLACE_OF: absent.name} if absent else {}
    if command.action == PUT_RIGHT:
        more |= sides(file.rules.flow, file.case.facts, transition.facts)
    return {key: value for key, value in {**command.answers, **more}.items() if value is not None}


def _firings(
    file: CaseFile, command: Command, transition: Transition, columns: Mapping[str, Any]
) -> tuple[RuleRun, ...]:
    """The rules that the step sets off, of the case as it stands then."""
    by = command.who.name if command.who else SYSTEM
    seen = automation.known(columns["facts"], file.rules, file.people)
    about = automation.asked(file.case, seen, transition.state, transition.close_reason, by)
    business = file.business
    known = about, file.case.opened_at
    return automation.set_off(business.rules, business.present, file.rules.flow, triggers_of(transition), known)


def _moves_alone(file: CaseFile, command: Command, transition: Transition) -> bool:
    """Whether nothing but the case and its tasks changes with a step, and nothing is locked for it beside the case.

    Not where the case is older than the seals, nor for what nobody here has done: a shop's answer.
    """
    if command.who is None or command.new_facts or command.action == MERGE or not file.case.seal:
        return False
    if sends(sender(file.rules.flow, transition), command.answers) or any(step.effects for step in transition.steps):
        return False
    return not takes_turns(transition, file.rules, file.business.tables)


def _refused(refusal: Refusal, file: CaseFile, command: Command) -> NotAllowed | StaleCase:
    """Turn a refusal into the sentence that says who may, or into StaleCase when the moment has passed."""
    case, nodes = file.case, file.rules.flow.nodes
    if refusal.missing or refusal.fields:
        return Asks(refusal.missing, refusal.fields)
    here = any(command.action in nodes[name].actions for name in case.nodes)
    if command.action in VERBS and not here:
        kind = StaleCase if command.card else NotAllowed
        return kind(f"{case.no} {refusal.reason}{_whose(file, command)}")
    if not here:
        return StaleCase(f"{case.no} {refusal.reason}")
    if case.state is CaseState.HELD:
        return (StaleCase if command.card else NotAllowed)(f"{case.no} {refusal.reason}")
    may = _names(file, [task for task in file.tasks if command.action in station(file.rules.flow, task.node).actions])
    return NotAllowed(f"{case.no} {refusal.reason}，由 {may or SYSTEM} 处理{_own_change(file, command)}")


def _own_change(file: CaseFile, command: Command) -> str:
    """Why somebody who might else decide may not: they have changed what is asked for."""
    changed = command.who is not None and command.who.id in (file.case.facts.get(CHANGERS) or ())
    return "；你改过这单的内容，要由别人审批" if changed else ""


def _whose(file: CaseFile, command: Command) -> str:
    """Who has the case now, for somebody who has not."""
    mine = command.who is None or any(task.owner_id == command.who.id for task in file.tasks)
    names = "" if mine else _names(file, file.tasks)
    return f"，现在的负责人是 {names}" if names else ""


def _names(file: CaseFile, tasks: Sequence[Task]) -> str:
    owners = [file.people.by_id.get(task.owner_id) for task in tasks if task.state is TaskState.OPEN]
    return "、".join(dict.fromkeys(person.name for person in owners if person))
