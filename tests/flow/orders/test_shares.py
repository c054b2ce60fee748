"""Never more than was paid: of one order line, in any order of returns, and by however many at one instant."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from flow.cases.advance import advance
from flow.cases.assessment import Draft
from flow.cases.command import Command
from flow.cases.opening import open_case
from flow.engine.amounts import Bought, counted, fitted, part
from flow.errors import FlowError, PolicyRefused
from flow.orders.lookup import bill_of
from flow.records.verification import broken_cases
from models import Case, CaseLine, Order, OrderLine, Refund, RefundState, Task
from tests.support.desks import opened
from tests.support.stage import START, sell

if TYPE_CHECKING:
    from flow.desk import Desk
    from models.views.case import Person

NOTHING, CENT = Decimal("0.00"), Decimal("0.01")


# -- pure: any order of partial returns --------------------------------------------------------------------------------


@dataclass(slots=True)
class Claim:
    """A return of some units of the line, as the desk keeps it."""

    requested: int
    paid: Decimal
    came: int
    gone: Decimal | None = None
    closed: bool = False

    @property
    def worth(self) -> Decimal:
        return counted(self.paid, self.requested, self.came)

    @property
    def units(self) -> int:
        return 0 if self.closed else self.came

    @property
    def held(self) -> Decimal:
        return (self.gone or NOTHING) if self.closed else max(self.worth, self.gone or NOTHING)


@dataclass(slots=True)
class Line:
    """An order line and everything that is sent back of it."""

    quantity: int
    paid: Decimal
    claims: list[Claim]

    @property
    def free(self) -> int:
        return self.quantity - sum(claim.units for claim in self.claims)

    def left(self, claim: Claim | None = None) -> Decimal:
        return max(self.paid - sum((each.held for each in self.claims if each is not claim), NOTHING), NOTHING)

    def open(self, units: int) -> None:
        bought = Bought(self.quantity, self.quantity - self.free, self.paid, self.paid - self.left())
        self.claims.append(Claim(units, part(bought, units), units))

    def confirm(self, claim: Claim) -> None:
        left = self.left(claim)
        if claim.worth > left:
            claim.paid = fitted(claim.requested, claim.came, left)
            assert left - CENT <= claim.worth <= left
        claim.gone = min(claim.worth, left)

    def act(self, what: str, n: int) -> None:
        """Open, count, close, open again or pay back; what is not possible is left undone."""
        if what == "open":
            if self.free:
                self.open(1 + n % self.free)
            return
        pool = [claim for claim in self.claims if claim.gone is None or what == "close"]
        if not pool:
            return
        claim = pool[n % len(pool)]
        if what == "count" and not claim.closed:
            units = 1 + n % claim.requested
            claim.came = units if units - claim.came <= self.free else claim.came
        elif what == "close":
            claim.closed = True
        elif what == "reopen" and claim.closed and claim.came <= self.free:
            claim.closed = False
        elif what == "confirm" and not claim.closed:
            self.confirm(claim)


ACTS = st.tuples(st.sampled_from(["open", "open", "count", "close", "reopen", "confirm"]), st.integers(0, 59))


@given(st.integers(1, 12), st.decimals("0.00", "999.99", places=2), st.lists(ACTS, max_size=40))
def test_in_any_order_no_more_goes_back_than_was_paid(
    quantity: int, paid: Decimal, acts: list[tuple[str, int]]
) -> None:
    line = Line(quantity, paid, [])
    for what, n in acts:
        line.act(what, n)
        assert sum((claim.gone or NOTHING for claim in line.claims), NOTHING) <= paid


@given(st.integers(1, 12), st.decimals("0.00", "999.99", places=2), st.lists(st.integers(0, 59), max_size=12))
def test_the_last_unit_takes_the_rest(quantity: int, paid: Decimal, portions: list[int]) -> None:
    line = Line(quantity, paid, [])
    for n in [*portions, *[0] * quantity]:
        line.act("open", n)
    for claim in line.claims:
        line.confirm(claim)
    assert sum((claim.gone or NOTHING for claim in line.claims), NOTHING) == paid


@given(st.integers(1, 60), st.integers(1, 60), st.decimals("0.00", "99999.99", places=2))
def test_what_is_fitted_carries_what_is_left(requested: int, units: int, left: Decimal) -> None:
    units = min(units, requested)
    assert left - CENT <= counted(fitted(requested, units, left), requested, units) <= left


# -- at one instant ----------------------------------------------------------------------------------------------------


async def line_of(quantity: int, paid: str) -> OrderLine:
    """Three of them for 20.00: no share of it is a whole number of 分."""
    order = await sell("20001", {"Z": ("三件套", quantity, "9.99")})
    await OrderLine.filter(order_id=order.id).update(paid=Decimal(paid))
    return await OrderLine.get(order_id=order.id)


async def submitted(desk: Desk, who: Person, units: int = 1) -> Case:
    async with in_transaction():
        case, _ = await open_case(desk, Draft("退货", "20001", (("Z", units),), "质量问题"), who, START)
        return case


async def worth() -> Decimal:
    """What all the cases of the line hold of it."""
    line = await OrderLine.get(sku="Z")
    return (await bill_of(await Order.get(id=line.order_id))).held.get(line.id, NOTHING)


@pytest.mark.parametrize(("quantity", "paid"), [(3, "20.00"), (7, "10.00"), (6, "0.04")])
async def test_agents_at_one_instant_share_what_was_paid(database_url: str, quantity: int, paid: str) -> None:
    async with opened(database_url) as (desk, people):
        await line_of(quantity, paid)
        await asyncio.gather(*(submitted(desk, people["林晓"]) for _ in range(quantity)))
        shares = [line.paid for line in await CaseLine.filter(sku="Z")]
        assert (len(shares), sum(shares)) == (quantity, Decimal(paid))
        assert sum(case.amount for case in await Case.filter(order_no="20001")) == Decimal(paid)


async def test_one_more_than_there_are_is_refused_and_takes_nothing(database_url: str) -> None:
    async with opened(database_url) as (desk, people):
        line = await line_of(3, "20.00")
        came = await asyncio.gather(*(submitted(desk, people["林晓"]) for _ in range(4)), return_exceptions=True)
        assert len([each for each in came if isinstance(each, FlowError)]) == 1
        assert (await OrderLine.get(id=line.id)).claimed == 3
        assert await worth() == Decimal("20.00")


# -- one after the other -----------------------------------------------------------------------------------------------


async def acts(desk: Desk, who: Person, case: Case, action: str, **said: object) -> Case:
    async with in_transaction():
        return (await advance(desk, Command(case.id, action, who, START, said))).case


async def to_finance(desk: Desk, people: dict[str, Person], case: Case, came: int | None = None) -> None:
    """Through every hand up to the money."""
    steps = [("王建国", "同意"), ("李敏", "同意"), ("周仓", "确认收货"), ("许静", "合格入库")]
    for name, action in (*steps, ("李敏", "同意")):
        said = {"件数": {"Z": came}} if came and action == "确认收货" else {}
        if await Task.exists(case_id=case.id, owner_id=people[name].id, state="open"):
            await acts(desk, people[name], case, action, **said)


async def paid_back() -> Decimal:
    assert [sentence async for sentence in broken_cases()] == []
    await Refund.filter(state=RefundState.SENDING).update(state=RefundState.PAID)
    return sum((refund.amount for refund in await Refund.all()), NOTHING)


async def test_what_was_closed_and_opened_again_does_not_lift_the_sum(ready: str) -> None:
    async with opened(ready) as (desk, people):
        await line_of(3, "20.00")
        agent = people["林晓"]
        first = await submitted(desk, agent)
        await acts(desk, people["王建国"], first, "驳回")
        second, third = await submitted(desk, agent), await submitted(desk, agent)
        await acts(desk, people["王建国"], first, "重开", 理由="弄错了")
        for case in (first, second, third):
            await to_finance(desk, people, case)
            await acts(desk, people["钱芳"], case, "确认退款")
        assert await paid_back() == Decimal("20.00")
        told = {item["name"]: item["amount"] for refund in await Refund.all() for item in refund.deductions}
        assert told == {"同一商品已退到实付为止": "0.01"}


async def test_units_that_come_late_do_not_lift_the_sum(ready: str) -> None:
    async with opened(ready) as (desk, people):
        await line_of(3, "20.02")
        agent = people["林晓"]
        first = await submitted(desk, agent, 3)
        await to_finance(desk, people, first, came=1)
        second = await submitted(desk, agent)
        await acts(desk, people["钱芳"], first, "退回", 退回到="仓库收货")
        await acts(desk, people["周仓"], first, "确认收货", 件数={"Z": 2})
        await to_finance(desk, people, first)
        await to_finance(desk, people, second)
        for case in (first, second):
            await acts(desk, people["钱芳"], case, "确认退款")
        assert await paid_back() == Decimal("20.02")


@pytest.mark.parametrize("state", [RefundState.SENDING, RefundState.UNCLEAR, RefundState.PAID])
async def test_money_on_its_way_is_no_other_return_s_whatever_is_counted_since(ready: str, state: RefundState) -> None:
    async with opened(ready) as (desk, people):
        await line_of(3, "20.00")
        first = await submitted(desk, people["林晓"], 3)
        await to_finance(desk, people, first)
        await acts(desk, people["钱芳"], first, "确认退款")
        await Refund.filter(case_id=first.id).update(state=state)
        await Case.filter(id=first.id).update(facts={**(await Case.get(id=first.id)).facts, "按实收": True})
        await CaseLine.filter(case_id=first.id).update(received=1)
        await OrderLine.filter(sku="Z").update(claimed=1)
        with pytest.raises(PolicyRefused, match="没有可退的钱了"):
            await submitted(desk, people["林晓"], 2)
        assert await worth() == Decimal("20.00")
