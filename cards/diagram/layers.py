"""Which box of a flow stands above which: cycles opened, layers by longest path, few crossings by medians. Pure."""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections import defaultdict
from graphlib import TopologicalSorter
from statistics import median_low
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SWEEPS = 8  # down and up by turns; more has not helped on any flow of 60 boxes

Edge = tuple[int, int]
Layers = list[list[int]]
Links = dict[int, list[int]]


def backward(edges: Sequence[Edge]) -> frozenset[int]:
    """The edges to leave out so that no cycle stays: only such as lead to a box that was written earlier."""
    ahead: Links = defaultdict(list)
    found = set()
    for n in sorted(range(len(edges)), key=lambda n: (max(0, edges[n][0] - edges[n][1]), n)):
        source, target = edges[n]
        if source >= target and _leads(ahead, target, source):
            found.add(n)
        else:
            ahead[source].append(target)
    return frozenset(found)


def _leads(ahead: Mapping[int, list[int]], start: int, goal: int) -> bool:
    seen, todo = set(), [start]
    while todo:
        node = todo.pop()
        if node == goal:
            return True
        if node not in seen:
            seen.add(node)
            todo += ahead.get(node, [])
    return False


def levels(count: int, edges: Sequence[Edge]) -> list[int]:
    """The layer of each box, 0 on top: under all that lead to it. Raises CycleError when edges run in a circle."""
    before, after = neighbours(count, edges)
    level = [0] * count
    for node in TopologicalSorter(before).static_order():
        level[node] = max((level[source] + 1 for source in before[node]), default=0)
    bottom = max(level, default=0)
    for node in range(1, count):
        if not before[node]:  # nothing leads here: near what it leads to, or out of the way
            level[node] = min((level[target] - 1 for target in after[node]), default=bottom)
    return level


def neighbours(count: int, edges: Iterable[Edge]) -> tuple[Links, Links]:
    """For each box what leads to it, and where it leads."""
    before: Links = {n: [] for n in range(count)}
    after: Links = {n: [] for n in range(count)}
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    return before, after


def arranged(level: Sequence[int], edges: Sequence[Edge]) -> Layers:
    """The boxes of each layer from left to right, in the order with the fewest crossings that was found."""
    layers, links = _threaded(level, edges)
    above, below = neighbours(sum(map(len, layers)), links)
    best = layers
    for turn in range(SWEEPS):
        layers = _swept(layers, above) if turn % 2 == 0 else _swept(layers[::-1], below)[::-1]
        best = min(best, layers, key=lambda tried: crossings(tried, below))
    return [[node for node in layer if node < len(level)] for layer in best]


def _threaded(level: Sequence[int], edges: Sequence[Edge]) -> tuple[Layers, list[Edge]]:
    """Layers with a point for each layer that an edge passes; edges to one target share their points."""
    layers: Layers = [[] for _ in range(max(level, default=-1) + 1)]
    for node, own in enumerate(level):
        layers[own].append(node)
    points: dict[Edge, int] = {}
    links: list[Edge] = []
    for source, target in edges:
        way = [source]
        for passed in range(level[source] + 1, level[target]):
            if (target, passed) not in points:
                points[target, passed] = len(level) + len(points)
                layers[passed].append(points[target, passed])
            way.append(points[target, passed])
        links += itertools.pairwise([*way, target])
    return layers, list(dict.fromkeys(links))


def _swept(layers: Layers, links: Links) -> Layers:
    """Each layer sorted by the medians of its neighbours in the layer before."""
    done = layers[:1]
    for layer in layers[1:]:
        at = {node: n for n, node in enumerate(done[-1])}
        wanted = {node: _median(n, [at[other] for other in links[node]]) for n, node in enumerate(layer)}
        done.append(sorted(layer, key=wanted.__getitem__))
    return done


def _median(own: int, positions: list[int]) -> int:
    return median_low(positions) if positions else own


def crossings(layers: Layers, below: Links) -> int:
    """How many pairs of edges cross between neighbouring layers."""
    total = 0
    for upper, lower in itertools.pairwise(layers):
        at = {node: n for n, node in enumerate(lower)}
        seen: list[int] = []
        for node in upper:
            ends = sorted(at[other] for other in below[node])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
