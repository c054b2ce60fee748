"""Ways through a flow: nodes that nobody comes to, ways that end nowhere, circles that nobody leaves. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from flow.definitions.flow import END
from flow.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flow.definitions.flow import Flow

    Arrows = Mapping[str, Iterable[str]]

_WHOLE = Place(of_whole=True)


def at_entry(node: str, words: str) -> Problem:
    """What the flow itself says of one of its nodes: where it begins, is given back, or ends when it is withdrawn."""
    return Problem(words, Place(node=node, column="入口", subject=node))


def ways_problems(flow: Flow) -> list[Problem]:
    """Every node must be come to, and from every node an end."""
    return [*_unreached(flow), *_trapped(flow)]


def arrows_of(flow: Flow) -> dict[str, list[str]]:
    """Where each node can lead."""
    return {name: list(dict.fromkeys(node.targets())) for name, node in flow.nodes.items()}


def way(arrows: Arrows, start: str, goal: str, without: Iterable[str] = ()) -> list[str]:
    """The shortest way from ``start`` to ``goal``, both named; at least one arrow long. Empty when there is none."""
    return first_way(arrows, [start], {goal}, without)


def first_way(arrows: Arrows, starts: Iterable[str], goals: Iterable[str], without: Iterable[str] = ()) -> list[str]:
    """The shortest way from any of ``starts`` to any of ``goals`` around ``without``."""
    wanted, seen = set(goals), set(without)
    todo = deque([start] for start in starts)
    while todo:
        path = todo.popleft()
        for to in arrows.get(path[-1], ()):
            if to in wanted:
                return [*path, to]
            if to not in seen:
                seen.add(to)
                todo.append([*path, to])
    return []


def from_start(flow: Flow, name: str) -> list[str]:
    """The way on which a case first comes to a node."""
    if name == flow.start:
        return [name]
    again = flow.entrances[1:]
    if name in again and name not in flow.reach(flow.start):
        return [name]
    return first_way(arrows_of(flow), [flow.start, *again], {name})


def spelt(path: Iterable[str]) -> str:
    """``甲 → 乙 → 甲``."""
    return " → ".join(path)


def circle(arrows: Arrows) -> list[str]:
    """A shortest circle, its first node named again at its end; empty when there is none."""
    loops = (way(arrows, name, name) for name in arrows)
    return min((loop for loop in loops if loop), key=len, default=[])


def _entrances(flow: Flow) -> set[str]:
    return {flow.withdraw_to, *flow.entrances}


def _unreached(flow: Flow) -> Iterator[Problem]:
    reached = {name for entrance in _entrances(flow) for name in flow.reach(entrance)}
    arrows = arrows_of(flow)
    for name in flow.nodes:
        if name not in reached:
            before = [source for source, to in arrows.items() if name in to and source != name]
            why = f"只有 {'、'.join(before)} 通到它，而那里也走不到" if before else "没有一个节点通到它"
            yield Problem(f"从开始走不到，{why}", _WHOLE).at_node(name)


def _trapped(flow: Flow) -> Iterator[Problem]:
    """Where a case goes in and never ends, told once for each way in."""
    ends = {name for name, node in flow.nodes.items() if node.kind == END}
    trapped = {name for name in flow.nodes if not flow.reach(name) & ends}
    for name in (name for name in flow.nodes if name in trapped):
        path = from_start(flow, name)
        if path and not trapped & set(path[:-1]):
            yield Problem(f"走不到任何结束：{spelt(path)}{_and_then(flow, name)}", _WHOLE).at_node(name)


def _and_then(flow: Flow, name: str) -> str:
    """What becomes of a case behind the node where it is lost."""
    inside = flow.reach(name)
    arrows = {each: to for each, to in arrows_of(flow).items() if each in inside}
    for last in (each for each in arrows if not arrows[each]):
        return f"，到“{last}”就没有去处" if last != name else "，到这里就没有去处"
    return f"，之后只在 {spelt(circle(arrows))} 里打转"
