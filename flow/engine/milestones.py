"""What the figures want to know of a case, noted as it happens: when it was answered, when work was done again. Pure.

Noted here, by the one writer, a figure reads a column; told from the events, it would read every event of every case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import PATH, RECEIVE
from flow.engine.verbs import GIVE_BACK, REOPEN, TAKE_BACK, VERBS, undoable

if TYPE_CHECKING:
    from datetime import datetime

    from flow.definitions.flow import Flow, Node
    from flow.engine.values import Actor, Marking, Transition
    from models import Case

ANSWERED, REWORKED, UNDO = "answered_at", "reworked_at", "undo"  #: columns of a case
MARKS = "marks"  #: in ``Case.undo``: which of them the last step has set, so that 撤回 takes them off again


def firsts(case: Case, flow: Flow, marking: Marking, transition: Transition, actor: Actor) -> list[str]:
    """The columns of a case that a step is the first to set. 撤回 sets none, and what is done in a side branch."""
    if transition.steps[0].action == TAKE_BACK or transition.steps[0].node in flow.aside:
        return []
    found = []
    if case.answered_at is None and actor.id not in (None, case.creator_id) and answers(flow, marking, transition):
        found.append(ANSWERED)
    if case.reworked_at is None and works_again(flow, marking, transition):
        found.append(REWORKED)
    return found


def columns(found: list[str], marking: Marking, transition: Transition, actor: Actor, now: datetime) -> dict[str, Any]:
    """The columns of a case after a step: what 撤回 needs to undo it, and the milestones ``found`` at ``now``.

    撤回 itself takes those off again that the step which it undoes has set.
    """
    undo = undoable(marking, transition, actor)
    taken_off = (marking.undo or {}).get(MARKS, ()) if transition.steps[0].action == TAKE_BACK else ()
    if found and undo is not None:
        undo[MARKS] = found
    return {UNDO: undo, **dict.fromkeys(taken_off), **dict.fromkeys(found, now)}


def answers(flow: Flow, marking: Marking, transition: Transition) -> bool:
    """Whether a person's step decides on the case. Where goods were awaited first, nobody's answer was."""
    first = transition.steps[0]
    if first.node not in flow.nodes or (first.action in VERBS and first.action != GIVE_BACK):
        return False
    action = flow.nodes[first.node].actions.get(first.action)
    if action is not None and action.hands_over:
        return False
    return not any(awaits_goods(flow.nodes[name]) for name in marking.facts.get(PATH) or () if name in flow.nodes)


def works_again(flow: Flow, marking: Marking, transition: Transition) -> bool:
    """Whether a step gives people work that was done before: 退回, 重开, or a node that the case has come through."""
    behind = marking.facts.get(PATH) or ()
    return transition.steps[0].action in (GIVE_BACK, REOPEN) or any(
        name in behind and name not in flow.aside for name in transition.entered
    )


def awaits_goods(node: Node) -> bool:
    """Whether goods are taken in there."""
    return any(RECEIVE in action.effects for action in node.actions.values())
