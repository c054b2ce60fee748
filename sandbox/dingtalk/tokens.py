"""Access tokens of the app (dingtalk.md §4.1)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sandbox.dingtalk.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.clock import Clock
    from sandbox.dingtalk.app import DingTalkApp
    from sandbox.dingtalk.calls import Call

LIFETIME = timedelta(seconds=7200)


class Tokens:
    """One live token at a time; asking again within its life returns it renewed."""

    def __init__(self, app: DingTalkApp, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self._ends: dict[str, datetime] = {}  #: insertion-ordered: the last one is the current one

    def issue(self, call: Call) -> dict[str, Any]:
        if (call.body.get("appKey"), call.body.get("appSecret")) != (self._app.client_id, self._app.client_secret):
            raise Refusal("invalidClientIdOrSecret")
        token = next((t for t in reversed(self._ends) if self.state(t) == "live"), None) or secrets.token_hex(16)
        self._ends[token] = self._clock.now() + LIFETIME
        return {"accessToken": token, "expireIn": int(LIFETIME.total_seconds())}

    def state(self, token: str) -> Literal["live", "expired", "unknown"]:
        if token not in self._ends:
            return "unknown"
        return "live" if self._clock.now() < self._ends[token] else "expired"

    def expire(self) -> None:
        """End every token now, so that the next request for one makes a new one."""
        self._ends = dict.fromkeys(self._ends, self._clock.now())
