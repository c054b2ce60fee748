"""The fake WeCom of one self-built app and its group robots, mountable into any aiohttp app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.faults import Faults
from sandbox.wecom.contacts import Contacts
from sandbox.wecom.crypto import Crypto
from sandbox.wecom.desk import Desk
from sandbox.wecom.files import FileApi
from sandbox.wecom.gate import Gate
from sandbox.wecom.messages import MessageApi
from sandbox.wecom.phone import WeComPhones
from sandbox.wecom.push import Push
from sandbox.wecom.tokens import Tokens
from sandbox.wecom.updates import UpdateApi
from sandbox.wecom.webhooks import WebhookApi

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from sandbox.wecom.config import WeComApp
    from sandbox.wecom.desk import Dropped
    from sandbox.wecom.gate import Answer
    from sandbox.world import World


class WeCom:
    """``webhooks`` leads from a robot's key to its group's name; faults strike by API path and ``push:wecom``."""

    def __init__(
        self, world: World, app: WeComApp, webhooks: Mapping[str, str] | None = None, faults: Faults | None = None
    ) -> None:
        self.faults = faults or Faults()
        self.desk = Desk(world, app)
        self.tokens = Tokens(app, world.clock)
        self.crypto = Crypto(app.token, app.aes_key, app.corp_id)
        self.push = Push(app, self.crypto, world.clock, self.faults)
        self.phones = WeComPhones(self.desk, self.push, self.crypto)
        self._gate = Gate(self.faults, self.tokens)
        self._contacts = Contacts(world)
        self._messages = MessageApi(self.desk, self._contacts)
        self._updates = UpdateApi(self.desk, self._contacts)
        self._files = FileApi(self.desk)
        self._webhooks = WebhookApi(self.desk, self._files, webhooks or {})

    @property
    def calls(self) -> Counter[str]:
        """Requests by API path, refused and lost ones too."""
        return self._gate.calls

    @property
    def dropped(self) -> list[Dropped]:
        """What the platform swallowed without saying so."""
        return self.desk.dropped

    @property
    def problems(self) -> list[str]:
        """Malformed passive replies and failed URL verifications."""
        return self.desk.problems

    def media(self, media_id: str) -> tuple[bytes, str]:
        """Bytes and content type of any file that was ever sent. Raises KeyError."""
        media = self.desk.media.peek(media_id)
        return media.data, media.content_type

    def routes(self) -> list[web.RouteDef]:
        """Everything under ``/cgi-bin/``."""
        guard, free = self._gate.guard, self._gate.open
        return [
            web.get("/cgi-bin/gettoken", free(self._get_token)),
            web.post("/cgi-bin/message/send", guard(self._messages.send)),
            web.post("/cgi-bin/message/recall", guard(self._messages.recall)),
            web.post("/cgi-bin/message/update_template_card", guard(self._updates.update)),
            web.post("/cgi-bin/media/upload", guard(self._files.upload)),
            web.get("/cgi-bin/media/get", guard(self._files.get)),
            web.get("/cgi-bin/user/get", guard(self._contacts.user_get)),
            web.get("/cgi-bin/user/list", guard(self._contacts.user_list)),
            web.get("/cgi-bin/department/list", guard(self._contacts.department_list)),
            web.post("/cgi-bin/webhook/send", free(self._webhooks.send)),
            web.post("/cgi-bin/webhook/upload_media", free(self._webhooks.upload)),
        ]

    async def close(self) -> None:
        await self.push.close()

    async def _get_token(self, request: web.Request) -> Answer:
        query = request.query
        token, seconds = self.tokens.issue(query.get("corpid", ""), query.get("corpsecret", ""))
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": seconds}
