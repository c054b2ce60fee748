"""Slices in the order A B B A, so that what drifts on the machine weighs on both sides alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median, quantiles
from typing import TYPE_CHECKING

from bench.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.load import Side, Slice
    from bench.rows import Spread

    Figure = Callable[[Slice], float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Median and quartiles over pairs."""

    middle: float
    spread: Spread


@dataclass(slots=True)
class Pairs:
    """``floor`` and ``ours`` are neighbours by index; ``floors`` are all floor slices in the order of time."""

    floor: list[Slice] = field(default_factory=list)
    ours: list[Slice] = field(default_factory=list)

    def ratio(self, figure: Figure) -> Ratio:
        """Ours over the floor, pair by pair."""
        return ratio_of([figure(b) / figure(a) for a, b in zip(self.floor, self.ours, strict=True) if figure(a)])

    def same(self, figure: Figure) -> Ratio:
        """The floor over itself, from slices that stood next to each other: how sound the run is."""
        found = [figure(b) / figure(a) for a, b in pairwise(self.floor)]
        return ratio_of(found[1::2] or found)


def middle(slices: Sequence[Slice], figure: Figure) -> float:
    return median(figure(each) for each in slices)


def waits(slices: Sequence[Slice], percent: int) -> float:
    """The percentile of all waits, in milliseconds."""
    found = sorted(wait for each in slices for wait in each.waits)
    return found[min(len(found) * percent // 100, len(found) - 1)] * 1000


async def measure(floor: Side, ours: Side, quads: int, seconds: float, clients: int) -> Pairs:
    """Two pairs per quad."""
    pairs = Pairs()
    for _ in range(quads):
        first = await load(floor, seconds, clients)
        second, third = await load(ours, seconds, clients), await load(ours, seconds, clients)
        pairs.floor += [first, await load(floor, seconds, clients)]
        pairs.ours += [second, third]
    return pairs


def ratio_of(found: list[float]) -> Ratio:
    """Of ratios of pairs, at least one."""
    if len(found) < 2:
        return Ratio(found[0], (found[0], found[0]))
    low, _, high = quantiles(found, n=4, method="inclusive")
    return Ratio(median(found), (low, high))
