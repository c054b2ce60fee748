"""What counting goods does to a case: units per line, and the refund that is left. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.charges import lines_of
from flow.definitions.freight import freight_of
from flow.definitions.vocabulary import BY_COUNT
from flow.engine.amounts import NOTHING, counted
from flow.engine.partial_refunds import MAKE_GOOD, share
from flow.errors import PolicyRefused
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Line:
    """A case line as counting sees it."""

    id: int
    sku: str
    paid: Decimal
    requested: int
    received: int = 0
    accepted: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """New units per line and the facts that follow."""

    lines: tuple[Line, ...]
    facts: dict[str, Any]


def take_in(
    effects: Sequence[str], lines: tuple[Line, ...], said: Mapping[str, Any], facts: Mapping[str, Any]
) -> Count:
    """Apply the counting effects of an action. ``said`` may hold 件数 (sku -> units), 缺件 and 扣款.

    Raises PolicyRefused when more is counted than was asked for or came.
    """
    count = Count(lines, {})
    for effect in effects:
        if effect in COUNTING:
            count = COUNTING[effect](count, said, {**facts, **count.facts})
    return count


def _units(lines: tuple[Line, ...], said: Mapping[str, Any], most: dict[int, int], word: str) -> dict[int, int]:
    """Units per line: as said, spread over lines of one SKU in order; all of them where nothing was said."""
    wanted: Mapping[str, int] = said.get("件数") or {}
    known = {line.sku for line in lines}
    for sku, units in wanted.items():
        limit = sum(most[line.id] for line in lines if line.sku == sku)
        if sku not in known:
            raise PolicyRefused(f"这单没有商品 {sku}")
        if not 0 <= units <= limit:
            raise PolicyRefused(f"{sku} 最多{word} {limit} 件，不能是 {units} 件")
    if not wanted:
        return dict(most)
    left = dict(wanted)
    result = {}
    for line in lines:
        result[line.id] = min(left.get(line.sku, 0), most[line.id])
        left[line.sku] = left.get(line.sku, 0) - result[line.id]
    return result


def _receive(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    units = _units(count.lines, said, {line.id: line.requested for line in count.lines}, "收")
    if not sum(units.values()):
        raise PolicyRefused("一件都没有收到，请点拒收或等包裹到齐")
    lines = tuple(replace(line, received=units[line.id]) for line in count.lines)
    return _revalue(Count(lines, count.facts), facts, sum(units.values()), "实收件数", lambda line: line.received)


def _accept(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    units = _units(count.lines, said, {line.id: line.received for line in count.lines}, "合格")
    lines = tuple(
        replace(line, accepted=units[line.id], damaged=line.received - units[line.id]) for line in count.lines
    )
    return Count(lines, count.facts | {"合格件数": sum(units.values())})


def _reject(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    units = _units(count.lines, said, {line.id: line.received for line in count.lines}, "次品")
    lines = tuple(
        replace(line, damaged=units[line.id], accepted=line.received - units[line.id]) for line in count.lines
    )
    return Count(lines, count.facts | {"合格件数": sum(line.accepted for line in lines)})


def _revalue(count: Count, facts: Mapping[str, Any], units: int, name: str, of: Any) -> Count:
    """The refund carries only the units that came, less what was deducted. Money that is gone already stays gone."""
    if facts.get("已退款"):
        return Count(count.lines, count.facts | {name: units})
    total = sum((counted(line.paid, line.requested, of(line)) for line in count.lines), Decimal(0))
    taken = sum((yuan(item["amount"]) for item in facts.get("扣款项", ())), Decimal(0))
    complete = all(of(line) == line.requested for line in count.lines)
    lines = sum((line.amount for line in lines_of(facts)), Decimal(0))  # of the goods as they were: ``charges.afresh``
    amount = max(share(total, facts) + freight_of(facts, complete=complete) + lines - taken, Decimal(0))
    return Count(count.lines, count.facts | {name: units, BY_COUNT: True, "金额": str(yuan(amount))})


def _miss(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    fee, amount = yuan(said["扣款"]), yuan(facts["金额"])
    if not 0 <= fee <= amount:
        raise PolicyRefused(f"扣款 ¥{fee:,.2f} 超过了这单的退款，请改小扣款再回复")  # who asks may not see the refund
    return Count(count.lines, count.facts | {"缺件": said["缺件"], "扣款": str(fee)})


def _deduct(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    if not facts.get("扣款"):
        raise PolicyRefused("还没有登记缺件，没有可以扣的款")
    items = [*facts.get("扣款项", ()), {"name": facts["缺件"], "amount": facts["扣款"]}]
    if facts.get("已退款"):  # it can only be had back from the customer
        return Count(count.lines, count.facts | {"扣款项": items})
    amount = max(yuan(facts["金额"]) - yuan(facts["扣款"]), NOTHING)  # it may have become less than the fee
    return Count(count.lines, count.facts | {"扣款项": items, "金额": str(amount)})


def _make_good(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    """What was agreed is what will be paid, and never more than the goods cost."""
    agreed = yuan(said.get(MAKE_GOOD) or facts.get(MAKE_GOOD) or 0)
    most = sum((line.paid for line in count.lines), Decimal(0))
    if not 0 < agreed <= most:
        raise PolicyRefused(f"补偿要大于 0，不超过这几件商品的实付 ¥{most:,.2f}，不能是 ¥{agreed:,.2f}")
    return Count(count.lines, count.facts | {"金额": str(agreed)})


def _forgive(count: Count, said: Mapping[str, Any], facts: Mapping[str, Any]) -> Count:
    return Count(count.lines, count.facts | {"缺件": None, "扣款": None})


COUNTING = {
    "登记收货": _receive, "质检合格": _accept, "质检次品": _reject,
    "登记缺件": _miss, "确认扣款": _deduct, "取消扣款": _forgive, "登记补偿": _make_good,
}  # fmt: skip
