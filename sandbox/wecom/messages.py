"""message/send and message/recall of the self-built app (wecom.md §4.1, D/90236, D/94867)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.wecom.contents import Content, app_content
from sandbox.wecom.copies import put_card
from sandbox.wecom.desk import Dropped
from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.gate import json_body
from sandbox.wecom.receivers import Receivers
from sandbox.wecom.validate import can_call_back
from sandbox.world import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from sandbox.wecom.contacts import Contacts
    from sandbox.wecom.desk import Desk, Sent
    from sandbox.wecom.gate import Answer

RECALL = timedelta(hours=24)
DUPLICATE = 1800  #: seconds of enable_duplicate_check when the call names none
LONGEST_DUPLICATE = 14400


class MessageApi:
    """Puts messages onto phones."""

    def __init__(self, desk: Desk, contacts: Contacts) -> None:
        self._desk = desk
        self._contacts = contacts
        self._seen: dict[str, datetime] = {}

    async def send(self, request: web.Request) -> Answer:
        payload = await json_body(request)
        if payload.get("agentid") != self._desk.app.agent_id:
            raise Refused(Code.BAD_AGENT, "invalid agentid")
        content = app_content(self._desk, payload)
        receivers = Receivers.of(payload, self._contacts)
        card = content.card
        if card and can_call_back(card) and not self._desk.app.callback_url:
            raise Refused(Code.NO_CALLBACK, "require callback url")
        sent = self._desk.register(card)
        code = {"response_code": self._desk.issue_code(sent)} if card and can_call_back(card) else {}
        duplicate = self._is_duplicate(payload)
        for userid in receivers.userids:
            lost = "duplicate" if duplicate else self._desk.quota.spend(userid)
            self._deliver(sent, userid, content, lost, code)
        return {"errcode": 0, "errmsg": "ok", **receivers.strangers, "msgid": sent.msgid, **code}

    async def recall(self, request: web.Request) -> Answer:
        sent = self._desk.sent.get(str((await json_body(request)).get("msgid")))
        if sent is None or self._desk.world.clock.now() - sent.at >= RECALL:
            raise Refused(Code.BAD_PARAMETER, "invalid msgid")
        for item_id in sent.copies.values():
            self._desk.world.change(item_id, recalled=True, dead=True)
        return {"errcode": 0, "errmsg": "ok"}

    def _deliver(self, sent: Sent, userid: str, content: Content, lost: str | None, code: Mapping[str, str]) -> None:
        """One phone, or the list of what was silently dropped."""
        world, place = self._desk.world, Place("wecom", userid)
        if lost:
            self._desk.dropped.append(Dropped(userid, content.msgtype, world.clock.now(), lost))
        elif content.card:
            task_id = content.card.get("task_id")
            item = put_card(world, place, content.card, msgid=sent.msgid, task_id=task_id, **code)
            sent.copies[userid.lower()] = item.id
        else:
            item = world.put(place, content.kind, content.body, msgid=sent.msgid)
            sent.copies[userid.lower()] = item.id

    def _is_duplicate(self, payload: dict[str, Any]) -> bool:
        """``enable_duplicate_check`` compares content and receivers, not any key of the caller."""
        if not payload.get("enable_duplicate_check"):
            return False
        now = self._desk.world.clock.now()
        span = timedelta(seconds=min(payload.get("duplicate_check_interval") or DUPLICATE, LONGEST_DUPLICATE))
        mark = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        before = self._seen.get(mark)
        self._seen[mark] = now
        return before is not None and now - before < span
