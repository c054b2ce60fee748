"""How a step that was just taken stands on the actor's card: what was done, and who has the case next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import OPTIONAL, REASON
from flow.definitions.vocabulary import SYSTEM
from flow.engine.verbs import GIVE_BACK
from flow.tasks import slots
from flow.views.case import in_hand, standing_words
from flow.views.votes import vote_words
from models.enums import TaskState
from models.views.case import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.cases.case_file import CaseFile
    from flow.cases.decision import Decision
    from flow.engine.values import Rules, Step, Transition
    from flow.tasks.assignment import WorkItem
    from models import Task


def verdict(file: CaseFile, decision: Decision, own: Task | None, items: Sequence[WorkItem]) -> Verdict:
    """The verdict on ``own``, the actor's task where there was one, of a step that led to ``items``."""
    command, transition = decision.command, decision.transition
    took = (command.at - own.opened_at).total_seconds() if own else None
    names = _still(file, transition)
    names |= {item.node.name: in_hand([person.name for person in item.owners.people]) for item in items}
    after = standing_words(transition.state, transition.close_reason, transition.nodes, names)
    actor = command.who.name if command.who else SYSTEM
    first, reason = transition.steps[0], str(command.answers.get(REASON) or "")
    may_add = not reason and _may_add(file.rules, first)
    return Verdict(actor, command.action, first.verdict or command.action, command.at, took, after, reason, may_add)


def _still(file: CaseFile, transition: Transition) -> dict[str, str]:
    """Who goes on with a node at which the case stays: others who sign there too, or whose turn it is again."""
    over = {task.id for task in slots.over(file.tasks, transition)}
    opens = transition.pending.opens if transition.pending else ()
    left: dict[str, list[str]] = {}
    for task in file.tasks:
        person = file.people.by_id.get(task.owner_id)
        if person and task.id not in over and (task.state is TaskState.OPEN or task.id in opens):
            left.setdefault(task.node, []).append(person.name)
    votes = vote_words(file.rules, file.case.facts, left, file.people)
    hands = {node: in_hand(names) for node, names in left.items()}
    return {node: f"{had}（{votes[node]}）" if node in votes else had for node, had in hands.items()}


def _may_add(rules: Rules, taken: Step) -> bool:
    """Whether the flow would like to hear why, and does not ask first."""
    node = rules.flow.nodes.get(taken.node)
    action = node.actions.get(taken.action) if node else None
    if action is None and taken.action == GIVE_BACK:
        return rules.flow.amending is None or rules.flow.amending.reason == OPTIONAL
    return action is not None and action.reason == OPTIONAL
