"""What the shop said of a refund, written once: paid moves the case on, refused sends it back to finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.actions import Deed, advance
from models import Refund, RefundState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk

PAID, REFUSED = "退款成功", "退款失败"


async def paid(desk: Desk, no: str, reference: str, now: datetime) -> bool:
    """The money is gone. False when that was known already."""
    async with in_transaction():
        taken = await Refund.filter(no=no, state=RefundState.SENDING).update(
            state=RefundState.PAID, paid_at=now, reference=reference, error=""
        )
        if taken:
            refund = await Refund.get(no=no)
            await advance(desk, Deed(refund.case_id, PAID, None, now, {"退款单": no, "渠道流水": reference}))
        return bool(taken)


async def refused(desk: Desk, no: str, reason: str, now: datetime) -> bool:
    """The shop will not pay; finance gets the case back with the reason. False when that was known already."""
    async with in_transaction():
        taken = await Refund.filter(no=no, state=RefundState.SENDING).update(
            state=RefundState.REFUSED, error=reason[:255]
        )
        if taken:
            refund = await Refund.get(no=no)
            await advance(desk, Deed(refund.case_id, REFUSED, None, now, {"原因": reason}))
        return bool(taken)
