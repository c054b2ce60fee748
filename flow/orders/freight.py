"""运费 of an order that comes back in several cases: which one takes it along, and what is said of it. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.freight import WHOLE
from flow.engine.partial_refunds import MAKE_GOOD, ONLY
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.engine.values import Rules
    from flow.orders.lookup import Bill

NOTHING = Decimal("0.00")
LAST = "整单都退了才退，随最后退款的那一单"


def rests_on_all(rules: Rules) -> bool:
    """Whether the policy pays freight back only with the last of the order."""
    rule = rules.policy.freight
    return rule is not None and any(cell.fact == WHOLE for cell in rule.cells)


def owed(rules: Rules, bill: Bill, facts: Mapping[str, Any], mine: Mapping[int, int], taken: Decimal) -> Decimal:
    """The freight that a case with these units pays back if its money goes now.

    Of several cases of one order the first to be paid takes it; where the policy asks for the whole order, the one
    with which the last unit is paid back. ``bill`` is the order without the case, ``taken`` what its amount holds.
    """
    if not _may_bring(rules, facts):
        return taken
    if not rests_on_all(rules):
        return bill.freight if _fits(rules, facts, taken, whole=_is_back(bill, mine, paid=False)) else NOTHING
    left = bill.postage - sum((each.freight for each in bill.others if each.paid), NOTHING)
    return max(left, NOTHING) if _fits(rules, facts, taken, whole=_is_back(bill, mine, paid=True)) else NOTHING


def foreseen(rules: Rules, bill: Bill, facts: Mapping[str, Any], mine: Mapping[int, int], taken: Decimal) -> Decimal:
    """The freight that it will pay back if every other case of the order that is under way is paid before it."""
    if not _may_bring(rules, facts):
        return taken
    return bill.freight if _fits(rules, facts, taken, whole=_is_back(bill, mine, paid=False)) else NOTHING


def whereabouts(rules: Rules, bill: Bill, facts: Mapping[str, Any], taken: Decimal, *, paid: bool) -> str:
    """Where the freight of an order is that is not, or not for certain, in the amount of a case; "" for nothing to say.

    ``运费 ¥15.00 已随 R20261122-0007 退``.
    """
    if not _may_bring(rules, facts) or not bill.postage or (taken and paid):
        return ""
    head, bearers = f"运费 ¥{bill.postage:,.2f} ", [each for each in bill.others if each.freight]
    if gone := [each.no for each in bearers if each.paid]:
        return f"{head}已随 {'、'.join(gone)} 退，每个订单只退一次"
    if paid:
        return ""
    if rests_on_all(rules):
        whole = _fits(rules, facts, taken, whole=True)
        waits = any(not each.paid and each.units for each in bill.others)
        return f"{head}{LAST}" if whole and (waits or not taken) else ""
    if taken or not bearers:
        return ""
    return f"{head}随 {'、'.join(each.no for each in bearers)} 退，每个订单只退一次"


def _may_bring(rules: Rules, facts: Mapping[str, Any]) -> bool:
    """Whether the policy pays freight back, and the amount is what the goods cost and not what was asked for."""
    return rules.policy.freight is not None and rules.flow.refunds and not (facts.get(ONLY) or facts.get(MAKE_GOOD))


def _fits(rules: Rules, facts: Mapping[str, Any], taken: Decimal, *, whole: bool) -> bool:
    """Whether the policy's conditions hold, which are about the goods alone."""
    goods = str(yuan(facts["金额"]) - taken)
    rule = rules.policy.freight
    return rule is not None and rule({**facts, "金额": goods, WHOLE: whole})


def _is_back(bill: Bill, mine: Mapping[int, int], *, paid: bool) -> bool:
    """Whether with these units the whole order has gone back; with ``paid`` what is still under way has not."""
    waiting = [each.units for each in bill.others if paid and not each.paid]
    return all(
        line.claimed + mine.get(line.id, 0) - sum(units.get(line.id, 0) for units in waiting) == line.quantity
        for line in bill.lines
    )
