"""The page's live line: Server-Sent Events, the whole state first and then every change in order."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.stage import item_json

if TYPE_CHECKING:
    from sandbox.stage import Stage
    from sandbox.world import Item

PULSE = 1.0  #: seconds between two looks at meters and faults
KEEP_ALIVE = 15  #: looks after which the time is sent even though nothing changed


class Feed:
    """Events: ``state`` once, then ``item`` for each bubble put or changed, and ``pulse`` for all else."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pumps: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        queue = self._stage.world.subscribe()
        pump = asyncio.create_task(self._pump(response, queue))
        self._pumps.add(pump)
        try:
            await asyncio.wait({pump})
        finally:
            self._pumps.discard(pump)
            self._stage.world.unsubscribe(queue)
            pump.cancel()
        return response

    async def close(self) -> None:
        """Ends every open line."""
        pumps = list(self._pumps)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, response: web.StreamResponse, queue: asyncio.Queue[Item]) -> None:
        with suppress(ConnectionError):
            await _write(response, "state", self._stage.state() | {"now": self._stage.now()})
            told, quiet = self._stage.pulse(), 0
            while True:
                item = await _next(queue)
                if item is not None:
                    await _write(response, "item", item_json(item))
                pulse, quiet = self._stage.pulse(), quiet + 1
                if pulse != told or quiet >= KEEP_ALIVE:
                    await _write(response, "pulse", pulse | {"now": self._stage.now()})
                    told, quiet = pulse, 0


async def _next(queue: asyncio.Queue[Item]) -> Item | None:
    """The next change, or None when there was none for a pulse."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PULSE):
            return await queue.get()
    return None


async def _write(response: web.StreamResponse, event: str, data: dict[str, Any]) -> None:
    await response.write(f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())
