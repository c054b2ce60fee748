"""The customer's own page, ``/c/<token>``: how far their case is, for whoever holds the link, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from bot.outbox.links import BadLink
from cards.customer import BUSY, GONE, STYLE, apology, invitation, page, values
from cards.types import Text
from flow.cases.link_revocation import times_revoked
from flow.views.customer import progress_of
from models.outside import all_visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.outbox.links import CaseLinks
    from bot.store.base import Store
    from flow.desk import Desk
    from models.views.progress import Progress

PACE = RateLimitItemPerMinute(60, namespace="customer")  #: looks from one address
JSON = "application/json"
PASS_ON = "下面这条可以直接转发给客户；谁有链接谁就能看到进度和退款，请只发给客户本人："  # noqa: S105
NO_ADDRESS = "现在给不了客户链接：机器人还没有外网地址，请管理员设置 BOT_PUBLIC_URL"
NO_PAGE = "这单的进度页已经不开了，要告诉客户进度请直接说"
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Read with GET only, as a page or, with ``.json`` or ``Accept: application/json``, as values."""

    desk: Desk
    links: CaseLinks
    store: Store
    now: Callable[[], datetime]  #: in the merchant's zone
    renew: Callable[[], Awaitable[bool]]  #: whether there are other keys than before

    def routes(self) -> list[web.RouteDef]:
        """To be added to the bot's own application."""
        return [web.get("/c/{token:.*}", self._show, allow_head=False)]

    async def invitation(self, case_id: int) -> list[Text]:
        """What an agent is given for the customer: a word of care, and what to pass on."""
        url, case = await self.url(case_id), await progress_of(self.desk, case_id, self.now())
        if not url or case is None:
            return [Text(NO_PAGE if url else NO_ADDRESS)]
        return [Text(PASS_ON), invitation(case, url)]

    async def url(self, case_id: int) -> str:
        """The customer's page of a case; "" while customers have no way to the bot."""
        return self.links.url(case_id, await times_revoked(case_id))

    async def _show(self, request: web.Request) -> web.Response:
        plain = _wants_json(request)
        if not await self._in_time(request):
            return _sorry(BUSY, 429, plain=plain)
        case = await self._case(request.match_info["token"].removesuffix(".json"))
        if case is None:
            return _sorry(GONE, 404, plain=plain)
        now = self.now()
        if plain:
            return _json(values(case, now), 200)
        return web.Response(text=page(case, now), content_type="text/html", headers=_HEADERS)

    async def _case(self, token: str) -> Progress | None:
        """None for a link that is forged, cut, called in or over: whoever tries learns nothing of which it was."""
        try:
            case_id, revoked = await self._read(token)
        except BadLink:
            return None
        if revoked != await times_revoked(case_id):
            return None
        return await progress_of(self.desk, case_id, self.now())

    async def _read(self, token: str) -> tuple[int, int]:
        """What a token names; under a key, too, that another replica has made since. Raises BadLink."""
        try:
            return self.links.read(token)
        except BadLink:
            if not await self.renew():
                raise
            return self.links.read(token)

    async def _in_time(self, request: web.Request) -> bool:
        """Whether this address has looks left; while the shared store is away nobody is counted."""
        try:
            return await MovingWindowRateLimiter(self.store.counters).hit(PACE, _address(request))
        except StorageError:
            return True


def _wants_json(request: web.Request) -> bool:
    accepted = request.headers.get("Accept", "")
    return request.path.endswith(".json") or (JSON in accepted and "text/html" not in accepted)


def _address(request: web.Request) -> str:
    """Who asks. A proxy of ours adds the address to the end; what stood there before may be anything."""
    near = request.remote or ""
    last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(last)) if last and not ip_address(near).is_global else near
    except ValueError:
        return near


def _json(data: dict[str, Any], status: int) -> web.Response:
    text = json.dumps(all_visible(data), ensure_ascii=False)
    return web.Response(text=text, content_type=JSON, status=status, headers=_HEADERS)


def _sorry(words: str, status: int, *, plain: bool) -> web.Response:
    if plain:
        return _json({"error": words}, status)
    return web.Response(text=apology(words), content_type="text/html", status=status, headers=_HEADERS)
