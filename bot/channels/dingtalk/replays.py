"""One signature, one instant: over HTTP the signature covers a moment alone, and fits any body (dingtalk.md §2.1)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.channels.dingtalk.namespace import digest
from bot.channels.dingtalk.sign import WINDOW
from bot.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store.base import Store

log = logging.getLogger(__name__)
INSTANT = 2.0  #: seconds in which all that one signature can honestly come with is here


class Replays:
    """Remembers, among all replicas, what each signature came with for as long as it is taken.

    Two people's pushes of the same millisecond carry the same signature, so what comes with it at nearly the same
    time is taken; what comes later, with a body that it never had, is not. ``now`` gives Unix seconds.
    """

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store, self._now = store, now

    async def is_taken(self, signature: str, push: str) -> bool:
        """Whether the signature may bring this push; the platform may bring again what it has brought.

        While the shared store is away nothing is remembered, and everything is taken.
        """
        name, now = f"dingtalk:signed:{digest(signature)}", self._now()
        pushed = f"{name}:{digest(push)}"
        try:
            first = now if await self._store.add(name, f"{now:.3f}", 2 * WINDOW) else await self._first(name, now)
            if now - first > INSTANT:
                return await self._store.get(pushed) is not None
            await self._store.set(pushed, "1", 2 * WINDOW)
        except StoreDown:
            log.warning("the shared store is away: signatures that come twice are not noticed")
        return True

    async def _first(self, name: str, now: float) -> float:
        """When the signature came first; now, where that is forgotten by now."""
        return float(await self._store.get(name) or now)
