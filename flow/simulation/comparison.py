"""What a change of rules would have meant: the same past under the old and the new ones, added up."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.simulation.past import of_fen
from flow.simulation.replay import ASKED, COUNTED, Unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.flow import Flow
    from flow.definitions.policy import Policy
    from flow.simulation.replay import Outcome
    from flow.stats.period import Period

EXAMPLES = 10
MOST_PILES = 20_000  #: some ten megabytes


@dataclass(slots=True)
class Sum:
    """Some cases and the yuan they come to."""

    count: int = 0
    yuan: Decimal = Decimal("0.00")

    def add(self, yuan: Decimal, count: int = 1) -> None:
        self.count += count
        self.yuan += yuan


@dataclass(frozen=True, slots=True)
class Changed:
    """One case that would have gone another way; ``yuan`` was asked for."""

    no: str
    yuan: Decimal
    old: Outcome
    new: Outcome


@dataclass(frozen=True, slots=True)
class Load:
    """What the cases ask of people: signatures, and seconds from the first stop to the last, in all."""

    signatures: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """Everything that is said of a change before it is published."""

    flow: str
    period: Period
    as_of: datetime
    seen: int  #: ended cases of the period
    unfit: Mapping[str, int]  #: cases that could not be compared, by reason
    approvers: Mapping[tuple[str, str], Sum]  #: who approves under the old rules and under the new ones
    automatic: tuple[Sum, Sum]  #: released without anybody's approval, old and new
    newly: Sum  #: of these, the ones that somebody approved under the old rules
    disputed: Sum  #: of the newly automatic ones, those that were disputed later
    load: tuple[Load, Load]
    unseen: tuple[str, ...]  #: nodes without a record of time, which count with their limit
    changed: int
    examples: tuple[Changed, ...]  #: the largest amounts first
    refunds: tuple[Sum, Sum] = field(default_factory=lambda: (Sum(), Sum()))  #: that formulas change, old and new
    early: tuple[Sum, Sum] = field(default_factory=lambda: (Sum(), Sum()))  #: paid before the goods came, old and new
    left_out: tuple[str, ...] = ()  #: parts of the change that no replay of an opened case can show
    season: tuple[str, str] | None = None  #: the day that stands for all of theirs, and the condition that wants it

    @property
    def compared(self) -> int:
        """How many cases both sets of rules could be tried on."""
        return self.seen - sum(self.unfit.values())


@dataclass(slots=True)
class Group:
    """Cases that go one way under the old rules and one under the new ones."""

    old: Outcome
    new: Outcome
    asked: Sum = field(default_factory=Sum)  #: what was asked for, of all of them
    counted: Sum = field(default_factory=Sum)  #: what was left after counting
    disputed: tuple[Sum, Sum] = field(default_factory=lambda: (Sum(), Sum()))  #: the same of the disputed ones
    differs: bool = field(init=False)

    def __post_init__(self) -> None:
        self.differs = differs(self.old, self.new)

    def add(self, pile: Pile) -> None:
        """Some more cases."""
        asked, counted = of_fen(pile.asked), of_fen(pile.counted)
        self.asked.add(asked, pile.count)
        self.counted.add(counted, pile.count)
        if pile.disputed:
            self.disputed[0].add(asked, pile.count)
            self.disputed[1].add(counted, pile.count)

    def released(self, outcome: Outcome) -> Sum:
        """What went out without anybody's approval."""
        if not (outcome.automatic and outcome.paid):
            return Sum()
        return self.counted if outcome.paid == COUNTED else self.asked

    def hastened(self, outcome: Outcome) -> Sum:
        """What went out before the goods were counted."""
        return self.asked if outcome.paid == ASKED else Sum()

    @property
    def newly(self) -> tuple[Sum, Sum]:
        """What goes out so only under the new rules, and how much of it was disputed."""
        if self.released(self.old).count or not self.released(self.new).count:
            return Sum(), Sum()
        return self.released(self.new), self.disputed[self.new.paid == COUNTED]


@dataclass(slots=True)
class Pile:
    """Cases that nothing tells apart, in the making: amounts in 分, which add up fastest."""

    found: Group | Unfit | None  #: None for cases that are another flow's
    disputed: bool = False
    count: int = 0
    asked: int = 0
    counted: int = 0
    formulas: tuple[Policy, Policy] | None = None  #: by which each of its refunds is to be reckoned anew, old and new
    changed: Group | None = field(init=False)  #: the group, where its cases would have gone another way

    def __post_init__(self) -> None:
        self.changed = self.found if isinstance(self.found, Group) and self.found.differs else None


