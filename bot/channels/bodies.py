"""Bodies of requests that anybody may send: read no further than their limit, and for no longer than theirs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp.web import RequestPayloadError

if TYPE_CHECKING:
    from aiohttp import web

CALLBACK_BYTES = 64 * 1024  #: the platforms' longest callbacks are a few thousand
CALLBACK_SECONDS = 5.0  #: the platforms themselves hang up then
CHUNK = 16 * 1024


class BadBody(Exception):
    """Not taken, with this status; says for the log why."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


async def read(request: web.Request, limit: int = CALLBACK_BYTES, seconds: float = CALLBACK_SECONDS) -> bytes:
    """The body. Raises BadBody: 413 beyond ``limit`` bytes, 408 when it takes longer than ``seconds``.

    400 for one that is not packed as its head says.
    """
    if (request.content_length or 0) > limit:
        raise BadBody(413, "the body is too large")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > limit:
                    raise BadBody(413, "the body is too large")
    except TimeoutError:
        raise BadBody(408, "the body comes too slowly") from None
    except RequestPayloadError:
        raise BadBody(400, "the body is not packed as it says") from None
    return bytes(body)
