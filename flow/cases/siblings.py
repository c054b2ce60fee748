"""Other cases of the same order, or customer: what they come to, so that a return in halves is weighed as one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tortoise.expressions import Q

from flow.cases.customer_lists import listed
from flow.definitions.policy import BEFORE_SPLIT
from flow.definitions.vocabulary import BESIDE, BLOCKED, LISTED, OTHERS, PAYS, RISKY
from flow.orders.shares import expected
from flow.views.case import about_money, decides
from models import Case, CaseState, Order
from models.fields import yuan
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flow.definitions.policy import Policy
    from flow.desk import Desk
    from flow.engine.values import Rules, Transition


#: most merchants keep a short list of customers, or none: then nobody needs to be looked up on it
_ANY_ENTRY = session.Statement(
    "SELECT id FROM customer_list WHERE removed_at IS NULL LIMIT 1", kind=session.Kind.READ, names=("id",)
)


async def hold(order: Order, policy: Policy) -> None:
    """Let nobody else take goods or money of this order, nor open a case that would be weighed with one of it.

    That is until the caller's transaction is through.

    What has been read of it before may be over: shares are worked out behind it. Of two agents at one instant the
    second sees what the first has opened. SQLite has one writer at a time anyway.
    """
    mine = Q(id=order.id) | Q(customer=order.customer) if _by_customer(order, policy) else Q(id=order.id)
    await Order.filter(mine).order_by("id").select_for_update().only("id")


async def hold_of(case: Case, policy: Policy | None = None) -> None:
    """Let nobody else take goods or money of the order of a case, where it has one, in the same way.

    With ``policy`` also of the customer's other orders, where it adds up what one customer gets.
    """
    order = await Order.get_or_none(id=case.order_id) if policy and case.order_id else None
    if policy and order:
        await hold(order, policy)
        return
    if case.order_id:
        await Order.filter(id=case.order_id).select_for_update().only("id")


def _by_customer(order: Order, policy: Policy) -> bool:
    adds_up = policy.ceiling.per_customer is not None
    return bool(order.customer and ((policy.together and policy.window) or adds_up))


def _in_window(customer: str, policy: Policy) -> str:
    """The customer whose other cases are weighed with one, where they are."""
    return customer if policy.together and policy.window else ""


async def beside(desk: Desk, order: Order, policy: Policy, at: datetime, case: Case | None = None) -> dict[str, Any]:
    """The facts of what other cases are refunding or have refunded that count with one opened ``at`` that moment.

    These are the others of its order and, where the policy has a window, of its customer; ``case`` is not one of them.
    """
    window = _in_window(order.customer, policy)
    [found] = await session.batch(_counting(order.no, order.shop, window, policy, at, case.id if case else 0))
    return await _sum(desk, order, session.to_models(Case, found), case)


def _counting(no: str, shop: str, customer: str, policy: Policy, at: datetime, but: int) -> session.Statement:
    """Reads the cases of an order and, with a ``customer``, those of theirs within the policy's window, ``but`` one."""
    if not customer:
        return session.reading(Case, "order_no = ? AND shop = ? AND id <> ? ORDER BY id", no, shop, but)
    days, counts = (
        timedelta(days=policy.window),
        "order_no = ? AND shop = ? OR customer = ? AND opened_at BETWEEN ? AND ?",
    )
    return session.reading(Case, f"({counts}) AND id <> ? ORDER BY id", no, shop, customer, at - days, at + days, but)


async def _sum(desk: Desk, order: Order, found: Iterable[Case], case: Case | None) -> dict[str, Any]:
    others = [each for each in found if not (case and _same(case, each)) and await _counts(desk, each)]
    if not others:
        return {BESIDE: None, OTHERS: None}
    return {
        BESIDE: str(yuan(sum((each.amount for each in others), Decimal(0)))),
        OTHERS: [
            [each.no, str(yuan(each.amount)), *([] if _of_one(order, each) else [each.order_no])] for each in others
        ],
    }


def _of_one(order: Order, case: Case) -> bool:
    return bool((case.order_no, case.shop) == (order.no, order.shop))


def _same(case: Case, other: Case) -> bool:
    """The other part of what was split: both are weighed by what they were before."""
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
    return about_money((await desk.rules(case.flow_id, case.policy_id or 0)).flow, case.nodes, case.facts)


def weighs(rules: Rules, transition: Transition) -> bool:
    """Whether a step is about who may decide on the money, or pays it without anybody."""
    nodes = rules.flow.nodes
    names = {*transition.entered, *(step.node for step in transition.steps)} & nodes.keys()
    by_table = any((owner := nodes[name].owner) is not None and owner.by_policy for name in names)
    return by_table or any(step.by_system and PAYS in step.effects for step in transition.steps)


async def news(desk: Desk, case: Case, facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What decides on the money and has changed since ``facts`` were noted: the other cases, and the list."""
    if not case.order_id:
        return {}
    policy = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).policy
    window = _in_window(case.customer, policy)
    counting = _counting(case.order_no, case.shop, window, policy, case.opened_at, case.id)
    orders, found, entries = await session.batch(session.reading(Order, "id = ?", case.order_id), counting, _ANY_ENTRY)
    order = next(iter(session.to_models(Order, orders)), None)
    if order is None:
        return {}
    said = await _sum(desk, order, session.to_models(Case, found), case)
    if entries.rows and await listed(order, now) == BLOCKED:
        said |= {LISTED: BLOCKED, RISKY: True}
    return {fact: value for fact, value in said.items() if facts.get(fact) != value}


async def freight_news(case: Case, facts: Mapping[str, Any], rules: Rules, entered: Iterable[str]) -> dict[str, Any]:
    """Where people are about to decide on the money: the facts that other cases of the order have changed since."""
    asked = [node for name in entered if (node := rules.flow.nodes.get(name)) and decides(node)]
    if not asked:
        return {}
    pays = any(PAYS in action.effects for node in asked for action in node.buttons)
    return await expected(case, facts, rules, now=pays)
