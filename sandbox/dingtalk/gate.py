"""The gateway in front of every API: faults, tokens, rate and quota, reading the request, wording the refusal."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from sandbox.dingtalk.calls import Api, Call, Upload
from sandbox.dingtalk.refusals import Dialect, Refusal
from sandbox.dingtalk.refusals import Gate as GateName

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.dingtalk.app import Address
    from sandbox.dingtalk.meters import Meters
    from sandbox.dingtalk.tokens import Tokens
    from sandbox.faults import Faults, Trouble


class Dropped(Exception):
    """The line breaks before an answer leaves."""


class Gate:
    """Wraps the APIs into aiohttp routes."""

    def __init__(self, faults: Faults, tokens: Tokens, meters: Meters, address: Address) -> None:
        self._faults, self._tokens, self._meters, self._address = faults, tokens, meters, address

    def route(self, api: Api) -> web.RouteDef:
        return web.route(api.method, api.path, self._handler(api))

    def _handler(self, api: Api) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self._meters.calls[api.path] += 1
            self._address.url = self._address.url or str(request.url.origin())
            try:
                return await self._serve(api, request)
            except Refusal as refusal:
                return refusal.response()
            except Dropped:
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()

        return handle

    async def _serve(self, api: Api, request: web.Request) -> web.Response:
        await self._before(api)
        call = await _read(request, api.dialect)
        self._admit(api, call)
        answer = api.answer(call)
        await self._after(api)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    async def _before(self, api: Api) -> None:
        if late := self._faults.take("delay", api.path):
            await asyncio.sleep(late.seconds)
        if self._faults.take("drop", api.path):
            raise Dropped
        if api.token and self._faults.take("token_expired", api.path):
            self._tokens.expire()
            raise Refusal.at_gate(api.dialect, "expired")
        if self._faults.take("too_large", api.path):
            raise Refusal(40006, "不合法的文件大小")
        self._strike("error", api, api.path, "system")
        self._strike("rate_limit", api, api.path, "qps")

    async def _after(self, api: Api) -> None:
        """The effect has happened, but its answer comes late, as a gateway timeout, or not at all."""
        where = api.path + ":after"
        if late := self._faults.take("delay", where):
            await asyncio.sleep(late.seconds)
        if self._faults.take("drop", where):
            raise Dropped
        self._strike("error", api, where, "timeout")

    def _strike(self, trouble: Trouble, api: Api, where: str, gate: GateName) -> None:
        if self._faults.take(trouble, where):
            raise Refusal.at_gate(api.dialect, gate)

    def _admit(self, api: Api, call: Call) -> None:
        if not api.token:
            return
        given = (
            call.headers.get("x-acs-dingtalk-access-token") if api.dialect == "v1" else call.query.get("access_token")
        )
        state = self._tokens.state(given or "")
        if state != "live":
            raise Refusal.at_gate(api.dialect, "expired" if state == "expired" else "token")
        if self._meters.too_fast(api.path):
            raise Refusal.at_gate(api.dialect, "qps")
        if api.counted and not self._meters.charge():
            raise Refusal.at_gate(api.dialect, "quota")


async def _read(request: web.Request, dialect: Dialect) -> Call:
    if request.content_type.startswith("multipart/"):
        fields, upload = await _multipart(request)
        return Call(fields, request.query, request.headers, upload)
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise Refusal.at_gate(dialect, "body") from None
    return Call(body if isinstance(body, dict) else {}, request.query, request.headers)


async def _multipart(request: web.Request) -> tuple[dict[str, Any], Upload | None]:
    fields: dict[str, Any] = {}
    upload = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "media":
            kind = part.headers.get("Content-Type", "application/octet-stream")
            upload = Upload(part.filename or "", kind, await _whole(part))
        else:
            fields[part.name or ""] = await part.text()
    return fields, upload


async def _whole(part: BodyPartReader) -> bytes:
    """Read in chunks: ``part.read()`` obeys the server's limit for JSON bodies, and media may be 20 MB."""
    chunks = []
    while chunk := await part.read_chunk(65536):
        chunks.append(chunk)
    return b"".join(chunks)
