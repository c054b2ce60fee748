"""The front of the small HTTP services that are no chat platform: calls are counted and struck by faults."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.faults import Faults

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Answer = Callable[[web.Request], Awaitable[web.Response]]

AFTER = ":after"  #: suffix of a fault's place: the effect has happened, only its answer suffers


class Refused(Exception):
    """The service says no, with an HTTP status and one Chinese sentence."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(f"{status} {message}")

    def response(self) -> web.Response:
        return web.json_response({"message": self.message}, status=self.status)


class Gateway:
    """``calls`` counts every request by path, refused and lost ones too."""

    def __init__(self, faults: Faults) -> None:
        self.calls: Counter[str] = Counter()
        self._faults = faults

    def wrap(self, answer: Answer) -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            self.calls[request.path] += 1
            early = await self._trouble(request, request.path, 500)
            if early is not None:
                return early
            response = await _answered(answer, request)
            return await self._trouble(request, request.path + AFTER, 504) or response

        return serve

    async def _trouble(self, request: web.Request, where: str, status: int) -> web.Response | None:
        """What a fault armed on ``where`` makes of the answer, if there is one."""
        if late := self._faults.take("delay", where):
            await asyncio.sleep(late.seconds)
        if self._faults.take("drop", where):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if self._faults.take("error", where):
            return Refused(status, "服务暂时不可用").response()
        if self._faults.take("rate_limit", where):
            return web.json_response({"message": "请求太频繁"}, status=429, headers={"Retry-After": "1"})
        return None


async def _answered(answer: Answer, request: web.Request) -> web.Response:
    try:
        return await answer(request)
    except Refused as refused:
        return refused.response()


def object_of(text: str) -> dict[str, Any]:
    """The JSON object that ``text`` is. Raises Refused."""
    try:
        payload = json.loads(text)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise Refused(400, "请求体应是 JSON 对象")
    return payload


def strings(payload: dict[str, Any], *names: str) -> tuple[str, ...]:
    """The named fields, which must all be non-empty strings. Raises Refused."""
    for name in names:
        if not isinstance(payload.get(name), str) or not payload[name].strip():
            raise Refused(400, f"缺少 {name}，或它不是文字")
    return tuple(payload[name] for name in names)
