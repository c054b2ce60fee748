"""Other cases of the same order: what they come to, so that one return in two halves is weighed as one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.exemption import PAYS
from flow.firstfacts import BESIDE, BLOCKED, LISTED, OTHERS, RISKY
from flow.listing import listed
from flow.policy import BEFORE_SPLIT
from flow.reading import pays
from models import Case, CaseState, Order
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.desk import Desk
    from flow.machine import Rules, Transition


async def hold(order: Order) -> None:
    """Let nobody else take goods or money of this order until the caller's transaction is through.

    What has been read of it before may be over: shares are worked out behind it. Of two agents at one instant the
    second sees what the first has opened. SQLite has one writer at a time anyway.
    """
    await Order.filter(id=order.id).select_for_update().first()


async def hold_of(case: Case) -> None:
    """The same for the order of a case, where it has one."""
    if case.order_id:
        await Order.filter(id=case.order_id).select_for_update().first()


async def beside(desk: Desk, order: Order, case: Case | None = None) -> dict[str, Any]:
    """The facts of what other cases of an order are refunding or have refunded; ``case`` is not one of them."""
    found = await Case.filter(order_no=order.no, shop=order.shop).order_by("id")
    others = [each for each in found if not (case and _same(case, each)) and await _counts(desk, each)]
    if not others:
        return {BESIDE: None, OTHERS: None}
    return {
        BESIDE: str(yuan(sum((each.amount for each in others), Decimal(0)))),
        OTHERS: [[each.no, str(yuan(each.amount))] for each in others],
    }


def _same(case: Case, other: Case) -> bool:
    """Itself, or the other part of what was split: both are weighed by what they were before."""
    if case.id == other.id:
        return True
    both_split = case.facts.get(BEFORE_SPLIT) and other.facts.get(BEFORE_SPLIT)
    family = {case.id, case.parent_id} - {None}
    return bool(both_split) and bool(family & {other.id, other.parent_id})


async def _counts(desk: Desk, case: Case) -> bool:
    """Whether a case is about money that its customer has got or may get."""
    if case.facts.get("已退款"):
        return True
    if case.state is CaseState.CLOSED:
        return False
    if case.flow_id is None:
        return True
    return pays((await desk.rules(case.flow_id, case.policy_id or 0)).flow, case.facts)


def weighs(rules: Rules, transition: Transition) -> bool:
    """Whether a step is about who may decide on the money, or pays it without anybody."""
    nodes = rules.flow.nodes
    names = {*transition.entered, *(step.node for step in transition.steps)} & nodes.keys()
    by_table = any((owner := nodes[name].owner) is not None and owner.by_policy for name in names)
    return by_table or any(step.by_system and PAYS in step.effects for step in transition.steps)


async def news(desk: Desk, case: Case, facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What decides on the money and has changed since ``facts`` were noted: the other cases, and the list."""
    order = await Order.get_or_none(id=case.order_id) if case.order_id else None
    if order is None:
        return {}
    said = await beside(desk, order, case)
    if await listed(order, now) == BLOCKED:
        said |= {LISTED: BLOCKED, RISKY: True}
    return {fact: value for fact, value in said.items() if facts.get(fact) != value}
