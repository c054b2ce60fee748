"""The access_token of one app: two hours, the same one until then (wecom.md §4.4, D/91039)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from sandbox.clock import Clock
    from sandbox.wecom.config import WeComApp

LIFE = timedelta(seconds=7200)


class Tokens:
    """Issues and checks; a revoked token reads as expired."""

    def __init__(self, app: WeComApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._ends: dict[str, datetime] = {}
        self._current = ""

    def issue(self, corp_id: str, secret: str) -> tuple[str, int]:
        """The token and its remaining seconds. Raises Refused for another corp or a wrong secret."""
        if corp_id != self._app.corp_id:
            raise Refused(Code.BAD_CORP, "invalid corpid")
        if not secrets.compare_digest(secret.encode(), self._app.secret.encode()):
            raise Refused(Code.WRONG_SECRET, "invalid credential")
        now = self._clock.now()
        if self._current not in self._ends or self._ends[self._current] <= now:
            self._current = secrets.token_urlsafe(48)
            self._ends[self._current] = now + LIFE
        return self._current, round((self._ends[self._current] - now).total_seconds())

    def check(self, token: str | None) -> None:
        """Raises Refused unless the token lives."""
        if not token:
            raise Refused(Code.NO_TOKEN, "access_token missing")
        if token not in self._ends:
            raise Refused(Code.BAD_TOKEN, "invalid access_token")
        if self._ends[token] <= self._clock.now():
            raise Refused(Code.EXPIRED_TOKEN, "access_token expired")

    def revoke(self) -> None:
        """The platform takes the present token back early."""
        self._ends = dict.fromkeys(self._ends, self._clock.now())
