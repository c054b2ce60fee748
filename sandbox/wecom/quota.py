"""How many messages one member may get from an app before the rest vanishes (wecom.md §4.5, D/90454)."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.clock import Clock

PER_MEMBER = (("minute", timedelta(minutes=1), 30), ("hour", timedelta(hours=1), 1000))
PER_ROBOT = (("minute", timedelta(minutes=1), 20),)  #: wecom.md §5


class Quota:
    """Sliding windows by receiver."""

    def __init__(self, clock: Clock, windows: tuple[tuple[str, timedelta, int], ...] = PER_MEMBER) -> None:
        self._clock = clock
        self._windows = windows
        self._passed: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def spend(self, receiver: str) -> str | None:
        """Count one message; the name of the window that is full, in which case it counts nothing."""
        now, passed = self._clock.now(), self._passed[receiver]
        while passed and now - passed[0] >= self._windows[-1][1]:
            passed.popleft()
        for name, span, most in self._windows:
            if len(passed) >= most and now - passed[-most] < span:
                return name
        passed.append(now)
        return None
