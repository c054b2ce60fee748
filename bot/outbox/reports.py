"""From the words of ``报表`` to a picture with the same numbers in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.base import Rejected, Retryable
from cards.charts.words import words as in_words
from cards.types import Image, Text
from flow.stats.charts import menu
from flow.stats.request import answer, parse_report
from flow.stats.values import configured

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.outbox.renderer import ChartRenderer
    from flow.desk import Desk


TRIES = 2  #: a worker that died is replaced, so a second try is worth it


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
        return await picture(self.renderer, report.form, data, f"{report.chart}.png", in_words(data))


async def picture(renderer: ChartRenderer, form: str, data: Mapping[str, Any], name: str, caption: str) -> Image | Text:
    """The picture with its numbers in words; the words alone, and why, where it can't be drawn."""
    reason = "画图的程序停了"
    for _ in range(TRIES):
        try:
            return Image(await renderer.render(form, data), name, caption)
        except Rejected as error:
            reason = error.reason
            break
        except Retryable:
            continue
    return Text(f"图没有画出来：{reason}；先看文字，要图请稍后再说一次\n{caption}")
