"""A decrypted callback as one of the bot's events, or None for what it has no use for (wecom.md §2.4-2.6)."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from wechatpy.enterprise.events import EVENT_TYPES
from wechatpy.enterprise.messages import MESSAGE_TYPES
from wechatpy.messages import UnknownMessage

from bot.channels.wecom.kinds import AppAtRisk, CardTapped, CodeScanned, ContactChanged
from bot.channels.wecom.xml import fields_of, root_of
from handlers.chat.events import Joined, Media, Message, Scan, StaffChanged, Tap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.chat.events import Event

log = logging.getLogger(__name__)

_CARRIED: dict[str, Literal["image", "voice", "file"]] = {
    "image": "image", "voice": "voice", "video": "file", "shortvideo": "file", "file": "file",
}  # fmt: skip
_WORDS = {"text": "Content", "link": "Url", "location": "Label"}
_STRONG_KEY = ("FromUserName", "CreateTime", "Event", "EventKey", "AgentID", "TaskId", "ResponseCode")
_TELLING_APART = ("ChangeType", "UserID", "Id", "ScanResult")  #: within one second and one EventKey


class Unreadable(ValueError):
    """Not a callback of ours: malformed, incomplete, or meant for another app. Says which, without content."""


class Malformed(Unreadable):
    """Not even one of somebody else's."""


def parse(xml: str, agent_id: int) -> Event | None:
    """The event in ``xml``; userids come out in lower case. Raises Unreadable."""
    try:
        found = _typed(fields_of(root_of(xml)))
        raw = found._data  # wechatpy keeps what its classes do not name here, and nowhere else
        _require(raw, "FromUserName", "CreateTime")
        if raw.get("AgentID") != str(agent_id) and not isinstance(found, ContactChanged):
            raise Unreadable("another app's AgentID")
        userid, at = raw["FromUserName"].lower(), datetime.fromtimestamp(found.time, UTC)
        return _message(raw, userid, at) if "Event" not in raw else _happening(found, userid, at)
    except Unreadable:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise Malformed(f"malformed: {type(error).__name__}") from error


def _typed(raw: dict[str, Any]) -> Any:
    """wechatpy's class for it, as its own parser chooses, which reads XML with xmltodict at three times the cost."""
    kind = raw["MsgType"].lower()
    known, name = (EVENT_TYPES, raw["Event"].lower()) if kind == "event" else (MESSAGE_TYPES, kind)
    return known.get(name, UnknownMessage)(raw)


def event_key(raw: Mapping[str, Any]) -> str:
    """An id for an event, which has no MsgId; FromUserName and CreateTime alone collide (wecom.md §2.3)."""
    flat = dict(raw) | dict(raw.get("ScanCodeInfo") or {})
    parts = [str(flat.get(name) or "") for name in _STRONG_KEY]
    parts += [str(flat[name]) for name in _TELLING_APART if flat.get(name)]
    return "wecom:e:" + hashlib.sha256("|".join(parts).encode()).hexdigest()


def _message(raw: Mapping[str, Any], userid: str, at: datetime) -> Message:
    """Whatever somebody sent, also of a kind that the bot can only answer with help."""
    _require(raw, "MsgId")
    kind = raw["MsgType"].lower()
    text = raw.get(_WORDS.get(kind, "")) or ""
    media: tuple[Media, ...] = ()
    if kind in _CARRIED:
        _require(raw, "MediaId")
        media = (Media(_CARRIED[kind], raw["MediaId"], raw.get("FileName") or ""),)
    return Message(f"wecom:{raw['MsgId']}", "wecom", userid, at, text, media=media)


def _happening(found: Any, userid: str, at: datetime) -> Event | None:
    key = event_key(found._data)
    match found:
        case CardTapped():
            _require(found._data, "EventKey", "TaskId")
            code = found.response_code
            return Tap(key, "wecom", userid, at, found.task_id, found.key, found.selected, code)
        case CodeScanned():
            _require(found._data["ScanCodeInfo"], "ScanResult")
            return Scan(key, "wecom", userid, at, found.result)
        case ContactChanged():
            return StaffChanged(key, "wecom", (found.member or userid).lower(), at)
        case AppAtRisk():
            log.warning("wecom watches how much the app is used: %s", found.name)
            return None
    return _of_the_app(found, key, userid, at)


def _of_the_app(found: Any, key: str, userid: str, at: datetime) -> Event | None:
    """What happens around the chat; a menu entry's key is taken as if its words had been typed."""
    match found._data["Event"].lower():
        case "enter_agent" | "subscribe":
            return Joined(key, "wecom", userid, at)
        case "unsubscribe":
            return StaffChanged(key, "wecom", userid, at)
        case "click":
            _require(found._data, "EventKey")
            return Message(key, "wecom", userid, at, found._data["EventKey"])
    return None


def _require(raw: Mapping[str, Any], *names: str) -> None:
    if missing := [name for name in names if not raw.get(name)]:
        raise Unreadable(f"no {', '.join(missing)}")
