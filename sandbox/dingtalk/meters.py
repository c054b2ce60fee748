"""What the platform counts: calls per API, the month's quotas, and the calls of the last second."""

from __future__ import annotations

from collections import Counter, deque
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.clock import Clock
    from sandbox.dingtalk.app import Limits

BEIJING = ZoneInfo("Asia/Shanghai")  #: quotas start anew with its calendar month


class Meters:
    """Counters of one app; the quotas are those of the calendar month that the clock shows."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.limits = limits
        self.calls: Counter[str] = Counter()  #: per API path, refused ones included
        self._clock = clock
        self._counted: Counter[str] = Counter()
        self._webhooks: Counter[str] = Counter()
        self._recent: dict[str, deque[datetime]] = {}

    @property
    def counted(self) -> int:
        """API calls charged to this month."""
        return self._counted[self._month()]

    @property
    def webhook_uses(self) -> int:
        """Robot messages in, session and custom webhook messages out, this month."""
        return self._webhooks[self._month()]

    def too_fast(self, path: str) -> bool:
        """Note one call of ``path``; True when it is one too many within a second."""
        now = self._clock.now()
        recent = self._recent.setdefault(path, deque())
        while recent and now - recent[0] >= timedelta(seconds=1):
            recent.popleft()
        if len(recent) >= self.limits.qps:
            return True
        recent.append(now)
        return False

    def charge(self) -> bool:
        """Charge one API call; False when the month is used up."""
        if self.counted >= self.limits.monthly_calls:
            return False
        self._counted[self._month()] += 1
        return True

    def use_webhook(self) -> bool:
        """Count one Webhook & Stream use; False when it is beyond the month's allowance."""
        self._webhooks[self._month()] += 1
        return self.webhook_uses <= self.limits.monthly_webhooks

    def _month(self) -> str:
        return self._clock.now().astimezone(BEIJING).strftime("%Y-%m")
