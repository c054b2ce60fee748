"""What the operator's tools ask: alive, ready, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from tortoise.exceptions import BaseORMException

from models import Case, CaseState, Inbox, Outbox, WorkState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

    from bot.channels.base import Channel

MAX_LAG = 300  #: seconds that a row may be due without the bot being called unready


class Ops:
    """``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(self, channels: Mapping[str, Channel], now: Callable[[], datetime]) -> None:
        self._channels, self._now = channels, now
        self._registry = registry = CollectorRegistry()
        self._lag = Gauge("boomerang_queue_lag_seconds", "Age of the oldest due row", ["queue"], registry=registry)
        self._cases = Gauge("boomerang_open_cases", "Cases that are not over", registry=registry)
        self._failed = Gauge("boomerang_outbox_failed", "Rows that were given up", registry=registry)
        self._up = Gauge("boomerang_channel_up", "1 when a channel has no problem", ["channel"], registry=registry)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readyz(self, _: web.Request) -> web.Response:
        report: dict[str, Any] = {"database": "ok", "channels": {}, "queue_lag_seconds": {}}
        try:
            report["queue_lag_seconds"] = {"inbox": await self._age(Inbox), "outbox": await self._age(Outbox)}
        except (BaseORMException, OSError):
            report["database"] = "数据库没有响应"
        report["channels"] = {name: channel.problem or "ok" for name, channel in self._channels.items()}
        late = max(report["queue_lag_seconds"].values(), default=0.0) > MAX_LAG
        troubled = late or report["database"] != "ok" or any(word != "ok" for word in report["channels"].values())
        report["status"] = "not ready" if troubled else "ok"
        return web.json_response(report, status=503 if troubled else 200)

    async def _age(self, table: type[Inbox] | type[Outbox]) -> float:
        now = self._now()
        due = table.filter(state=WorkState.NEW, run_at__lte=now).order_by("run_at").limit(1)
        oldest = await due.values_list("run_at", flat=True)
        return round((now - oldest[0]).total_seconds(), 3) if oldest else 0.0  # type: ignore[operator]

    async def _metrics(self, _: web.Request) -> web.Response:
        self._lag.labels("inbox").set(await self._age(Inbox))
        self._lag.labels("outbox").set(await self._age(Outbox))
        self._cases.set(await Case.filter(state__in=[CaseState.OPEN, CaseState.HELD]).count())
        self._failed.set(await Outbox.filter(state=WorkState.FAILED).count())
        for name, channel in self._channels.items():
            self._up.labels(name).set(0 if channel.problem else 1)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
