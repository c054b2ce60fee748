"""However an order is split into cases, 运费 goes back once: with the case with which the last unit is paid back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.conditions import When
from flow.engine.amounts import GoodsPaid
from flow.orders.freight import foreseen, owed, whereabouts
from flow.orders.lookup import Bill, Other
from models import Order, OrderLine
from tests.support import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.engine.values import Rules

POSTAGE, NOTHING = Decimal("15.00"), Decimal("0.00")
FACTS = {"金额": "54.00", "运费": "商家"}
PAY, REFUSE, OPEN = "退", "拒", "开"


def rules(**asked: str) -> Rules:
    known = shipped.rules("standard")
    return replace(known, policy=replace(known.policy, freight=When.parse({"运费": "商家", **asked})))


@dataclass
class Case:
    no: str
    units: Mapping[int, int]
    freight: Decimal = NOTHING
    paid: bool = False
    over: bool = False


@dataclass
class Desk:
    """An order whose units are taken by cases, each of which is paid or refused when its turn comes."""

    rules: Rules
    bought: Mapping[int, int]
    cases: list[Case] = field(default_factory=list)

    def bill(self, but: Case | None = None) -> Bill:
        others = [each for each in self.cases if each is not but and not (each.over and not each.paid)]
        held: Counter[int] = Counter()
        for each in others:
            held.update(each.units)
        lines = [OrderLine(id=n, quantity=units, claimed=held[n]) for n, units in self.bought.items()]
        left = max(POSTAGE - sum((each.freight for each in others), NOTHING), NOTHING)
        told = tuple(Other(each.no, each.units, each.freight, each.paid) for each in others)
        return Bill(Order(no="77"), tuple(lines), GoodsPaid(()), {}, left, POSTAGE, told)

    def opened(self, units: Mapping[int, int]) -> Case:
        case = Case(f"R{len(self.cases) + 1}", units)
        case.freight = foreseen(self.rules, self.bill(), FACTS, units, NOTHING)
        self.cases.append(case)
        return case

    def settled(self, case: Case, *, pay: bool) -> None:
        case.over = True
        case.freight = owed(self.rules, self.bill(case), self.facts(case), case.units, case.freight) if pay else NOTHING
        case.paid = pay

    def facts(self, case: Case) -> dict[str, str]:
        return {**FACTS, "金额": str(Decimal(FACTS["金额"]) + case.freight)}

    @property
    def freight(self) -> Decimal:
        return sum((each.freight for each in self.cases if each.paid), NOTHING)

    @property
    def back(self) -> Counter[int]:
        found: Counter[int] = Counter()
        for each in self.cases:
            found.update(each.units if each.paid else {})
        return found


@st.composite
def walks(draw: st.DrawFn) -> tuple[dict[int, int], list[tuple[str, int]]]:
    bought = draw(st.dictionaries(st.integers(1, 3), st.integers(1, 3), min_size=1, max_size=3))
    steps = draw(st.lists(st.tuples(st.sampled_from([OPEN, PAY, REFUSE]), st.integers(0, 9)), max_size=14))
    return bought, steps


def play(desk: Desk, steps: list[tuple[str, int]]) -> None:
    """Whatever comes; at the end everything that is left is opened, and all is paid."""
    for step, n in steps:
        free = {line: units - desk.bill().lines[i].claimed for i, (line, units) in enumerate(desk.bought.items())}
        under_way = [each for each in desk.cases if not each.over]
        if step == OPEN:
            if units := {line: min(left, 1 + n % 2) for line, left in free.items() if left and (n + line) % 3}:
                desk.opened(units)
        elif under_way:
            desk.settled(under_way[n % len(under_way)], pay=step == PAY)
        check(desk)
    rest = {line.id: line.quantity - line.claimed for line in desk.bill().lines if line.quantity > line.claimed}
    if rest:
        desk.opened(rest)
    for each in [each for each in desk.cases if not each.over]:
        desk.settled(each, pay=True)
        check(desk)
    assert desk.freight == POSTAGE
    assert all(whereabouts(desk.rules, desk.bill(x), FACTS, x.freight, paid=True) for x in desk.cases if not x.freight
               and x.paid)  # fmt: skip


def check(desk: Desk) -> None:
    assert desk.freight <= POSTAGE
    if any(cell.fact == "整单" for cell in (desk.rules.policy.freight or When()).cells):
        assert (desk.freight == POSTAGE) == (dict(desk.back) == dict(desk.bought))


@given(walks())
def test_with_the_whole_order_it_goes_back_once_and_last(walk: tuple[dict[int, int], list[tuple[str, int]]]) -> None:
    bought, steps = walk
    play(Desk(rules(整单="是"), bought), steps)


@given(walks())
def test_without_that_condition_it_goes_back_once(walk: tuple[dict[int, int], list[tuple[str, int]]]) -> None:
    bought, steps = walk
    play(Desk(rules(), bought), steps)


def test_what_is_said_of_it() -> None:
    last, first = Desk(rules(整单="是"), {1: 1, 2: 1}), Desk(rules(), {1: 1, 2: 1})
    for desk in (last, first):
        desk.opened({1: 1}), desk.opened({2: 1})
    words = [
        [whereabouts(desk.rules, desk.bill(x), desk.facts(x), x.freight, paid=False) for x in desk.cases]
        for desk in (last, first)
    ]
    waits = "运费 ¥15.00 整单都退了才退，随最后退款的那一单"
    assert words == [[waits, waits], ["", "运费 ¥15.00 随 R1 退，每个订单只退一次"]]
    first.settled(first.cases[0], pay=True)
    [_, other] = first.cases
    said = whereabouts(first.rules, first.bill(other), FACTS, other.freight, paid=False)
    assert said == "运费 ¥15.00 已随 R1 退，每个订单只退一次"


def test_a_sum_that_was_agreed_on_stays_as_it_is() -> None:
    desk = Desk(rules(整单="是"), {1: 1, 2: 1})
    agreed = {**FACTS, "补偿金额": "20.00", "金额": "20.00"}
    for way in (owed, foreseen):
        assert way(desk.rules, desk.bill(), agreed, {1: 1}, POSTAGE) == POSTAGE, "nothing is taken off it"
