"""Counts platform calls of the month; kept in memory between flushes, added up in the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tortoise.expressions import F
from tortoise.functions import Sum
from tortoise.transactions import in_transaction

from flow.records import outbox
from models import CallMeter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Key = tuple[str, str, bool]  #: month, API, whether it stands against the quota
WARN_AT = (70, 90)  #: per cent of the month's quota at which the managers hear of it


@dataclass(slots=True)
class CallCounter:
    """``now`` is in the merchant's zone: a platform's month is the merchant's."""

    now: Callable[[], datetime]
    quota: int
    _fresh: Counter[Key] = field(default_factory=Counter)

    def add(self, platform: str, api: str, counted: bool) -> None:  # the shape of Meter.add
        self._fresh[f"{self.now():%Y-%m}", f"{platform} {api}"[:96], counted] += 1

    async def spent(self, platform: str) -> int:
        """Counted calls of this month so far."""
        await self.flush()
        rows = CallMeter.filter(month=f"{self.now():%Y-%m}", counted=True, api__startswith=f"{platform} ")
        found = await rows.annotate(total=Sum("calls")).values_list("total", flat=True)
        return sum(int(str(total or 0)) for total in found)

    async def flush(self) -> None:
        """Write what has come together since the last flush, and warn when the quota runs low."""
        fresh, self._fresh = self._fresh, Counter()
        try:
            counted = [await self._write(fresh, key) for key in list(fresh)]
        finally:
            self._fresh += fresh  # what could not be written now is written the next time
        if any(counted):
            await self._warn()

    async def _write(self, fresh: Counter[Key], key: Key) -> bool:
        """Move one sum to the table; whether it counts against the quota."""
        month, api, counted = key
        async with in_transaction():
            await CallMeter.get_or_create(month=month, api=api, defaults={"counted": counted})
            await CallMeter.filter(month=month, api=api).update(calls=F("calls") + fresh[key])
        del fresh[key]
        return counted and api.startswith("dingtalk")

    async def _warn(self) -> None:
        spent, now = await self.spent("dingtalk"), self.now()
        reached = [per_cent for per_cent in WARN_AT if spent * 100 >= self.quota * per_cent]
        if reached:
            words = f"钉钉本月接口调用已用 {spent} 次，达到额度 {self.quota} 次的 {reached[-1]}%"
            await outbox.put([outbox.alert(f"quota:{now:%Y-%m}:{reached[-1]}", now, words)])
