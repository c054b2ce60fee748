"""How the amount of a case came about, from what was asked for to what was counted and taken off, in a line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.amounts import NOTHING, counted
from flow.counting import BY_COUNT, MAKE_GOOD
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from models.values import LineView

REASON = "金额依据"  #: in a case's snapshot of its order: how the amount came about when it was opened
ASKED = "申请金额"  #: there too: what it was then
MOST_TAKEN_OFF = 3  #: deductions that are named one by one


def explained(lines: Sequence[LineView], facts: Mapping[str, Any], snapshot: Mapping[str, Any], amount: Decimal) -> str:
    """``¥1.55 = ¥2.55 × 2 件；实收 1/2 件 ¥2.55；扣 滤网 ¥1.00``; "" for a case that came without an amount of ours."""
    if not snapshot.get(REASON):
        return ""
    asked = sum((line.paid or NOTHING for line in lines), NOTHING)
    if facts.get(MAKE_GOOD) and amount == yuan(facts[MAKE_GOOD]):
        return f"{_money(amount)} = 和客户说好的补偿；这些商品实付 {_money(asked)}"
    why = str(snapshot[REASON]) if asked == yuan(snapshot[ASKED]) else f"拆单后的份额 {_money(asked)}"
    steps, left = [why], asked
    if facts.get(BY_COUNT) and (came := _came(lines)) is not None:
        left = came
        steps.append(f"实收 {sum(n.received for n in lines)}/{sum(n.requested for n in lines)} 件 {_money(came)}")
    items = [(str(item["name"]), yuan(item["amount"])) for item in facts.get("扣款项", ())]
    left = max(left - sum((off for _, off in items), NOTHING), NOTHING)
    steps += [f"扣 {_taken_off(items)}"] if items else []
    steps += [f"改为 {_money(amount)}"] if left != amount else []
    return f"{_money(amount)} = {'；'.join(steps)}"


def _came(lines: Sequence[LineView]) -> Decimal | None:
    """What the units that came carry; None where all of them did."""
    if all(line.received == line.requested for line in lines):
        return None
    return sum((counted(line.paid or NOTHING, line.requested, line.received) for line in lines), NOTHING)


def _taken_off(items: Sequence[tuple[str, Decimal]]) -> str:
    if len(items) <= MOST_TAKEN_OFF:
        return "、".join(f"{name} {_money(amount)}" for name, amount in items)
    return f"{len(items)} 项共 {_money(sum((amount for _, amount in items), NOTHING))}"


def _money(amount: Decimal) -> str:
    return f"¥{amount:,.2f}"
