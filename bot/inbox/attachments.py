"""What people send along with their words: files, pictures, and the codes on photos of labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.channels.base import Rejected
from bot.inbox.labels import read_aside
from handlers.chat.context import Upload

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.channels.base import Channel
    from handlers.chat.events import Code, Message


@dataclass
class Attachments:
    """Fetched from the platform that a message came by."""

    channels: Mapping[str, Channel]

    async def codes(self, message: Message) -> list[Code]:
        """What the barcodes on a message's photos hold; nothing of those that are gone. Raises Retryable."""
        found: list[Code] = []
        for item in message.media:
            if item.kind == "image":
                try:
                    found += await read_aside(await self.channels[message.platform].download(item))
                except Rejected:
                    continue
        return list(dict.fromkeys(found))

    async def attached(self, message: Message, kinds: Collection[str]) -> Upload | None:
        """The first file of a message, or its pictures, of the kinds that are wanted; None when all are gone.

        Raises Retryable when one may be had later.
        """
        found: list[Upload] = []
        for item in message.media:
            if item.kind in kinds and (not found or item.kind == found[0].kind == "image"):
                try:
                    found.append(Upload(item.kind, item.name, await self.channels[message.platform].download(item)))
                except Rejected:
                    continue
        return replace(found[0], more=tuple(found[1:])) if found else None
