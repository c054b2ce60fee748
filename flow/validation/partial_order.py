"""Which of several desks at work side by side may be followed first: those that cannot disturb one another. Pure.

Followed in every order, six branches of four nodes come to a million places; one after the other, to some thirty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.definitions.flow import END
from flow.validation.monitors import read_by, written_by

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flow.definitions.flow import Flow, Node

    Branch = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Use:
    """What a branch does with the facts that are followed, and whether it may end its fork by another way."""

    reads: frozenset[str]
    writes: frozenset[str]
    leaves: bool  #: for a node outside, which may read what the others have noted by then
    ends: bool


@dataclass(frozen=True)
class Beside:
    """The branches of a flow, looked at for what they have in common."""

    flow: Flow
    facts: frozenset[str]
    _uses: dict[Branch, _Use] = field(default_factory=dict)
    _apart_aside: dict[Branch, bool] = field(default_factory=dict)
    _firsts: dict[Branch, tuple[str, ...]] = field(default_factory=dict)

    def first(self, nodes: Branch) -> tuple[str, ...]:
        """The nodes at which something has to be tried next: one that disturbs none of the others, else all."""
        if nodes not in self._firsts:
            alone = (name for name in sorted(nodes) if all(self._apart(name, o) for o in nodes if o != name))
            one = next(alone, None) if len(nodes) > 1 else None
            self._firsts[nodes] = (one,) if one else tuple(sorted(nodes))
        return self._firsts[nodes]

    def _apart(self, one: str, other: str) -> bool:
        """Whether the order of what happens at two nodes makes no difference.

        Whoever arrives first at a join that takes any ends the others, and whoever leaves the fork does. A side branch
        ends nobody; that its case may end it when it is closed leaves nothing out but what then no longer counts.
        """
        mine, theirs = self.flow.aside.get(one), self.flow.aside.get(other)
        if mine is not theirs:
            return self._aside(mine or theirs or frozenset())
        for fork in self.flow.around.get(one, ()):
            mine = _branch_of(one, self.flow.forks[fork])
            theirs = _branch_of(other, self.flow.forks[fork])
            if theirs is None:
                continue
            if mine is None or mine == theirs or self.flow.nodes[self.flow.nodes[fork].join].joins_any:
                return False
            a, b = self._use(mine, fork), self._use(theirs, fork)
            clash = a.writes & (b.reads | b.writes) or b.writes & a.reads or (a.leaves and b.writes)
            return not clash and not b.leaves and not b.ends
        return False

    def _aside(self, branch: Branch) -> bool:
        """Whether a side branch and all that is not in it leave each other's facts alone."""
        if branch not in self._apart_aside:
            inside = [self.flow.nodes[name] for name in branch]
            outside = [node for name, node in self.flow.nodes.items() if name not in branch]
            noted, others = self.facts & _written(inside), self.facts & _written(outside)
            clash = noted & (_read(outside) | others) or others & _read(inside)
            self._apart_aside[branch] = not clash
        return self._apart_aside[branch]

    def _use(self, branch: Branch, fork: str) -> _Use:
        if branch not in self._uses:
            nodes = [self.flow.nodes[name] for name in branch]
            inside = branch | {self.flow.nodes[fork].join}
            targets = {to for node in nodes for to in node.targets()}
            ends = {to for to in targets if self.flow.nodes[to].kind == END}
            self._uses[branch] = _Use(
                frozenset(self.facts & _read(nodes)),
                frozenset(self.facts & _written(nodes)),
                leaves=not targets - ends <= inside,
                ends=bool(ends),
            )
        return self._uses[branch]


def _branch_of(name: str, branches: Iterable[Branch]) -> Branch | None:
    return next((branch for branch in branches if name in branch), None)


def _read(nodes: Collection[Node]) -> set[str]:
    read = {cell.fact for node in nodes for _, branch in node.ways() for cell in branch.when.cells}
    read |= {cell.fact for node in nodes for item in node.form for cell in item.when.cells}
    return read.union(*map(read_by, nodes))


def _written(nodes: Collection[Node]) -> set[str]:
    noted = {fact for node in nodes for action in node.actions.values() for fact in action.sets}
    return (noted | {item.name for node in nodes for item in node.form}).union(*map(written_by, nodes))
