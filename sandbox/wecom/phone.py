"""What people do on their phones: type, photograph, scan, open the menu, tap cards (wecom.md §2.4–2.6)."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING

from sandbox.wecom.contents import media_url
from sandbox.wecom.copies import DeadButton, answers, buttons, menu, offers, pick
from sandbox.wecom.envelope import build
from sandbox.wecom.replies import Asked, Replies
from sandbox.world import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.wecom.copies import Answers
    from sandbox.wecom.crypto import Crypto
    from sandbox.wecom.desk import Desk
    from sandbox.wecom.envelope import Fields
    from sandbox.wecom.push import Delivery, Push
    from sandbox.world import Item

FIRST_MSGID = 7_300_000_000_000_000_001  #: 64-bit, and beyond what a float holds exactly


class WeComPhones:
    """Every method sends one callback and returns when it was answered, given up, or held back."""

    def __init__(self, desk: Desk, push: Push, crypto: Crypto) -> None:
        self._desk = desk
        self._push = push
        self._replies = Replies(desk, crypto)
        self._ids = itertools.count(FIRST_MSGID)

    async def say(self, userid: str, text: str) -> Delivery:
        userid = self._userid(userid)
        self._desk.world.put(Place("wecom", userid), "text", {"content": text}, sender=userid)
        return await self._message(userid, "text", [("Content", text)])

    async def send_image(self, userid: str, data: bytes) -> Delivery:
        """A JPG or PNG from the album. Raises Refused for anything else."""
        userid = self._userid(userid)
        media_id = self._desk.media.keep("image", data, "photo.jpg")
        url = media_url(media_id)
        self._desk.world.put(Place("wecom", userid), "image", {"media_id": media_id, "url": url}, sender=userid)
        return await self._message(userid, "image", [("PicUrl", url), ("MediaId", media_id)])

    async def send_voice(self, userid: str, data: bytes) -> Delivery:
        """An AMR recording. Raises Refused for anything else."""
        userid = self._userid(userid)
        media_id = self._desk.media.keep("voice", data, "voice.amr")
        body = {"media_id": media_id, "url": media_url(media_id)}
        self._desk.world.put(Place("wecom", userid), "voice", body, sender=userid)
        return await self._message(userid, "voice", [("MediaId", media_id), ("Format", "amr")])

    async def scan(self, userid: str, event_key: str, result: str, scan_type: str = "qrcode") -> Delivery:
        """The app's scan menu; a 1-D barcode comes as ``barcode`` with a result like ``CODE_128,SF123``."""
        info = [("ScanType", scan_type), ("ScanResult", result)]
        return await self._event(userid, "scancode_waitmsg", event_key, [("ScanCodeInfo", info)])

    async def menu(self, userid: str, key: str) -> Delivery:
        return await self._event(userid, "click", key)

    async def enter(self, userid: str) -> Delivery:
        return await self._event(userid, "enter_agent", "")

    async def tap(self, item_id: int, button: str, selected: Mapping[str, str | list[str]] | None = None) -> Delivery:
        """Press a button, named by key or text; ``selected`` is question_key -> option id(s).

        An entry of the card's menu is found as well, after its buttons; nothing selected goes out with that.
        Raises DeadButton when the screen does not offer that.
        """
        item = self._card(item_id)
        if offers(menu(item.body), button) and not offers(buttons(item.body), button):
            return await self.tap_menu(item_id, button)
        key = pick(buttons(item.body), button)
        chosen = answers(item.body, selected)
        return await self._card_event(item, "template_card_event", key, chosen)

    async def tap_menu(self, item_id: int, key: str) -> Delivery:
        """Pick from the menu in the card's corner. Raises DeadButton when it has no such entry."""
        item = self._card(item_id)
        return await self._card_event(item, "template_card_menu_event", pick(menu(item.body), key), [])

    async def verify_url(self) -> bool:
        """The console's check when the callback is saved; what is wrong goes to ``problems``."""
        problem = await self._push.verify()
        self._desk.problems += [problem] if problem else []
        return problem is None

    def _userid(self, userid: str) -> str:
        """As the address book spells it. Raises LookupError for somebody without an account."""
        person = self._desk.world.person("wecom", userid)
        if person is None or not person.wecom:
            raise LookupError(f"nobody has the WeCom userid {userid!r}")
        return person.wecom

    def _card(self, item_id: int) -> Item:
        item = self._desk.world.items[item_id]
        if item.kind != "card" or item.place.group or item.state["dead"]:
            raise DeadButton(f"item {item_id} has nothing to tap")
        return item

    async def _message(self, userid: str, msgtype: str, content: Sequence[tuple[str, str]]) -> Delivery:
        fields: Fields = [("MsgType", msgtype), *content, ("MsgId", next(self._ids))]
        return await self._send(Asked(userid, "message"), fields)

    async def _event(self, userid: str, event: str, key: str, more: Fields = ()) -> Delivery:
        fields = [("MsgType", "event"), ("Event", event), ("EventKey", key), *more]
        return await self._send(Asked(self._userid(userid), event), fields)

    async def _card_event(self, item: Item, event: str, key: str, chosen: Answers) -> Delivery:
        sent = self._desk.sent[item.state["msgid"]]
        fields: list[tuple[str, str | int | Fields]] = [
            ("MsgType", "event"),
            ("Event", event),
            ("EventKey", key),
            ("TaskId", item.state["task_id"]),
            ("CardType", item.body["card_type"]),
            ("ResponseCode", self._desk.issue_code(sent)),
        ]
        if chosen:
            fields.append(("SelectedItems", [("SelectedItem", _answer(*each)) for each in chosen]))
        return await self._send(Asked(item.place.chat, event, item.id), fields)

    async def _send(self, asked: Asked, fields: Fields) -> Delivery:
        app, clock = self._desk.app, self._desk.world.clock
        head: Fields = [("ToUserName", app.corp_id), ("FromUserName", asked.userid), ("CreateTime", clock.seconds())]
        message = build([*head, *fields, ("AgentID", app.agent_id)])
        return await self._push.send(message, partial(self._replies.hear, asked))


def _answer(question_key: str, ids: list[str]) -> Fields:
    return [("QuestionKey", question_key), ("OptionIds", [("OptionId", each) for each in ids])]
