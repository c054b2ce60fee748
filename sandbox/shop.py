"""A fake e-commerce shop that pays refunds, exactly once per key."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
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
YUAN = re.compile(r"\d{1,9}\.\d{2}")


def sign(secret: str, timestamp: str, body: str) -> str:
    """``X-Shop-Sign``: the hex HMAC-SHA256, keyed by the secret, of timestamp, a newline, and the body as sent."""
    return hmac.new(secret.encode(), f"{timestamp}\n{body}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that has left; ``amount`` in yuan."""

    refund_no: str
    key: str
    order_no: str
    amount: Decimal
    reason: str
    at: datetime

    def json(self) -> dict[str, Any]:
        return {
            "refund_no": self.refund_no,
            "key": self.key,
            "order_no": self.order_no,
            "amount": str(self.amount),
            "reason": self.reason,
            "status": "success",
            "refunded_at": self.at.isoformat(timespec="seconds"),
        }


class Shop:
    """The refund API that a shop has to offer; whoever connects a real one implements exactly this.

    Every request carries ``X-Shop-Key`` (who calls), ``X-Shop-Timestamp`` (Unix seconds) and ``X-Shop-Sign`` (see
    ``sign``; the body of a GET is empty). A wrong key or sign, or a timestamp more than five minutes off, is 401.

    ``POST /refunds`` with ``{"key", "order_no", "amount", "reason"}``, all strings, ``amount`` in yuan with two
    decimals like ``"5.10"``, pays and answers 200 with the refund:
    ``{"refund_no", "key", "order_no", "amount", "reason", "status": "success", "refunded_at"}``.
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

    @property
    def refunds(self) -> list[Refund]:
        """Everything that was paid, in order."""
        return list(self._refunds.values())

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
        known = self._refunds.get(key)
        if known is None:
            known = self._refunds[key] = self._new(key, order_no, _yuan(amount), str(payload.get("reason", "")))
        elif (known.order_no, str(known.amount)) != (order_no, amount):
            raise Refused(409, f"退款单 {key} 已经用于订单 {known.order_no}、{known.amount} 元")
        return web.json_response(known.json())

    async def _look_up(self, request: web.Request) -> web.Response:
        self._admit(request.headers, "")
        refund = self._refunds.get(request.match_info["key"])
        if refund is None:
            raise Refused(404, "没有这笔退款")
        return web.json_response(refund.json())

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
        return paid - sum((r.amount for r in self.refunds if r.order_no == order_no), Decimal(0))

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


def _yuan(amount: str) -> Decimal:
    if not YUAN.fullmatch(amount) or not Decimal(amount):
        raise Refused(400, "amount 应是大于零、两位小数的金额，例如 5.10")
    return Decimal(amount)
