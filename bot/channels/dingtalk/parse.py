"""The platform's payloads as the bot's events; the same JSON comes over Stream and HTTP (dingtalk.md §2.1, §3.2)."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.channels.dingtalk.namespace import digest
from bot.channels.dingtalk.text import json_object
from handlers.chat.events import Media, Message, ReplyTo, StaffChanged, Tap

if TYPE_CHECKING:
    from collections.abc import Iterator

OVER_QUOTA = 20001
GROUP = "2"
MAX_QUOTED, MAX_DEPTH = 200, 12
#: events of the address book (dingtalk.md §4.6, KB 1434)
STAFF_EVENTS = frozenset({
    "user_add_org", "user_modify_org", "user_leave_org", "user_active_org",
    "org_admin_add", "org_admin_remove", "org_dept_create", "org_dept_modify", "org_dept_remove",
})  # fmt: skip


class Skipped(ValueError):
    """A payload that is nobody's message; ``reason`` is a word for the log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Malformed(ValueError):
    """A payload such as the platform never sends."""


@contextmanager
def reading() -> Iterator[None]:
    """Raises Malformed for whatever a field of another kind than documented leads to."""
    try:
        yield
    except Skipped:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError, OSError, RecursionError) as error:
        raise Malformed(type(error).__name__) from error


def message(body: dict[str, Any], at: datetime) -> Message:
    """A robot message, de-duplicated by its ``msgId`` (dingtalk.md §1.3).

    Raises Skipped: ``over-quota`` comes without text (KB 1433), ``no-staff-id`` from a robot that is not published
    or from an outsider, ``no-msg-id`` from nobody we know.
    """
    if str(body.get("errorCode", "")) == str(OVER_QUOTA):
        raise Skipped("over-quota")
    if not (userid := body.get("senderStaffId")):
        raise Skipped("no-staff-id")
    if not (msg_id := body.get("msgId")):
        raise Skipped("no-msg-id")
    text, media = _content(body)
    return Message(
        event_id=f"dingtalk:{msg_id}",
        platform="dingtalk",
        userid=str(userid),
        at=at,
        text=text.strip(),
        chat=str(body.get("conversationId")) if str(body.get("conversationType")) == GROUP else None,
        media=media,
        reply=_reply(body),
        mentions=_colleagues(body),
        quoted=_quoted(body),
    )


def tap(body: dict[str, Any], key: str, at: datetime) -> Tap:
    """A click; ``key`` tells this delivery from another click on the same button (dingtalk.md §3.2).

    The payload is what the button was sent with in ``params.action``; cards of other makers put it into
    ``params.payload`` or into the id. Raises Skipped when the card, the person or the button is missing.
    """
    content = _content_of_tap(body)
    private = _dict(content.get("cardPrivateData"))
    ids = private.get("actionIds") or content.get("actionIds") or []
    params = _dict(content.get("params")) | _dict(private.get("params"))
    payload = params.get("action") or params.get("payload") or (ids[0] if isinstance(ids, list) and ids else "")
    token, userid = body.get("outTrackId"), body.get("userId")
    if not (token and userid and payload):
        raise Skipped("incomplete-tap")
    return Tap(
        event_id=f"dingtalk:tap:{digest(key)}",
        platform="dingtalk",
        userid=str(userid),
        at=at,
        token=str(token),
        payload=str(payload),
    )


def tap_key(body: dict[str, Any], timestamp: str) -> str:
    """What identifies a click over HTTP, whose body has no id; ``timestamp`` is the signed header."""
    content = body.get("content") or body.get("value")
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
    return digest(str(body.get("outTrackId")), str(body.get("userId")), text, timestamp)


def staff(event_type: str, event_id: str, data: dict[str, Any], at: datetime) -> StaffChanged | None:
    """An event of the address book; None for every other one. An event over HTTP may come without an id."""
    if event_type not in STAFF_EVENTS:
        return None
    ids = data.get("userId") or data.get("UserId") or ""
    userid = str((ids[0] if ids else "") if isinstance(ids, list) else ids)
    name = event_id or digest(json.dumps(data, sort_keys=True))
    return StaffChanged(f"dingtalk:e:{name}", "dingtalk", userid, at)


