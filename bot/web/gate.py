"""What every request passes: a database that is away is a sentence, never a traceback."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from models.database.connection import passing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger("gate")

BUSY = "系统正忙，什么都没有改动，请稍后再试"
FAULT = "出错了，已记录在案。请稍后再试，还不行就把编号 {} 告诉客服"


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """503 while the database is away, 400 for a body that can't be unpacked, 500 with its id for a fault of ours."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except web.RequestPayloadError:
        return web.Response(status=400)
    except Exception as error:
        if passing(error):
            log.warning("not answered", error=type(error).__name__)
            return web.Response(status=503, text=BUSY, headers={"Retry-After": "10"})
        mark = secrets.token_hex(4)
        log.exception("request failed", id=mark)
        return web.Response(status=500, text=FAULT.format(mark))
