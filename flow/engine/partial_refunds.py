"""Less than the goods cost, because it was asked for: 只退 20 元, 退一半; its share of goods that are counted. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.errors import PolicyRefused
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Flow

ONLY = "只退"  #: fact: yuan that were asked for, and yuan that the goods cost
MAKE_GOOD = "补偿金额"  #: fact and form field: yuan that are paid though nothing comes back
MADE_GOOD = "登记补偿"  #: the effect by which such a sum is put down
PREFILLED = "预填"  #: fact: answers to forms that are known before the case comes to the node that asks
WHOLE = "100%"


def wished(total: Decimal, wish: str) -> Decimal:
    """``20.00`` or ``50%`` of what the goods cost, in yuan. Raises PolicyRefused for nothing, or for more."""
    amount = yuan(total * Decimal(wish[:-1]) / 100) if wish.endswith("%") else yuan(wish)
    if not 0 < amount <= total:
        raise PolicyRefused(f"这几件商品实付 ¥{total:,.2f}，要在 0 到它之间，不能是 ¥{amount:,.2f}；请改金额再发一次")
    return amount


def asked_for(flow: Flow, total: Decimal, wish: str) -> dict[str, Any]:
    """The facts of such a wish by the flow that the case takes; none where that pays nothing, or the wish is all."""
    if not wish:
        return {}
    amount = wished(total, wish)
    if asks_for_good(flow):
        return {PREFILLED: {MAKE_GOOD: str(amount)}, "金额": str(amount)}
    if not flow.refunds or amount == total:
        return {}
    return {ONLY: [str(amount), str(total)], "金额": str(amount)}


def asks_for_good(flow: Flow) -> bool:
    """Whether a form of the flow asks what is paid though nothing comes back."""
    return any(asked.name == MAKE_GOOD for node in flow.nodes.values() for asked in node.form)


def wish_of(facts: Mapping[str, Any]) -> str:
    """The wish that a case was opened with; "" for none."""
    return str(facts[ONLY][0]) if facts.get(ONLY) else good_of(facts)


def good_of(facts: Mapping[str, Any]) -> str:
    """What is paid though nothing comes back, as it was said; "" for nothing."""
    return str(facts.get(MAKE_GOOD) or (facts.get(PREFILLED) or {}).get(MAKE_GOOD) or "")


def share(cost: Decimal, facts: Mapping[str, Any]) -> Decimal:
    """What is refunded for goods that cost so much: all of it, or the part that was asked for."""
    if not facts.get(ONLY):
        return cost
    asked, whole = (yuan(each) for each in facts[ONLY])
    return yuan(cost * asked / whole)


def divided(cost: Decimal, taken: Decimal, facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The money of a case as the facts of what stays and of what is ``taken`` off it, which add up to what it was."""
    amount, moved = yuan(facts["金额"]), taken
    stays: dict[str, Any] = {}
    goes: dict[str, Any] = {FREIGHT: None, WITH_ALL: None} if facts.get(FREIGHT) else {}  # it goes back once
    if facts.get(ONLY):
        moved = share(taken, facts)
        stays[ONLY] = [str(share(cost, facts) - moved), str(cost - taken)]
        goes[ONLY] = [str(moved), str(taken)]
    if facts.get(MAKE_GOOD):
        good = yuan(facts[MAKE_GOOD])
        part = yuan(good * taken / cost)
        moved = part if amount == good else moved
        stays[MAKE_GOOD], goes[MAKE_GOOD] = str(good - part), str(part)
    return {**stays, "金额": str(amount - moved)}, {**goes, "金额": str(moved)}
