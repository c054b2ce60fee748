"""What no step may do, whatever the flow says: decide on what is one's own, and leave money that is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.cases.effects import FREES
from flow.definitions.vocabulary import LAST_RESORT, PAYS
from flow.engine.inquiry import ASK
from flow.engine.requesters import asked
from flow.engine.waits import hears_of_refund
from flow.errors import NotAllowed
from flow.people.duties import at_amount_table, deciders, excluded_by_duty, ranks, refusal, tier
from flow.tasks import slots
from flow.tasks.assignment import rule_of
from models import UNDER_WAY, Refund

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.cases.case_file import CaseFile
    from flow.definitions.flow import Flow
    from flow.engine.values import Step, Transition
    from models import Case
    from models.views.case import Person

MAX_NAMED = 3  #: people whom a refusal names


def ensure_duty(file: CaseFile, who: Person | None, transition: Transition) -> None:
    """Raises NotAllowed, naming who may, where somebody would decide on what is theirs, or above their rank.

    However they came by the task: by a rule of before, a hand-over, a leave, or as one of many.
    """
    taken, flow = transition.steps[0], file.rules.flow
    node = flow.nodes.get(taken.node)
    action = node.actions.get(taken.action) if node else None
    if who is None or node is None or action is None or action.hands_over:
        return
    facts = {**file.case.facts, **file.rules.policy.facts(file.case.facts)}
    own = next((task for task in file.tasks if slots.acted(task, transition, who)), None)
    rule = rule_of(node, own.level if own else 0)
    absent = own.for_id if own else None
    role = tier(node, rule, facts) if rule and absent else ""
    if who.id in excluded_by_duty(node, facts) or pays_own(flow, transition.steps, facts, who.id):
        why = refusal(node, facts, who.id)
    elif not ranks(role, file.people, absent or who.id, who.id):
        why = f"代批也要够得着这一档，{node.name}按金额要{role}来批"
    else:
        return
    able = deciders(node, rule, facts, file.people, who.id) if rule else ()
    names = "、".join(person.name for person in able[:MAX_NAMED]) or LAST_RESORT
    raise NotAllowed(f"{file.case.no} {why}，可以转交给 {names}")


async def ensure_answered(case: Case, flow: Flow, stood: Sequence[str], transition: Transition) -> None:
    """Raises NotAllowed for a step that would end a case, let its units go or leave the wait for the shop's answer.

    Not while its refund may be on its way: nobody would hear what has become of the money.
    """
    left = any(name not in transition.nodes and hears_of_refund(flow.nodes[name]) for name in stood)
    frees = any(effect in FREES for step in transition.steps for effect in step.effects)
    if not (left or frees or transition.ends):
        return
    if await Refund.exists(case_id=case.id, state__in=UNDER_WAY):
        action = transition.steps[0].action
        raise NotAllowed(f"{case.no} 款可能已经在路上，现在不能{action}；店铺有了答复再办，要催就回复 {ASK} {case.no}")


def pays_own(flow: Flow, steps: Sequence[Step], facts: Mapping[str, Any], member: int) -> bool:
    """Whether somebody's step has the money of what they asked for paid, in a flow that asks no amount table."""
    if member not in asked(facts) or any(at_amount_table(node) for node in flow.nodes.values()):
        return False
    return any(PAYS in step.effects for step in steps)
