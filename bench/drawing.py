"""Draws charts as the bot does for ``报表``: counted, drawn in the chart worker, put in words; seconds as JSON."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime

from bench.cases import ZONE
from bench.charting import CHARTS
from bench.programs import announce
from bot.outbox.renderer import ChartRenderer
from bot.outbox.reports import Pictures
from cards.types import Image
from flow.desk import Desk
from models.database.connection import database


async def main() -> None:
    """``python -m bench.drawing TIMES PERIOD``: with a warm worker, one first chart, then each some times."""
    times, period, renderer = int(sys.argv[1]), sys.argv[2], ChartRenderer()
    async with database(os.environ["DATABASE_URL"]):
        await renderer.start()
        pictures = Pictures(renderer, Desk(ZONE))
        first = await _seconds(pictures, [CHARTS[0], period])
        warm = {chart: [await _seconds(pictures, [chart, period]) for _ in range(times)] for chart in CHARTS}
        await renderer.stop()
    announce(first=first, warm=warm)


async def _seconds(pictures: Pictures, asked: list[str]) -> float:
    began = time.perf_counter()
    picture = await pictures.draw(asked, datetime.now(UTC).astimezone(ZONE))
    if not isinstance(picture, Image):
        raise TypeError(f"{asked}: {picture}")
    return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(main())
