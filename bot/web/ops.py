"""What the operator's tools ask: alive, ready, metrics. Each is answered within a second, whatever else does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from bot.channels.base import Channel
    from bot.runtime.glances import Pulse
    from bot.runtime.supervision import Supervisor
    from bot.store.base import Store
    from bot.store.photos import StoreWatch

MAX_LAG = 300  #: seconds that a row may be due without the bot being called unready
UNKNOWN = float("nan")  #: of a number that the database does not say now


class Ops:
    """``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(
        self, channels: Mapping[str, Channel], pulse: Pulse, supervisor: Supervisor, store: Store, photos: StoreWatch
    ) -> None:
        self.channels, self.pulse, self._photos = channels, pulse, photos
        self._supervisor, self._store = supervisor, store
        self._registry = CollectorRegistry()
        self._lag = self._gauge("queue_lag_seconds", "Age of the oldest due row", "queue")
        self._cases = self._gauge("open_cases", "Cases that are not over")
        self._failed = self._gauge("outbox_failed", "Rows that were given up")
        self._channel_up = self._gauge("channel_up", "1 when a channel has no problem", "channel")
        self._database_up = self._gauge("database_up", "1 when the database takes writes")
        self._redis_up = self._gauge("redis_up", "1 when Redis answers, or none is wanted")
        self._photos_up = self._gauge("photos_up", "1 when photos can be kept where they are to go")
        self._worker_up = self._gauge("worker_up", "1 when a worker does its work", "worker")
        self._failures = self._gauge("worker_failures", "How often a worker had to begin again", "worker")
        self._silence = self._gauge("worker_silence_seconds", "Time since a worker last went round", "worker")

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"boomerang_{name}", words, labels, registry=self._registry)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    @property
    def troubles(self) -> Mapping[str, str]:
        """All that is wrong with the bot itself, by name, as it is known without asking the database.

        What only comes of the database's trouble is no trouble of its own.
        """
        workers = self._supervisor.workers
        ailments = (words for worker in workers.values() if (words := worker.ailment))
        found = {"database": self.pulse.problem or next(ailments, None), "redis": self._store.problem}
        found["photos"] = self._photos.problem
        found |= {name: channel.problem for name, channel in self.channels.items()}
        found |= {name: worker.problem for name, worker in workers.items() if not worker.ailment}
        return {name: words for name, words in found.items() if words}

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readyz(self, _: web.Request) -> web.Response:
        database = await self.pulse.look()
        lags = {} if database else await self.pulse.lags()
        workers = {name: worker.problem or "ok" for name, worker in self._supervisor.workers.items()}
        channels = {name: channel.problem or "ok" for name, channel in self.channels.items()}
        report: dict[str, Any] = {"database": database or "ok", "channels": channels, "queue_lag_seconds": lags}
        report |= {"workers": workers, "redis": self._store.problem or "ok", "photos": self._photos.problem or "ok"}
        late = max(lags.values(), default=0.0) > MAX_LAG
        troubled = late or database or {*workers.values(), *channels.values()} - {"ok"}
        report["status"] = "not ready" if troubled else "ok"
        return web.json_response(report, status=503 if troubled else 200)

    async def _metrics(self, _: web.Request) -> web.Response:
        database = await self.pulse.look()
        await self._ask_queues(answers=not database)
        self._database_up.set(0 if database else 1)
        self._redis_up.set(0 if self._store.problem else 1)
        self._photos_up.set(0 if self._photos.problem else 1)
        for name, channel in self.channels.items():
            self._channel_up.labels(name).set(0 if channel.problem else 1)
        for name, worker in self._supervisor.workers.items():
            self._worker_up.labels(name).set(0 if worker.problem else 1)
            self._failures.labels(name).set(worker.failures)
            self._silence.labels(name).set(worker.silence)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _ask_queues(self, *, answers: bool) -> None:
        lags, counts = (await self.pulse.numbers()) if answers else ({}, None)
        for queue in ("inbox", "outbox"):
            self._lag.labels(queue).set(lags.get(queue, UNKNOWN))
        self._cases.set(counts[0] if counts else UNKNOWN)
        self._failed.set(counts[1] if counts else UNKNOWN)
