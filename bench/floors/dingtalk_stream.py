"""A DingTalk tap over Stream and nothing else: a ticket, a socket, and an answer to every frame."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from bench.floors.dingtalk_tap import decided
from bench.floors.serving import prepared
from bench.programs import announce

if TYPE_CHECKING:
    from bench.floors.ledger import Ledger

TOPIC = "/v1.0/card/instances/callback"


async def main() -> None:
    """Connect, and answer until killed."""
    ledger = await prepared()
    async with ClientSession() as session, session.ws_connect(await _endpoint(session)) as socket:
        announce(url="", durable=await ledger.durability())
        under_way = set[asyncio.Task[None]]()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                task = asyncio.create_task(_answer(ledger, socket, json.loads(message.data)))
                under_way.add(task)
                task.add_done_callback(under_way.discard)


async def _endpoint(session: ClientSession) -> str:
    names = {"clientId": "CLIENT_ID", "clientSecret": "CLIENT_SECRET"}
    body = {key: os.environ[f"DINGTALK_{name}"] for key, name in names.items()}
    wanted = {**body, "subscriptions": [{"type": "CALLBACK", "topic": TOPIC}]}
    url = os.environ["DINGTALK_API_BASE"] + "/v1.0/gateway/connections/open"
    async with session.post(url, json=wanted, headers={"Accept": "application/json"}) as response:
        answer = await response.json()
    return f"{answer['endpoint']}?ticket={quote_plus(answer['ticket'])}"


async def _answer(ledger: Ledger, socket: ClientWebSocketResponse, frame: dict[str, Any]) -> None:
    message_id = frame["headers"]["messageId"]
    data = frame["data"]
    if frame["headers"]["topic"] == TOPIC:
        data = json.dumps({"response": await decided(ledger, message_id, json.loads(data))}, ensure_ascii=False)
    headers = {"messageId": message_id, "contentType": "application/json"}
    ack = {"code": 200, "message": "OK", "headers": headers, "data": data}
    await socket.send_str(json.dumps(ack, ensure_ascii=False))


if __name__ == "__main__":
    asyncio.run(main())
