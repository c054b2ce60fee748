"""Refunds and customer notices: asked for under their own key, and asked about before they are asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from bot.channels.base import Rejected, Retryable
from connectors.base import Payment, Refused, Unsure
from flow import money
from flow.ledger import note
from models import Case, CustomerNotice, Refund, RefundState, WorkState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from connectors.base import Messenger, Shop
    from flow.desk import Desk
    from models import Outbox

LINK = "{链接}"  #: in a notice: where the customer can follow the case
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
        """Ask for the money once. After anything but a clear answer the shop is queried before it is asked again."""
        refund = await Refund.get(no=row.payload["no"]).prefetch_related("case")
        if refund.state is RefundState.PAID:
            await money.paid_before(self.desk, refund.no, self.now())
        if refund.state is not RefundState.SENDING:
            return
        if not refund.amount:
            await money.paid(self.desk, refund.no, NOTHING_DUE, self.now())
            return
        payment = Payment(refund.no, refund.case.order_no, refund.amount, refund.case.reason or refund.case.kind)
        try:
            asked_before = row.attempts or refund.error
            reference = (await self.shop.find(refund.no) if asked_before else None) or await self.shop.refund(payment)
        except Unsure as error:
            raise Retryable(str(error), 2.0) from error
        except Refused as error:
            await money.refused(self.desk, refund.no, str(error), self.now())
            return
        await money.paid(self.desk, refund.no, reference, self.now())

    async def no_answer(self, row: Outbox) -> None:
        """The shop never gave a clear answer: finance gets the case back, and the next asking queries first."""
        words = "店铺一直没有明确答复，请先到店铺后台核对是否已退款，再点确认退款"
        await money.refused(self.desk, row.payload["no"], words, self.now())

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
