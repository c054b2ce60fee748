"""Stream frames and their acknowledgements (dingtalk.md §1.2)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

Type = Literal["SYSTEM", "EVENT", "CALLBACK"]
ROBOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"
EVENT_TOPIC = "*"
CALLBACK_TOPICS = frozenset({
    ROBOT_TOPIC, CARD_TOPIC, "/v1.0/im/bot/messages/delegate", "/v1.0/card/dynamicData/get", "/v1.0/graph/api/invoke",
})  # fmt: skip
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Frame:
    """One push; ``headers`` adds to the usual ones (events carry five more)."""

    type: Type
    topic: str
    data: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    message_id: str = field(default_factory=lambda: secrets.token_hex(16))

    def text(self, *, millis: int, app_id: str, connection_id: str) -> str:
        headers = {
            "topic": self.topic,
            "messageId": self.message_id,
            "contentType": JSON,
            "time": str(millis),
            "appId": app_id,
            "connectionId": connection_id,
        }
        data = json.dumps(self.data, ensure_ascii=False)
        frame = {"specVersion": "1.0", "type": self.type, "headers": headers | self.headers, "data": data}
        return json.dumps(frame, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Ack:
    """What the bot answered to a frame; ``data`` is the JSON inside its ``data`` string."""

    message_id: str
    code: int
    data: Any


def read_ack(text: str) -> Ack:
    """Raises ValueError naming what is wrong with an acknowledgement."""
    ack = json.loads(text)
    if not isinstance(ack, dict) or not isinstance(ack.get("headers"), dict):
        raise ValueError("no headers")
    message_id, code, data = ack["headers"].get("messageId"), ack.get("code"), ack.get("data")
    if not isinstance(message_id, str) or not isinstance(code, int):
        raise ValueError("no messageId or code")
    if ack["headers"].get("contentType") != JSON or not isinstance(data, str):
        raise ValueError("contentType is not JSON, or data is not a string")
    return Ack(message_id, code, json.loads(data or "null"))
