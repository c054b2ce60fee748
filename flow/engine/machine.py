"""The pure heart: one function that says where a case goes when somebody acts, or why not.

A case has one main token, which forks may divide and joins unite again; its end is the end of the case: what the
customer, the figures and the retention go by. A fork may also start side branches (旁支), tokens of their own that no
join waits for and that end in ends of their own, which end nothing else: an AND-split with multiple end events. Such a
branch outlives the case: an ended case then still stands at the branch's nodes, whose owners act as ever. Only where
the fork says 关闭时: 结束 does it end with a case that is closed. A fork starts no branch that is still under way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.vocabulary import LEVELS, PAID, PATH, PAYS, REFUSED, SIGNED, TIME_UP, VOTES
from flow.engine import form_rules
from flow.engine.exemption import Agreed, approver_instead, exemption
from flow.engine.partial_refunds import MADE_GOOD, PREFILLED
from flow.engine.signatures import decides_alone, joint, level_gate, signing, slot_gate
from flow.engine.values import Actor, Marking, Refusal, Rules, Step, Transition
from flow.engine.waits import goes_by_itself, hears_of_refund
from flow.errors import PolicyRefused
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.engine.exemption import Exemption
    from flow.engine.values import Pending

BY_HAND = "风险客户不自动退款"  #: the rule on record where the system would have paid, and a person is asked
SIDE = "旁支，自己结束"  #: the rule on record where a side branch begins
MAX_HOPS = 256  #: nodes crossed by one action; more is a loop that the check should have refused


@dataclass(slots=True)
class Execution:
    """The running state of a step: where tokens have come to, what is known, what has happened."""

    rules: Rules
    facts: dict[str, Any]
    settled: list[str]  #: nodes at which the case stands
    steps: list[Step] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    todo: list[tuple[str, str]] = field(default_factory=list)  #: tokens on their way: from, to
    end: d.Node | None = None
    agreed: Agreed | None = None  #: whoever has just agreed
    _said: dict[str, Any] | None = None

    def look(self) -> dict[str, Any]:
        """The facts, with what the policy says of them now."""
        if self._said is None:
            self._said = {**self.facts, **self.rules.policy.facts(self.facts)}
        return self._said

    def took(self, step: Step, sets: Mapping[str, Any]) -> None:
        self.steps.append(step)
        if sets:
            self.facts.update(sets)
            self._said = None

    def choose(self, branches: tuple[d.Branch, ...]) -> d.Branch:
        """The first branch whose conditions hold; the check made sure that the last one always does."""
        facts = self.look()
        return next(branch for branch in branches if branch.when(facts))


def begin(rules: Rules, facts: Mapping[str, Any], at: str = "", beside: Sequence[str] = ()) -> Transition:
    """Enter the flow at its start, or at the node ``at``, with the facts of a case.

    ``beside`` are the nodes of side branches that are under way from before.
    """
    execution = Execution(rules, dict(facts), [*beside])
    execution.todo.append(("", at or rules.flow.start))
    return travel(execution, "", ())


def step(rules: Rules, marking: Marking, action: str, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """Decide what ``actor`` doing ``action`` comes to.

    ``answers`` are facts that the action asks for. Pure: no clock, no database, no chance.
    """
    here = [name for name in marking.nodes if action in rules.flow.nodes[name].actions]
    if marking.state.ended and not (here := rules.flow.beside(here)):
        return Refusal(over(rules.flow, marking))
    if not here:
        return Refusal(f"这单现在在{'、'.join(marking.nodes)}，不能{action}")
    if marking.state is CaseState.HELD and not actor.is_system:
        return Refusal(f"这单已挂起，先回复“恢复 单号”再{action}")
    owned = [name for name in here if actor.is_system == goes_by_itself(rules.flow.nodes[name], action)]
    owned = [name for name in owned if name in actor.owns or (actor.is_system and not actor.owns)]
    if not owned:
        by_clock = f"{action}不用点，时间到了系统自己会办"
        return Refusal(by_clock if action == TIME_UP else f"{here[0]}不是你的待办")
    node = rules.flow.nodes[owned[0]]
    return as_ended(_act(rules, marking, node, node.actions[action], (actor, answers)), marking)


def over(flow: d.Flow, marking: Marking) -> str:
    """Why nothing more is done to a case that has ended, but for what goes on beside it."""
    left = "、".join(flow.beside(marking.nodes))
    return f"这单{marking.state}，只有旁支 {left} 还在办" if left else f"这单{marking.state}，不用再处理"


def as_ended(outcome: Transition | Refusal, marking: Marking) -> Transition | Refusal:
    """A step in a side branch of a case that has ended leaves the end as it is."""
    if isinstance(outcome, Refusal) or not marking.state.ended:
        return outcome
    return replace(outcome, state=marking.state, close_reason=marking.close_reason, after_end=True)


def _act(
    rules: Rules, marking: Marking, node: d.Node, action: d.Action, by: tuple[Actor, Mapping[str, Any]]
) -> Transition | Refusal:
    actor, answers = by
    facts = {**marking.facts, **_kept(node, action, answers), **marking.days}
    seen = form_rules.known(rules, node, facts)
    if refusal := _unanswered(node, action, seen, answers) or _unreasoned(action, actor, answers):
        return refusal
    verdict = action.verdict or action.name
    gone = form_rules.hidden(node.form, seen)
    facts = {fact: value for fact, value in facts.items() if fact not in gone} if gone else facts
    execution = Execution(rules, facts, [name for name in marking.nodes if name != node.name])
    if not (action.hands_over or actor.is_system) and (pending := _held_up(execution, marking, node, action, actor)):
        taken = Step(node.name, action.name, actor.is_system, verdict=verdict)
        asked_again = {field.name for field in node.form} if pending.level is not None else set()
        facts = {fact: value for fact, value in execution.facts.items() if fact not in asked_again} | dict(
            pending.facts or {}
        )
        slot = actor.slot(node.name, marking.slots)
        own = slot.id if slot else None
        return Transition((taken,), "", marking.nodes, (), facts, marking.state, pending=pending, slot=own)
    if actor.is_system and PAYS in action.effects and (instead := _instead(execution)):
        execution.took(Step(node.name, action.name, by_system=True, rule=BY_HAND, verdict=verdict), {})
        execution.todo.append((node.name, instead))
        return travel(execution, node.name, marking.nodes)
    execution.took(Step(node.name, action.name, actor.is_system, effects=action.effects, verdict=verdict), action.sets)
    if action.hands_over:
        return Transition(tuple(execution.steps), "", marking.nodes, (), execution.facts)
    if not (actor.is_system or action.danger or MADE_GOOD in action.effects):
        execution.agreed = Agreed(actor.id, actor.roles, frozenset(node.avoids), _at_table(node))
    execution.todo.append((node.name, execution.choose(action.branches).to))
    outcome = travel(execution, node.name, marking.nodes)
    return cut_off(outcome, marking, node, rules.flow) or outcome


def cut_off(outcome: Transition, marking: Marking, node: d.Node, flow: d.Flow) -> Refusal | None:
    """Nothing ends a wait for the shop's answer but that answer: money on its way would be nobody's any more."""
    action = outcome.steps[0].action
    lost = [name for name in marking.nodes if name != node.name and name not in outcome.nodes]
    waits = [flow.nodes[name].waits_for for name in lost if hears_of_refund(flow.nodes[name])]
    if not waits or (hears_of_refund(node) and action in (PAID, REFUSED)):
        return None
    return Refusal(f"正在等{'、'.join(waits)}，现在不能{action}；有了答复再办")


def _unanswered(node: d.Node, action: d.Action, facts: Mapping[str, Any], answers: Mapping[str, Any]) -> Refusal | None:
    """What the action still wants to know, and the node's form, which one of several signers may have filled in."""
    missing = {fact: question for fact, question in action.asks.items() if fact not in answers}
    fields = form_rules.asked(node, action, facts)
    return Refusal("还差一项", missing, fields) if missing or fields else None


