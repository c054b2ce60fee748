"""Frames of the Stream connection and their acknowledgements (dingtalk.md §1.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.channels.dingtalk.text import json_object, json_text

ROBOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"
EVENT_TOPIC = "*"

OK, NOT_FOUND, FAILED = 200, 404, 500
_WORDS = {OK: "OK", NOT_FOUND: "topic not found", FAILED: "internal error"}


class BadFrame(ValueError):
    """Not a frame: no JSON object, or without headers."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the platform pushed; ``raw`` is the JSON text inside ``data``."""

    type: str
    topic: str
    message_id: str
    raw: str = field(default="{}", repr=False)
    headers: dict[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Raises BadFrame when it is no object."""
        return _object(self.raw)


def parse(text: str) -> Frame:
    """Read a frame tolerantly: the documentation shows ``header`` too, and system frames without an id.

    Raises BadFrame.
    """
    body = _object(text)
    headers = body.get("headers") or body.get("header")
    if not isinstance(headers, dict):
        raise BadFrame("no headers")
    named = {str(key): str(value) for key, value in headers.items()}
    data = body.get("data")
    raw = data if isinstance(data, str) else json_text(data if data is not None else {})
    return Frame(str(body.get("type")), named.get("topic", ""), named.get("messageId", ""), raw, named)


def ack(frame: Frame, data: dict[str, Any] | str, code: int = OK) -> str:
    """The acknowledgement of ``frame``; ``data`` goes as a JSON string, a text goes as it is."""
    headers = {"messageId": frame.message_id, "contentType": "application/json"}
    text = data if isinstance(data, str) else json_text(data)
    return json_text({"code": code, "message": _WORDS[code], "headers": headers, "data": text})


def _object(text: str) -> dict[str, Any]:
    body = json_object(text)
    if body is None:
        raise BadFrame("not a JSON object")
    return body
