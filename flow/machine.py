"""The pure heart: one function that says where a case goes when somebody acts, or why not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow import definition as d
from flow.policy import AUTOMATIC
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.policy import Policy

SYSTEM = "系统"
WITHDRAW = "撤单"
MAX_HOPS = 64  #: automatic nodes crossed by one action; more is a loop that the check should have refused


@dataclass(frozen=True, slots=True)
class Rules:
    """What a case started with and keeps."""

    flow: d.Flow
    policy: Policy


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands before the step."""

    nodes: tuple[str, ...]
    facts: Mapping[str, Any]
    state: CaseState = CaseState.OPEN


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``owns`` are the nodes at which this person has an open task; the system owns what nobody does."""

    id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    owns: frozenset[str] = frozenset()

    @property
    def is_system(self) -> bool:
        return self.id is None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, as the record keeps it. ``rule`` names what decided when nobody did."""

    node: str
    action: str
    by_system: bool = False
    rule: str = ""
    effects: tuple[str, ...] = ()
    verdict: str = ""  #: what the card says afterwards: 已同意


@dataclass(frozen=True, slots=True)
class Transition:
    """What one action comes to: the steps taken, and where the case stands then."""

    steps: tuple[Step, ...]
    left: str
    nodes: tuple[str, ...]
    entered: tuple[str, ...]
    facts: Mapping[str, Any]
    state: CaseState = CaseState.OPEN
    close_reason: CloseReason | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing happened. ``missing`` are questions whose answers the action needs first."""

    reason: str
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The running state of a step: grows as automatic nodes are crossed."""

    rules: Rules
    facts: Mapping[str, Any]
    steps: tuple[Step, ...] = ()
    approver: frozenset[str] | None = None  #: roles of whoever has just agreed; None when nobody has
    kept_out: frozenset[str] = frozenset()  #: who could not have agreed there: 回避 of that node

    def look(self) -> dict[str, Any]:
        """The facts, with what the policy says of them now."""
        return {**self.facts, **self.rules.policy.facts(self.facts)}

    def took(self, step: Step, sets: Mapping[str, Any]) -> _Walk:
        return replace(self, steps=(*self.steps, step), facts={**self.facts, **sets})


def begin(rules: Rules, facts: Mapping[str, Any]) -> Transition:
    """Enter the flow at its start with the facts of a new case."""
    walk = _Walk(rules, dict(facts))
    return _arrive(walk, "", (), rules.flow.start)


def step(
    rules: Rules, standing: Standing, action: str, actor: Actor, answers: Mapping[str, Any]
) -> Transition | Refusal:
    """Decide what ``actor`` doing ``action`` comes to.

    ``answers`` are facts that the action asks for. Pure: no clock, no database, no chance.
    """
    if standing.state in (CaseState.DONE, CaseState.CLOSED):
        return Refusal(f"这单{standing.state}，不用再处理")
    if action == WITHDRAW:
        return _withdraw(rules, standing, actor)
    here = [name for name in standing.nodes if action in rules.flow.nodes[name].actions]
    if not here:
        return Refusal(f"这单现在在{'、'.join(standing.nodes)}，不能{action}")
    owned = [name for name in here if actor.is_system == (rules.flow.nodes[name].kind == d.WAIT)]
    owned = [name for name in owned if actor.is_system or name in actor.owns]
    if not owned:
        return Refusal(f"{here[0]}不是你的待办")
    node = rules.flow.nodes[owned[0]]
    return _act(rules, standing, node, node.actions[action], (actor, answers))


def _act(
    rules: Rules, standing: Standing, node: d.Node, action: d.Action, by: tuple[Actor, Mapping[str, Any]]
) -> Transition | Refusal:
    actor, answers = by
    if missing := {fact: question for fact, question in action.asks.items() if fact not in answers}:
        return Refusal("还差一项", missing)
    verdict = action.verdict or action.name
    taken = Step(node.name, action.name, actor.is_system, effects=action.effects, verdict=verdict)
    approver = None if actor.is_system or action.danger else actor.roles
    walk = _Walk(rules, standing.facts, approver=approver, kept_out=frozenset(node.avoids))
    walk = walk.took(taken, {**answers, **action.sets})
    if action.hands_over:
        return Transition(walk.steps, "", standing.nodes, (), walk.facts)
    branch = _choose(action.branches, walk)
    rest = tuple(name for name in standing.nodes if name != node.name)
    return _arrive(walk, node.name, rest, branch.to)


def _choose(branches: tuple[d.Branch, ...], walk: _Walk) -> d.Branch:
    """The first branch whose conditions hold; the check made sure that the last one always does."""
    facts = walk.look()
    return next(branch for branch in branches if branch.when(facts))


def _arrive(walk: _Walk, left: str, rest: tuple[str, ...], target: str) -> Transition:
    """Cross automatic nodes from ``target`` until people, a wait or an end is reached."""
    for _ in range(MAX_HOPS):
        node = walk.rules.flow.nodes[target]
        if node.kind == d.END:
            return Transition(walk.steps, left, (), (), walk.facts, node.state or CaseState.DONE, node.close_reason)
        if node.kind == d.AUTOMATIC:
            branch = _choose(node.branches, walk)
            passed = Step(node.name, branch.to, by_system=True, rule=branch.rule, effects=node.effects)
            walk, target = replace(walk.took(passed, {})), branch.to
            continue
        if node.kind == d.HUMAN and (decided := _decided_already(node, walk)):
            walk, target = decided
            continue
        return Transition(walk.steps, left, (*rest, target), (target,), walk.facts)
    raise RuntimeError(f"flow {walk.rules.flow.name!r} crosses more than {MAX_HOPS} automatic nodes from {left!r}")


def _decided_already(node: d.Node, walk: _Walk) -> tuple[_Walk, str] | None:
    """An approval that needs nobody: the amount table says 自动, or whoever must approve has just agreed.

    The earlier agreement counts only where the same people were kept out of it: an inspector may be the creator.
    """
    if node.owner is None or not node.owner.by_policy:
        return None
    facts = walk.look()
    role = facts["审批"]
    agreed = walk.approver is not None and role in walk.approver and walk.kept_out >= set(node.avoids)
    same = node.skips_same_approver and agreed
    if role != AUTOMATIC and not same:
        return None
    action = next(iter(node.actions.values()))
    rule = facts["审批规则"] if role == AUTOMATIC else f"同人免审（{facts['审批规则']}）"
    passed = walk.took(Step(node.name, action.name, True, rule, action.effects), action.sets)
    return passed, _choose(action.branches, passed).to


def _withdraw(rules: Rules, standing: Standing, actor: Actor) -> Transition | Refusal:
    end = rules.flow.nodes.get(rules.flow.withdraw_to)
    if not actor.is_system and actor.id != standing.facts.get("提交人"):
        return Refusal("只有提交人能撤单")
    if waits := [node.waits_for for name in standing.nodes if (node := rules.flow.nodes[name]).kind == d.WAIT]:
        return Refusal(f"正在等{'、'.join(waits)}，现在不能撤单")
    if end is None or standing.facts.get("已收货") or standing.facts.get("已退款"):
        return Refusal("货已收到或款已退，不能撤单")
    taken = Step(standing.nodes[0], WITHDRAW)
    return Transition(
        (taken,), standing.nodes[0], (), (), standing.facts, end.state or CaseState.CLOSED, end.close_reason
    )
