"""Shops that pay refunds: one over HTTP, and the merchant's own hand where none is connected."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import aiohttp

from connectors.base import Conflict, Receipt, Refused, Unsure
from models.outside import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from config.settings import ShopSettings
    from connectors.base import Payment

NOT_SIGNED = frozenset({401, 403})  #: what a shop says to a signature that it cannot make out; nothing is done then
TIMEOUT = aiohttp.ClientTimeout(total=10)
MAX_ANSWER = 64 * 1024  # bytes; a refund takes a few hundred
MAX_SAID = 200  # characters of a shop's own words that are kept
OK, NOT_FOUND, CONFLICT = 200, 404, 409
CLEAR_NO = frozenset({400, 401, 403, 422})  #: with a sentence in ``message``, and no refund that is on its way
SUCCESS, PROCESSING, FAILED = "success", "processing", "failed"  #: ``status`` of a refund
MOST = 1_000_000_000  # yuan, below which an amount is
_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


class HttpShop:
    """A shop that speaks the refund API of docs/connectors.md: HMAC-SHA256 over timestamp and body, idempotent keys.

    Whatever that page does not call an answer is none: Unsure is raised for it.
    """

    def __init__(self, settings: ShopSettings, session: aiohttp.ClientSession, wall: Callable[[], float]) -> None:
        self._settings, self._session, self._wall = settings, session, wall

    async def refund(self, payment: Payment) -> Receipt:
        body = {
            "key": payment.key, "order_no": payment.order_no,
            "amount": f"{payment.amount:.2f}", "reason": payment.reason,
        }  # fmt: skip
        status, data = await self._call("POST", "/refunds", json.dumps(body, ensure_ascii=False))
        said = _words(data.get("message"))
        if status == OK:
            return _receipt(payment, data)
        if status == CONFLICT:
            raise Conflict(said or f"店铺说退款单 {payment.key} 已经用过")
        if status in CLEAR_NO and said and data.get("status") in (None, FAILED):
            raise Refused(said)
        raise Unsure(f"店铺回答 {status}，看不出退没退")

    async def find(self, payment: Payment) -> Receipt | None:
        status, data = await self._call("GET", f"/refunds/{payment.key}", "")
        if status == OK:
            return _receipt(payment, data)
        if status == NOT_FOUND and _words(data.get("message")):
            return None
        raise Unsure(f"向店铺查退款，店铺回答 {status}，看不出退没退")

    async def _call(self, method: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        """Ask, signed with key and secret; where the shop does not know them yet, with those before. Raises Unsure."""
        found: tuple[int, dict[str, Any]] = (0, {})
        for pair in self._settings.pairs:
            found = await self._ask(method, path, body, pair)
            if found[0] not in NOT_SIGNED:
                break
        return found

    async def _ask(self, method: str, path: str, body: str, pair: tuple[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and the JSON object of an answer. Raises Unsure for a broken line and for anything else."""
        try:
            async with self._session.request(
                method, self._settings.api_base + path, data=body.encode() or None, headers=self._headers(body, pair),
                timeout=TIMEOUT, allow_redirects=False,
            ) as answer:  # fmt: skip
                return answer.status, _object(answer.status, await _read(answer))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unsure(f"店铺没有回答（{type(error).__name__}）") from error

    def _headers(self, body: str, pair: tuple[str, str]) -> dict[str, str]:
        key, secret = pair
        stamp = str(int(self._wall()))
        sign = hmac.new(secret.encode(), f"{stamp}\n{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json", "X-Shop-Key": key,
            "X-Shop-Timestamp": stamp, "X-Shop-Sign": sign,
        }  # fmt: skip


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The body, up to a byte more than an answer can have."""
    found = bytearray()
    async for chunk in answer.content.iter_chunked(MAX_ANSWER):
        found += chunk
        if len(found) > MAX_ANSWER:
            break
    return bytes(found)


def _object(status: int, body: bytes) -> dict[str, Any]:
    """The JSON object that a body is, numbers exact. Raises Unsure for a page of a proxy and the like."""
    try:
        data = json.loads(body, parse_float=Decimal, object_pairs_hook=_once) if len(body) <= MAX_ANSWER else None
    except (ValueError, RecursionError, ArithmeticError):
        data = None
    if not isinstance(data, dict):
        raise Unsure(f"店铺回答 {status}，内容读不懂，看不出退没退")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of an object. Raises ValueError for one that says the same twice: either may be meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field twice")
    return found


def _receipt(payment: Payment, data: Mapping[str, Any]) -> Receipt:
    """What a 200 says. Raises Refused for a refund that failed, Conflict for another one, Unsure for half an answer."""
    number, status = _words(data.get("refund_no")), data.get("status")
    if data.get("key") != payment.key:
        raise Unsure("店铺回答的不是这笔退款，看不出退没退")
    if status == FAILED:
        raise Refused(_words(data.get("message")) or "店铺说这笔退款失败了", number)
    amount, order_no = _amount(data.get("amount")), data.get("order_no")
    if status not in (SUCCESS, PROCESSING) or amount is None or not isinstance(order_no, str):
        raise Unsure("店铺的回答缺了状态、金额或订单号，看不出退没退", number)
    if status == SUCCESS and not number:
        raise Unsure("店铺没有给退款流水号，看不出退没退")
    return Receipt(number, order_no, amount, settled=status == SUCCESS)


def _amount(said: Any) -> Decimal | None:
    """``"5.10"``, ``5.1``, ``5`` in yuan; None for what is no amount."""
    if isinstance(said, Decimal):  # written out, an exponent may be longer than any memory
        return said if 0 <= said < MOST and said == round(said, 2) else None
    return Decimal(str(said)) if _YUAN.fullmatch(str(said)) else None


def _words(said: Any) -> str:
    """What a shop says, in one line that is short enough to be kept, without what no database holds."""
    return " ".join(visible(said).split())[:MAX_SAID] if isinstance(said, str) else ""


class ByHand:
    """No shop is connected: finance pays in the shop's own back end, and the tap says that it is done."""

    async def refund(self, payment: Payment) -> Receipt:
        return Receipt(f"人工 {payment.key}", payment.order_no, payment.amount)

    async def find(self, payment: Payment) -> Receipt | None:
        return None
