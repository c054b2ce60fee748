"""A past case sent through one set of rules: who would have decided what, on which way. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.policy import AUTOMATIC
from flow.definitions.vocabulary import RISKY, SYSTEM, TODAY
from flow.engine.machine import begin, step
from flow.engine.values import Actor, Marking, Refusal
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.engine.values import Rules, Transition

MAX_ACTS = 64  #: decisions of one case; more is a circle that history cannot lead out of
AMOUNT, PAID = "金额", "已退款"
PAYS = "确认退款"  #: the effect that sends the money
COUNTS = frozenset({"登记收货", "确认扣款"})  #: effects after which the amount is the counted one
ASKED, COUNTED = "申请金额", "实收金额"  #: which amount went out
GIVEN = "说过"  #: stands for a reason that had to be given
_PERSON = 0  #: id of whoever acts in a replay; the machine only wants to know that it is not the system


@dataclass(frozen=True, slots=True)
class Hints:
    """What history knows of a case: the last decision at each node, and the facts in the end.

    The last decision counts because it is the one that stood: what was given back or gone round again is a detour.
    """

    did: Mapping[str, str]
    final: Mapping[str, Any]
    days: Mapping[str, str] = field(default_factory=dict)  #: when it was, ISO 8601, where a condition asks for days


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules make of a case. ``approver`` is a role, 自动, or "" where no amount came to be decided."""

    approver: str
    rule: str
    automatic: bool
    path: tuple[str, ...]  #: every stop in order, people and waits
    signed: int  #: how many of the stops were people's
    paid: str  #: ASKED or COUNTED, "" when no money went out
    end: str  #: 已完成, 已关闭拒绝


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why the rules cannot be tried on a case."""

    reason: str


@dataclass(slots=True)
class _Journey:
    rules: Rules
    hints: Hints
    path: list[str] = field(default_factory=list)
    approver: str = ""
    rule: str = ""
    paid: str = ""
    counted: bool = False

    def note(self, transition: Transition, asked: str = "") -> None:
        """Keep what the steps say of the approval and of the money; ``asked``: the day when its first owner was found.

        Whoever approves was found on that day, whenever it is that they do.
        """
        for n, taken in enumerate(transition.steps):
            owner = self.rules.flow.nodes[taken.node].owner
            if owner is not None and owner.by_policy:
                day = {TODAY: asked} if asked and n == 0 else {}
                said = self.rules.policy.facts({**transition.facts, **day} if day else transition.facts)
                self.approver, self.rule = str(said["审批"] or ""), str(said["审批规则"])
            if PAYS in taken.effects and not self.paid:
                self.paid = COUNTED if self.counted else ASKED

    def outcome(self, transition: Transition) -> Outcome:
        signed = sum(self.rules.flow.nodes[name].kind == d.HUMAN for name in self.path)
        end = f"{transition.state}{transition.close_reason or ''}"
        automatic = self.approver == AUTOMATIC
        return Outcome(self.approver, self.rule, automatic, tuple(self.path), signed, self.paid, end)


def replay(rules: Rules, facts: Mapping[str, Any], hints: Hints) -> Outcome | Unfit:
    """Send a case with its opening ``facts`` through ``rules`` to an end, deciding as history did.

    A node takes one decision per level; of several owners' signatures (会签) one stands for all.
    """
    journey = _Journey(rules, hints)
    try:
        now, asked = begin(rules, facts), ""
        for _ in range(MAX_ACTS):
            journey.note(now, asked)
            if not now.nodes:
                return journey.outcome(now)
            outcome = _act(journey, now)
            if isinstance(outcome, Unfit):
                return outcome
            now, asked = outcome, str(now.facts.get(TODAY) or "")
    except PolicyRefused as refused:  # the flow has nobody who could decide
        return Unfit(str(refused))
    except RuntimeError:  # the machine's own bound
        pass
    return Unfit("走不到结束")


def _act(journey: _Journey, now: Transition) -> Transition | Unfit:
    """The decision at the first node where the case stands; what goes on beside it comes when it has ended."""
    rules = journey.rules
    node = rules.flow.nodes[next((name for name in now.nodes if name not in rules.flow.aside), now.nodes[0])]
    said = {**now.facts, **rules.policy.facts(now.facts)}
    by_policy = node.owner is not None and node.owner.by_policy
    if by_policy and not said["审批"] and not said.get(RISKY):
        return Unfit("审批表里没有合适的一档")
    action = chosen(node, journey.hints)
    if action is None:
        return Unfit(f"{node.name}没有能办的动作")
    journey.path.append(node.name)
    answers, day = _answers(journey, node, action, now.facts), journey.hints.days.get(node.name, "")
    stands = Marking(now.nodes, now.facts, now.state, today=day, close_reason=now.close_reason)
    outcome = step(rules, stands, action.name, _actor(node, said), answers)
    return Unfit(outcome.reason) if isinstance(outcome, Refusal) else outcome


def chosen(node: d.Node, hints: Hints) -> d.Action | None:
    """What history chose here; else the action whose notes agree with how it ended; else the first harmless one.

    At a wait the system's first answer.
    """
    able = [action for action in node.buttons if not action.hands_over]
    if node.kind == d.WAIT:
        return next(iter(able), None)
    ways = (_as_done, _as_ended, _harmless)
    return next((action for way in ways for action in able if way(node, action, hints)), None)


def _as_done(node: d.Node, action: d.Action, hints: Hints) -> bool:
    return action.name == hints.did.get(node.name)


def _as_ended(node: d.Node, action: d.Action, hints: Hints) -> bool:
    return bool(action.sets) and all(hints.final.get(fact) == value for fact, value in action.sets.items())


def _harmless(node: d.Node, action: d.Action, hints: Hints) -> bool:
    return not action.danger


def _actor(node: d.Node, said: Mapping[str, Any]) -> Actor:
    """Whoever owns the node, with the one role that its rule names."""
    if node.kind == d.WAIT:
        return Actor(None, SYSTEM, owns=frozenset({node.name}))
    role = said["审批"] if node.owner and node.owner.by_policy else node.owner and node.owner.role
    return Actor(_PERSON, "", frozenset({str(role)} if role else ()), frozenset({node.name}))


def _answers(journey: _Journey, node: d.Node, action: d.Action, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What history answered, blank where it was never asked; counting brings the amount that history counted."""
    final = journey.hints.final
    asked = [*action.asks, *(field.name for field in node.form if field.wanted_for(action))]
    answers = {name: final.get(name) for name in asked}
    if action.reason == d.REQUIRED:  # whoever did it has said why, which is no fact as a rule
        answers[d.REASON] = answers.get(d.REASON) or GIVEN
    if COUNTS.intersection(action.effects) and AMOUNT in final and not facts.get(PAID):
        journey.counted = True
        answers[AMOUNT] = final[AMOUNT]
    return answers
