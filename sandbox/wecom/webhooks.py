"""Group robots: a key in the URL, twenty messages a minute, no interaction (wecom.md §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.wecom.contents import robot_content
from sandbox.wecom.copies import put_card
from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.gate import json_body
from sandbox.wecom.quota import PER_ROBOT, Quota
from sandbox.world import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from sandbox.wecom.desk import Desk
    from sandbox.wecom.files import FileApi
    from sandbox.wecom.gate import Answer


class WebhookApi:
    """``groups`` leads from a robot's key to the name of its group."""

    def __init__(self, desk: Desk, files: FileApi, groups: Mapping[str, str]) -> None:
        self._desk = desk
        self._files = files
        self._groups = dict(groups)
        self._quota = Quota(desk.world.clock, PER_ROBOT)

    async def send(self, request: web.Request) -> Answer:
        key, group = self._robot(request)
        content = robot_content(self._desk, await json_body(request), key)
        if self._quota.spend(key):
            raise Refused(Code.TOO_OFTEN, "api freq out of limit")
        place = Place("wecom", f"group:{group}", group=True)
        if content.card:
            put_card(self._desk.world, place, content.card)
        else:
            self._desk.world.put(place, content.kind, content.body)
        return {"errcode": 0, "errmsg": "ok"}

    async def upload(self, request: web.Request) -> Answer:
        self._robot(request)
        return await self._files.upload_for_robot(request)

    def _robot(self, request: web.Request) -> tuple[str, str]:
        key = request.query.get("key", "")
        if key not in self._groups:
            raise Refused(Code.BAD_WEBHOOK, "invalid webhook url")
        return key, self._groups[key]
