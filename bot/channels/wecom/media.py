"""Uploaded files by content, so that the same chart is uploaded once in three days (wecom.md §4.3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.wecom.wire import Upload
    from bot.store.base import Store

LIFE = 70 * 3600.0  #: seconds; a media_id lives three days, and a message may wait


class MediaCache:
    """Remembers the media_id that ``upload`` gave; ``owner`` is whose it is, where it is not the whole corp's."""

    def __init__(self, store: Store, upload: Callable[[Upload], Awaitable[str]], owner: str) -> None:
        self._store = store
        self._upload = upload
        self._owner = owner

    async def media_id(self, file: Upload, *, anew: bool = False) -> str:
        """``anew`` after the platform has refused the remembered one."""
        key = f"wecom:media:{self._owner}:{_digest(file)}"
        if not anew and (known := await self._store.get(key)):
            return known
        media_id = await self._upload(file)
        await self._store.set(key, media_id, LIFE)
        return media_id


def _digest(file: Upload) -> str:
    """People see the name of a document, so another name is another upload."""
    label = f"{file.kind}|{file.name if file.kind == 'file' else ''}|"
    return hashlib.sha256(label.encode() + file.data).hexdigest()
