"""The way into every API: counted, struck by faults, asked for its token, refused in the platform's JSON."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from sandbox.faults import Faults
    from sandbox.wecom.tokens import Tokens

Answer = dict[str, Any] | web.Response
Api = Callable[[web.Request], Awaitable[Answer]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gate:
    """Wraps the APIs of one fake; ``calls`` counts every request by path, refused and lost ones too."""

    def __init__(self, faults: Faults, tokens: Tokens) -> None:
        self.calls: Counter[str] = Counter()
        self._faults = faults
        self._tokens = tokens

    def guard(self, api: Api) -> Handler:
        """For callers who carry an access_token."""
        return self._wrap(api, with_token=True)

    def open(self, api: Api) -> Handler:
        """For gettoken and webhooks, whose secret is in the query."""
        return self._wrap(api, with_token=False)

    def _wrap(self, api: Api, *, with_token: bool) -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            self.calls[request.path] += 1
            if delay := self._faults.take("delay", request.path):
                await asyncio.sleep(delay.seconds)
            if self._faults.take("drop", request.path):
                return _hang_up(request)
            answer = await self._answer(request, api, with_token=with_token)
            return _hang_up(request) if self._faults.take("drop", f"{request.path}:after") else answer

        return serve

    async def _answer(self, request: web.Request, api: Api, *, with_token: bool) -> web.Response:
        try:
            self._strike(request.path, with_token=with_token)
            if with_token:
                self._tokens.check(request.query.get("access_token"))
            answer = await api(request)
        except Refused as refused:
            answer = refused.answer
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def _strike(self, path: str, *, with_token: bool) -> None:
        """``error`` is errcode -1; armed on ``<path>:500`` it is a bare HTTP 500 instead."""
        if self._faults.take("error", path):
            raise Refused(Code.BUSY, "system error")
        if self._faults.take("too_large", path):
            raise Refused(Code.MEDIA_TOO_LARGE, "media is too large")
        if self._faults.take("error", f"{path}:500"):
            raise web.HTTPInternalServerError
        if self._faults.take("rate_limit", path):
            raise Refused(Code.TOO_OFTEN, "api freq out of limit")
        if with_token and self._faults.take("token_expired", path):
            self._tokens.revoke()


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def json_body(request: web.Request) -> dict[str, Any]:
    """The JSON object of the request, of any size: the app it is mounted in may allow less than the platform."""
    try:
        payload = json.loads(await request.content.read() or await request.read())  # a listener has read it before us
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise Refused(Code.BAD_PARAMETER, "Warning: wrong json format. the body is not a JSON object")
    return payload
