"""Opens what the app answers in the callback itself, and applies it to the phone it came from (wecom.md §2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.wecom.camel import card_from_xml
from sandbox.wecom.card_schema import INTERACTIVE
from sandbox.wecom.contents import cut, with_media
from sandbox.wecom.copies import greyed, redraw
from sandbox.wecom.crypto import CryptoError
from sandbox.wecom.envelope import EnvelopeError, parse, text_of
from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.validate import check_card
from sandbox.world import Place

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from sandbox.wecom.crypto import Crypto
    from sandbox.wecom.desk import Desk
    from sandbox.world import Kind

_UPDATES = {"update_button", "update_template_card"}
_TALK = {"text", "image", "voice"}
_ACCEPTED = {  #: D/90241 lists which events take a passive reply; a card click takes an update and nothing else
    "message": _TALK,
    "subscribe": _TALK,
    "enter_agent": _TALK,
    "click": _TALK,
    "view": _TALK,
    "scancode_waitmsg": _TALK,
    "template_card_event": _UPDATES,
    "template_card_menu_event": _TALK | _UPDATES,
}
_SPOKEN: dict[str, tuple[str, Kind]] = {"image": ("Image", "image"), "voice": ("Voice", "voice")}


@dataclass(frozen=True, slots=True)
class Asked:
    """The callback that is being answered: whose, about what, and on which card."""

    userid: str
    event: str
    item_id: int = 0


class Replies:
    """Applies good passive replies; a malformed one becomes a line in ``problems`` and changes nothing."""

    def __init__(self, desk: Desk, crypto: Crypto) -> None:
        self._desk = desk
        self._crypto = crypto

    def hear(self, asked: Asked, body: str) -> None:
        if not body:
            return
        try:
            self._apply(asked, self._open(body))
        except (CryptoError, EnvelopeError, Refused) as error:
            self._desk.problems.append(f"passive reply to {asked.event}: {error}")

    def _open(self, body: str) -> Element:
        envelope = parse(body)
        sealed, signature, timestamp, nonce = (
            text_of(envelope, tag) for tag in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
        )
        if not self._crypto.is_signed(signature, timestamp, nonce, sealed):
            raise EnvelopeError("the signature does not match")
        return parse(self._crypto.decrypt(sealed))

    def _apply(self, asked: Asked, reply: Element) -> None:
        if text_of(reply, "ToUserName").lower() != asked.userid.lower():
            raise EnvelopeError("ToUserName is not who is being answered")
        if text_of(reply, "FromUserName") != self._desk.app.corp_id or not text_of(reply, "CreateTime").isdecimal():
            raise EnvelopeError("FromUserName is not the CorpID, or CreateTime no number")
        msgtype = text_of(reply, "MsgType")
        if msgtype not in _ACCEPTED.get(asked.event, set()):
            raise EnvelopeError(f"MsgType {msgtype!r} is no answer to this event")
        if msgtype in _UPDATES:
            self._update(asked, msgtype, reply)
        else:
            self._talk(asked, msgtype, reply)

    def _talk(self, asked: Asked, msgtype: str, reply: Element) -> None:
        place = Place("wecom", asked.userid)
        if msgtype == "text":
            self._desk.world.put(place, "text", {"content": cut(text_of(reply, "Content"))})
            return
        tag, kind = _SPOKEN[msgtype]
        media_id = text_of(_child(reply, tag), "MediaId")
        self._desk.world.put(place, kind, with_media(self._desk, msgtype, {"media_id": media_id}))

    def _update(self, asked: Asked, msgtype: str, reply: Element) -> None:
        """Only the clicker's own copy changes."""
        card = self._desk.world.items[asked.item_id].body
        if msgtype == "update_template_card":
            card = card_from_xml(_child(reply, "TemplateCard"))
            check_card(card, self._desk.mode(updating=True))
        elif card["card_type"] not in INTERACTIVE:
            raise Refused(Code.BAD_PARAMETER, "update_button needs a card with buttons")
        else:
            card = greyed(card, _name(reply))
        redraw(self._desk.world, asked.item_id, card)


def _name(reply: Element) -> str:
    if not (name := text_of(_child(reply, "Button"), "ReplaceName")):
        raise Refused(Code.NO_BUTTON_NAME, "ReplaceName is empty")
    return name


def _child(reply: Element, tag: str) -> Element:
    child = reply.find(tag)
    if child is None:
        raise EnvelopeError(f"<{tag}> is missing")
    return child
