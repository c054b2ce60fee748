"""Uploaded files: what may be uploaded, and for how long it can be fetched (wecom.md §4.3, D/90253)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from sandbox.clock import Clock

LIFE = timedelta(days=3)
SMALLEST = 5  #: bytes; a file must be larger
MB = 1024 * 1024
LARGEST = {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, "file": 20 * MB}  #: bytes by type
WEBHOOK_IMAGE = 2 * MB  #: bytes before base64 (wecom.md §5)

_SIGNS = {  #: how the files of a type begin, and what they are then
    "image": {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"},
    "voice": {b"#!AMR": "audio/amr"},
    "video": {b"ftyp": "video/mp4"},
    "file": {b"": "application/octet-stream"},
}


@dataclass(frozen=True, slots=True)
class Media:
    """One stored file; ``owner`` is the webhook key that alone may use it, or empty for the whole corp."""

    kind: str
    data: bytes
    content_type: str
    filename: str
    at: datetime
    owner: str = ""


class MediaStore:
    """Files by media_id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, Media] = {}
        self._ids = itertools.count(1)

    def keep(self, kind: str, data: bytes, filename: str, owner: str = "") -> str:
        """The new media_id. Raises Refused when size or format are not those of ``kind``."""
        content_type = content_type_of(kind, data)
        media_id = f"MEDIA-{next(self._ids):06d}"
        self._files[media_id] = Media(kind, data, content_type, filename, self._clock.now(), owner)
        return media_id

    def fetch(self, media_id: str, kind: str | None = None, owner: str = "") -> Media:
        """Raises Refused when it is unknown, older than three days, of another kind or another robot's."""
        media = self._files.get(media_id)
        if media is None or media.owner != owner or self._clock.now() - media.at >= LIFE:
            raise Refused(Code.BAD_MEDIA_ID, "invalid media_id")
        if kind is not None and media.kind != kind:
            raise Refused(Code.BAD_MEDIA_ID, f"media_id is not of type {kind}")
        return media

    def peek(self, media_id: str) -> Media:
        """What a phone has already downloaded. Raises KeyError."""
        return self._files[media_id]


def content_type_of(kind: str, data: bytes) -> str:
    """The MIME type of ``data``. Raises Refused when it may not be uploaded as ``kind``."""
    if kind not in LARGEST:
        raise Refused(Code.BAD_MEDIA_TYPE, "invalid media type")
    if len(data) <= SMALLEST:
        raise Refused(Code.BAD_MEDIA_SIZE, "media is too small")
    if len(data) > LARGEST[kind]:
        raise Refused(Code.MEDIA_TOO_LARGE, "media is too large")
    head = data[4:] if kind == "video" else data
    for sign, content_type in _SIGNS[kind].items():
        if head.startswith(sign):
            return content_type
    raise Refused(Code.BAD_MEDIA_TYPE, f"not a {kind} file of an accepted format")
