#!/usr/bin/env bash
# Guess: what comes over DingTalk's one websocket is handled as it comes: the second message after the first.
# Fact:  dingtalk-stream begins a task for each frame. A first message whose handler waits for anything, a database say, is
#        overtaken by the second, and acknowledged after it. Nothing keeps one person's words in order, and after a broken
#        line they come several at once.
# Means: "R… 数量改成 1" and "提交", typed in this order, are done in the other one.
# Guard: bot/inbox/door.py takes in one person's words in turn; tests/bot/test_door.py
#        test_what_one_person_says_is_taken_in_as_it_came_though_the_first_had_to_wait.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check dingtalk-stream==0.24.3 websockets==17.4 2>/dev/null
timeout 60 "$tmp/venv/bin/python" - <<'PY'
import asyncio
import json
import logging
import os
import sys
from importlib.metadata import version

import dingtalk_stream as dingtalk
import websockets

logging.disable(logging.CRITICAL)
print("dingtalk-stream", version("dingtalk-stream"))
WORDS = ("first", "second")
handled: list[str] = []
acknowledged: list[str] = []


class Handler(dingtalk.ChatbotHandler):
    async def process(self, message):
        text = message.data["text"]["content"]
        await asyncio.sleep(0.5 if text == "first" else 0)
        handled.append(text)
        return dingtalk.AckMessage.STATUS_OK, "OK"


async def platform(socket):
    for word in WORDS:
        headers = {"topic": dingtalk.ChatbotMessage.TOPIC, "messageId": word, "contentType": "application/json", "time": "1"}
        data = json.dumps({"msgtype": "text", "text": {"content": word}})
        await socket.send(json.dumps({"specVersion": "1.0", "type": "CALLBACK", "headers": headers, "data": data}))
    while len(acknowledged) < len(WORDS):
        acknowledged.append(json.loads(await socket.recv())["headers"]["messageId"])
    done.set()


async def main():
    async with websockets.serve(platform, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = dingtalk.DingTalkStreamClient(dingtalk.Credential("id", "secret"))
        client.register_callback_handler(dingtalk.ChatbotMessage.TOPIC, Handler())
        client.open_connection = lambda: {"endpoint": f"ws://127.0.0.1:{port}", "ticket": "ticket"}
        asyncio.get_running_loop().create_task(client.start())
        await asyncio.wait_for(done.wait(), 30)
    print("sent", list(WORDS), "handled", handled, "acknowledged", acknowledged)
    assert handled == acknowledged == ["second", "first"], (handled, acknowledged)


done = asyncio.Event()
try:
    asyncio.new_event_loop().run_until_complete(main())
except AssertionError as error:
    print("changed:", error)
    status = 1
else:
    status = 0
sys.stdout.flush()
os._exit(status)  # the client has no end of its own
PY
