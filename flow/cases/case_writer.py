"""Writes what has been decided about a case: its row, its tasks, its events, and what must be told.

A step that moves nothing but the case and its tasks is put aside whole, and goes to the engine with the commit. Any
other claims the case's version first, so that whoever is late has done nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.cases import automation, holds
from flow.cases.automation import Around
from flow.cases.command import Result
from flow.cases.effects import Work, perform
from flow.cases.reopening import reclaim
from flow.cases.shipments import send_off, sender
from flow.cases.siblings import freight_news
from flow.cases.verdict import verdict
from flow.definitions.flow import WAIT
from flow.desk import heard_at
from flow.engine.field_changes import PUT_RIGHT
from flow.errors import StaleCase
from flow.orders.lookup import keeps_units
from flow.records import outbox, snapshot
from flow.records.allowance import give_back
from flow.records.claims import release_claims
from flow.records.events import chain, described, settle, settle_whole
from flow.tasks import slots
from flow.tasks.assignment import staffed
from flow.tasks.slots import watchers
from flow.views.case import about_money
from models import Case, CaseState, TaskState
from models.fields import yuan
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.cases.automation import Fired
    from flow.cases.case_file import CaseFile
    from flow.cases.decision import Decision
    from flow.desk import Desk
    from flow.engine.values import Transition
    from flow.tasks.assignment import WorkItem
    from flow.tasks.slots import Hands
    from models import Event, Outbox, Task
    from models.pipeline.session import Statement

_OFTEN = ("state", "nodes", "facts", "amount", "undo", "seq", "chain", "seal", "version")
#: written when they change: an index follows
_SELDOM = ("close_reason", "closed_at", "resume_at", "answered_at", "reworked_at")
_CLAIM, _CLAIM_ALL = (
    f"UPDATE return_case SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ? AND version = ?"  # noqa: S608
    for names in (_OFTEN, _OFTEN + _SELDOM)
)
_CLOSE = "UPDATE task SET state = ?, closed_at = ?, remind_at = NULL, action = ?"
_RESEAL = "UPDATE return_case SET chain = ?, seal = ?"
_THIS = "id = ?"


@dataclass(frozen=True, slots=True)
class _Before:
    """What the row of a case has until it is claimed."""

    version: int
    seldom: tuple[Any, ...]
    ended: bool


async def write(desk: Desk, file: CaseFile, decision: Decision) -> Result:
    """Carry a decision out, in the caller's transaction.

    Raises StaleCase when somebody else was first, PolicyRefused for units that another case has by now, or NotAllowed
    rather than leave a node to nobody; the transaction is then to be rolled back.
    """
    case, before = file.case, _before(file.case)
    if decision.reclaims:
        await reclaim(case, decision.command.action, decision.command.at, desk.zone)
    events, ruled = _move(desk, file, decision)
    if not decision.alone:
        await _claim(desk, case, before, decision)
    work = await _perform(desk, file, decision)
    items = await staffed(
        desk, replace(decision.transition, facts=work.facts), file.rules, file.people, decision.command.at,
        case.opened_at,
    )  # fmt: skip
    holds.shift(decision.marking.facts, file.tasks, decision.transition, decision.command.at)
    hands = slots.hands(case, file.tasks, decision.transition, items, decision.command.by)
    if decision.alone:
        _settle_quickly(file, events[-1], decision, hands)
        await _claim(desk, case, before, decision)
    resealed = () if decision.alone else await _settled_whole(case, events[-1], hands.had)
    await session.defer(*resealed, *session.inserts(events), *_in_hand(file, decision, hands))
    await outbox.put([*work.outbox, *hands.rows, *await _heard(desk, file, decision, hands, ruled)])
    await session.claims_settled()
    return _result(file, decision, hands.own, items, ruled)


def _move(desk: Desk, file: CaseFile, decision: Decision) -> tuple[list[Event], Fired]:
    """Put the case, in memory, where the step leads; the events that say so, and the rules that it has set off."""
    case, command = file.case, decision.command
    for name, value in decision.columns.items():
        setattr(case, name, value)
    events = chain(case, described(decision.transition, command.who, decision.data), command.at)
    more, ruled = automation.write_down(case, decision.runs, Around(desk, file.people, command.at))
    case.version += 1
    return [*events, *more], ruled


def _before(case: Case) -> _Before:
    return _Before(case.version, _values(case, _SELDOM), case.state.ended)


def _values(case: Case, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple([getattr(case, name) for name in names])


async def _claim(desk: Desk, case: Case, before: _Before, decision: Decision) -> None:
    """Write the case, or raise StaleCase where its version is another: of two at one instant one finds it so."""
    seldom = _values(case, _SELDOM)
    late = StaleCase(f"{case.no} 刚刚被别人处理了")
    sql, more = (_CLAIM, ()) if seldom == before.seldom else (_CLAIM_ALL, seldom)
    await session.defer(session.claim(sql, (*_values(case, _OFTEN), *more, case.id, before.version), late))
    if case.state is CaseState.CLOSED and not before.ended:
        await give_back(case, decision.command.at, desk.zone)  # before the units: opening takes its locks in that order
        if not keeps_units(case):
            await release_claims(case)


async def _perform(desk: Desk, file: CaseFile, decision: Decision) -> Work:
    """Do what the step asks for beside moving the case, and keep what that has found out."""
    case, command, transition = file.case, decision.command, decision.transition
    lines, facts = decision.count.lines, dict(case.facts)
    work = Work(case, lines, facts, command.who, command.at, desk.business, file.rules, case.version)
    await perform(work, transition)
    work.facts |= await freight_news(case, work.facts, file.rules, transition.entered)
    await send_off(desk, case, sender(file.rules.flow, transition), command.answers, command.by)
    if work.facts != case.facts:
        case.facts, case.amount = work.facts, yuan(work.facts.get("金额", case.amount))
        await Case.filter(id=case.id).update(facts=work.facts, amount=case.amount)
    return work


def _settle_quickly(file: CaseFile, event: Event, decision: Decision, hands: Hands) -> None:
    """The newest event says how the case stands and who has it, of what is in memory."""
    counted = {line.id: line for line in decision.count.lines}
    settle(file.case, event, snapshot.quick(file.case, file.lines, counted, event.salt, hands.had))


async def _settled_whole(case: Case, event: Event, had: list[list[Any]]) -> tuple[Statement, ...]:
    """The same with all of the case's rows; what is then to be written, once more, into a case that was claimed."""
    await session.claims_settled()
    await settle_whole(case, event, had)
    return (session.Statement(_RESEAL, (case.chain, case.seal, case.id), where=_THIS),)


