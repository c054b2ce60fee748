"""A fake e-commerce shop that pays refunds, exactly once per key."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.gateway import Gateway, Refused, object_of, strings

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping
    from datetime import datetime

    from sandbox.clock import Clock
    from sandbox.faults import Faults

PATH = "/shop/refunds"
FRESH = 300  #: seconds a signature is good for, before and after its timestamp
SUCCESS, PROCESSING, FAILED = "success", "processing", "failed"
YUAN = re.compile(r"\d{1,9}\.\d{2}")


def sign(secret: str, timestamp: str, body: str) -> str:
    """``X-Shop-Sign``: the hex HMAC-SHA256, keyed by the secret, of timestamp, a newline, and the body as sent."""
    return hmac.new(secret.encode(), f"{timestamp}\n{body}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Odd:
    """What the shop answers in place of what it should: a proxy's page, half an answer, a word that is none.

    ``pays``: whether the money goes all the same.
    """

    status: int = 200
    body: str = ""
    pays: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that has left, is about to, or could not; ``amount`` in yuan."""

    refund_no: str
    key: str
    order_no: str
    amount: Decimal
    reason: str
    at: datetime
    status: str = SUCCESS

    def json(self) -> dict[str, Any]:
        return {
            "refund_no": self.refund_no,
            "key": self.key,
            "order_no": self.order_no,
            "amount": str(self.amount),
            "reason": self.reason,
            "status": self.status,
            "refunded_at": self.at.isoformat(timespec="seconds"),
        }


