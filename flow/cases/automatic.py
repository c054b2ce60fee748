"""What the system decides alone, held against 自动上限 of the day and of the customer before it does. Beyond: a person.

Of a customer's cases one is looked at after the other, as their orders are held; of a day's, the counter is.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.cases.siblings import hold
from flow.definitions.ceiling import OVER, PER_CUSTOMER, PER_DAY, TAKEN
from flow.definitions.conditions import number
from flow.definitions.policy import AUTOMATIC
from flow.people.duties import at_amount_table
from flow.records import automatic_sums
from models import Case, CaseState, Order
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definitions.ceiling import Ceiling
    from flow.desk import Desk
    from flow.engine.values import Rules, Transition

NOBODY: dict[str, Any] = {}


def decides_alone(rules: Rules, transition: Transition) -> bool:
    """Whether a step crosses the amount table because a row of it says 自动."""
    nodes = rules.flow.nodes
    crossed = [step for step in transition.steps if step.by_system and step.node in nodes]
    if not any(at_amount_table(nodes[step.node]) for step in crossed):
        return False
    return bool(rules.policy.facts(transition.facts)["审批"] == AUTOMATIC)


async def counted(
    desk: Desk, order: Order, rules: Rules, transition: Transition, now: datetime, *, but: int = 0
) -> dict[str, Any]:
    """The facts of a step that the system decides alone: the sum taken, or the part that the case lies beyond.

    None for any other step. In the caller's transaction, in which the orders of the customer are held; ``but`` is the
    case itself.
    """
    ceiling = rules.policy.ceiling
    if ceiling.per_day is ceiling.per_customer is None or not decides_alone(rules, transition):
        return NOBODY
    await hold(order, rules.policy)
    amount = _amount(transition.facts)
    fresh = amount - _taken(transition.facts)
    if why := await _of_customer(order, ceiling, amount, now, but):
        return {OVER: why}
    day = automatic_sums.counter(rules.policy.name, now.astimezone(desk.zone).date())
    if ceiling.per_day is not None and fresh > 0 and not await automatic_sums.take(day, fresh, ceiling.per_day):
        return {OVER: ceiling.reason(PER_DAY)}
    return {TAKEN: str(amount)} if fresh > 0 else NOBODY


async def foreseen(desk: Desk, order: Order, rules: Rules, facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What ``counted`` would say of a case that is opened now, and nothing is taken."""
    ceiling, amount = rules.policy.ceiling, _amount(facts)
    if ceiling.per_day is ceiling.per_customer is None or rules.policy.facts(facts)["审批"] != AUTOMATIC:
        return NOBODY
    if why := await _of_customer(order, ceiling, amount, now, 0):
        return {OVER: why}
    day = automatic_sums.counter(rules.policy.name, now.astimezone(desk.zone).date())
    room = ceiling.per_day is None or await automatic_sums.has_room(day, amount, ceiling.per_day)
    return NOBODY if room else {OVER: ceiling.reason(PER_DAY)}


async def _of_customer(order: Order, ceiling: Ceiling, amount: Decimal, now: datetime, but: int) -> str:
    """Which part of the ceiling the customer's automatic refunds of its days would pass; "" for none."""
    if ceiling.per_customer is None:
        return ""
    theirs = Case.filter(customer=order.customer) if order.customer else Case.filter(order_id=order.id)
    if ceiling.within is not None:
        theirs = theirs.filter(opened_at__gte=now - timedelta(days=int(ceiling.within)))
    found = await theirs.exclude(id=but).only("id", "state", "facts")
    sums = [_taken(case.facts) for case in found if _stands(case)]
    return ceiling.reason(PER_CUSTOMER) if sum(sums, amount) > ceiling.per_customer else ""


def _stands(case: Case) -> bool:
    """Whether the money of a case has gone, or may go."""
    return bool(case.facts.get("已退款")) or case.state is not CaseState.CLOSED


def _amount(facts: Mapping[str, Any]) -> Decimal:
    return number(facts.get("金额")) or Decimal(0)


def _taken(facts: Mapping[str, Any]) -> Decimal:
    return Decimal(yuan(facts.get(TAKEN) or 0))
