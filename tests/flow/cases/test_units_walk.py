"""Whatever is done in whatever order, an order's units are held once, and no more money goes than was paid."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from flow.cases import refunds
from flow.cases.advance import advance
from flow.cases.assessment import Draft
from flow.cases.command import Asks, Command
from flow.cases.merge_split import merge, split
from flow.cases.opening import open_case
from flow.definitions.vocabulary import BY_COUNT
from flow.errors import FlowError
from models import UNDER_WAY, Case, CaseLine, CaseState, OrderLine, Refund, RefundState, Task, TaskState
from models.database.connection import database
from models.pipeline import session
from tests.flow.cases.test_taken_back import desk_with_staff
from tests.support.sealed_cases import told
from tests.support.stage import START, sell

if TYPE_CHECKING:
    from flow.desk import Desk
    from models.views.case import Person

STEPS, SEEDS = 150, 6
GOODS = {"A": ("灯", 5, "3.33"), "B": ("架", 3, "6.67"), "C": ("线", 1, "0.01")}
PAID = sum((Decimal(price) * units for _, units, price in GOODS.values()), Decimal(0))


#: all of it came about in one walk or another, else the walks show nothing
MEANT = (
    "opens opened",
    "acts 同意",
    "acts 确认收货",
    "acts 确认退款",
    "splits split",
    "ends ended",
    "shop paid",
)


class Walk:
    """People who do what they can, and what they can't, to the cases of one order."""

    def __init__(self, desk: Desk, staff: dict[str, Person], seed: int) -> None:
        self.desk, self.staff, self.chance = desk, staff, random.Random(seed)
        self.done: Counter[str] = Counter()

    async def step(self) -> None:
        ways = (self.opens, self.acts, self.acts, self.acts, self.acts, self.splits, self.merges, self.ends, self.shop)
        way = self.chance.choice(ways)
        try:
            async with session.transaction():
                self.done[f"{way.__name__} {await way()}"] += 1
        except (FlowError, Asks):
            self.done[f"{way.__name__} refused"] += 1

    async def opens(self) -> str:
        skus = self.chance.sample(sorted(GOODS), self.chance.randint(1, 3))
        items = tuple((sku, self.chance.randint(1, min(2, GOODS[sku][1]))) for sku in skus)
        await open_case(self.desk, Draft("退货", "77", items, "质量问题", "外壳破裂"), self.staff["小林"], START)
        return "opened"

    async def acts(self) -> str:
        task = self.chance.choice(await Task.filter(state=TaskState.OPEN) or [None])
        if task is None:
            return "nothing"
        people, case = await self.desk.staff.now(), await Case.get(id=task.case_id)
        node = (await self.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes[task.node]
        onward = [each.name for each in node.buttons if not each.danger]
        action = self.chance.choice([*onward[:1] * 5, *(each.name for each in node.buttons), "撤回", "退回"])
        answers: dict[str, Any] = {"理由": "就这样", "缺件": "插头", "扣款": "1.00", "次品": 1}
        await advance(self.desk, Command(case.id, action, people.by_id[task.owner_id], START, answers))
        return action

    async def splits(self) -> str:
        case = await self._any()
        line = self.chance.choice(await CaseLine.filter(case_id=case.id))
        who = self.staff[self.chance.choice(("小林", "王组"))]
        await split(self.desk, case.no, [(line.sku, self.chance.randint(1, line.requested))], who, START)
        return "split"

    async def merges(self) -> str:
        await merge(self.desk, (await self._any()).no, (await self._any()).no, self.staff["小林"], START)
        return "merged"

    async def ends(self) -> str:
        await advance(self.desk, Command((await self._any()).id, "撤单", self.staff["小林"], START, {"理由": "不退了"}))
        return "ended"

    async def shop(self) -> str:
        refund = self.chance.choice(await Refund.filter(state__in=UNDER_WAY) or [None])
        if refund is None:
            return "nothing"
        if self.chance.random() < 0.3:
            await refunds.refused(self.desk, refund.no, "店铺说不行", START)
            return "no"
        await refunds.paid(self.desk, refund.no, "P1", START)
        return "paid"

    async def _any(self) -> Case:
        if not (cases := await Case.all()):
            await self.opens()
            cases = await Case.all()
        running = [case for case in cases if not case.state.ended]
        return self.chance.choice(running if running and self.chance.random() < 0.8 else cases)


async def stands() -> None:
    """What must be so after every step."""
    held: Counter[int] = Counter()
    for case in await Case.exclude(state=CaseState.CLOSED):
        for line in await CaseLine.filter(case_id=case.id):
            held[line.order_line_id or 0] += line.received if case.facts.get(BY_COUNT) else line.requested
    for sold in await OrderLine.all():
        assert 0 <= sold.claimed <= sold.quantity
        assert sold.claimed == held[sold.id], sold.sku
    going = await Refund.filter(state__in=(*UNDER_WAY, RefundState.PAID))
    assert sum((refund.amount for refund in going), Decimal(0)) <= PAID


@pytest.fixture(scope="module")
def done() -> Counter[str]:
    """What came about in the walks so far."""
    return Counter()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_units_are_held_once_and_no_more_is_paid_than_was(sqlite: str, seed: int, done: Counter[str]) -> None:
    async with database(sqlite):
        desk, staff = await desk_with_staff()
        await sell("77", GOODS)
        walk = Walk(desk, staff, seed)
        for _ in range(STEPS):
            await walk.step()
            await stands()
        done.update(walk.done)
        assert await told() == []
        if seed == SEEDS - 1:
            assert not [way for way in MEANT if not done[way]], done
