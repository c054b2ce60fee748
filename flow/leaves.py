"""Who acts for whom while somebody is away: chains of delegates, bounded and without circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

MAX_CHAIN = 5  #: delegates of delegates; a longer chain is nobody's agreement any more


@dataclass(frozen=True, slots=True)
class Away:
    """One leave: ``member`` is away from ``since`` until ``until``, and ``delegate`` acts."""

    member: int
    delegate: int
    since: datetime
    until: datetime


def standins(leaves: Iterable[Away], now: datetime) -> Mapping[int, int | None]:
    """Who is away at ``now`` and who acts for them in the end; None where the chain comes to nobody.

    Of two leaves of one member the one written last counts.
    """
    delegates = {leave.member: leave.delegate for leave in leaves if leave.since <= now < leave.until}
    return {member: _end_of(member, delegates) for member in delegates}


def _end_of(member: int, delegates: Mapping[int, int]) -> int | None:
    seen, at = {member}, delegates[member]
    while at in delegates:
        if at in seen or len(seen) >= MAX_CHAIN:
            return None
        seen.add(at)
        at = delegates[at]
    return None if at in seen else at
