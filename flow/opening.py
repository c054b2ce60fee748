"""Opening a case: the order is checked again, units are claimed, the flow begins; one transaction, one number."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from flow import numbers, queue
from flow.effects import Work, perform
from flow.errors import PolicyRefused
from flow.machine import begin
from flow.orders import Bill, Portion, find_bill, history
from flow.writing import chain, described, hand_out, staffed
from models import Case, CaseLine, Event, OrderLine, Task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definition import Node
    from flow.desk import Desk, ReturnType
    from flow.machine import Transition
    from flow.owners import Owners
    from models.values import Person

SUBMIT = "提交"


@dataclass(frozen=True, slots=True)
class Draft:
    """A return as an agent has described it so far."""

    kind: str
    order_no: str
    items: tuple[tuple[str, int], ...] = ()
    return_type: str = ""
    note: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def estimate(portions: list[Portion]) -> Decimal:
    """The refund that the portions come to, in yuan."""
    return sum((portion.paid for portion in portions), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that is decided before the first row is written."""

    bill: Bill
    portions: list[Portion]
    kind: ReturnType
    ids: tuple[int, int]
    transition: Transition
    staff: Mapping[str, tuple[Node, Owners]]


async def open_case(desk: Desk, draft: Draft, who: Person, now: datetime) -> tuple[Case, Transition]:
    """Make a case of a complete draft, in the caller's transaction.

    Raises NotFound, PolicyRefused (quantity, product, type) or NotAllowed (nobody could take it); then nothing is
    written.
    """
    plan = await _plan(desk, draft, who, now)
    await _claim_units(plan.portions)
    case = await _create(desk, draft, plan, (who, now))
    said = {"商品": [list(item) for item in draft.items], "类型": plan.kind.name, "金额": case.facts["金额"]}
    submit = {"actor_id": who.id, "actor": who.name, "action": SUBMIT, "node": "", "data": said}
    await Event.bulk_create(chain(case, [submit, *described(plan.transition, None, {})], now))
    await CaseLine.bulk_create(_line(case, portion) for portion in plan.portions)
    work = Work(case, (), dict(plan.transition.facts), None, now, desk.business, case.version)
    await perform(work, plan.transition)
    case.facts = work.facts
    await case.save(update_fields=["facts", "seq", "chain"])
    tasks, rows = hand_out(case, plan.staff, now)
    await Task.bulk_create(tasks)
    await queue.put([*work.outbox, *rows])
    return case, plan.transition


async def _plan(desk: Desk, draft: Draft, who: Person, now: datetime) -> _Plan:
    kind = desk.business.type_named(draft.return_type)
    if kind is None or not draft.items:
        raise PolicyRefused("还差商品或退货类型")
    bill = await find_bill(draft.order_no)
    portions = bill.portions(draft.items)
    ids = await desk.current(kind.flow)
    rules = await desk.rules(*ids)
    facts = _facts(draft, kind, bill, estimate(portions)) | {"提交人": who.id}
    facts["客户历史"] = await history(bill.order.customer, now)
    transition = begin(rules, facts)
    return _Plan(bill, portions, kind, ids, transition, staffed(transition, rules, await desk.staff.now()))


def _facts(draft: Draft, kind: ReturnType, bill: Bill, amount: Decimal) -> dict[str, Any]:
    return {
        **kind.strategy,
        "种类": draft.kind,
        "类型": kind.name,
        "金额": str(amount),
        "件数": sum(units for _, units in draft.items),
        "区域": bill.order.region,
        "风险客户": False,
    }


async def _claim_units(portions: list[Portion]) -> None:
    """Take the units off what may still be returned; of two cases for the last unit one gets it."""
    for portion in portions:
        free = OrderLine.filter(id=portion.line.id, claimed__lte=portion.line.quantity - portion.units)
        if not await free.update(claimed=F("claimed") + portion.units):
            raise PolicyRefused(f"{portion.line.sku} 刚刚被另一张售后单占用了，请重新核对数量")


async def _create(desk: Desk, draft: Draft, plan: _Plan, by: tuple[Person, datetime]) -> Case:
    who, now = by
    order, transition = plan.bill.order, plan.transition
    return await Case.create(
        no=await numbers.next_case_no(now.astimezone(desk.zone).date()), kind=draft.kind,
        return_type=plan.kind.name, reason=draft.note[:64], note=draft.note, shop=order.shop, order_id=order.id,
        order_no=order.no, snapshot=_snapshot(plan.bill), customer=order.customer, region=order.region,
        flow_id=plan.ids[0], policy_id=plan.ids[1], state=transition.state, nodes=list(transition.nodes),
        facts=dict(transition.facts), amount=Decimal(transition.facts["金额"]), creator_id=who.id, opened_at=now,
    )  # fmt: skip


def _snapshot(bill: Bill) -> dict[str, Any]:
    """The order as it was bought: what a later change in the shop must not alter."""
    order = bill.order
    return {
        "no": order.no, "name": order.customer_name, "mobile": order.mobile, "email": order.email,
        "lines": [
            {"sku": line.sku, "title": line.title, "quantity": line.quantity, "paid": str(paid)}
            for line, paid in zip(bill.lines, bill.paid, strict=True)
        ],
    }  # fmt: skip


def _line(case: Case, portion: Portion) -> CaseLine:
    line = portion.line
    return CaseLine(
        case_id=case.id, order_line_id=line.id, sku=line.sku, title=line.title, unit_price=line.unit_price,
        paid=portion.paid, requested=portion.units,
    )  # fmt: skip
