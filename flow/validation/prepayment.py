"""Money that goes before the goods have come, or without what was to be taken off it, though the policy waits. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When
from flow.definitions.policy import BY_HAND
from flow.definitions.vocabulary import PAYS
from flow.validation.monitors import ARRIVALS, DUE, GOT, MISSED, SETTLES, Wrong

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.definitions.flow import Action, Branch, Flow, Node

    Facts = dict[str, Any]

TRIGGER = "退款时机"
EARLY, UNDEDUCTED = "货没到就退款", "缺件没有扣"
MARKS = (GOT, DUE)


def takes_goods(flow: Flow) -> bool:
    """Whether goods come back in a flow."""
    return any(ARRIVALS & {*effects} for node in flow.nodes.values() for effects in _effects(node))


def _effects(node: Node) -> list[tuple[str, ...]]:
    return [node.effects, *(action.effects for action in node.actions.values())]


def waiting(flow: Flow) -> Flow:
    """The flow as cases go through it whose policy has the money go after the inspection."""
    nodes = {name: _waiting(node) for name, node in flow.nodes.items()}
    return replace(flow, nodes=nodes)


def _waiting(node: Node) -> Node:
    actions = {name: replace(action, branches=_left(action.branches)) for name, action in node.actions.items()}
    return replace(node, branches=_left(node.branches), actions=actions)


def _left(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The branches that such a case can take, without what they ask of it."""
    found = []
    for branch in branches:
        asks = [cell for cell in branch.when.cells if cell.fact == TRIGGER]
        if all(cell({TRIGGER: BY_HAND}) for cell in asks):
            others = tuple(cell for cell in branch.when.cells if cell.fact != TRIGGER)
            found.append(replace(branch, when=When(others)))
    return tuple(found)


@dataclass(frozen=True)
class GoodsWatch:
    """Keeps the marks of goods that have come and of a shortage that nothing was taken off for."""

    flow: Flow
    ships: bool  #: goods are to come back
    wrongs: set[Wrong] = field(default_factory=set)

    def acted(self, node: Node, action: Action, facts: Facts, *, by_person: bool) -> Facts:
        """The marks after an action."""
        return self.done(node, action.effects, facts, action.name)

    def done(self, node: Node, effects: Collection[str], facts: Facts, action: str = "") -> Facts:
        """The marks after what is done on the way."""
        fresh, does = dict(facts), {*effects}
        if PAYS in does and self.ships and fresh[GOT] is None:
            self.wrongs.add(Wrong(EARLY, node.name, action))
        if PAYS in does and fresh[DUE]:
            self.wrongs.add(Wrong(UNDEDUCTED, node.name, action))
        fresh |= {GOT: True} if does & ARRIVALS else {}
        if MISSED in does:
            fresh[DUE] = True
        elif does & SETTLES:
            fresh[DUE] = None
        return fresh

    def ended(self, node: Node, facts: Facts) -> None:
        """Nothing of this can be wrong any more at an end."""
