"""The bot's one look at the clock: real time, or in the sandbox real time from a chosen moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def start_clock(start: datetime | None) -> Clock:
    """A clock that reads ``start`` now and runs on; the wall clock when there is no ``start``."""
    if start is None:
        return Clock(lambda: datetime.now(UTC), time.time)
    since = time.monotonic()
    return Clock(lambda: start + timedelta(seconds=time.monotonic() - since), time.time)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a channel gets the time: ``now`` is the bot's, ``wall`` the machine's (wire freshness)."""

    now: Callable[[], datetime]
    wall: Callable[[], float] = field(repr=False)