def _content(body: dict[str, Any]) -> tuple[str, tuple[Media, ...]]:
    content = _dict(body.get("content"))
    match body.get("msgtype"):
        case "text":
            return str(_dict(body.get("text")).get("content", "")), ()
        case "picture":
            return "", _media("image", content)
        case "richText":
            return _rich(_unmentioned(content.get("richText"), body))
        case "audio":  # what nobody could hear comes as null
            return str(content.get("recognition") or ""), _media("voice", content)
        case "file":
            return "", _media("file", content, str(content.get("fileName", "")))
        case "video":
            return "", _media("file", content, f"video.{content.get('videoType', 'mp4')}")
    return "", ()


def _unmentioned(parts: Any, body: dict[str, Any]) -> list[Any]:
    """Runs without those that are the mention of the robot, which a text comes without; other mentions stand apart.

    The robot's is the first, or any where nobody else is mentioned. Its name is nowhere in the payload and may have a
    blank; what follows a blank is left for the reader, who knows what words mean something.
    """
    runs = list(parts) if isinstance(parts, list) else []
    if str(body.get("conversationType")) != GROUP:
        return runs
    for place, run in enumerate(runs):
        text = str(_dict(run).get("text", "")).strip()
        if not text.startswith("@"):
            continue
        is_robot = " " not in text and (place == 0 or not _colleagues(body))
        runs[place] = {"text": " " if is_robot else f"{' ' if place else ''}{text}{'' if text[-1].isascii() else ' '}"}
    return runs


def _colleagues(body: dict[str, Any]) -> tuple[str, ...]:
    """Userids of whom a message mentions beside the robot, which is in the list by its encrypted id alone."""
    users = body.get("atUsers")
    found = [_dict(each) for each in users] if isinstance(users, list) else []
    robot = body.get("chatbotUserId")
    return tuple(str(each["staffId"]) for each in found if each.get("staffId") and each.get("dingtalkId") != robot)


def _quoted(body: dict[str, Any]) -> tuple[str, ...]:
    """Every text in the message that this one replies to.

    Where it stands depends on the kind and the client: ``text.repliedMsg`` with ``content.content``, ``content.text``,
    runs of rich text, or the tree of a card; older ones say ``quoteMessage`` or ``content.quoteContent``. Of some cards
    there is only an id, which no API tells the content of (KB has no page; field reports of 2026-02 to 2026-08).
    """
    text, content = _dict(body.get("text")), _dict(body.get("content"))
    places = (text.get("repliedMsg"), content.get("repliedMsg"), body.get("quoteMessage"), content.get("quoteContent"))
    return tuple(dict.fromkeys(found for place in places for found in _strings(place)))[:MAX_QUOTED]


def _strings(value: Any, depth: int = 0) -> list[str]:
    """All texts of a tree, also of trees that are written into a text."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(value, str):
        inner = _dict(value) if value.lstrip().startswith("{") else {}
        return _strings(inner, depth + 1) if inner else [value] if value.strip() else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for part in parts for found in _strings(part, depth + 1)]


def _rich(parts: Any) -> tuple[str, tuple[Media, ...]]:
    """Runs of text keep their own blanks; a picture parts the words before it from those after."""
    text = ""
    media: tuple[Media, ...] = ()
    for part in parts if isinstance(parts, list) else []:
        if found := _media("image", _dict(part)):
            text, media = text + " ", media + found
        else:
            text += str(_dict(part).get("text", ""))
    return text, media


def _media(kind: Any, content: dict[str, Any], name: str = "") -> tuple[Media, ...]:
    code = content.get("downloadCode") or content.get("pictureDownloadCode")
    return (Media(kind, str(code), name),) if code else ()


def _reply(body: dict[str, Any]) -> ReplyTo | None:
    url, until = body.get("sessionWebhook"), body.get("sessionWebhookExpiredTime")
    if not url or not str(until).isdecimal():
        return None
    return ReplyTo(str(url), datetime.fromtimestamp(int(str(until)) / 1000, UTC))


def _content_of_tap(body: dict[str, Any]) -> dict[str, Any]:
    """Two pages of the documentation disagree about its name (KB interactive-mode)."""
    return _dict(body.get("content")) or _dict(body.get("value"))


def _dict(value: Any) -> dict[str, Any]:
    """Objects come as JSON text or as they are."""
    if isinstance(value, str):
        return json_object(value) or {}
    return value if isinstance(value, dict) else {}
