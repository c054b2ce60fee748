"""Group robots: outgoing only, a key in the URL for a secret, twenty messages a minute (wecom.md §5)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from yarl import URL

from bot.channels.base import Rejected, told_apart
from bot.channels.wecom.budget import PER_ROBOT, Budget
from bot.channels.wecom.errors import MEDIA_GONE, errcode, failure
from bot.channels.wecom.media import MediaCache
from bot.channels.wecom.parts import Words, parts_of, send_in_turn
from bot.channels.wecom.wire import Call, Upload

if TYPE_CHECKING:
    from bot.channels.wecom.errors import Answer
    from bot.channels.wecom.parts import Part
    from bot.channels.wecom.wire import Wire
    from bot.runtime.clock import Clock
    from bot.store.base import Store
    from cards.types import Content

SEND = "/cgi-bin/webhook/send"
UPLOAD = "/cgi-bin/webhook/upload_media"
IMAGE_BYTES = 2 * 1024 * 1024  #: before base64


class Webhooks:
    """``urls`` leads from a group's name to its robot's address."""

    def __init__(self, urls: dict[str, str], wire: Wire, store: Store, clock: Clock) -> None:
        self._robots = {name: Robot(URL(url), wire, store) for name, url in urls.items()}
        self._store = store
        self._budget = Budget(store, clock, PER_ROBOT)

    async def send(self, group: str, content: Content, again: int = 0) -> None:
        """Raises Rejected for a group without a robot, Retryable when its minute is full."""
        robot = self._robots.get(group)
        if robot is None:
            raise Rejected("group", f"没有给“{group}”配置群机器人：在 WECOM_GROUP_WEBHOOKS 里加上它的地址")

        async def deliver(part: Part) -> None:
            await self._budget.spend(robot.id)
            await robot.send(part, again)

        await send_in_turn(self._store, robot.id, parts_of(content), deliver)


class Robot:
    """One group's robot; ``id`` names it where its key must not be read."""

    def __init__(self, url: URL, wire: Wire, store: Store) -> None:
        self.id = "robot:" + hashlib.sha256(str(url).encode()).hexdigest()[:16]
        self._url = url
        self._wire = wire
        self._media = MediaCache(store, self._upload, self.id)

    async def send(self, part: Part, again: int) -> None:
        if isinstance(part, Words):
            await self._post(part.msgtype, {"content": told_apart(part.body, again)})
        elif part.kind == "image":
            await self._post("image", _image(part.data))
        else:
            await self._file(part)

    async def _file(self, file: Upload) -> None:
        try:
            await self._post("file", {"media_id": await self._media.media_id(file)})
        except Rejected as error:
            if error.code != MEDIA_GONE:
                raise
            await self._post("file", {"media_id": await self._media.media_id(file, anew=True)})

    async def _post(self, msgtype: str, body: dict[str, Any]) -> None:
        await self._ask(Call(SEND, str(self._url), body={"msgtype": msgtype, msgtype: body}))

    async def _upload(self, file: Upload) -> str:
        url = self._url.with_path(UPLOAD, keep_query=True).update_query(type=file.kind)
        answer = await self._ask(Call(UPLOAD, str(url), upload=file))
        return str(answer["media_id"])

    async def _ask(self, call: Call) -> Answer:
        answer = await self._wire.ask(call)
        if errcode(answer):
            raise failure(call.api, answer)
        return answer


def _image(png: bytes) -> dict[str, str]:
    if len(png) > IMAGE_BYTES:
        raise Rejected("45001", "群机器人的图片不能超过 2 MB")
    return {
        "base64": base64.b64encode(png).decode(),
        "md5": hashlib.md5(png, usedforsecurity=False).hexdigest(),
    }
