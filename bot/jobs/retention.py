"""Takes away what has had its time, and moves photos out of the database: a little, then room for whoever waits."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.runtime.oserrors import in_words
from bot.store.photos import put
from flow.cases import retention
from models import Photo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.store.photos import PhotoStore
    from config.settings import KeepSettings

log = structlog.get_logger("retention")
AT_ONCE = 240.0  #: seconds of one walk; what is left then is the next one's
REST = 0.05  #: seconds between two steps, in which taps have the database to themselves


@dataclass(slots=True)
class Pruner:
    """One walk through everything; safe anywhere and again, beside other replicas too."""

    keep: KeepSettings
    photos: PhotoStore | None  #: None: they stay in the database
    now: Callable[[], datetime]
    rest: float = REST

    async def run(self) -> dict[str, int]:
        """Walk through every table once; how many rows of each are gone, and how many photos have moved."""
        gone: dict[str, int] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AT_ONCE):
                for name in retention.RULES:
                    gone[name] = await self._table(name)
                gone["imports"], gone["moved"] = await self._imports(), await self._moved()
        gone = {name: count for name, count in gone.items() if count}
        if gone:
            log.info("taken away", **gone)
        return gone

    async def _table(self, name: str) -> int:
        before = retention.cutoff(self.now(), getattr(self.keep, name))
        last: int | None = 0
        gone = 0
        while before and last is not None:
            step = await retention.step(retention.RULES[name], last, before, self.now())
            last, gone = step.last, gone + step.gone
            await asyncio.sleep(self.rest)
        return gone

    async def _imports(self) -> int:
        before = retention.cutoff(self.now(), self.keep.imports)
        gone = 0
        while before and (count := await retention.forget_befores(before)):
            gone += count
            await asyncio.sleep(self.rest)
        return gone

    async def _moved(self) -> int:
        """How many photos have moved; those that the store does not take stay for the next walk."""
        try:
            return await self.move_photos()
        except OSError as error:
            log.warning("photos stay in the database", reason=in_words(error))
            return 0

    async def move_photos(self) -> int:
        """Put the bytes of photos where they belong; a kill in between leaves them where they were. Raises OSError."""
        moved, last = 0, 0
        while self.photos and (photo := await Photo.filter(id__gt=last, place="").order_by("id").first()):
            place = await put(self.photos, photo.data)
            moved += await Photo.filter(id=photo.id, place="").update(data=b"", place=place)
            if not await self.photos.has(place):  # another replica has dropped the same picture
                await put(self.photos, photo.data)
            last = photo.id
            await asyncio.sleep(self.rest)
        return moved
