"""Where a case of a flow can go: its entrances, the branches of its forks, its side branches. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ON_CLOSING = GO_ON, STOP = "继续", "结束"  #: what becomes of a side branch when its case is closed


class Station(Protocol):
    """What is asked of a node: where it leads."""

    @property
    def heads(self) -> tuple[str, ...]: ...

    @property
    def sides(self) -> tuple[str, ...]: ...

    @property
    def join(self) -> str: ...

    @property
    def on_closing(self) -> str: ...

    def targets(self) -> list[str]: ...

    def ways(self) -> Iterator[tuple[str, Any]]: ...


class Entrance(Protocol):
    """Where a case comes in again."""

    @property
    def to(self) -> str: ...


class Topology:
    """What follows from the nodes of a flow and from where each of them leads."""

    if TYPE_CHECKING:

        @property
        def start(self) -> str: ...

        @property
        def nodes(self) -> Mapping[str, Station]: ...

        @property
        def withdraw_to(self) -> str: ...

        @property
        def reopening(self) -> Entrance | None: ...

        @property
        def amending(self) -> Entrance | None: ...

    @property
    def entrances(self) -> list[str]:
        """The nodes at which a case comes in: when it is opened, opened again, or given back to be amended."""
        again = [self.reopening.to] if self.reopening else []
        return [self.start, *again, *([self.amending.to] if self.amending else [])]

    @cached_property
    def forks(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """The nodes of each branch of each fork: what lies behind its head, before the join, and only behind the fork.

        A node that can also be reached around the fork is outside: to go there is to leave the fork. So is a side
        branch that begins in one of them: nobody waits for it, and nobody ends it.
        """
        found = {}
        for name, fork in self.nodes.items():
            if not fork.heads:
                continue
            aside = (branch for branch in self.sides.values() if name not in branch)
            outside = self.reach(self.start, without={name}).union({name}, *aside)
            branches = (self.reach(head, without={name, fork.join}) - outside for head in fork.heads)
            found[name] = tuple(frozenset(branch) for branch in branches)
        return found

    @cached_property
    def around(self) -> Mapping[str, tuple[str, ...]]:
        """The forks that each node stands in, the innermost first."""
        sizes = {fork: sum(map(len, branches)) for fork, branches in self.forks.items()}
        inner_first = sorted(sizes, key=lambda fork: (sizes[fork], fork))
        return {
            name: tuple(fork for fork in inner_first if any(name in branch for branch in self.forks[fork]))
            for name in self.nodes
        }

    @cached_property
    def sides(self) -> Mapping[str, frozenset[str]]:
        """The nodes of each side branch, by its first one."""
        heads = dict.fromkeys(head for node in self.nodes.values() for head in node.sides)
        return {head: frozenset(self.reach(head)) for head in heads}

    @cached_property
    def aside(self) -> Mapping[str, frozenset[str]]:
        """The side branch in which each node stands that stands in one."""
        return {name: branch for branch in self.sides.values() for name in branch}

    @cached_property
    def stopping(self) -> frozenset[str]:
        """The nodes of the side branches that end where their case is closed."""
        heads = (head for node in self.nodes.values() if node.on_closing == STOP for head in node.sides)
        return frozenset().union(*(self.sides[head] for head in heads))

    @cached_property
    def main(self) -> frozenset[str]:
        """Every node that the case itself may come to."""
        return self.main_from(*self.entrances, self.withdraw_to)

    def main_from(self, *starts: str) -> frozenset[str]:
        """The same from some nodes on."""
        seen: set[str] = set()
        todo = [*starts]
        while todo:
            name = todo.pop()
            if name in self.nodes and name not in seen:
                seen.add(name)
                node = self.nodes[name]
                todo += [*(branch.to for _, branch in node.ways()), *node.heads]
        return frozenset(seen)

    def beside(self, names: Iterable[str]) -> list[str]:
        """Those nodes of ``names`` that stand in side branches."""
        return [name for name in names if name in self.aside]

    def reach(self, start: str, *, without: frozenset[str] | set[str] = frozenset()) -> set[str]:
        """Every node that can be come to from ``start``, itself included, on ways around ``without``."""
        seen: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            if name in self.nodes and name not in seen and name not in without:
                seen.add(name)
                todo += self.nodes[name].targets()
        return seen
