"""What a message may contain, for the app and for group robots, and the bubble it makes (wecom.md §4.1, §5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.wecom.errors import Code, Refused
from sandbox.wecom.media import WEBHOOK_IMAGE
from sandbox.wecom.spec import Group, Many, Names, Text
from sandbox.wecom.validate import WEBHOOK_TYPES, check_card

if TYPE_CHECKING:
    from sandbox.wecom.desk import Desk
    from sandbox.world import Kind

TEXT = 2048  #: bytes of a text, and of an app's markdown
WEBHOOK_MARKDOWN = 4096  #: bytes

_KINDS: dict[str, Kind] = {
    "text": "text",
    "markdown": "markdown",
    "markdown_v2": "markdown",
    "image": "image",
    "voice": "voice",
    "video": "file",
    "file": "file",
    "textcard": "notice",
    "news": "notice",
    "template_card": "card",
}
_MEDIA = {"media_id": Text(missing=Code.BAD_MEDIA_ID)}
_ARTICLE = Group(
    fields={
        "title": Text(missing=Code.NO_TITLE),
        "description": Text(),
        **{name: Text() for name in ("url", "picurl", "appid", "pagepath")},
    }
)
_NEWS = Group(fields={"articles": Many(of=_ARTICLE, most=8, missing=Code.NO_PARAMETER)})
_APP = {
    "text": Group(fields={"content": Text(missing=Code.EMPTY_TEXT)}),
    "markdown": Group(fields={"content": Text(hard=TEXT, refusal=Code.TOO_LONG, missing=Code.EMPTY_TEXT)}),
    "textcard": Group(
        fields={
            "title": Text(soft=128, missing=Code.NO_TITLE),
            "description": Text(soft=512, missing=Code.NO_DESCRIPTION),
            "url": Text(hard=2048, missing=Code.NO_PARAMETER),
            "btntxt": Text(soft=4),
        }
    ),
    "news": _NEWS,
    "image": Group(fields=_MEDIA),
    "voice": Group(fields=_MEDIA),
    "file": Group(fields=_MEDIA),
    "video": Group(fields={**_MEDIA, "title": Text(), "description": Text()}),
}
_LONG = Group(fields={"content": Text(hard=WEBHOOK_MARKDOWN, missing=Code.EMPTY_TEXT)})
_MENTIONS = {"mentioned_list": Names(most=1000), "mentioned_mobile_list": Names(most=1000)}
_ROBOT = {
    "text": Group(fields={"content": Text(hard=TEXT, missing=Code.EMPTY_TEXT), **_MENTIONS}),
    "markdown": _LONG,
    "markdown_v2": _LONG,
    "news": _NEWS,
    "image": Group(fields={"base64": Text(missing=Code.NO_MEDIA), "md5": Text(missing=Code.NO_PARAMETER)}),
    "file": Group(fields=_MEDIA),
    "voice": Group(fields=_MEDIA),
}


@dataclass(frozen=True, slots=True)
class Content:
    """A checked message, ready for a phone."""

    msgtype: str
    body: dict[str, Any]

    @property
    def kind(self) -> Kind:
        return _KINDS[self.msgtype]

    @property
    def card(self) -> dict[str, Any] | None:
        return self.body if self.msgtype == "template_card" else None


def app_content(desk: Desk, payload: dict[str, Any]) -> Content:
    """The content of a message/send. Raises Refused."""
    msgtype = payload.get("msgtype", "")
    if msgtype == "template_card":
        return _card(desk, payload.get(msgtype))
    body = _checked(desk, payload, _APP)
    if msgtype == "text":
        body = body | {"content": cut(body["content"])}
    return Content(msgtype, with_media(desk, msgtype, body))


def robot_content(desk: Desk, payload: dict[str, Any], key: str) -> Content:
    """The content of a webhook/send. Raises Refused."""
    msgtype = payload.get("msgtype", "")
    if msgtype == "template_card":
        check_card(payload.get(msgtype), desk.mode(), WEBHOOK_TYPES)
        return Content(msgtype, payload[msgtype])
    body = _checked(desk, payload, _ROBOT)
    if msgtype == "image":
        body = {"media_id": _keep_image(desk, body, key)}
    return Content(msgtype, with_media(desk, msgtype, body, key))


def cut(text: str) -> str:
    """A text is shortened to 2048 bytes without a word."""
    return text.encode()[:TEXT].decode(errors="ignore")


def with_media(desk: Desk, msgtype: str, body: dict[str, Any], owner: str = "") -> dict[str, Any]:
    """A body that names a file gets the address under which the page shows it, and its name. Raises Refused."""
    if "media_id" not in body:
        return body
    media = desk.media.fetch(body["media_id"], msgtype, owner)
    return body | {"url": media_url(body["media_id"]), "name": media.filename}


def media_url(media_id: str) -> str:
    return f"/sandbox/media/{media_id}"


def _checked(desk: Desk, payload: dict[str, Any], known: dict[str, Group]) -> dict[str, Any]:
    msgtype = payload.get("msgtype", "")
    if msgtype not in known:
        raise Refused(Code.BAD_MSGTYPE, "invalid message type")
    body: dict[str, Any] = payload.get(msgtype) or {}
    known[msgtype].check(body, msgtype, desk.mode())
    return body


def _card(desk: Desk, card: Any) -> Content:
    check_card(card, desk.mode())
    for row in card.get("horizontal_content_list", []):
        if row.get("type") == 2:
            desk.media.fetch(row["media_id"], "file")
    return Content("template_card", card)


def _keep_image(desk: Desk, body: dict[str, Any], key: str) -> str:
    try:
        data = base64.b64decode(body["base64"], validate=True)
    except binascii.Error as error:
        raise Refused(Code.BAD_PARAMETER, "image.base64 is not base64") from error
    if len(data) > WEBHOOK_IMAGE:
        raise Refused(Code.MEDIA_TOO_LARGE, "image exceed max size 2M")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != body["md5"].lower():
        raise Refused(Code.BAD_PARAMETER, "image.md5 does not match")
    return desk.media.keep("image", data, "image", key)