def _in_hand(file: CaseFile, decision: Decision, hands: Hands) -> list[Statement]:
    """What becomes of the tasks with a step, and of the cards that showed those which are over."""
    case, command, transition = file.case, decision.command, decision.transition
    return [
        *_closing(file, decision, hands),
        *hands.opened,
        *session.inserts(hands.tasks),
        *outbox.ending(hands.over, case, command.at, but=command.card),
        *holds.statements(case, file.tasks, transition),
        *_followed(file, decision),
    ]


def _closing(file: CaseFile, decision: Decision, hands: Hands) -> list[Statement]:
    """End the tasks of the node that was left (all of them when the case ended); the actor's own is done.

    Where a wait is over, the records that named it as the next step say first what has come of it.
    """
    command = decision.command
    left = file.rules.flow.nodes.get(decision.transition.steps[0].node)
    waited = command.who is None and left is not None and left.kind == WAIT
    ways = [
        (t, TaskState.DONE, command.action) if t is hands.own else (t, TaskState.DEAD, "") for t in hands.over
    ]  # fmt: skip
    closing = [
        session.Statement(_CLOSE, (state, command.at, action, task.id), where=_THIS) for task, state, action in ways
    ]
    return [outbox.recorded_again(file.case, command.at), *closing] if waited else closing


def _followed(file: CaseFile, decision: Decision) -> list[Statement]:
    """The submitter's card goes along, but not where the outcome is about to follow."""
    over = file.case.state.ended
    if not over and _on_its_way(file, decision.transition):
        return []
    return outbox.following(file.case, decision.command.at, over=over)


def _on_its_way(file: CaseFile, transition: Transition) -> bool:
    nodes = file.rules.flow.nodes
    return bool(transition.nodes) and all(nodes[name].kind == WAIT for name in transition.nodes)


async def _heard(desk: Desk, file: CaseFile, decision: Decision, hands: Hands, ruled: Fired) -> list[Outbox]:
    """Cards that are shown or drawn again, and who hears of the step and of the rules that it has set off."""
    case, command = file.case, decision.command
    asked = {task.owner_id for task in hands.tasks}
    return [
        *hands.shown,
        *await holds.redrawn(case, decision.marking.facts, decision.transition, command.at, command.card),
        *(await outbox.redrawing(case, command.at, but=command.card) if command.action == PUT_RIGHT else ()),
        *_turn(desk, file, decision, _seq(case, decision, ruled), asked),
        *ruled.rows(case, [*hands.tasks, *(task for task in file.tasks if task not in hands.over)]),
    ]


def _seq(case: Case, decision: Decision, ruled: Fired) -> int:
    """The number of the event that keeps the actor's step."""
    return case.seq - len(decision.transition.steps) - len(ruled) + 1


def _turn(desk: Desk, file: CaseFile, decision: Decision, seq: int, asked: set[int]) -> list[Outbox]:
    """The creator and whoever is copied hear of the turn.

    Not whoever took it, nor whoever is ``asked`` for the next step, whose card says it; and not where its outcome
    follows.
    """
    case, command, nodes = file.case, decision.command, file.rules.flow.nodes
    if _on_its_way(file, decision.transition):
        return []
    heard = heard_at(desk, case.facts, command.at)
    watching = watchers(file.people, nodes.get(decision.transition.steps[0].node), case)
    told = watching - asked - {command.who.id if command.who else None}
    key = f"turn:{case.no}:v{case.version}"
    return [
        outbox.tell(
            key if one == case.creator_id else f"{key}:m{one}", one, command.at, "turn", run_at=heard, case_id=case.id,
            seq=seq,
        )
        for one in sorted(member for member in told if member is not None)
    ]  # fmt: skip


def _result(file: CaseFile, decision: Decision, own: Task | None, items: Sequence[WorkItem], ruled: Fired) -> Result:
    case = file.case
    pays = about_money(file.rules.flow, case.nodes, case.facts)
    said = verdict(file, decision, own, items)
    return Result(case, file.shown(decision.count), own, decision.transition, said, pays, _seq(case, decision, ruled))
