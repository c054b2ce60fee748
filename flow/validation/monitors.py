"""What is watched of a case beside its facts: money approved, a shortage that nobody has decided on, money gone. Pure.

The marks go through the places that a case may come to as facts do; no condition reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import HUMAN, WAIT
from flow.definitions.vocabulary import PAID as GONE
from flow.definitions.vocabulary import PAYS, RECEIVE, TIME_UP
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flow.definitions.flow import Action, Flow, Node

    Facts = dict[str, Any]

APPROVED, OPEN, PAID = "·已批", "·未决", "·已付"
MARKS = (APPROVED, OPEN, PAID)
GOT, DUE = "·货到", "·扣款未定"  #: watched apart from the others, in ``flow.validation.prepayment``
ARRIVALS = frozenset({RECEIVE, "质检合格", "质检次品"})  #: effects by which the goods are here
MISSED = "登记缺件"
SHORTAGES = frozenset({"登记缺件", "登记拒收"})
SETTLES = frozenset({"确认扣款", "取消扣款"})
RAISES = "登记补偿"  #: the amount becomes another one, so that what was agreed to before no longer counts
UNAPPROVED, UNDECIDED, UNPAID = "没有人批过钱", "没有人决定缺件", "没有退款"


def at_table(node: Node) -> bool:
    return node.owner is not None and node.owner.by_policy


def pays(flow: Flow) -> bool:
    """Whether anything in a flow asks for the money."""
    return any(PAYS in effects for node in flow.nodes.values() for effects in _effects(node))


def has_table(flow: Flow) -> bool:
    return any(at_table(node) for node in flow.nodes.values())


def _effects(node: Node) -> Iterable[Collection[str]]:
    return [node.effects, *(action.effects for action in node.actions.values())]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that must not be: what, at which node, by which action; "" where the node itself does it."""

    what: str
    node: str
    action: str = ""


@dataclass(frozen=True)
class Watch:
    """Keeps the marks of cases on their way through a flow, and notes what is wrong."""

    flow: Flow
    wrongs: set[Wrong] = field(default_factory=set)

    def acted(self, node: Node, action: Action, facts: Facts, *, by_person: bool) -> Facts:
        """The marks after an action; where no table decides in a flow, whoever agrees, or pays, has agreed."""
        fresh = dict(facts)
        if at_table(node):
            fresh[APPROVED] = None if action.danger or action.name == TIME_UP else True
        elif by_person and not (has_table(self.flow) or action.danger) and {*action.effects} <= {PAYS}:
            fresh[APPROVED] = True
        if by_person and (SETTLES & {*action.effects} or not action.effects):
            fresh[OPEN] = None
        if node.kind == WAIT and action.name == GONE:
            fresh[PAID] = True
        return self.done(node, action.effects, fresh, action.name)

    def done(self, node: Node, effects: Collection[str], facts: Facts, action: str = "") -> Facts:
        """The marks after what is done on the way."""
        fresh = dict(facts)
        if PAYS in effects and not fresh[APPROVED]:
            self.wrongs.add(Wrong(UNAPPROVED, node.name, action))
        if PAYS in effects and fresh[OPEN]:
            self.wrongs.add(Wrong(UNDECIDED, node.name, action))
        if SHORTAGES & {*effects}:
            fresh[OPEN] = True
        if RAISES in effects:
            fresh[APPROVED] = None
        return fresh

    def ended(self, node: Node, facts: Facts) -> None:
        if self.flow.refunds and node.state is CaseState.DONE and facts[PAID] is None:
            self.wrongs.add(Wrong(UNPAID, node.name))


def read_by(node: Node) -> frozenset[str]:
    """The marks that something at a node looks at."""
    reads = frozenset({APPROVED, OPEN, GOT, DUE})
    return reads if any(PAYS in effects for effects in _effects(node)) else frozenset()


def written_by(node: Node) -> frozenset[str]:
    """The marks that something at a node sets or takes away; a plain word said beside does not count."""
    done = {effect for effects in _effects(node) for effect in effects}
    found = {APPROVED} if (at_table(node) and node.kind == HUMAN) or RAISES in done else set()
    found |= {OPEN, DUE} if done & (SHORTAGES | SETTLES) else set()
    found |= {GOT} if done & ARRIVALS else set()
    return frozenset(found | ({PAID} if node.kind == WAIT and GONE in node.actions else set()))