class Shop:
    """The refund API that a shop has to offer; whoever connects a real one implements exactly this.

    Every request carries ``X-Shop-Key`` (who calls), ``X-Shop-Timestamp`` (Unix seconds) and ``X-Shop-Sign`` (see
    ``sign``; the body of a GET is empty). A wrong key or sign, or a timestamp more than five minutes off, is 401.

    ``POST /refunds`` with ``{"key", "order_no", "amount", "reason"}``, all strings, ``amount`` in yuan with two
    decimals like ``"5.10"``, pays and answers 200 with the refund:
    ``{"refund_no", "key", "order_no", "amount", "reason", "status", "refunded_at"}``. ``status`` is ``success``,
    ``processing`` (it may still fail: ask again) or ``failed`` (no money has gone, and the same key may try again).
    ``key`` is the caller's own number of this refund. The same key with the same order and amount answers the
    same refund and pays nothing; with another order or amount it is 409. Malformed is 400, and more than was
    paid for the order, all its refunds together, is 422. Refusals say why in Chinese: ``{"message"}``.

    ``GET /refunds/{key}`` answers that refund, or 404 when nothing was paid under the key. A caller that got no
    answer to its POST asks this first, or simply sends the same POST again.

    5xx, 429 (with ``Retry-After`` in seconds) and a broken line say nothing about whether money has moved.
    Here both stand under ``/shop``, and faults strike at ``/shop/refunds``, ``/shop/refunds:after`` (paid, but the
    answer is lost) and ``/shop/refunds/*``.
    """

    def __init__(self, clock: Clock, faults: Faults, *, key: str, secret: str) -> None:
        self.paid: dict[str, Decimal] = {}  #: order number -> what the customer paid; orders not in it are not checked
        self._clock, self._key, self._secret = clock, key, secret
        self._gateway = Gateway(faults)
        self._refunds: dict[str, Refund] = {}
        self._odd: list[tuple[str, Odd]] = []
        self._ruled: dict[str, Any] = {}

    def change_secret(self, secret: str) -> None:
        """Know callers by another secret from now on."""
        self._secret = secret

    @property
    def refunds(self) -> list[Refund]:
        """Everything that was paid, in order."""
        return [refund for refund in self._refunds.values() if refund.status == SUCCESS]

    @property
    def under_way(self) -> list[Refund]:
        """What is on its way, and may yet fail."""
        return [refund for refund in self._refunds.values() if refund.status == PROCESSING]

    def refund(self, key: str) -> Refund | None:
        """What stands under a caller's number."""
        return self._refunds.get(key)

    def answer(self, odd: Odd, *, method: str = "POST", times: int = 1) -> None:
        """Answer the next ``times`` requests of that method in another way than the right one."""
        self._odd += [(method, odd)] * times

    def rule(self, **fields: Any) -> None:
        """Put the next refunds down with these fields, ``status`` or ``amount``, whatever was asked for."""
        self._ruled = fields

    def settle(self, key: str, **fields: Any) -> None:
        """What has become of a refund, or who has mended it in the shop's own back end."""
        self._refunds[key] = replace(self._refunds[key], **fields)

    @property
    def calls(self) -> Counter[str]:
        return self._gateway.calls

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(PATH, self._gateway.wrap(self._pay)),
            web.get(PATH + "/{key}", self._gateway.wrap(self._look_up), allow_head=False),
        ]

    async def _pay(self, request: web.Request) -> web.Response:
        body = await request.text()
        self._admit(request.headers, body)
        payload = object_of(body)
        key, order_no, amount = strings(payload, "key", "order_no", "amount")
        if (odd := self._struck("POST")) and not odd.pays:
            return web.Response(status=odd.status, text=odd.body, headers=odd.headers)
        known = self._refunds.get(key)
        if known is None or known.status == FAILED:
            known = self._refunds[key] = self._new(key, order_no, _yuan(amount), str(payload.get("reason", "")))
            known = self._refunds[key] = replace(known, **self._ruled)
        elif (known.order_no, str(known.amount)) != (order_no, amount):
            raise Refused(409, f"退款单 {key} 已经用于订单 {known.order_no}、{known.amount} 元")
        return web.Response(status=odd.status, text=odd.body, headers=odd.headers) if odd else _said(known)

    async def _look_up(self, request: web.Request) -> web.Response:
        self._admit(request.headers, "")
        if odd := self._struck("GET"):
            return web.Response(status=odd.status, text=odd.body, headers=odd.headers)
        refund = self._refunds.get(request.match_info["key"])
        if refund is None:
            raise Refused(404, "没有这笔退款")
        return _said(refund)

    def _struck(self, method: str) -> Odd | None:
        found = next((each for each in self._odd if each[0] == method), None)
        if found:
            self._odd.remove(found)
        return found[1] if found else None

    def _new(self, key: str, order_no: str, amount: Decimal, reason: str) -> Refund:
        left = self._left(order_no)
        if left is not None and amount > left:
            raise Refused(422, f"订单 {order_no} 最多还能退 {left} 元")
        return Refund(f"SR{len(self._refunds) + 1:08d}", key, order_no, amount, reason, self._clock.now())

    def _left(self, order_no: str) -> Decimal | None:
        """What can still be refunded; None when the order is not known here."""
        paid = self.paid.get(order_no)
        if paid is None:
            return None
        return paid - sum(
            (r.amount for r in self._refunds.values() if r.order_no == order_no and r.status != FAILED), Decimal(0)
        )

    def _admit(self, headers: Mapping[str, str], body: str) -> None:
        key, timestamp, given = (headers.get(f"X-Shop-{name}", "") for name in ("Key", "Timestamp", "Sign"))
        known = hmac.compare_digest(key.encode(), self._key.encode())
        if not known or not hmac.compare_digest(given.encode(), sign(self._secret, timestamp, body).encode()):
            raise Refused(401, "签名不对")
        if not self._is_fresh(timestamp):
            raise Refused(401, "请求已过期，请检查时钟")

    def _is_fresh(self, timestamp: str) -> bool:
        """Measured on this world's clock or on the machine's: the former may have been pushed forward."""
        if not timestamp.isdecimal() or len(timestamp) > 12:
            return False
        return any(abs(int(timestamp) - now) <= FRESH for now in (self._clock.seconds(), time.time()))


def _said(refund: Refund) -> web.Response:
    return web.json_response(refund.json())


def _yuan(amount: str) -> Decimal:
    if not YUAN.fullmatch(amount) or not Decimal(amount):
        raise Refused(400, "amount 应是大于零、两位小数的金额，例如 5.10")
    return Decimal(amount)
