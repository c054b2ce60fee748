"""Cases under the audit as the bot leaves them, what a database administrator does to them, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.records import access_log, anchors, audit, register, snapshot
from flow.records.events import chain, settle, settle_whole
from flow.records.sequences import next_case_no
from flow.records.verification import broken_cases
from models import (
    Case,
    CaseLine,
    CaseState,
    Event,
    Inspection,
    Member,
    Parcel,
    Refund,
    RefundState,
    StockMove,
    Task,
    TaskState,
)
from models.views.case import Person

if TYPE_CHECKING:
    from collections.abc import Awaitable

NOW = datetime(2026, 11, 22, 6, 3, 4, 567890, tzinfo=UTC)
ZONE = UTC
BOSS = Person(1, "李敏")
STEPS: list[dict[str, Any]] = [
    {"actor_id": 7, "actor": "林晓", "action": "提交", "node": "", "data": {"金额": "329.00", "说": "急"}},
    {"actor_id": 2, "actor": "王建国", "action": "同意", "node": "客服审核", "data": {}},
    {"actor_id": 5, "actor": "许静", "action": "合格入库", "node": "质检", "data": {}},
    {"actor_id": 1, "actor": "钱芳", "action": "确认退款", "node": "退款", "data": {}},
]
NO = "R20261122-0002"


async def written(*, case_no: str | None = None) -> Case:
    """A case with a row of everything, as the bot would have left it."""
    case = await Case.create(
        no=case_no or await next_case_no(NOW.date()), kind="退货", reason="破损", note="请快一点", customer="C1",
        amount=Decimal("329.00"), state=CaseState.DONE, opened_at=NOW, snapshot={"no": "536365", "paid": "329.00"},
    )  # fmt: skip
    await CaseLine.create(
        case_id=case.id, sku="85123A", unit_price=Decimal("164.50"), paid=Decimal("329.00"), requested=2, received=2,
        accepted=2,
    )  # fmt: skip
    await Refund.create(
        case_id=case.id, no=f"{case.no}-T1", amount=Decimal("329.00"), state=RefundState.PAID, account="6222 0001",
        confirmed_by=1, confirmed_at=NOW, paid_at=NOW, reference="wx-1",
    )  # fmt: skip
    await Inspection.create(case_id=case.id, no=f"{case.no}-Q1", result="合格", inspector_id=5, at=NOW)
    await StockMove.create(case_id=case.id, key=f"{case.no}:v3:1", sku="85123A", zone="待售区", quantity=2, at=NOW)
    for number in (1, 2, 5):
        if (await Member.get_or_create(id=number, defaults={"name": f"员工{number}"}))[1]:
            await register.enter(register.MEMBERS, [number], NOW)
    await Parcel.create(case_id=case.id, waybill="SF1", announced_at=NOW, received_at=NOW)
    await Parcel.create(case_id=case.id, waybill="SF2", announced_at=NOW, outbound=True)
    for node, owner, state in (("客服审核", 2, TaskState.DONE), ("质检", 5, TaskState.OPEN)):
        await Task.create(case_id=case.id, node=node, owner_id=owner, state=state, opened_at=NOW, due_at=NOW)
    was = [["客服审核", 1, 2, None, 0, False, str(TaskState.OPEN)]]
    events = chain(case, [dict(STEPS[0])], NOW)
    settle(case, events[0], {snapshot.TASKS: was})
    events += chain(case, [dict(said) for said in STEPS[1:]], NOW)
    await settle_whole(case, events[-1])
    await Event.bulk_create(events)
    await case.save()
    return case


async def told() -> list[str]:
    """All that ``audit verify`` says."""
    found = [sentence async for sentence in broken_cases()]
    found += await anchors.removed_cases() + await anchors.broken_against_anchors() + await access_log.broken_log()
    return found + await register.broken()


class Back(Exception):
    """Undoes what was tried."""


async def tampered(*does: Awaitable[Any]) -> list[str]:
    """What is said after a change, which is taken back."""
    said: list[str] = []
    try:
        async with in_transaction():
            for do in does:
                await do
            said = await told()
            raise Back
    except Back:
        return said


async def rewritten(case: Case, place: int, **change: Any) -> None:
    """Change an event and recompute every hash behind it, as anybody can who has the database."""
    events = await Event.filter(case_id=case.id).order_by("seq")
    for name, value in change.items():
        setattr(events[place - 1], name, value)
    before = audit.GENESIS
    for event in events:
        event.before = before
        event.hash = before = audit.link_of(case.no, before, event)
        await event.save()
    await Case.filter(id=case.id).update(chain=before)


async def cut(case: Case, keep: int) -> None:
    """Take the last steps away and let the case end where they began."""
    await Event.filter(case_id=case.id, seq__gt=keep).delete()
    last = await Event.filter(case_id=case.id).order_by("-seq").first()
    await Case.filter(id=case.id).update(seq=keep, chain=last.hash if last else "")


async def removed(case: Case) -> None:
    for table in (CaseLine, Refund, Inspection, StockMove, Parcel, Task, Event):
        await table.filter(case_id=case.id).delete()
    await Case.filter(id=case.id).delete()


async def made_old(case: Case) -> None:
    """Give a case the look of one that is older than the audit."""
    await Event.filter(case_id=case.id).update(seal="", salt="", stand=None)
    await Case.filter(id=case.id).update(seal="", base=None)
    await rewritten(case, 1)
