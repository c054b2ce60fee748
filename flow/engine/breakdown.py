"""How the amount of a case came about: what was paid, less what did not come, less what was deducted. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.charges import lines_of
from flow.definitions.freight import freight_of
from flow.definitions.vocabulary import BY_COUNT, DEAR
from flow.engine.amounts import NOTHING, counted
from flow.engine.partial_refunds import MAKE_GOOD, ONLY, share
from models.fields import yuan
from models.views.case import Reckoning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.views.case import LineView

REASON = "金额依据"  #: in a case's snapshot of its order: how the amount came about when it was opened
ASKED = "申请金额"  #: there too: what it was then
SHARE = "拆单后的份额"  #: what is asked for in a case that was split


def reckon(
    lines: Sequence[LineView], facts: Mapping[str, Any], snapshot: Mapping[str, Any], amount: Decimal
) -> Reckoning | None:
    """The parts of ``amount``; None where prices are hidden."""
    paid = [line.paid for line in lines if line.paid is not None]
    if len(paid) < len(lines):
        return None
    cost = yuan(sum(paid, NOTHING))
    came = sum((counted(each, x.requested, x.received) for each, x in zip(paid, lines, strict=True)), NOTHING)
    asked, complete = share(cost, facts), not facts.get(BY_COUNT) or all(x.received == x.requested for x in lines)
    items = tuple((str(item["name"]), yuan(item["amount"])) for item in facts.get("扣款项") or ())
    part, fee = facts.get("缺件"), facts.get("扣款")
    proposed = (str(part), yuan(fee)) if part and fee else None
    return Reckoning(
        asked,
        asked - share(came, facts) if facts.get(BY_COUNT) else NOTHING,
        items,
        amount,
        proposed if proposed not in items else None,
        f"只退这些，实付 ¥{cost:,.2f}" if facts.get(ONLY) else _basis(cost, snapshot),
        freight=freight_of(facts, complete=complete),
        lines=tuple((line.name, line.amount, line.how) for line in lines_of(facts)),
        agreed=bool(facts.get(MAKE_GOOD)) and amount == yuan(facts[MAKE_GOOD]),
    )


def gone_words(lines: Sequence[LineView], facts: Mapping[str, Any], amount: Decimal, *, plain: bool) -> str:
    """What there is to know of money that went before the goods came; "" where it is as it should be.

    ``plain``: the case has come to its plain end, or waits for the goods and nothing else.
    """
    prices = [line.paid for line in lines if line.paid is not None]
    if not facts.get("已退款") or facts.get(MAKE_GOOD) or facts.get(BY_COUNT) or len(prices) < len(lines):
        return ""
    gone = f"款已退 ¥{amount:,.2f}"
    if not facts.get("已收货"):
        if facts.get("缺件"):
            return f"{gone}，扣款要另向客户收"
        return "" if plain else f"{gone}，货还没收到"
    came = sum((counted(each, x.requested, x.received) for each, x in zip(prices, lines, strict=True)), NOTHING)
    absent = share(yuan(sum(prices, NOTHING)), facts) - share(came, facts)
    items = [(str(item["name"]), yuan(item["amount"])) for item in facts.get("扣款项") or ()]
    parts = [*([("没收到的", absent)] if absent > NOTHING else []), *((f"缺 {name}", cost) for name, cost in items)]
    back = min(sum((cost for _, cost in parts), NOTHING), amount)
    why = "、".join(f"{name} ¥{cost:,.2f}" for name, cost in parts if cost)
    return f"{gone}，多退了 ¥{back:,.2f}（{why}），请向客户收回" if back else ""


def _basis(asked: Decimal, snapshot: Mapping[str, Any]) -> str:
    """Where what was asked for came from; "" for a case that came without an amount of ours."""
    if not snapshot.get(REASON):
        return ""
    return str(snapshot[REASON]) if asked == yuan(snapshot[ASKED]) else SHARE


def dear_words(facts: Mapping[str, Any]) -> str:
    """What is surprising in what was paid; "" where nothing is."""
    rows = facts.get(DEAR) or ()
    each = "、".join(
        f"{title} 实付 ¥{Decimal(paid):,.2f}，标价 ¥{Decimal(listed):,.2f}" for title, paid, listed in rows
    )
    return f"实付比标价高（{each}），可能含运费，请核对" if each else ""
