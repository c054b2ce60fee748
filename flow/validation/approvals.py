"""What a policy decides otherwise than the one before: of which amounts, by whom, and when the money goes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When
from flow.definitions.policy import AUTOMATIC, BY_HAND, TRIGGERS
from flow.definitions.risk import risky
from flow.definitions.vocabulary import CALENDAR
from flow.validation.conditions import domain_of
from flow.validation.coverage import CENT, Domain, TooManyCases, numbers_beside, overlapping, spelt
from flow.validation.surroundings import MONEY, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flow.definitions.policy import Policy, Tier

    Facts = Mapping[str, Any]
    Run = tuple[Decimal, Decimal | None, "Answer", "Answer"]  #: from, to, answered so before and so now

AMOUNT = "金额"
MAX_FACTS = 3  #: that an example names
_YUAN = Domain(always=True)
_DOMAINS = {fact: domain_of(fact) for fact in MONEY | WHOLE | CALENDAR}


@dataclass(frozen=True, slots=True)
class Answer:
    """Who decides on a case, a role or 自动, and after what its money goes."""

    approver: str
    trigger: str
    people: int = 1  #: how many of the role must agree


@dataclass(frozen=True, slots=True)
class Shift:
    """Amounts from ``low`` to ``high``, both included, None for all above, that are answered otherwise."""

    low: Decimal
    high: Decimal | None
    old: Answer
    new: Answer
    when: str  #: for which cases, where it is not for all

    @property
    def range(self) -> str:
        """``金额 50.01～500``, with the cases."""
        top = " 以上" if self.high is None else f"～{_yuan(self.high)}"
        alone = "" if self.low == self.high else top
        amounts = f"金额 {_yuan(self.low)}{alone}" if self.low or self.high is not None else "不管多少钱"
        return f"{amounts}（{self.when}）" if self.when else amounts

    @property
    def frees(self) -> bool:
        """Whether nobody looks any more."""
        return self.new.approver == AUTOMATIC != self.old.approver

    @property
    def hastens(self) -> bool:
        """Whether the money goes earlier than it did."""
        return _place(self.new.trigger) < _place(self.old.trigger)

    @property
    def loosens(self) -> bool:
        """Whether fewer people must agree than had to."""
        return self.new.people < self.old.people

    @property
    def words(self) -> str:
        """The one thing about it that matters most."""
        if self.frees:
            return f"{self.range} 不用人批，原来 {self.old.approver or '否则'} 批"
        if self.hastens:
            return f"{self.range} {self.new.trigger}就退款，原来等{self.old.trigger}"
        if self.new.people != self.old.people:
            who = f"{self.new.people} 位 {self.new.approver or '否则'} 同意"
            return f"{self.range} 要 {who}，原来要 {self.old.people} 位 {self.old.approver or '否则'}"
        return f"{self.range} 改由 {self.new.approver or '否则'} 批，原来 {self.old.approver or '否则'}"


def shifts(old: Policy, new: Policy) -> list[Shift]:
    """Every range of amounts that is answered otherwise, what nobody looks at any more first, then the largest."""
    found: dict[Run, list[Facts]] = {}
    cases = _cases((*old.tiers, *new.tiers))
    for facts in cases:
        for run in _runs(old, new, facts):
            found.setdefault(run, []).append(facts)
    told = [Shift(*run, "" if len(of) == len(cases) else min(map(_spelt, of), key=len)) for run, of in found.items()]
    kept = [shift for shift in told if shift.old.approver != AUTOMATIC or shift.hastens]
    return sorted(
        kept, key=lambda shift: (not shift.frees, not shift.hastens, not shift.loosens, -(shift.high or Decimal(10**9)))
    )


def _cases(tiers: Sequence[Tier]) -> list[Facts]:
    """An example of each kind of case that the rows tell apart by anything but the amount."""
    others = [When(tuple(cell for cell in tier.when.cells if cell.fact != AMOUNT)) for tier in tiers]
    try:
        return list(overlapping(others, _DOMAINS).values())
    except TooManyCases:
        return [{}]


def _runs(old: Policy, new: Policy, facts: Facts) -> Iterator[Run]:
    """The ranges that one kind of case is answered otherwise in."""
    tiers = (*old.tiers, *new.tiers)
    edges = {number for tier in tiers for cell in tier.when.cells if cell.fact == AMOUNT for number in cell.numbers}
    edges |= {most for policy in (old, new) if (most := policy.ceiling.per_case) is not None}
    amounts = sorted(amount for amount in numbers_beside(sorted(edges | {Decimal(0)}), _YUAN) if amount >= 0)
    answers = [(amount, _answer(old, facts, amount), _answer(new, facts, amount)) for amount in amounts]
    runs = [list(run) for _, run in groupby(answers, key=lambda each: each[1:])]
    moved: list[Run] = []
    for n, run in enumerate(runs):
        low, was, is_ = run[0]
        if was != is_:
            moved.append((low, None if n == len(runs) - 1 else run[-1][0], was, is_))
    yield from _joined(moved)


def _joined(
    moved: Sequence[Run],
) -> list[Run]:
    """Ranges that follow each other and that nobody looks at any more are one, whoever looked at each."""
    found: list[Run] = []
    for low, high, was, is_ in moved:
        last = found[-1] if found else None
        if last and is_.approver == AUTOMATIC and last[3] == is_ and last[1] is not None and low - last[1] <= CENT:
            names = [last[2].approver, *([] if was.approver in last[2].approver else [was.approver])]
            found[-1] = (last[0], high, Answer("、".join(names), last[2].trigger), is_)
        else:
            found.append((low, high, was, is_))
    return found


def _answer(policy: Policy, facts: Facts, amount: Decimal) -> Answer:
    """What the rows say of an amount, whatever else weighs with it."""
    known = {**facts, AMOUNT: amount}
    by_hand = risky(known)
    rows = (tier for tier in policy.tiers if not (by_hand and tier.approver == AUTOMATIC))
    tier = next((tier for tier in rows if tier.when(known)), None)
    if tier and tier.approver == AUTOMATIC and policy.beyond(known, known):
        tier = next((tier for tier in policy.tiers if tier.approver != AUTOMATIC and tier.when(known)), None)
    trigger = (tier and tier.trigger) or policy.trigger
    people = (tier.quorum if tier else 0) or 1
    return Answer(tier.approver if tier else "", BY_HAND if by_hand else trigger, people)


def _place(trigger: str) -> int:
    return TRIGGERS.index(trigger) if trigger in TRIGGERS else len(TRIGGERS)


def _spelt(facts: Facts) -> str:
    """What makes an example one; what is not so, or not known, goes without saying."""
    said = {fact: value for fact, value in facts.items() if value not in (None, False)}
    some = dict(list(said.items())[:MAX_FACTS])
    return spelt(some) + ("等" if len(said) > len(some) else "")


def _yuan(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
