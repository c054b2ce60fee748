"""Who acts for whom while somebody is away. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.people.delegation import MAX_CHAIN, Absence, delegates, parts_left, stretches

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def away(member: int, delegate: int, since: timedelta = -HOUR, until: timedelta = HOUR) -> Absence:
    return Absence(member, delegate, NOW + since, NOW + until)


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
def test_the_chain_is_followed_to_whoever_is_there(leaves: list[Absence], acting: dict[int, int | None]) -> None:
    assert delegates(leaves, NOW) == acting


@pytest.mark.parametrize(
    ("length", "acts"),
    [
        pytest.param(MAX_CHAIN, MAX_CHAIN + 1, id="as long as a chain may be"),
        pytest.param(MAX_CHAIN + 1, None, id="one longer is nobody's agreement"),
    ],
)
def test_a_chain_is_bounded(length: int, acts: int | None) -> None:
    leaves = [away(n, n + 1) for n in range(1, length + 1)]
    assert delegates(leaves, NOW)[1] == acts


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_nobody_who_is_away_ever_acts(pairs: list[tuple[int, int]]) -> None:
    acting = delegates([away(member, delegate) for member, delegate in pairs], NOW)
    assert set(acting) == {member for member, _ in pairs}
    assert not set(acting) & {delegate for delegate in acting.values() if delegate}


# -- the parts of a leave ----------------------------------------------------------------------------------------------


def hours(*pairs: tuple[int, int]) -> list[tuple[datetime, datetime]]:
    return [(NOW + since * HOUR, NOW + until * HOUR) for since, until in pairs]


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (0, 10, []),  # all of it
        (2, 8, []),
        (0, 4, [(4, 8)]),  # its beginning
        (6, 10, [(2, 6)]),  # its end
        (4, 6, [(2, 4), (6, 8)]),  # out of its middle
        (0, 2, [(2, 8)]),  # it begins when the other ends
        (8, 9, [(2, 8)]),
    ],
)
def test_what_is_left_of_a_leave(since: int, until: int, left: list[tuple[int, int]]) -> None:
    leave = away(1, 2, since=2 * HOUR, until=8 * HOUR)
    assert parts_left(leave, NOW + since * HOUR, NOW + until * HOUR) == hours(*left)


MINE = away(1, 2, since=timedelta(), until=9 * HOUR)


@pytest.mark.parametrize(
    ("others", "stretches_"),
    [
        ([], [(0, 9, 2)]),
        # the delegate is away for a while: the next one acts, and then the delegate again
        ([away(2, 3, since=2 * HOUR, until=4 * HOUR)], [(0, 2, 2), (2, 4, 3), (4, 9, 2)]),
        # for longer than the leave: an edge beyond it is none
        ([away(2, 3, since=-HOUR, until=99 * HOUR)], [(0, 9, 3)]),
        # a circle: for that time nobody acts
        ([away(2, 1, since=3 * HOUR, until=5 * HOUR)], [(0, 3, 2), (3, 5, None), (5, 9, 2)]),
        # somebody else's leave cuts nothing
        ([away(7, 8, since=3 * HOUR, until=5 * HOUR)], [(0, 9, 2)]),
    ],
)
def test_a_leave_is_cut_where_who_acts_changes(
    others: list[Absence], stretches_: list[tuple[int, int, int | None]]
) -> None:
    found = stretches([MINE, *others], MINE)
    assert [((each.since - NOW) // HOUR, (each.until - NOW) // HOUR, each.acting) for each in found] == stretches_


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 8), st.integers(1, 9)), max_size=8))
def test_the_stretches_are_the_leave_and_say_who_acts_at_each_moment(drawn: list[tuple[int, int, int, int]]) -> None:
    others = [away(who, to, since=begin * HOUR, until=(begin + long) * HOUR) for who, to, begin, long in drawn]
    leaves = [*others, MINE]
    found = stretches(leaves, MINE)
    assert (found[0].since, found[-1].until) == (MINE.since, MINE.until)
    for each, following in pairwise(found):
        assert (each.until, each.acting != following.acting) == (following.since, True)
    for each in found:
        for moment in (each.since, each.until - HOUR / 2):
            assert delegates(leaves, moment)[MINE.member] == each.acting


@given(st.integers(0, 9), st.integers(1, 9), st.integers(0, 9), st.integers(1, 9))
def test_a_leave_is_what_is_left_of_it_and_what_was_taken(begin: int, long: int, since: int, lasts: int) -> None:
    leave = away(1, 2, since=begin * HOUR, until=(begin + long) * HOUR)
    cut = NOW + since * HOUR, NOW + (since + lasts) * HOUR
    left = parts_left(leave, *cut)
    for n in range(20):
        moment = NOW + n * HOUR
        in_leave, in_cut = leave.since <= moment < leave.until, cut[0] <= moment < cut[1]
        assert any(a <= moment < b for a, b in left) == (in_leave and not in_cut)
