"""Refunds and customer notices: asked for under their own key, and asked about before they are asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from bot.channels.base import Rejected, Retryable
from connectors.base import Conflict, Payment, Refused, Unsure
from flow.cases import refunds
from flow.records import outbox
from flow.records.events import note
from models import UNDER_WAY, Case, CustomerNotice, Refund, RefundState, WorkState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from connectors.base import Messenger, Receipt, Shop
    from flow.desk import Desk
    from models import Outbox

LINK = "{链接}"  #: in a notice: where the customer can follow the case
AGAIN = timedelta(hours=1)  #: after which a shop that never answered is asked by itself, doubled each time
LONGEST = timedelta(hours=24)
SILENT = "店铺一直没有明确答复"
NOTHING_DUE = "扣款后无需退款"  #: reference of a refund that deductions have eaten: shops refuse to pay ¥0.00


@dataclass(slots=True)
class Payments:
    """Talks to the shop and to customers."""

    desk: Desk
    shop: Shop
    messengers: Mapping[str, Messenger]  #: "sms", "email": those that are configured
    now: Callable[[], datetime]
    link: Callable[[int], Awaitable[str]]  #: case -> address of its customer's page, "" where there is none

    async def refund(self, row: Outbox) -> None:
        """Ask for the money once. After anything but a clear answer the shop is queried before it is asked again.

        Whoever had it asked again hears what it says.
        """
        refund = await Refund.get(no=row.payload["no"]).prefetch_related("case")
        if refund.state is RefundState.PAID:
            await refunds.paid_before(self.desk, refund.no, self.now())
        if refund.state not in UNDER_WAY:
            return
        if not refund.amount:
            await refunds.paid(self.desk, refund.no, NOTHING_DUE, self.now())
            return
        payment = Payment(refund.no, refund.case.order_no, refund.amount, refund.case.reason or refund.case.kind)
        try:
            asked_before = bool(row.attempts or refund.error or len(row.payload) > 1)
            receipt = await self._answer(payment, asked_before=asked_before)
        except Unsure as error:
            await self._unsure(row, refund, error)
        except Conflict as error:
            await self._stopped(row, refund, error)
        except Refused as error:
            await refunds.refused(self.desk, refund.no, str(error), self.now())
            await self._tell(row, f"{refund.case.no} 店铺说没有退：{error}。已退回财务")
        else:
            await refunds.paid(self.desk, refund.no, receipt.reference, self.now())
            await self._tell(row, f"{refund.case.no} 店铺已经退款，流水 {receipt.reference}")

    async def _answer(self, payment: Payment, *, asked_before: bool) -> Receipt:
        """What the shop has paid, which is what was asked for. Raises Unsure, Refused or Conflict for anything else."""
        receipt = await self.shop.find(payment) if asked_before else None
        if receipt is None:
            receipt = await self._asked_for(payment)
        if differs := receipt.differs(payment):
            raise Conflict(differs, receipt.reference)
        if not receipt.settled:
            raise Unsure("店铺回答正在处理", receipt.reference)
        return receipt

    async def _asked_for(self, payment: Payment) -> Receipt:
        """What the shop answers; where it has done something else under that key, what that is, if it says so."""
        try:
            return await self.shop.refund(payment)
        except Conflict:
            receipt = await self._found(payment)
            if receipt is None:
                raise
            return receipt

    async def _found(self, payment: Payment) -> Receipt | None:
        try:
            return await self.shop.find(payment)
        except (Unsure, Refused):
            return None

    async def _unsure(self, row: Outbox, refund: Refund, error: Unsure) -> None:
        """Ask again: soon while it is young, then ever less often; whoever had it asked knows now.

        Raises Retryable.
        """
        await refunds.doubted(refund.no, str(error), error.reference)
        if "for" in row.payload:
            await self._tell(row, f"{refund.case.no} 店铺还是没有说清：{error}。先别再退，我会接着问")
        elif "slow" in row.payload:
            await self._later(row)
        else:
            raise Retryable(str(error), 2.0) from error

    async def _stopped(self, row: Outbox, refund: Refund, error: Conflict) -> None:
        await refunds.unclear(self.desk, refund.no, str(error), error.reference, self.now())
        await self._tell(row, f"{refund.case.no} 店铺的回答和请退的对不上：{error}。先别再退，请到店铺后台核对")

    async def _later(self, row: Outbox) -> None:
        """Ask once more after a longer while, for as long as nobody knows."""
        asked = int(row.payload.get("slow", 0)) + 1
        due = self.now() + min(AGAIN * 2 ** (asked - 1), LONGEST)
        key = f"{row.key.partition(':slow')[0]}:slow{asked}"
        again = outbox.row(
            "refund", key, self.now(), case_id=row.case_id, payload={"no": row.payload["no"], "slow": asked}
        )
        again.run_at = due
        await outbox.put([again])

    async def _tell(self, row: Outbox, words: str) -> None:
        """Whoever had the shop asked."""
        if member := row.payload.get("for"):
            key = f"told:{row.key}:{row.attempts}"
            await outbox.put([outbox.tell(key, member, self.now(), outbox.WORDS, text=words)])

    async def no_answer(self, row: Outbox, reason: str) -> None:
        """The shop never gave a clear answer, or asking it always failed: finance looks it up, and it is asked on."""
        no = row.payload["no"]
        refund = await Refund.get(no=no)
        why = f"{SILENT}：{refund.error}" if refund.error else f"{SILENT}，{reason}"
        await refunds.unclear(self.desk, no, why, refund.reference, self.now())
        await self._later(row)

    async def notice(self, row: Outbox) -> None:
        """Tell the customer, by SMS if there is a number, else by e-mail; what became of it goes on record."""
        notice = await CustomerNotice.get(key=row.key).prefetch_related("case")
        if notice.state is WorkState.DONE:
            return
        way, to = self._way(notice.case.snapshot)
        if not way:
            await self._keep(notice, "", "客户没有留手机或邮箱，或没有配置短信和邮件")
            return
        try:
            text = notice.text.replace(LINK, await self.link(notice.case_id))  # on record without: it opens the page
            await self.messengers[way].send(to, text, notice.key)
        except Unsure as error:
            raise Retryable(str(error), 5.0) from error
        except Refused as error:
            await self._keep(notice, way, str(error))
            raise Rejected("notice", f"客户通知没有送达：{error}") from error
        await self._keep(notice, way, "")

    def _way(self, snapshot: Mapping[str, str]) -> tuple[str, str]:
        for way, field in (("sms", "mobile"), ("email", "email")):
            if way in self.messengers and snapshot.get(field):
                return way, str(snapshot[field])
        return "", ""

    async def _keep(self, notice: CustomerNotice, way: str, error: str) -> None:
        async with in_transaction():
            state = WorkState.FAILED if error else WorkState.DONE
            await CustomerNotice.filter(id=notice.id).update(way=way, state=state, error=error[:255])
            case = await Case.get(id=notice.case_id)
            words = {"sms": "短信", "email": "邮件"}.get(way, "")
            data = (
                {"内容": notice.text, "方式": words, "未送达": error} if error else {"内容": notice.text, "方式": words}
            )
            await note(case, None, {"action": "客户通知未送达" if error else "已通知客户", "data": data}, self.now())