def _unreasoned(action: d.Action, actor: Actor, answers: Mapping[str, Any]) -> Refusal | None:
    """Why, where the flow wants that said and a person acts."""
    if action.reason != d.REQUIRED or actor.is_system or answers.get(d.REASON):
        return None
    return Refusal("还差理由", {d.REASON: f"{action.name}要写理由，请直接回复一句"})


def _kept(node: d.Node, action: d.Action, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that become facts. A reason belongs to the step, unless the flow asks for a fact of that name."""
    asked = d.REASON in action.asks or any(field.name == d.REASON for field in node.form)
    return {fact: value for fact, value in answers.items() if asked or fact != d.REASON}


def _held_up(execution: Execution, marking: Marking, node: d.Node, action: d.Action, actor: Actor) -> Pending | None:
    """Others who must sign before the case moves, or the next level of the node."""
    facts, slot = execution.look(), actor.slot(node.name, marking.slots)
    if decides_alone(node, action, facts, slot):
        return None
    if slot and (pending := slot_gate(node, marking.slots, slot, facts, refuses=action.danger)):
        signed = signing(node, actor.id, execution.facts) if joint(node, facts) else {}
        return replace(pending, facts={**signed, **(pending.facts or {})})
    return level_gate(node, action.name, actor.id, facts) if node.levels else None


def travel(execution: Execution, left: str, before: tuple[str, ...]) -> Transition:
    """Move every token on its way until people, a wait, a join that waits, or an end is reached."""
    for _ in range(MAX_HOPS):
        if not execution.todo:
            return _arrived(execution, left, before)
        _hop(execution, *execution.todo.pop(0))
    raise RuntimeError(f"flow {execution.rules.flow.name!r} crosses more than {MAX_HOPS} nodes from {left!r}")


def _arrived(execution: Execution, left: str, before: tuple[str, ...]) -> Transition:
    aside = execution.rules.flow.aside
    nodes = tuple(sorted(execution.settled, key=lambda name: name in aside))  # the case itself is told of first
    entered = tuple(execution.entered)
    gone = frozenset(name for name in before if name not in nodes or name in entered)
    steps, end = tuple(execution.steps), execution.end
    if end is not None:
        state = end.state or CaseState.DONE
        return Transition(steps, left, nodes, entered, execution.facts, state, end.close_reason, gone)
    return Transition(steps, left, nodes, entered, execution.facts, gone=gone)


def _hop(execution: Execution, source: str, target: str) -> None:
    """One token from one node to the next."""
    node = execution.rules.flow.nodes[target]
    if source and execution.rules.flow.forks:
        _leave_forks(execution, source, target)
    match node.kind:
        case d.END:
            _end(execution, node)
        case d.FORK if node.sides:
            _pass(execution, node)
            _start_sides(execution, node)
        case d.FORK:
            execution.took(Step(node.name, "、".join(node.heads), by_system=True, rule="同时进行"), {})
            execution.todo += [(node.name, head) for head in node.heads]
        case d.JOIN:
            _meet(execution, node)
        case d.AUTOMATIC:
            _pass(execution, node)
        case d.HUMAN if _at_table(node) and (free := exemption(node, execution.look(), execution.agreed)):
            _exempt(execution, node, free)
        case _:
            _settle(execution, node)


def _end(execution: Execution, node: d.Node) -> None:
    """The end of a side branch, with all that is left of it, or of the case, with all but the side branches."""
    flow = execution.rules.flow
    if branch := flow.aside.get(node.name):
        _drop(execution, branch)
        return
    execution.end = node
    _drop(execution, gone_at_end(flow, node.state))


def gone_at_end(flow: d.Flow, state: CaseState | None) -> frozenset[str]:
    """The nodes at which nothing is left to do when a case has ended so: all but those of side branches that go on."""
    main = flow.nodes.keys() - flow.aside.keys()
    return frozenset(main | flow.stopping if state is CaseState.CLOSED else main)


def _start_sides(execution: Execution, fork: d.Node) -> None:
    """A token for each side branch that is not under way; it comes from nowhere, as no join waits for it."""
    flow, under_way = execution.rules.flow, {*execution.settled, *(to for _, to in execution.todo)}
    heads = [head for head in fork.sides if not flow.sides[head] & under_way]
    if heads:
        execution.took(Step(fork.name, "、".join(heads), by_system=True, rule=SIDE), {})
        execution.todo += [("", head) for head in heads]


def _leave_forks(execution: Execution, source: str, target: str) -> None:
    """Whoever goes outside a fork by another way than its join ends the sibling branches."""
    flow = execution.rules.flow
    for name in flow.around.get(source, ()):
        if target == flow.nodes[name].join or any(target in branch for branch in flow.forks[name]):
            return
        _end_branches(execution, name)


def _end_branches(execution: Execution, fork: str) -> None:
    _drop(execution, frozenset().union(*execution.rules.flow.forks[fork]))


def _drop(execution: Execution, inside: frozenset[str]) -> None:
    """Nothing goes on at these nodes, nor on the way from or to them."""
    execution.settled = [name for name in execution.settled if name not in inside]
    execution.entered = [name for name in execution.entered if name not in inside]
    execution.todo = [token for token in execution.todo if not inside.intersection(token)]


def _meet(execution: Execution, join: d.Node) -> None:
    """Go on when every branch has arrived, or with the first one that does."""
    flow = execution.rules.flow
    for fork in (name for name in flow.forks if flow.nodes[name].join == join.name):
        inside = frozenset().union(*flow.forks[fork])
        waiting = [name for name in execution.settled if name in inside]
        waiting += [to for source, to in execution.todo if to == join.name or inside & {source, to}]
        if waiting and not join.joins_any:
            return
        _end_branches(execution, fork)
        execution.todo = [(source, to) for source, to in execution.todo if to != join.name]
    _pass(execution, join)


def _exempt(execution: Execution, node: d.Node, free: Exemption) -> None:
    """Cross an approval that needs nobody by its first action; where it has a level more, that one looks."""
    action, pending = node.buttons[0], free.pending
    if pending is not None:
        execution.took(Step(node.name, action.name, True, free.rule), {})
        _settle(execution, node)
        execution.facts.update(pending.facts or {})
    elif PAYS in action.effects and _instead(execution):
        _settle(execution, node)
    else:
        if execution.agreed and free.by_person:
            execution.agreed = replace(execution.agreed, at_table=True)
        execution.took(Step(node.name, action.name, True, free.rule, action.effects), action.sets)
        execution.todo.append((node.name, execution.choose(action.branches).to))


def _at_table(node: d.Node) -> bool:
    return node.owner is not None and node.owner.by_policy


def _instead(execution: Execution) -> str | None:
    """Where the case goes, as the system may not pay its customer; None where it may.

    Raises PolicyRefused for a flow in which nobody could decide.
    """
    place = approver_instead(execution.rules.flow, execution.look(), execution.agreed)
    if place == "":
        raise PolicyRefused(f"风险客户的款系统不能自己退，流程{execution.rules.flow.name}里又没有人审批，请先改流程")
    return place


def _pass(execution: Execution, node: d.Node) -> None:
    """Cross a node that needs nobody by its own branches."""
    if PAYS in node.effects and (instead := _instead(execution)):
        execution.took(Step(node.name, instead, by_system=True, rule=BY_HAND), {})
        execution.todo.append((node.name, instead))
        return
    branch = execution.choose(node.branches)
    execution.took(Step(node.name, branch.to, by_system=True, rule=branch.rule, effects=node.effects), {})
    execution.todo.append((node.name, branch.to))


def _settle(execution: Execution, node: d.Node) -> None:
    """The case stands here now; what an earlier visit filled in is asked again."""
    execution.settled.append(node.name)
    execution.entered.append(node.name)
    if node.kind != d.HUMAN:
        return
    path = execution.facts.get(PATH) or []
    if node.name in path:
        at, branch = path.index(node.name), execution.rules.flow.aside.get(node.name)
        beside = [name for name in path[at:] if execution.rules.flow.aside.get(name) is not branch]
        path = path[:at] + beside
    execution.facts[PATH] = [*path, node.name]
    told = dict(execution.facts.pop(PREFILLED, {}))
    for asked in node.form:
        execution.facts.pop(asked.name, None)
        execution.facts.update({asked.name: told.pop(asked.name)} if asked.name in told else {})
    execution.facts.update({PREFILLED: told} if told else {})
    for kept in (LEVELS, SIGNED, VOTES):
        if said := execution.facts.get(kept):
            execution.facts[kept] = {name: of for name, of in said.items() if name != node.name}
    execution._said = None
