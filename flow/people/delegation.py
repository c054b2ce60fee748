"""Who acts for whom while somebody is away: chains of delegates, bounded and without circles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

MAX_CHAIN = 5  #: delegates of delegates; a longer chain is nobody's agreement any more


@dataclass(frozen=True, slots=True)
class Absence:
    """One leave: ``member`` is away from ``since`` until ``until``, and ``delegate`` acts."""

    member: int
    delegate: int
    since: datetime
    until: datetime


def delegates(leaves: Iterable[Absence], now: datetime) -> Mapping[int, int | None]:
    """Who is away at ``now`` and who acts for them in the end; None where the chain comes to nobody.

    Of two leaves of one member the one written last counts.
    """
    acting = {leave.member: leave.delegate for leave in leaves if leave.since <= now < leave.until}
    return {member: _end_of(member, acting) for member in acting}


def parts_left(leave: Absence, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """What of a leave lies outside another time: before it, behind it, or nothing."""
    both = [(leave.since, min(since, leave.until)), (max(until, leave.since), leave.until)]
    return [(begin, end) for begin, end in both if begin < end]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a leave with who acts in it in the end; None where the chain of delegates comes to nobody."""

    since: datetime
    until: datetime
    acting: int | None


def stretches(leaves: Sequence[Absence], leave: Absence) -> list[Stretch]:
    """The whole of a leave, cut where who acts changes; ``leave`` is one of ``leaves``."""
    edges = {moment for each in leaves for moment in (each.since, each.until) if leave.since < moment < leave.until}
    cuts = [leave.since, *sorted(edges), leave.until]
    found: list[Stretch] = []
    for begin, end in pairwise(cuts):
        acting = delegates(leaves, begin)[leave.member]
        if found and found[-1].acting == acting:
            found[-1] = Stretch(found[-1].since, end, acting)
        else:
            found.append(Stretch(begin, end, acting))
    return found


def _end_of(member: int, delegates: Mapping[int, int]) -> int | None:
    seen, at = {member}, delegates[member]
    while at in delegates:
        if at in seen or len(seen) >= MAX_CHAIN:
            return None
        seen.add(at)
        at = delegates[at]
    return None if at in seen else at
