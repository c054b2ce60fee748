"""Which store the settings ask for."""

from __future__ import annotations

from bot.store.fallback import FallbackStore
from bot.store.memory import MemoryStore


def open_store(redis_url: str | None) -> MemoryStore | FallbackStore:
    """This process's own memory, or Redis's. Raises RuntimeError when the ``redis`` extra is missing."""
    if redis_url is None:
        return MemoryStore()
    try:
        from bot.store.redis import RedisStore  # only where Redis is used: an extra
    except ImportError as error:
        raise RuntimeError("设置了 REDIS_URL，但没有安装 redis：pip install 'boomerang[redis]'") from error
    return FallbackStore(RedisStore(redis_url))
