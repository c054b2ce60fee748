"""The sandbox's clock: real time from a chosen moment, which a test may push forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Runs like the wall clock, from ``start`` when one is given; ``advance`` skips ahead."""

    def __init__(self, start: datetime | None = None) -> None:
        self._base = start or datetime.now(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def advance(self, by: timedelta) -> None:
        self._base += by

    def seconds(self) -> int:
        """Unix seconds, as WeCom stamps its callbacks."""
        return int(self.now().timestamp())

    def millis(self) -> int:
        """Unix milliseconds, as DingTalk stamps its own."""
        return int(self.now().timestamp() * 1000)
