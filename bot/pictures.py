"""From the words of ``报表`` to a picture with the same numbers in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.chart_words import words as in_words
from cards.types import Image, Text
from flow.stats.charts import menu
from flow.stats.request import answer, parse_report
from flow.stats.values import configured

if TYPE_CHECKING:
    from datetime import datetime

    from bot.charts import ChartRenderer
    from flow.desk import Desk


@dataclass(frozen=True, slots=True)
class Pictures:
    """Counts, draws and words a chart."""

    renderer: ChartRenderer
    desk: Desk

    async def draw(self, asked: list[str], now: datetime) -> Image | Text:
        """The chart that was asked for; the list of charts when none was. Raises StatsError for what can't be."""
        zone = now.tzinfo
        if zone is None:
            raise ValueError("now must be aware")
        request = parse_report(asked, now, zone)
        if request is None:
            return Text(menu())
        known = configured(self.desk.business, await self.desk.staff.now())
        report = await answer(request, now=now, tz=zone, known=known)
        data = report.data()
        png = await self.renderer.render(report.form, data)
        return Image(png, f"{report.chart}.png", in_words(data))
