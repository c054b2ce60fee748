"""One signature, one push: over HTTP the signature covers a moment alone, and fits any body (dingtalk.md §2.1)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.channels.dingtalk.shelf import digest
from bot.channels.dingtalk.sign import WINDOW
from bot.store import StoreDown

if TYPE_CHECKING:
    from bot.store import Store

log = logging.getLogger(__name__)


class Replays:
    """Remembers, among all replicas, what each signature came with for as long as it is taken."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def is_first(self, signature: str, push: str) -> bool:
        """Whether this is what the signature came with first; the platform may bring that again.

        While the shared store is away nothing is remembered, and everything is taken.
        """
        name, what = f"dingtalk:signed:{digest(signature)}", digest(push)
        try:
            return await self._store.add(name, what, 2 * WINDOW) or await self._store.get(name) == what
        except StoreDown:
            log.warning("the shared store is away: signatures that come twice are not noticed")
            return True
