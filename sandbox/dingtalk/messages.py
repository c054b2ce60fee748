"""Robot messages as they come over the API, checked and turned into what a phone shows (dingtalk.md §4.2, §2.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.dingtalk.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.dingtalk.media import Media
    from sandbox.world import Kind

MSG_PARAM_BYTES = 15_000
FILE_TYPES = frozenset({"xlsx", "pdf", "zip", "rar", "doc", "docx"})
#: msgKey -> the fields its msgParam must have
FIELDS: dict[str, tuple[str, ...]] = {
    "sampleText": ("content",),
    "sampleMarkdown": ("title", "text"),
    "sampleImageMsg": ("photoURL",),
    "sampleLink": ("text", "title", "picUrl", "messageUrl"),
    "sampleActionCard": ("title", "text", "singleTitle", "singleURL"),
    "sampleActionCard6": ("title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"),
    "sampleAudio": ("mediaId", "duration"),
    "sampleFile": ("mediaId", "fileName", "fileType"),
    "sampleVideo": ("duration", "videoMediaId", "videoType", "picMediaId"),
} | {
    f"sampleActionCard{n}": (
        "title",
        "text",
        *(f"action{what}{i}" for i in range(1, n + 1) for what in ("Title", "URL")),
    )
    for n in (2, 3, 4, 5)
}


@dataclass(frozen=True, slots=True)
class Bubble:
    """What a phone shows."""

    kind: Kind
    body: dict[str, Any]


def action_card(title: str, text: str, buttons: list[dict[str, str]], *, horizontal: bool = False) -> Bubble:
    """A link card; it has the shape of an interactive card so that a page draws both alike."""
    params = {"title": title, "markdown": text, "buttons": buttons}
    return Bubble("card", {"template": "actionCard", "horizontal": horizontal, "params": params})


def medium(media_id: str, **more: Any) -> dict[str, Any]:
    return {"media_id": media_id, "url": f"/sandbox/media/{quote(media_id, safe='@')}", **more}


class Samples:
    """Reads ``msgKey`` and ``msgParam``; raises Refusal with the platform's code."""

    def __init__(self, media: Media) -> None:
        self._media = media

    def bubble(self, body: dict[str, Any]) -> Bubble:
        key, param = body.get("msgKey"), _param(body)
        if key not in FIELDS:
            raise Refusal("invalidParameter.msgKey.invalid", str(key))
        missing = [f for f in FIELDS[key] if not isinstance(param.get(f), str) or not param[f]]
        if missing:
            raise Refusal("invalidParameter.msgParam.invalid", ",".join(missing))
        return self._draw(key, param)

    def _draw(self, key: str, param: dict[str, str]) -> Bubble:
        match key:
            case "sampleText":
                return Bubble("text", {"content": param["content"]})
            case "sampleMarkdown":
                return Bubble("markdown", {"title": param["title"], "text": param["text"]})
            case "sampleImageMsg":
                return Bubble("image", self._picture(param["photoURL"]))
            case "sampleLink":
                return action_card(param["title"], param["text"], [{"text": "查看详情", "url": param["messageUrl"]}])
            case "sampleAudio" | "sampleFile" | "sampleVideo":
                return self._attachment(key, param)
        return action_card(param["title"], param["text"], _buttons(key, param), horizontal=key == "sampleActionCard6")

    def _picture(self, where: str) -> dict[str, Any]:
        if where.startswith(("http://", "https://")):
            return {"media_id": None, "url": where}
        return medium(self._known(where))

    def _attachment(self, key: str, param: dict[str, str]) -> Bubble:
        media_id = self._known(param["videoMediaId" if key == "sampleVideo" else "mediaId"])
        if key == "sampleAudio":
            return Bubble("voice", medium(media_id, duration=param["duration"]))
        if key == "sampleFile" and param["fileType"] not in FILE_TYPES:
            raise Refusal("invalidParameter.msgParam.invalid", "fileType")
        name = param.get("fileName") or f"video.{param['videoType']}"
        return Bubble("file", medium(media_id, name=name))

    def _known(self, media_id: str) -> str:
        if media_id not in self._media:
            raise Refusal("resource.unavailable", "mediaId")
        return media_id


def _param(body: dict[str, Any]) -> dict[str, Any]:
    text = body.get("msgParam")
    if not isinstance(text, str):
        raise Refusal("invalidParameter.msgParam.invalid", "msgParam is a JSON string")
    if len(text.encode()) > MSG_PARAM_BYTES:
        raise Refusal("invalidParameter.msgParam.tooLong")
    try:
        param = json.loads(text)
    except ValueError:
        param = None
    if not isinstance(param, dict):
        raise Refusal("invalidParameter.msgParam.invalid", "msgParam is not a JSON object")
    return param


def _buttons(key: str, param: dict[str, str]) -> list[dict[str, str]]:
    if key == "sampleActionCard":
        return [{"text": param["singleTitle"], "url": param["singleURL"]}]
    title, url, count = (
        ("buttonTitle", "buttonUrl", 2) if key == "sampleActionCard6" else ("actionTitle", "actionURL", 5)
    )
    return [
        {"text": param[f"{title}{i}"], "url": param[f"{url}{i}"]} for i in range(1, count + 1) if f"{title}{i}" in param
    ]


def webhook_bubble(body: dict[str, Any]) -> Bubble | None:
    """The JSON of custom robots, session webhooks and HTTP replies; None when it is not understood."""
    part = body.get(str(body.get("msgtype")))
    if not isinstance(part, dict):
        return None
    match body["msgtype"]:
        case "text" if part.get("content"):
            return Bubble("text", {"content": part["content"], "at": body.get("at", {})})
        case "markdown" if part.get("title") and part.get("text"):
            return Bubble("markdown", {"title": part["title"], "text": part["text"], "at": body.get("at", {})})
        case "actionCard" if part.get("title") and part.get("text"):
            return _webhook_card(part)
        case "link" if part.get("title") and part.get("text") and part.get("messageUrl"):
            return action_card(part["title"], part["text"], [{"text": "查看详情", "url": part["messageUrl"]}])
    return None


def _webhook_card(part: dict[str, Any]) -> Bubble | None:
    single: list[dict[str, Any]] = [{"title": part.get("singleTitle"), "actionURL": part.get("singleURL")}]
    buttons = [{"text": b.get("title") or "", "url": b.get("actionURL") or ""} for b in part.get("btns") or single]
    if not all(b["text"] and b["url"] for b in buttons):
        return None
    return action_card(part["title"], part["text"], buttons, horizontal=part.get("btnOrientation") == "1")
