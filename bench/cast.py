"""The staff of a bench: one person per role, so that a decision is one card, and as many agents as cases are walked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.people.directory import MEMBERS
from flow.records.sequences import take
from models import Member, MemberRole, Order, OrderLine
from sandbox.world import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAD, SUPERVISOR, KEEPER, INSPECTOR, CASHIER = "客服组长", "客服主管", "仓管员", "质检员", "财务"
ROLES = (LEAD, SUPERVISOR, KEEPER, INSPECTOR, CASHIER, "销售经理", "运营总监", "管理员")
PLATFORMS = ("wecom", "dingtalk")
SKU, MOBILE = "85123A", "138%08d"


def people(agents: int, platforms: Sequence[str] = PLATFORMS) -> list[Person]:
    """Everybody, reachable on ``platforms``."""
    named = [*((role, role, f"m{n}") for n, role in enumerate(ROLES)), *_agents(agents)]
    return [_person(name, role, userid, platforms) for name, role, userid in named]


def with_role(staff: Sequence[Person], role: str) -> Person:
    return next(person for person in staff if role in person.roles)


def agents_of(staff: Sequence[Person]) -> list[Person]:
    return [person for person in staff if "客服" in person.roles]


def _agents(count: int) -> list[tuple[str, str, str]]:
    return [(f"客服{n}", "客服", f"agent{n}") for n in range(count)]


def _person(name: str, role: str, userid: str, platforms: Sequence[str]) -> Person:
    wecom, dingtalk = (userid if platform in platforms else None for platform in PLATFORMS)
    return Person(name, (role,), wecom, dingtalk)


async def hire(staff: Sequence[Person]) -> None:
    """Put the staff into the open database."""
    for person in staff:
        member = await Member.create(name=person.name, wecom=person.wecom, dingtalk=person.dingtalk)
        await MemberRole.bulk_create(MemberRole(member=member, role=role) for role in person.roles)
    await take(MEMBERS)


async def sell(count: int) -> list[str]:
    """Orders of one lamp each; their numbers."""
    ordered = datetime.now(UTC) - timedelta(days=9)
    numbers = [f"B{n:06d}" for n in range(1, count + 1)]
    for n, no in enumerate(numbers):
        order = await Order.create(no=no, customer=f"C{n}", customer_name="李雷", mobile=MOBILE % n, ordered_at=ordered)
        await OrderLine.create(order=order, sku=SKU, title="白色心形烛台", quantity=6, unit_price=Decimal("2.55"))
    return numbers
