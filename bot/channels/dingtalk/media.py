"""Files in both directions: uploads that messages name, downloads of what people sent (dingtalk.md §2.1, §4.3)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Literal

from aiohttp import ClientError, FormData

from bot.channels.base import Rejected, Retryable
from bot.channels.dingtalk.api import Call
from bot.channels.dingtalk.namespace import digest
from bot.channels.dingtalk.wire import TRANSFER, needed

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

    from bot.channels.dingtalk.api import Api
    from bot.channels.dingtalk.namespace import Namespace

UPLOAD, DOWNLOAD = "/media/upload", "/v1.0/robot/messageFiles/download"
MAX_BYTES = 20 * 1024 * 1024
KEPT = 24 * 3600.0  #: seconds that an upload is used again for the same bytes; the platform names no limit
FILE_TYPES = frozenset({"xlsx", "pdf", "zip", "rar", "doc", "docx"})  #: of sampleFile (dingtalk.md §4.2)


class MediaStore:
    """The same bytes are uploaded once a day: an upload is a counted call."""

    def __init__(self, api: Api, namespace: Namespace, session: ClientSession, robot_code: str) -> None:
        self._api, self._namespace, self._session, self._robot_code = api, namespace, session, robot_code

    async def upload(self, kind: Literal["image", "file"], name: str, data: bytes) -> str:
        """The media id of ``data``. Raises Rejected for what the platform would not take."""
        key = f"media:{digest(kind, name, data)}"
        if known := await self._namespace.get(key):
            return known
        if not 0 < len(data) <= MAX_BYTES:
            raise Rejected("40006", "文件是空的，或超过 20 MB")
        answer = await self._api.call(Call(UPLOAD, query=(("type", kind),), form=lambda: _form(kind, name, data)))
        media_id = needed(answer, "media_id")
        await self._namespace.set(key, media_id, KEPT)
        return media_id

    async def forget(self, kind: Literal["image", "file"], name: str, data: bytes) -> None:
        """Upload anew next time: the platform does not know the id any more."""
        await self._namespace.delete(f"media:{digest(kind, name, data)}")

    async def download(self, code: str) -> bytes:
        """What somebody sent. Raises Rejected when it is gone or over 20 MB."""
        body = {"downloadCode": code, "robotCode": self._robot_code}
        answer = await self._api.call(Call(DOWNLOAD, body))
        try:
            async with self._session.get(needed(answer, "downloadUrl"), timeout=TRANSFER) as response:
                return await _read(response)
        except (ClientError, TimeoutError) as error:
            raise Retryable(f"下载文件失败：{type(error).__name__}", 5) from None


def file_type(name: str) -> str:
    """The ending that ``sampleFile`` wants. Raises Rejected for others than it takes."""
    kind = name.rpartition(".")[2].lower()
    if kind not in FILE_TYPES:
        raise Rejected("file_type", "钉钉只收 xlsx、pdf、zip、rar、doc、docx 文件")
    return kind


def _form(kind: str, name: str, data: bytes) -> FormData:
    form = FormData()
    form.add_field("type", kind)
    form.add_field("media", BytesIO(data), filename=name)
    return form


async def _read(response: ClientResponse) -> bytes:
    if response.status >= 500:
        raise Retryable(f"下载文件失败：HTTP {response.status}", 5)
    if response.status != 200:
        raise Rejected(str(response.status), "文件已过期，请重新发送")
    if (response.content_length or 0) > MAX_BYTES:
        raise Rejected("too_large", "文件超过 20 MB")
    data = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        data += chunk
        if len(data) > MAX_BYTES:
            raise Rejected("too_large", "文件超过 20 MB")
    return bytes(data)
