"""Things on a line, each as near to where it wants to be as the others let it. Pure."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def spread(wanted: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """The middles, in the given order and without overlap, between ``low`` and ``high`` if there is room.

    The sum of squared distances from the wanted middles is the least that order and widths allow.
    """
    before = list(itertools.accumulate(widths, initial=0.0))
    free = [want - left - width / 2 for want, left, width in zip(wanted, before, widths, strict=False)]
    top = max(low, high - before[-1])
    level = [min(max(value, low), top) for value in _rising(free)]
    return [value + left + width / 2 for value, left, width in zip(level, before, widths, strict=False)]


def _rising(values: Sequence[float]) -> list[float]:
    """The nearest sequence that never falls: neighbours that do are levelled (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (right, n), (left, m) = pools.pop(), pools.pop()
            pools.append(((left * m + right * n) / (m + n), m + n))
    return [mean for mean, count in pools for _ in range(count)]
