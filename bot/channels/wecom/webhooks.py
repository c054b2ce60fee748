"""Group robots: outgoing only, a key in the URL for a secret, twenty messages a minute (wecom.md §5)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from typing import TYPE_CHECKING, Any

from yarl import URL

from bot.channels.base import Rejected, told_apart
from bot.channels.wecom.budget import PER_ROBOT, Budget
from bot.channels.wecom.errors import MEDIA_GONE, RobotGone, errcode, failure
from bot.channels.wecom.media import MediaCache
from bot.channels.wecom.parts import Words, parts_of, send_in_turn
from bot.channels.wecom.wire import Call, Upload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.channels.wecom.errors import Answer
    from bot.channels.wecom.parts import Part
    from bot.channels.wecom.wire import Wire
    from bot.runtime.clock import Clock
    from bot.store.base import Store
    from cards.types import Content

    Addresses = Mapping[str, Sequence[str]]

SEND = "/cgi-bin/webhook/send"
UPLOAD = "/cgi-bin/webhook/upload_media"
IMAGE_BYTES = 2 * 1024 * 1024  #: before base64


class Webhooks:
    """``addresses`` leads from a group's name to those of its robots, that of the new one first."""

    def __init__(self, addresses: Addresses, wire: Wire, store: Store, clock: Clock) -> None:
        self._robots = {name: [Robot(URL(url), wire, store) for url in urls] for name, urls in addresses.items()}
        self._store = store
        self._budget = Budget(store, clock, PER_ROBOT)

    async def send(self, group: str, content: Content, again: int = 0) -> None:
        """Raises Rejected for a group without a robot, Retryable when its minute is full."""
        robots = self._robots.get(group)
        if not robots:
            raise Rejected("group", f"没有给“{group}”配置群机器人：在 WECOM_GROUP_WEBHOOKS 里加上它的地址")

        async def deliver(part: Part) -> None:
            await self._deliver(robots, part, again)

        await send_in_turn(self._store, robots[0].id, parts_of(content), deliver)

    async def _deliver(self, robots: Sequence[Robot], part: Part, again: int) -> None:
        """By the first that is in the group; the platform says so before it shows anything. Raises what it says."""
        *first, last = robots
        for robot in first:
            with contextlib.suppress(RobotGone):
                await self._said_by(robot, part, again)
                return
        await self._said_by(last, part, again)

    async def _said_by(self, robot: Robot, part: Part, again: int) -> None:
        await self._budget.spend(robot.id)
        await robot.send(part, again)


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
