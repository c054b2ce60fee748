"""Keeps below the limits beyond which WeCom discards messages without a word (wecom.md §4.5, D/90454)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from bot.channels.base import Retryable
from bot.channels.wecom.wire import DEADLINE

if TYPE_CHECKING:
    from limits import RateLimitItem

    from bot.runtime.clock import Clock
    from bot.store.base import Store


def _window(messages: int, seconds: int) -> RateLimitItem:
    """Longer than the platform's own by the longest call: a slow one counts there later than here."""
    return RateLimitItemPerSecond(messages, seconds + round(DEADLINE), namespace="wecom")


PER_MEMBER = (_window(30, 60), _window(1000, 3600))
PER_ROBOT = (_window(20, 60),)  #: wecom.md §5


class Budget:
    """Moving windows by receiver, shared by all processes through the store."""

    def __init__(self, store: Store, clock: Clock, windows: tuple[RateLimitItem, ...] = PER_MEMBER) -> None:
        self._limiter = MovingWindowRateLimiter(store.counters)
        self._clock = clock
        self._windows = windows

    async def spend(self, receiver: str) -> None:
        """Count one message. Raises Retryable with the time to wait when a window is full."""
        try:
            for window in self._windows:
                if not await self._limiter.hit(window, receiver):
                    raise Retryable("发给同一人或同一群的消息太密，稍后再发", await self._wait(window, receiver))
        except StorageError as error:
            raise Retryable("共享存储连不上", 5.0) from error

    async def _wait(self, window: RateLimitItem, receiver: str) -> float:
        """Seconds until the oldest message leaves the window."""
        stats = await self._limiter.get_window_stats(window, receiver)
        return min(max(stats.reset_time - self._clock.wall(), 1.0), float(window.get_expiry()))
