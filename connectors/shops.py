"""Shops that pay refunds: one over HTTP, and the merchant's own hand where none is connected."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import aiohttp

from config.settings import secrets
from connectors.base import Refused, Unsure

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.settings import ShopSettings
    from connectors.base import Payment

NOT_SIGNED = frozenset({401, 403})  #: what a shop says to a signature that it cannot make out; nothing is done then
TIMEOUT = aiohttp.ClientTimeout(total=10)


class HttpShop:
    """A shop that speaks the refund API of docs/connectors.md: HMAC-SHA256 over timestamp and body, idempotent keys."""

    def __init__(self, settings: ShopSettings, session: aiohttp.ClientSession, wall: Callable[[], float]) -> None:
        self._settings, self._session, self._wall = settings, session, wall

    async def refund(self, payment: Payment) -> str:
        body = {
            "key": payment.key, "order_no": payment.order_no,
            "amount": f"{payment.amount:.2f}", "reason": payment.reason,
        }  # fmt: skip
        status, data = await self._call("POST", "/refunds", json.dumps(body, ensure_ascii=False))
        if status == 200:
            return str(data["refund_no"])
        raise Refused(str(data.get("message") or f"店铺拒绝退款（{status}）"))

    async def find(self, key: str) -> str | None:
        status, data = await self._call("GET", f"/refunds/{key}", "")
        if status == 200:
            return str(data["refund_no"])
        if status == 404:
            return None
        raise Unsure(f"shop answered {status} to a query")

    async def _call(self, method: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        """Ask, signed with the secret; where the shop does not know it yet, with the one before. Raises Unsure."""
        found: tuple[int, dict[str, Any]] = (0, {})
        for secret in secrets(self._settings.api_secret, self._settings.api_secret_old):
            found = await self._ask(method, path, body, secret)
            if found[0] not in NOT_SIGNED:
                break
        return found

    async def _ask(self, method: str, path: str, body: str, secret: str) -> tuple[int, dict[str, Any]]:
        """Raises Unsure for 5xx, 429, a broken line, or an answer that cannot be read."""
        try:
            async with self._session.request(
                method, self._settings.api_base + path, data=body.encode() or None, headers=self._headers(body, secret),
                timeout=TIMEOUT,
            ) as answer:  # fmt: skip
                if answer.status >= 500 or answer.status == 429:
                    raise Unsure(f"shop answered {answer.status}")
                return answer.status, dict(await answer.json(content_type=None) or {})
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError) as error:
            raise Unsure(f"no answer from the shop: {type(error).__name__}") from error

    def _headers(self, body: str, secret: str) -> dict[str, str]:
        stamp = str(int(self._wall()))
        sign = hmac.new(secret.encode(), f"{stamp}\n{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json", "X-Shop-Key": self._settings.api_key,
            "X-Shop-Timestamp": stamp, "X-Shop-Sign": sign,
        }  # fmt: skip


class ByHand:
    """No shop is connected: finance pays in the shop's own back end, and the tap says that it is done."""

    async def refund(self, payment: Payment) -> str:
        return f"人工 {payment.key}"

    async def find(self, key: str) -> str | None:
        return None
