"""The app's access token: fetched once for everybody who waits, five minutes before it ends (dingtalk.md §4.1)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.base import Retryable
from bot.channels.dingtalk.errors import code_of, refusal
from bot.channels.dingtalk.wire import needed

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.dingtalk.app import App

PATH = "/v1.0/oauth2/accessToken"
EARLY = timedelta(minutes=5)
REFUSED_PAUSE = timedelta(minutes=5)  #: after a wrong secret nobody asks again for this long
WRONG_SECRET = "钉钉不认应用凭证，请检查 DINGTALK_CLIENT_ID 和 DINGTALK_CLIENT_SECRET"  # noqa: S105


class Tokens:
    """Replicas need not share it: the platform gives all of them the same token while it lives."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._token = ""
        self._ends: datetime | None = None
        self._refused_until: datetime | None = None
        self._one = asyncio.Lock()

    async def get(self) -> str:
        """Raises Retryable when the platform gives none."""
        async with self._one:
            if self._ends is None or self._app.clock.now() >= self._ends:
                await self._fetch()
            return self._token

    async def renew(self, refused: str) -> str:
        """Another token than the ``refused`` one; somebody else may have fetched it meanwhile."""
        async with self._one:
            if self._token == refused:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        now, settings = self._app.clock.now(), self._app.settings
        if self._refused_until is not None and now < self._refused_until:
            raise Retryable(WRONG_SECRET, (self._refused_until - now).total_seconds())
        self._app.count(PATH)
        asked = {"appKey": settings.client_id, "appSecret": self._app.secret}
        answer = await self._app.wire.ask("POST", settings.api_base + PATH, json=asked)
        if code := code_of(answer.body, answer.status):
            self._refuse(answer.status, code)
        self._token = needed(answer.body, "accessToken")
        self._ends = now + timedelta(seconds=int(answer.body.get("expireIn", 7200))) - EARLY
        self._app.health.clear("token")

    def _refuse(self, status: int, code: str) -> None:
        error = refusal(PATH, status, code, self._app.settings.client_id)
        if isinstance(error, Retryable):
            raise error
        self._refused_until = self._app.clock.now() + REFUSED_PAUSE
        self._app.health.note("token", WRONG_SECRET)
        # Not Rejected: the message is good, and goes out once the secret is.
        raise Retryable(f"{code} {WRONG_SECRET}", REFUSED_PAUSE.total_seconds())
