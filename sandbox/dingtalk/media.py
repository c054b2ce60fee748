"""Files of the chats: uploads with their limits, and the codes by which a robot downloads what people sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from sandbox.dingtalk.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.clock import Clock
    from sandbox.dingtalk.app import Address
    from sandbox.dingtalk.calls import Call

DOWNLOAD_PATH = "/sandbox/dingtalk/file"
DOWNLOAD_LIFE = timedelta(hours=2)  #: "temporary" in the documentation; the length is not said
MB = 1024 * 1024
#: type -> (most bytes, endings), dingtalk.md §4.3
UPLOADS: dict[str, tuple[int, frozenset[str]]] = {
    "image": (20 * MB, frozenset({"jpg", "jpeg", "gif", "png", "bmp"})),
    "voice": (2 * MB, frozenset({"amr", "mp3", "wav"})),
    "video": (20 * MB, frozenset({"mp4"})),
    "file": (20 * MB, frozenset({"doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "pdf", "rar"})),
}


@dataclass(frozen=True, slots=True)
class Medium:
    """One stored file."""

    data: bytes
    content_type: str


class Media:
    """Everything uploaded, by media id; ``get`` raises KeyError for an unknown one."""

    def __init__(self, robot_code: str, clock: Clock, address: Address) -> None:
        self._robot_code, self._clock, self._address = robot_code, clock, address
        self._files: dict[str, Medium] = {}
        self._codes: dict[str, tuple[str, datetime]] = {}

    def __contains__(self, media_id: object) -> bool:
        return media_id in self._files

    def get(self, media_id: str) -> tuple[bytes, str]:
        medium = self._files[media_id]
        return medium.data, medium.content_type

    def keep(self, data: bytes, content_type: str) -> str:
        media_id = "@lAD" + secrets.token_urlsafe(18)
        self._files[media_id] = Medium(data, content_type)
        return media_id

    def code(self, media_id: str) -> str:
        """A new download code for a file that somebody sent to the robot."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = (media_id, self._clock.now() + DOWNLOAD_LIFE)
        return code

    def upload(self, call: Call) -> dict[str, Any]:
        """``POST /media/upload``; the type may stand in the URL, in the form, or both."""
        kind = call.query.get("type") or call.body.get("type")
        if kind not in UPLOADS:
            raise Refusal(40004, "不合法的媒体文件类型")
        if call.upload is None:
            raise Refusal(41005, "缺少多媒体文件数据")
        most, endings = UPLOADS[kind]
        if call.upload.name.rpartition(".")[2].lower() not in endings:
            raise Refusal(40005, "不合法的文件类型")
        if not 0 < len(call.upload.data) <= most:
            raise Refusal(40006, "不合法的文件大小")
        media_id = self.keep(call.upload.data, call.upload.content_type)
        return {"errcode": 0, "errmsg": "ok", "media_id": media_id, "created_at": self._clock.millis(), "type": kind}

    def download(self, call: Call) -> dict[str, Any]:
        """``POST /v1.0/robot/messageFiles/download``: only the robot that got the code may use it."""
        code = str(call.body.get("downloadCode"))
        if call.body.get("robotCode") != self._robot_code or self._find(code) is None:
            raise Refusal("invalidParameter.robotCode.downloadCode")
        expires = {"Expires": int(self._codes[code][1].timestamp())}
        return {"downloadUrl": f"{self._address.url}{DOWNLOAD_PATH}/{code}?{urlencode(expires)}"}

    async def serve(self, request: web.Request) -> web.Response:
        """The storage behind ``downloadUrl``."""
        media_id = self._find(request.match_info["code"])
        if media_id is None:
            return web.Response(status=403)
        data, content_type = self.get(media_id)
        return web.Response(body=data, content_type=content_type)

    def _find(self, code: str) -> str | None:
        media_id, ends = self._codes.get(code, ("", self._clock.now()))
        return media_id if self._clock.now() < ends else None
