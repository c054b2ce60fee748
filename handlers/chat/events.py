"""The incoming vocabulary: what people did, whichever platform they did it on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

Platform = Literal["wecom", "dingtalk"]


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, voice or file that came with a message; fetched through its channel while it lives."""

    kind: Literal["image", "voice", "file"]
    ref: str = field(repr=False)  #: WeCom media_id (3 days) or DingTalk downloadCode
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where an answer to this message costs nothing: DingTalk's sessionWebhook, about 90 minutes (dingtalk.md §2.1)."""

    url: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Somebody wrote, spoke or sent a picture. ``text`` is as typed; the router normalises it."""

    event_id: str  #: the same for every delivery of the same message
    platform: Platform
    userid: str
    at: datetime
    text: str = field(default="", repr=False)
    chat: str | None = None  #: the group's id; None in the 1:1 chat
    media: tuple[Media, ...] = ()
    reply: ReplyTo | None = None
    mentions: tuple[str, ...] = ()  #: userids of colleagues that are @-ed in it, never the bot itself
    quoted: tuple[str, ...] = field(default=(), repr=False)  #: every text of the message that this one quotes


@dataclass(frozen=True, slots=True)
class Tap:
    """Somebody tapped a button. ``token`` names the card, ``payload`` the button."""

    event_id: str
    platform: Platform
    userid: str
    at: datetime
    token: str
    payload: str
    selected: dict[str, str] = field(default_factory=dict)  #: drop-down key -> chosen option id
    code: str = field(default="", repr=False)  #: WeCom's ResponseCode of this click


@dataclass(frozen=True, slots=True)
class Scan:
    """A code read with the platform's own scanner. ``code`` is bare, without a symbology prefix."""

    event_id: str
    platform: Platform
    userid: str
    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody opened the chat with the bot, or was given access to it."""

    event_id: str
    platform: Platform
    userid: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """The platform's address book changed, so members are worth refreshing."""

    event_id: str
    platform: Platform
    userid: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """What a barcode holds. ``retail`` is its kind: one that shops put on articles (EAN, UPC), never a courier's."""

    text: str
    retail: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """A keeper's photo of a parcel, as the codes on it, from top to bottom. Made of a ``Message``, and never stored."""

    event_id: str
    platform: Platform
    userid: str
    at: datetime
    codes: tuple[Code, ...]


Event = Message | Tap | Scan | Joined | StaffChanged

_KINDS: dict[str, type[Event]] = {
    "message": Message, "tap": Tap, "scan": Scan, "joined": Joined, "staff": StaffChanged,
}  # fmt: skip
_NAMES = {kind: name for name, kind in _KINDS.items()}
_FIELDS = {kind: tuple(each.name for each in fields(kind)) for kind in _KINDS.values()}


def pack(event: Event) -> tuple[str, dict[str, Any]]:
    """``(kind, plain JSON)`` as the inbox keeps it; ``unpack`` gives the same event back.

    Only what no database keeps is left out of a text: NUL, and half a pair of code units.
    """
    data = {name: getattr(event, name) for name in _FIELDS[type(event)]}
    data["at"] = event.at.isoformat()
    if isinstance(event, Message):
        data["text"] = _kept(event.text)
        data |= {"mentions": list(event.mentions), "quoted": [_kept(text) for text in event.quoted]}
        data["media"] = [asdict(item) for item in event.media]
        data["reply"] = event.reply and {"url": event.reply.url, "until": event.reply.until.isoformat()}
    return _NAMES[type(event)], data


def _kept(text: str) -> str:
    return text.replace("\0", "").encode(errors="ignore").decode()


def unpack(kind: str, data: dict[str, Any]) -> Event:
    """The event that ``pack`` took apart."""
    parts = data | {"at": datetime.fromisoformat(data["at"])}
    if kind == "message":
        parts["media"] = tuple(Media(**item) for item in data["media"])
        parts |= {name: tuple(data.get(name) or ()) for name in ("mentions", "quoted")}
        if reply := data["reply"]:
            parts["reply"] = ReplyTo(reply["url"], datetime.fromisoformat(reply["until"]))
    return _KINDS[kind](**parts)