@dataclass(slots=True)
class Tally:
    """Adds up cases one by one; what it keeps does not grow with their number."""

    seen: int = 0
    unfit: Counter[str] = field(default_factory=Counter)
    piles: dict[bytes, Pile] = field(default_factory=dict)  #: by what the cases of each have in common
    refunds: tuple[Sum, Sum] = field(default_factory=lambda: (Sum(), Sum()))
    _largest: list[tuple[int, str, Group]] = field(default_factory=list)

    def pile(self, gist: bytes, found: Group | Unfit | None, *, disputed: bool) -> Pile:
        """A new pile for cases of that gist."""
        if len(self.piles) >= MOST_PILES:
            self.settle()
        pile = self.piles[gist] = Pile(found, disputed)
        return pile

    def add(self, pile: Pile, no: str, amounts: tuple[int, int]) -> None:
        """One more case: its number, and in 分 what was asked for and what was left."""
        asked, counted = amounts
        pile.count += 1
        pile.asked += asked
        pile.counted += counted
        if pile.changed is not None and (len(self._largest) < EXAMPLES or asked >= self._largest[0][0]):
            self._keep((asked, no, pile.changed))

    def settle(self) -> None:
        """Put every pile where it belongs."""
        for pile in self.piles.values():
            if pile.found is None:
                continue
            self.seen += pile.count
            if isinstance(pile.found, Unfit):
                self.unfit[pile.found.reason] += pile.count
            else:
                pile.found.add(pile)
        self.piles.clear()

    def reprice(self, before: Decimal, after: Decimal) -> None:
        """What one refund comes to under both; where they are the same nothing is to be said of it."""
        if before != after:
            self.refunds[0].add(before)
            self.refunds[1].add(after)

    def _keep(self, entry: tuple[int, str, Group]) -> None:
        if len(self._largest) < EXAMPLES:
            heapq.heappush(self._largest, entry)
        elif entry[:2] > self._largest[0][:2]:
            heapq.heapreplace(self._largest, entry)

    def examples(self) -> tuple[Changed, ...]:
        """The changed cases with the largest amounts, of equal ones the later number first."""
        found = sorted(self._largest, key=lambda entry: entry[:2], reverse=True)
        return tuple(Changed(no, of_fen(asked), group.old, group.new) for asked, no, group in found)


def differs(old: Outcome, new: Outcome) -> bool:
    """Whether people would notice; that a rule got another name is no change."""
    return (old.approver, old.path, old.paid, old.end) != (new.approver, new.path, new.paid, new.end)


def total(parts: Iterable[Sum]) -> Sum:
    """All of them together."""
    whole = Sum()
    for part in parts:
        whole.count += part.count
        whole.yuan += part.yuan
    return whole


def approvers(groups: Sequence[Group]) -> dict[tuple[str, str], Sum]:
    """Who approves under the old rules and under the new ones."""
    pairs: dict[tuple[str, str], list[Sum]] = {}
    for group in groups:
        pairs.setdefault((group.old.approver, group.new.approver), []).append(group.asked)
    return {pair: total(parts) for pair, parts in pairs.items()}


def load(
    outcomes: Iterable[tuple[Outcome, int]], flow: Flow, dwell: Mapping[str, float]
) -> tuple[Load, frozenset[str]]:
    """Signatures and time of so many cases each, and the nodes whose time is their limit for want of a record.

    Stops are added up one after another, those of parallel branches too. What goes on beside a case is work for people,
    and takes the case no time.
    """
    stops: Counter[str] = Counter()
    signatures = 0
    for outcome, cases in outcomes:
        signatures += outcome.signed * cases
        for node in outcome.path:
            if node not in flow.aside:
                stops[node] += cases
    unseen = frozenset(stops.keys() - dwell.keys())
    times = {name: dwell[name] if name in dwell else _limit(flow, name) for name in stops}
    return Load(signatures, sum(times[name] * count for name, count in stops.items())), unseen


def _limit(flow: Flow, name: str) -> float:
    limit = flow.nodes[name].limit
    return limit.total_seconds() if limit else 0.0
