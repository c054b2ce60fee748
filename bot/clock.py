"""The bot's one look at the clock: real time, or in the sandbox real time from a chosen moment."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from bot.channels.base import Clock


def start_clock(start: datetime | None) -> Clock:
    """A clock that reads ``start`` now and runs on; the wall clock when there is no ``start``."""
    if start is None:
        return Clock(lambda: datetime.now(UTC), time.time)
    since = time.monotonic()
    return Clock(lambda: start + timedelta(seconds=time.monotonic() - since), time.time)
