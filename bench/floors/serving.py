"""What every floor does around its one route: open the ledger, listen, say so, wait to be killed."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from aiohttp import web

from bench.floors.ledger import open_ledger
from bench.programs import announce

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.floors.ledger import Ledger

TASKS = "BENCH_TASKS"  #: open tasks to begin with


def serve(routes: Callable[[Ledger], list[web.RouteDef]]) -> None:
    """Serve ``routes`` on a free port until killed."""
    asyncio.run(_serve(routes))


async def _serve(routes: Callable[[Ledger], list[web.RouteDef]]) -> None:
    ledger = await prepared()
    app = web.Application()
    app.add_routes(routes(ledger))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    announce(url=f"http://127.0.0.1:{runner.addresses[0][1]}", durable=await ledger.durability())
    await asyncio.Event().wait()


async def prepared() -> Ledger:
    """The ledger that the environment names, with its tasks."""
    ledger = await open_ledger(os.environ["DATABASE_URL"])
    await ledger.fill(int(os.environ[TASKS]))
    return ledger
