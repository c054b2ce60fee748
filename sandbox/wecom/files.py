"""media/upload, media/get and webhook/upload_media (wecom.md §4.3, §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import BodyPartReader, MultipartReader, web

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from sandbox.wecom.desk import Desk
    from sandbox.wecom.gate import Answer


class FileApi:
    """Takes files in and gives them out again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def upload(self, request: web.Request) -> Answer:
        return await self._keep(request, ("image", "voice", "video", "file"))

    async def upload_for_robot(self, request: web.Request) -> Answer:
        return await self._keep(request, ("file", "voice"), request.query["key"])

    async def get(self, request: web.Request) -> Answer:
        media = self._desk.media.fetch(request.query.get("media_id", ""))
        disposition = f"attachment; filename*=utf-8''{quote(media.filename)}"
        headers = {"Content-Disposition": disposition}
        return web.Response(body=media.data, content_type=media.content_type, headers=headers)

    async def _keep(self, request: web.Request, kinds: tuple[str, ...], owner: str = "") -> Answer:
        kind = request.query.get("type", "")
        if kind not in kinds:
            raise Refused(Code.BAD_MEDIA_TYPE, "invalid media type")
        filename, data = await _media_field(request)
        media_id = self._desk.media.keep(kind, data, filename, owner)
        at = str(self._desk.world.clock.seconds())
        return {"errcode": 0, "errmsg": "", "type": kind, "media_id": media_id, "created_at": at}


async def _media_field(request: web.Request) -> tuple[str, bytes]:
    """The part named ``media``. Raises Refused when the form has none with a file name."""
    if not request.content_type.startswith("multipart/"):
        raise Refused(Code.NO_MEDIA, "media data missing")
    # Not request.multipart(): the app it is mounted in may allow smaller bodies than the platform does.
    async for part in MultipartReader(request.headers, request.content):
        if isinstance(part, BodyPartReader) and part.name == "media" and part.filename:
            return part.filename, bytes(await part.read())
    raise Refused(Code.NO_MEDIA, "media data missing")
