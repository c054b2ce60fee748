"""The platform's own Python client as a bot: answers a message with a card, a tap with an update, an event.

Reads DINGTALK_OPENAPI_ENDPOINT (once, when it is imported), CLIENT_ID and CLIENT_SECRET; writes what it heard to
standard output, one JSON object a line.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import dingtalk_stream as official

TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"
AGREE = {"msgButtons": [{"text": "同意", "color": "blue", "id": "agree", "request": True, "params": {"case": "R1"}}]}
RECORD = {
    "cardUpdateOptions": {"updateCardDataByKey": True},
    "cardData": {"cardParamMap": {"title": "已同意", "sys_full_json_obj": "{}"}},
}


def heard(what: str, fact: Any) -> None:
    sys.stdout.write(json.dumps({what: fact}) + "\n")
    sys.stdout.flush()


class Messages(official.ChatbotHandler):  # type: ignore[misc]
    """Answers every message with a card of one button."""

    async def process(self, callback: official.CallbackMessage) -> tuple[int, Any]:
        message = official.ChatbotMessage.from_dict(callback.data)
        heard("message", [message.sender_staff_id, message.sender_nick, message.text.content])
        replier = official.CardReplier(self.dingtalk_client, message)
        params = {"title": "审批", "markdown": "退款", "sys_full_json_obj": json.dumps(AGREE)}
        await replier.async_create_and_deliver_card(TEMPLATE, params)
        return official.AckMessage.STATUS_OK, None


class Taps(official.CallbackHandler):  # type: ignore[misc]
    """Answers every tap in its callback."""

    async def process(self, callback: official.CallbackMessage) -> tuple[int, Any]:
        tap = official.CardCallbackMessage.from_dict(callback.data)
        heard("tap", [tap.user_id, tap.content["cardPrivateData"]])
        return official.AckMessage.STATUS_OK, RECORD


class Events(official.EventHandler):  # type: ignore[misc]
    """Says OK to every event."""

    async def process(self, event: official.EventMessage) -> tuple[int, str]:
        heard("event", [event.headers.event_type, event.data])
        return official.AckMessage.STATUS_OK, "OK"


def main() -> None:
    credential = official.Credential(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
    client = official.DingTalkStreamClient(credential)
    client.register_callback_handler(official.ChatbotMessage.TOPIC, Messages())
    client.register_callback_handler(official.CallbackHandler.TOPIC_CARD_CALLBACK, Taps())
    client.register_all_event_handler(Events())
    asyncio.run(client.start())


if __name__ == "__main__":
    main()
