"""message/update_template_card: one response code, many copies (wecom.md §3.1, D/94888)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.wecom.card_schema import INTERACTIVE
from sandbox.wecom.copies import greyed, redraw
from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.gate import json_body
from sandbox.wecom.spec import Choice, Group, Names, Text
from sandbox.wecom.validate import check_card

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.wecom.contacts import Contacts
    from sandbox.wecom.desk import Desk, Sent
    from sandbox.wecom.gate import Answer

_TARGETS = Group(
    fields={
        "userids": Names(most=1000),
        "atall": Choice(of=(0, 1)),
        "response_code": Text(missing=Code.NO_PARAMETER),
        "button": Group(fields={"replace_name": Text(missing=Code.NO_BUTTON_NAME)}),
    }
)


class UpdateApi:
    """Redraws copies that are already on phones."""

    def __init__(self, desk: Desk, contacts: Contacts) -> None:
        self._desk = desk
        self._contacts = contacts

    async def update(self, request: web.Request) -> Answer:
        payload = await json_body(request)
        self._check(payload)
        sent = self._desk.use_code(payload["response_code"])
        if "button" in payload and sent.card_type not in INTERACTIVE:
            raise Refused(Code.BAD_PARAMETER, "button.replace_name needs a card with buttons")
        wanted = self._wanted(payload, sent)
        for userid in wanted & sent.copies.keys():
            self._redraw(sent.copies[userid], payload)
        return {"errcode": 0, "errmsg": "ok", "invaliduser": sorted(wanted - sent.copies.keys())}

    def _check(self, payload: dict[str, Any]) -> None:
        """Everything that can be wrong without looking at the code, so that a bad call does not use it up."""
        if payload.get("agentid") != self._desk.app.agent_id:
            raise Refused(Code.OTHER_APP, "agentid is not the app that sent it")
        if ("button" in payload) == ("template_card" in payload):
            raise Refused(Code.BAD_PARAMETER, "either button or template_card")
        if "template_card" in payload:
            check_card(payload["template_card"], self._desk.mode(updating=True))
        known = {name: payload[name] for name in _TARGETS.fields if name in payload}
        _TARGETS.check(known, "update_template_card", self._desk.mode(updating=True))
        if not any(payload.get(name) for name in ("userids", "partyids", "tagids", "atall")):
            raise Refused(Code.NO_RECEIVER, "userids, partyids, tagids and atall are all empty")

    def _wanted(self, payload: dict[str, Any], sent: Sent) -> set[str]:
        """Lower-cased userids; ``atall`` is every receiver of the message and nobody else."""
        if payload.get("atall"):
            return set(sent.copies)
        parties = {str(each) for each in payload.get("partyids") or []}
        members = [each.members for each in self._contacts.departments() if str(each.id) in parties]
        return {userid.lower() for group in [payload.get("userids") or [], *members] for userid in group}

    def _redraw(self, item_id: int, payload: dict[str, Any]) -> None:
        world = self._desk.world
        card = payload.get("template_card")
        redraw(world, item_id, card or greyed(world.items[item_id].body, payload["button"]["replace_name"]))
