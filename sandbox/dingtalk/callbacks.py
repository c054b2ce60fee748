"""HTTP mode: the same pushes as signed or encrypted POSTs (dingtalk.md §2, §3.2)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.dingtalk.crypto import EventCrypto, Forged, card_sign, robot_sign
from sandbox.dingtalk.refusals import Refusal
from sandbox.dingtalk.stream import Attempt, Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.clock import Clock
    from sandbox.dingtalk.app import DingTalkApp, Timing
    from sandbox.dingtalk.calls import Call

UNANSWERED = Attempt(Fate.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Route:
    """Where card callbacks of one ``callbackRouteKey`` go."""

    url: str
    api_secret: str


@dataclass(frozen=True, slots=True)
class Post:
    """One request to the bot."""

    url: str
    body: dict[str, Any]
    headers: Mapping[str, str] | None = None
    query: Mapping[str, str] | None = None


class Callbacks:
    """The platform as an HTTP client of the bot."""

    def __init__(self, app: DingTalkApp, clock: Clock, timing: Timing, problems: list[str]) -> None:
        self._app, self._clock, self._timing, self._problems = app, clock, timing, problems
        self._crypto = EventCrypto(app.token, app.aes_key, app.client_id)
        self._session: ClientSession | None = None
        self.bot_url = app.bot_url
        self.routes: dict[str, Route] = {}

    def register(self, call: Call) -> dict[str, Any]:
        """``POST /v1.0/card/callbacks/register``: one key, one URL, unless forced."""
        body = call.body
        if not all(body.get(k) for k in ("callbackRouteKey", "callbackUrl", "apiSecret")):
            raise Refusal("param.empty")
        if body["callbackRouteKey"] in self.routes and body.get("forceUpdate") is not True:
            raise Refusal("param.callbackRouteKeyExist")
        self.routes[body["callbackRouteKey"]] = Route(body["callbackUrl"], body["apiSecret"])
        return {"success": True, "result": {"callbackUrl": body["callbackUrl"], "apiSecret": body["apiSecret"]}}

    async def robot(self, body: dict[str, Any]) -> Attempt:
        """A robot message; the answer may be a message, or ``{"msgtype": "empty"}``."""
        stamp = str(self._clock.millis())
        headers = {"timestamp": stamp, "sign": robot_sign(self._app.client_secret, stamp)}
        return await self._post(Post(f"{self.bot_url}/dingtalk/robot", body, headers), self._timing.robot_http)

    async def card(self, route_key: str, body: dict[str, Any]) -> Attempt:
        route = self.routes.get(route_key)
        if route is None:
            self._problems.append(f"card {body['outTrackId']}: no callback is registered under its route key")
            return UNANSWERED
        stamp = str(self._clock.millis())
        signature = card_sign(route.api_secret, stamp)
        headers = {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": signature}
        return await self._post(Post(route.url, body, headers), self._timing.card)

    async def event(self, plain: dict[str, Any]) -> Attempt:
        """An encrypted event; answered only by the encrypted word ``success``."""
        stamp, nonce = str(self._clock.millis()), secrets.token_hex(8)
        encrypt = self._crypto.seal(json.dumps(plain, ensure_ascii=False))
        query = {"msg_signature": self._crypto.sign(stamp, nonce, encrypt), "timestamp": stamp, "nonce": nonce}
        post = Post(f"{self.bot_url}/dingtalk/event", {"encrypt": encrypt}, query=query)
        attempt = await self._post(post, self._timing.event_http)
        if attempt.fate is Fate.ANSWERED and not self._is_success(attempt.data):
            self._problems.append(f"event {plain['EventType']}: the answer is not an encrypted success")
            return UNANSWERED
        return attempt

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _is_success(self, answer: Any) -> bool:
        try:
            sealed = (answer["msg_signature"], str(answer["timeStamp"]), answer["nonce"], answer["encrypt"])
            return self._crypto.open(*sealed) == "success"
        except (KeyError, TypeError, ValueError, Forged):
            return False

    async def _post(self, post: Post, deadline: float) -> Attempt:
        if self._session is None:
            self._session = ClientSession()
        wait = ClientTimeout(total=deadline)
        sending = self._session.post(post.url, json=post.body, headers=post.headers, params=post.query, timeout=wait)
        try:
            async with sending as response:
                text = await response.text()
                if response.status != 200:
                    return UNANSWERED
        except (ClientError, TimeoutError):
            return UNANSWERED
        return Attempt(Fate.ANSWERED, 200, self._read(post.url, text))

    def _read(self, url: str, text: str) -> Any:
        try:
            return json.loads(text or "null")
        except ValueError:
            self._problems.append(f"{url}: the answer is not JSON")
            return None
