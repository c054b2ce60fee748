"""Who acts for whom while somebody is away. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.people.delegation import MAX_CHAIN, Away, standins

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def away(member: int, delegate: int, since: timedelta = -HOUR, until: timedelta = HOUR) -> Away:
    return Away(member, delegate, NOW + since, NOW + until)


CHAINS = [
    ([], {}),
    ([away(1, 2)], {1: 2}),
    # the delegate is away too: the next one acts for both
    ([away(1, 2), away(2, 3)], {1: 3, 2: 3}),
    # a circle comes to nobody, whoever asks
    ([away(1, 2), away(2, 1)], {1: None, 2: None}),
    ([away(1, 1)], {1: None}),
    ([away(1, 2), away(2, 3), away(3, 2)], {1: None, 2: None, 3: None}),
    # of two leaves the one written last counts
    ([away(1, 2), away(1, 3)], {1: 3}),
    # from the first moment, and no longer at the last
    ([away(1, 2, since=timedelta())], {1: 2}),
    ([away(1, 2, until=timedelta())], {}),
    ([away(1, 2, since=HOUR, until=2 * HOUR)], {}),
    # whose delegate is away later is acted for now
    ([away(1, 2), away(2, 3, since=HOUR, until=2 * HOUR)], {1: 2}),
]


@pytest.mark.parametrize(("leaves", "acting"), CHAINS)
def test_the_chain_is_followed_to_whoever_is_there(leaves: list[Away], acting: dict[int, int | None]) -> None:
    assert standins(leaves, NOW) == acting


@pytest.mark.parametrize(
    ("length", "acts"),
    [
        pytest.param(MAX_CHAIN, MAX_CHAIN + 1, id="as long as a chain may be"),
        pytest.param(MAX_CHAIN + 1, None, id="one longer is nobody's agreement"),
    ],
)
def test_a_chain_is_bounded(length: int, acts: int | None) -> None:
    leaves = [away(n, n + 1) for n in range(1, length + 1)]
    assert standins(leaves, NOW)[1] == acts


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_nobody_who_is_away_ever_acts(pairs: list[tuple[int, int]]) -> None:
    acting = standins([away(member, delegate) for member, delegate in pairs], NOW)
    assert set(acting) == {member for member, _ in pairs}
    assert not set(acting) & {delegate for delegate in acting.values() if delegate}
