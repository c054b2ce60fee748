"""``POST /api/v1/hooks/<name>``: another system tells of a case, signed with the key of its name."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.outbox.links import HOOKS
from flow.cases import pushes
from flow.cases.pushes import Push
from flow.errors import FlowError, NotFound, StaleCase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.outbox.links import Keys
    from flow.desk import Desk

MAX_BODY = 64 * 1024  #: bytes
BODY_SECONDS = 10.0
WINDOW = 300  #: seconds that a signature stands, before and after its moment
MAX_KEY = 128  #: characters of an Idempotency-Key
TIMESTAMP, SIGNATURE, KEY = "X-Timestamp", "X-Signature", "Idempotency-Key"
UNSIGNED = f"签名不对或过期：{SIGNATURE} 是 HMAC-SHA256（{TIMESTAMP}、一个点、原文），时间差 {WINDOW // 60} 分钟以内"


@dataclass(frozen=True, slots=True)
class Hooks:
    """Whoever cannot sign learns nothing, not even which names there are."""

    desk: Desk
    keys: Keys
    now: Callable[[], datetime]  #: in the merchant's zone
    renew: Callable[[], Awaitable[bool]]  #: whether there are other keys than before
    wake: Callable[[], None]

    def routes(self) -> list[web.RouteDef]:
        """To be added to the bot's own application."""
        return [web.post("/api/v1/hooks/{name}", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        name, data = request.match_info["name"], await _body(request)
        if data is None:
            return _problem(413, f"内容超过 {MAX_BODY // 1024} KB，或者太久没有发完")
        if not await self._is_signed(name, request, data):
            return _problem(401, UNSIGNED)
        key = request.headers.get(KEY, "")
        if not 0 < len(key) <= MAX_KEY:
            return _problem(400, f"要有 {KEY}，最多 {MAX_KEY} 个字：同一件事重发时写同一个，只办一次")
        try:
            push = Push(name, key, hashlib.sha256(data).hexdigest(), pushes.flattened(_read(data)))
            answer = await pushes.receive(self.desk, push, self.now())
        except FlowError as error:
            return _problem(_status(error), str(error))
        except ValueError:
            return _problem(400, "内容要是一个 JSON 对象")
        self.wake()
        return _answer(200, answer, "application/json")

    async def _is_signed(self, name: str, request: web.Request, data: bytes) -> bool:
        said, signature = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
        if not (said.isascii() and said.isdigit()) or abs(int(said[:12]) - self.now().timestamp()) > WINDOW:
            return False
        signed = f"{said}.".encode() + data
        if _fits(self.keys.of(HOOKS), name, signed, signature):
            return True
        return await self.renew() and _fits(self.keys.of(HOOKS), name, signed, signature)


def key_of(master: bytes, name: str) -> str:
    """The key of one name, in hex; it is the text that signs."""
    return hmac.new(master, name.encode(), hashlib.sha256).hexdigest()


def signature(key: str, signed: bytes) -> str:
    """In hex."""
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def _fits(masters: Sequence[bytes], name: str, signed: bytes, given: str) -> bool:
    """All are tried, so that the time tells nothing of which."""
    plain = given.strip().lower().encode("utf-8", "replace")
    fits = [hmac.compare_digest(signature(key_of(each, name), signed).encode(), plain) for each in masters]
    return any(fits)


def _read(data: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object."""
    try:
        found = json.loads(data)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("no object")  # of the value, which is JSON
    return found


def _status(error: FlowError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, StaleCase | pushes.UsedKeyError):
        return 409
    return 429 if isinstance(error, pushes.TooManyError) else 400


def _problem(status: int, detail: str) -> web.Response:
    """What went wrong, as RFC 9457 says it: the status tells the kind, the detail is for people."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return _answer(status, said, "application/problem+json")


def _answer(status: int, said: dict[str, Any], kind: str) -> web.Response:
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "60"} if status == 429 else {})
    text = json.dumps(said, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type=kind, headers=headers)


async def _body(request: web.Request) -> bytes | None:
    """None for one that is too long, or takes too long."""
    if (request.content_length or 0) > MAX_BODY:
        return None
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(MAX_BODY):
                data += chunk
                if len(data) > MAX_BODY:
                    return None
    except TimeoutError:
        return None
    return bytes(data)
