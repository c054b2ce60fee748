"""A shop big enough for two thousand returns a day: several people to a role, who get their tasks in turn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bench import cast
from bench.cases import POLICY
from flow.definitions.business import FLOW
from flow.publishing.release import publish_shipped
from flow.versions import active_texts, publish
from models import Order, OrderLine
from models.database.connection import database, migrate
from sandbox.world import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLES = {
    cast.LEAD: "lead",
    cast.SUPERVISOR: "boss",
    cast.KEEPER: "keeper",
    cast.INSPECTOR: "judge",
    cast.CASHIER: "till",
}
ALONE = ("销售经理", "运营总监", "管理员")
RETURNS = (FLOW, "退货")
OWNER = re.compile(r"负责人: \{(角色: (?!客服,)[^,}]+|审批表: true),")
PRICE, MOST = Decimal("2.55"), 5
AT_ONCE = 500  #: rows of one statement


@dataclass(frozen=True, slots=True)
class Errand:
    """One return that somebody wants, and what they are to get for it."""

    order: str
    mobile: str
    quantity: int
    waybill: str

    @property
    def amount(self) -> Decimal:
        return PRICE * self.quantity


def people(each: int, agents: int) -> list[Person]:
    """``each`` to a role, and so many agents: half of them on one platform, half on the other."""
    named = [(f"{role}{n}", role, f"{word}{n}") for role, word in ROLES.items() for n in range(each)]
    named += [(f"客服{n}", "客服", f"agent{n}") for n in range(agents)]
    found = [_person(name, role, userid, n % 2) for n, (name, role, userid) in enumerate(named)]
    return [*found, *(Person(role, (role,), wecom=f"m{n}", dingtalk=f"m{n}") for n, role in enumerate(ALONE))]


def _person(name: str, role: str, userid: str, side: int) -> Person:
    return Person(name, (role,), **{cast.PLATFORMS[side]: userid})


def errands(count: int) -> list[Errand]:
    """A customer, an order and a parcel of their own each."""
    return [Errand(f"W{n:06d}", cast.MOBILE % n, 1 + n % MOST, f"SF{n:012d}") for n in range(1, count + 1)]


async def found(url: str, staff: Sequence[Person], wanted: Sequence[Errand]) -> None:
    """The shop in an empty database: its rules, its people, and what has been bought."""
    now = datetime.now(UTC)
    await migrate(url)
    async with database(url):
        await publish_shipped(POLICY, now)
        text = (await active_texts())[RETURNS]
        await publish({RETURNS: OWNER.sub(r"负责人: {\1, 派法: 轮流,", text)}, "店主", now)
        await cast.hire(staff)
        await _sell(wanted, now - timedelta(days=9))


async def _sell(wanted: Sequence[Errand], ordered: datetime) -> None:
    bought = [
        Order(id=n, no=each.order, customer=f"C{n}", customer_name="李雷", mobile=each.mobile, ordered_at=ordered)
        for n, each in enumerate(wanted, 1)
    ]
    await Order.bulk_create(bought, batch_size=AT_ONCE)
    goods = [
        OrderLine(order_id=order.id, sku=cast.SKU, title="白色心形烛台", quantity=MOST, unit_price=PRICE)
        for order in bought
    ]
    await OrderLine.bulk_create(goods, batch_size=AT_ONCE)
