"""What the shop said of a refund, written once: paid moves the case on, refused sends it back to finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow import queue
from flow.actions import Deed, advance
from flow.counting import LET_GO
from flow.definition import WAIT
from flow.ledger import note
from flow.waiting import PAID, REFUSED
from models import Case, CaseState, Refund, RefundState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk


async def paid(desk: Desk, no: str, reference: str, now: datetime) -> bool:
    """The money is gone. False when that was known already."""
    async with in_transaction():
        taken = await Refund.filter(no=no, state=RefundState.SENDING).update(
            state=RefundState.PAID, paid_at=now, reference=reference, error=""
        )
        if taken:
            await _told(desk, no, PAID, {"退款单": no, "渠道流水": reference}, now)
        return bool(taken)


async def paid_before(desk: Desk, no: str, now: datetime) -> bool:
    """The money had gone when it was asked for again: a case that waits for the answer has it. Nothing is paid twice.

    False where no wait is open: the asking is old, and its answer known.
    """
    async with in_transaction():
        refund = await Refund.get(no=no).prefetch_related("case")
        waits = await _waits(desk, refund.case, PAID)
        if waits:
            await _told(desk, no, PAID, {"退款单": no, "渠道流水": refund.reference, "说": "早已退过，没有再退"}, now)
        return waits


async def _waits(desk: Desk, case: Case, said: str) -> bool:
    """Whether a case stands where that answer is waited for."""
    nodes = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
    return any(nodes[name].kind == WAIT and said in nodes[name].actions for name in case.nodes)


async def refused(desk: Desk, no: str, reason: str, now: datetime) -> bool:
    """The shop will not pay; finance gets the case back with the reason. False when that was known already."""
    async with in_transaction():
        taken = await Refund.filter(no=no, state=RefundState.SENDING).update(
            state=RefundState.REFUSED, error=reason[:255]
        )
        if taken:
            await _told(desk, no, REFUSED, {"原因": reason}, now)
        return bool(taken)


async def _told(desk: Desk, no: str, said: str, data: dict[str, str], now: datetime) -> None:
    """Move the case on by the shop's answer.

    Where it waits for none any more (a sibling branch has ended that wait, say) the answer still goes on record, the
    money counts as paid, and of a refusal the managers hear: the refund itself must not stand open for ever.
    """
    refund = await Refund.get(no=no).prefetch_related("case")
    case = refund.case
    if await _waits(desk, case, said):
        await advance(desk, Deed(case.id, said, None, now, data))
        return
    await note(case, None, {"action": said, "data": data}, now)
    if said == PAID:
        let_go = {LET_GO: True} if case.state is CaseState.CLOSED else {}  # its units were given back when it closed
        await Case.filter(id=case.id).update(facts={**case.facts, **let_go, "已退款": True})
    else:
        words = f"{case.no} 的退款 {no} 没有成功：{data['原因']}。这单已不在等退款，请财务人工处理"
        await queue.put([queue.alert(f"refused:{no}:v{case.version}", now, words)])
