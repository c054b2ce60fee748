"""Http mode: three signed callbacks, refused with an empty 403 when they are not the platform's (dingtalk.md §2)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels import bodies
from bot.channels.bodies import BadBody
from bot.channels.dingtalk.envelope import Envelope, Forged
from bot.channels.dingtalk.parse import Malformed, tap_key
from bot.channels.dingtalk.replays import Replays
from bot.channels.dingtalk.sign import EVENT_WINDOW, WINDOW, card_sign, is_fresh, robot_sign, same
from bot.channels.dingtalk.text import json_object, json_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.dingtalk.app import App
    from bot.channels.dingtalk.callbacks import Callbacks
    from bot.store.base import Store

CORPS = ("chatbotCorpId", "senderCorpId", "corpId")  #: of messages, of who wrote them, and of clicks
EMPTY = {"msgtype": "empty"}  #: says nothing in the chat (dingtalk.md §2.1)
log = logging.getLogger(__name__)


class Refused(Exception):
    """Answered with this status and an empty body; ``reason`` is for the log and holds no content."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


class CallbackRoutes:
    """Acknowledges what is stored; anything else comes again or shows an error on the phone."""

    def __init__(self, app: App, callbacks: Callbacks, store: Store) -> None:
        self._app, self._callbacks = app, callbacks
        self._envelope, self._replays = Envelope(app.settings), Replays(store, lambda: app.clock.now().timestamp())

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/dingtalk/robot", _guarded(self._robot)),
            web.post("/dingtalk/card", _guarded(self._card)),
            web.post("/dingtalk/event", _guarded(self._event)),
        ]

    async def _robot(self, request: web.Request) -> web.Response:
        stamp, sign = request.headers.get("timestamp", ""), request.headers.get("sign", "")
        self._check(stamp, sign, robot_sign)
        body = await _json(request)
        await self._check_body(body, sign, str(body.get("msgId")))
        await self._callbacks.message(body)
        return web.json_response(EMPTY)

    async def _card(self, request: web.Request) -> web.Response:
        stamp = request.headers.get("x-ddpaas-signature-timestamp", "")
        sign = request.headers.get("x-ddpaas-signature", "")
        self._check(stamp, sign, card_sign)
        body = await _json(request)
        key = tap_key(body, stamp)
        await self._check_body(body, sign, key)
        answer = await self._callbacks.tap(body, key, stamp, lambda: request.transport is None)
        return web.json_response(answer, dumps=json_text)

    async def _event(self, request: web.Request) -> web.Response:
        query = request.query
        stamp, encrypt = query.get("timestamp", ""), str((await _json(request)).get("encrypt", ""))
        try:
            letter = self._envelope.open(query.get("msg_signature", ""), stamp, query.get("nonce", ""), encrypt)
        except Forged as error:
            raise Refused(403, str(error)) from None
        self._check_age(stamp, EVENT_WINDOW)
        event, kind = letter.event, str(letter.event.get("EventType", ""))
        if kind != "check_url":
            await self._callbacks.event(kind, str(event.get("eventId") or event.get("EventId") or ""), event)
        return web.json_response(letter.seal("success", int(self._app.clock.wall() * 1000)))

    def _check(self, stamp: str, given: str, sign: Callable[[str, str], str]) -> None:
        fits = [same(given, sign(secret, stamp)) for secret in self._app.secrets]
        if not any(fits):
            raise Refused(403, "wrong signature")
        self._check_age(stamp)

    def _check_age(self, stamp: str, window: float = WINDOW) -> None:
        if not is_fresh(stamp, self._app.clock, window):
            raise Refused(403, "stale timestamp, or this machine's clock is wrong")

    async def _check_body(self, body: dict[str, Any], sign: str, push: str) -> None:
        """What the signature leaves open: whose robot and whose company, and that it is not brought out again later."""
        settings = self._app.settings
        if body.get("robotCode", settings.robot_code) != settings.robot_code:
            raise Refused(403, "another robot's code")
        corps = {str(body[name]) for name in CORPS if body.get(name)}
        if settings.corp_id and corps - {settings.corp_id}:
            raise Refused(403, "another company's id")
        if not await self._replays.is_taken(sign, push):
            raise Refused(403, "a signature that came with another body a while ago")


def _guarded(
    handle: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def guarded(request: web.Request) -> web.Response:
        try:
            return await handle(request)
        except Refused as refused:
            log.warning("%s refused: %s", request.path, refused.reason)
            return web.Response(status=refused.status)
        except Malformed as error:
            log.warning("%s refused: malformed: %s", request.path, error)
            return web.Response(status=400)
        except TimeoutError:
            log.warning("%s: not decided in time", request.path)
            return web.Response(status=504)
        except Exception:
            log.exception("%s failed", request.path)
            return web.Response(status=500)

    return guarded


async def _json(request: web.Request) -> dict[str, Any]:
    """The object in the body. Raises Refused."""
    try:
        found = json_object(await bodies.read(request))
    except BadBody as error:
        raise Refused(error.status, str(error)) from None
    if found is None:
        raise Refused(400, "body is no JSON object")
    return found
