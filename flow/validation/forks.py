"""Forks whose branches meet, and meet once: what would leave half a case waiting, or make two of one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import END, FORK, JOIN
from flow.errors import Place, Problem
from flow.validation.graph import arrows_of, at_entry, first_way, from_start, spelt, way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flow.definitions.flow import Flow, Node
    from flow.validation.graph import Arrows

_BRANCHES = Place(column="分支")


def fork_problems(flow: Flow) -> list[Problem]:
    """Every problem of the forks and joins of a flow whose nodes all exist."""
    forks = [node for node in flow.nodes.values() if node.kind == FORK and not node.sides]
    unsound = {fork.name: list(_parts(fork, flow)) for fork in forks}
    found = [Problem.of(words).at_node(name) for name, problems in unsound.items() for words in problems]
    found += _joins(flow, forks)
    if found or not forks:
        return found  # without heads and a join there are no branches to speak of
    found += [Problem.of(words).at_node(fork.name) for fork in forks for words in _branches(fork, flow)]
    found += _reopened_inside(flow)
    return found or [
        Problem.of(words).at_node(fork.join) for fork in forks for words in _unmet(fork, flow, arrows_of(flow))
    ]


def never_met(flow: Flow, arrows: Arrows, met: Collection[str]) -> Iterator[Problem]:
    """Joins of a sound flow that no case passes, where only ``arrows`` are ever gone; ``met`` are those passed."""
    for fork in flow.nodes.values():
        if fork.heads and fork.join not in met and arrows.get(fork.name):
            apart = f"分叉“{fork.name}”的分支“{'”“'.join(fork.heads)}”没有一张单能全部走到这里，它们的条件合不到一起"
            yield from (Problem.of(words).at_node(fork.join) for words in list(_unmet(fork, flow, arrows)) or [apart])


def idle(flow: Flow, arrows: Arrows, stood: Collection[str]) -> Iterator[Problem]:
    """Branches in which nobody ever gets to do anything: another one comes to a join that takes any by itself."""
    for fork in (node for node in flow.nodes.values() if node.heads and flow.nodes[node.join].joins_any):
        branches = dict(zip(fork.heads, flow.forks[fork.name], strict=True))
        gone = {head: any(set(arrows[name]) - of for name in of) for head, of in branches.items()}
        waiting = [head for head, of in branches.items() if not gone[head] and not of & set(stood)]
        if waiting and any(gone.values()):
            first = "”“".join(head for head in fork.heads if gone[head])
            words = f"分支“{first}”不用人办就到了，分支“{'”“'.join(waiting)}”永远没有机会办"
            yield Problem(words, _BRANCHES).at_node(fork.join)


def _unmet(fork: Node, flow: Flow, arrows: Arrows) -> Iterator[str]:
    """The branches for which the join would wait for ever, each with the way that it goes instead."""
    names, stray = set(flow.nodes), {}
    for head, branch in zip(fork.heads, flow.forks[fork.name], strict=True):
        if not way(arrows, head, fork.join, names - branch - {fork.join}):
            away = names - branch | {name for name in branch if flow.nodes[name].kind == END}
            stray[head] = first_way(arrows, [head], away)
    if stray and flow.nodes[fork.join].joins_any:
        if len(stray) == len(fork.heads):
            ways = "；".join(spelt(path) for path in stray.values() if path)
            yield f"分叉“{fork.name}”没有一条分支走得到这里：{ways}"
        return
    for head, path in ((head, path) for head, path in stray.items() if path):  # the others were not given the time
        words = f"要等分叉“{fork.name}”的全部分支，可是分支“{head}”走不到这里：{spelt(path)}"
        yield Problem(words, Place(of_whole=True))


def _parts(fork: Node, flow: Flow) -> Iterator[str]:
    join = flow.nodes.get(fork.join)
    if len(fork.heads) < 2 or len(set(fork.heads)) < len(fork.heads):
        yield "分叉至少要有两条分支，从不同的节点开始"
    if join is None or join.kind != JOIN:
        yield Problem(f"汇合“{fork.join}”不存在，或不是汇合节点", Place(column="汇合"))
    for head in fork.heads:
        if head in {fork.join, fork.name} or (head in flow.nodes and flow.nodes[head].kind == END):
            yield Problem(f"分支“{head}”不能直接是汇合、结束或分叉自己，中间要有人做事", _BRANCHES)


def _joins(flow: Flow, forks: list[Node]) -> Iterator[Problem]:
    """Exactly one fork belongs to a join."""
    for name, node in flow.nodes.items():
        users = [fork.name for fork in forks if fork.join == name]
        if node.kind == JOIN and len(users) != 1:
            why = f"{'、'.join(users)}都在这里汇合，每个分叉要有自己的汇合" if users else "没有分叉在这里汇合"
            yield Problem(why).at_node(name)


def _branches(fork: Node, flow: Flow) -> Iterator[str]:
    yield from _entered_around(fork, flow)
    yield from _shared(fork, flow)
    yield from _round_the_join(fork, flow)
    yield from _join_from_outside(fork, flow)
    yield from _again(fork, flow)
    yield from _badly_nested(fork, flow)


def _inside(fork: Node, flow: Flow) -> frozenset[str]:
    return frozenset().union(*flow.forks[fork.name])


def _entered_around(fork: Node, flow: Flow) -> Iterator[str]:
    for head, branch in zip(fork.heads, flow.forks[fork.name], strict=True):
        if head not in branch:
            path = first_way(arrows_of(flow), [flow.start], {head}, {fork.name})
            yield Problem(f"分支“{head}”不经过分叉也走得到：{spelt(path or [head])}", _BRANCHES)


def _shared(fork: Node, flow: Flow) -> Iterator[str]:
    """A node in two branches would have two tasks of one case; ends may be shared."""
    arrows, branches = arrows_of(flow), flow.forks[fork.name]
    around = {fork.name, fork.join}
    for second in range(len(branches)):
        for first in range(second):
            meeting = [name for name in flow.nodes if name in branches[first] & branches[second]]
            shared = next((name for name in meeting if flow.nodes[name].kind != END), None)
            if shared:
                one, other = (
                    [fork.name, head] if head == shared else [fork.name, *way(arrows, head, shared, around)]
                    for head in (fork.heads[first], fork.heads[second])
                )
                yield f"两条分支没有汇合就走到了一起：{spelt(one)}，{spelt(other)}"


def _round_the_join(fork: Node, flow: Flow) -> Iterator[str]:
    """What is both in a branch and behind the join would be come to twice by one case."""
    arrows = arrows_of(flow)
    behind = flow.reach(fork.join, without={fork.name}) - {fork.join}
    for head, branch in zip(fork.heads, flow.forks[fork.name], strict=True):
        both = [name for name in flow.nodes if name in branch & behind and flow.nodes[name].kind != END]
        if both:
            around = {fork.name, fork.join}
            before = [head] if head in both else first_way(arrows, [head], set(both), around)
            after = way(arrows, fork.join, before[-1], {fork.name})
            yield f"分支绕过了汇合“{fork.join}”：{spelt(before)}，而汇合之后也到这里：{spelt(after)}"
            return


def _join_from_outside(fork: Node, flow: Flow) -> Iterator[str]:
    inside = _inside(fork, flow)
    sources = [name for name, to in arrows_of(flow).items() if fork.join in to and name not in inside]
    for path in (path for source in sources if (path := from_start(flow, source))):
        yield f"不在分支里也走得到汇合：{spelt([*path, fork.join])}"
    if flow.start == fork.join:
        yield "流程不能从汇合开始"


def _again(fork: Node, flow: Flow) -> Iterator[str]:
    arrows = arrows_of(flow)
    back = [name for name in flow.nodes if name in _inside(fork, flow) and fork.name in arrows[name]]
    if back:
        head = next(h for h, b in zip(fork.heads, flow.forks[fork.name], strict=True) if back[0] in b)
        path = [head] if head == back[0] else way(arrows, head, back[0], {fork.name, fork.join})
        yield f"分支又回到了分叉自己：{spelt([fork.name, *path, fork.name])}，请回到分叉之前的节点"


def _badly_nested(fork: Node, flow: Flow) -> Iterator[str]:
    """An inner fork meets in the branch in which it began."""
    for branch in flow.forks[fork.name]:
        for inner in (flow.nodes[name] for name in flow.nodes if name in branch):
            if inner.heads and inner.join not in branch:
                yield f"里面的分叉“{inner.name}”要在同一条分支里汇合，“{inner.join}”在外面"


def _reopened_inside(flow: Flow) -> Iterator[Problem]:
    if flow.reopening and flow.around.get(flow.reopening.to):
        to, around = flow.reopening.to, flow.around[flow.reopening.to][0]
        yield at_entry(to, f"重开到的节点“{to}”在分叉“{around}”里，其他分支不会重开")
