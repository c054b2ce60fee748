"""Robot messages as the bot gets them, the same JSON over Stream and HTTP (dingtalk.md §2.1)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.contacts import ADMIN, unionid
from sandbox.dingtalk.courier import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.dingtalk.app import DingTalkApp
    from sandbox.dingtalk.meters import Meters
    from sandbox.dingtalk.webhooks import Webhooks
    from sandbox.world import Item, Place, World

OVER_QUOTA = 20001
PICTURE = "picture"
ROBOT = "$:LWCP_v1:$robot"


def conversation(place: Place) -> str:
    """The ``conversationId``: of a group it is the id one sends to; of a 1:1 chat it is opaque."""
    return place.chat if place.group else "cid" + hashlib.sha256(place.chat.encode()).hexdigest()[:24]


class Inbound:
    """Builds bodies; ``published`` is the robot's state in the console: before, nobody's userid is told."""

    def __init__(self, world: World, app: DingTalkApp, webhooks: Webhooks, meters: Meters) -> None:
        self._world, self._app, self._webhooks, self._meters = world, app, webhooks, meters
        self.corp_id = app.corp_id
        self.published = True

    def text(self, userid: str, place: Place, content: str) -> dict[str, Any]:
        return self._body(userid, place, "text", {"text": {"content": content}})

    def rich(self, userid: str, place: Place, runs: Sequence[str], colleagues: Sequence[str]) -> dict[str, Any]:
        """Text in runs; where people are @-ed, the robot is in the list by its encrypted id alone."""
        users = [{"dingtalkId": ROBOT}, *({"dingtalkId": f"$:LWCP_v1:${each}", "staffId": each} for each in colleagues)]
        content = {"content": {"richText": [{"text": run} for run in runs]}}
        return self._body(userid, place, "richText", content | ({"atUsers": users} if place.group else {}))

    def reply(self, userid: str, place: Place, content: str, quoted: Item) -> dict[str, Any]:
        """A text that quotes a bubble: of a card it has the tree that the client draws (field reports, 2026-08)."""
        replied: dict[str, Any] = {"msgType": "text", "content": {"content": quoted.body.get("content", "")}}
        if quoted.kind == "card":
            words = [value for value in quoted.body["params"].values() if isinstance(value, str)]
            nodes = [{"elementType": "TEXT", "value": value} for value in words]
            replied = {
                "msgType": "interactiveCard",
                "content": {"cardContent": {"elementType": "BOX", "children": nodes}},
            }
        text = {"content": content, "isReplyMsg": True, "repliedMsg": replied | {"msgId": new_id("msg")}}
        return self._body(userid, place, "text", {"text": text})

    def picture(self, userid: str, place: Place, code: str) -> dict[str, Any]:
        """Groups send a picture beside a mention, which is rich text."""
        content: dict[str, Any] = {"downloadCode": code, "pictureDownloadCode": code}
        if place.group:
            return self._body(userid, place, "richText", {"content": {"richText": [content | {"type": PICTURE}]}})
        return self._body(userid, place, PICTURE, {"content": content})

    def pictures(self, userid: str, place: Place, codes: Sequence[str]) -> dict[str, Any]:
        """Several at once are rich text."""
        runs = [{"downloadCode": code, "pictureDownloadCode": code, "type": PICTURE} for code in codes]
        return self._body(userid, place, "richText", {"content": {"richText": runs}})

    def audio(self, userid: str, place: Place, code: str, recognition: str | None) -> dict[str, Any]:
        """Speech comes transcribed, or with null; ``duration`` is in milliseconds, guessed at five signs a second."""
        content = {"duration": 200 * len(recognition or ""), "downloadCode": code, "recognition": recognition}
        return self._body(userid, place, "audio", {"content": content})

    def file(self, userid: str, place: Place, code: str, name: str) -> dict[str, Any]:
        return self._body(userid, place, "file", {"content": {"downloadCode": code, "fileName": name}})

    def _body(self, userid: str, place: Place, msgtype: str, payload: dict[str, Any]) -> dict[str, Any]:
        if not self._meters.use_webhook():
            payload = {"errorCode": OVER_QUOTA, "errorMessage": "本月 Webhook&Stream 使用次数已超限"}
        return self._chat(place) | self._sender(userid) | {"msgtype": msgtype} | payload

    def _chat(self, place: Place) -> dict[str, Any]:
        created = self._world.clock.millis()
        webhook, ends = self._webhooks.open_session(place)
        group = {"conversationTitle": self._world.groups.get(place.chat, ""), "isInAtList": True} if place.group else {}
        return {
            "conversationId": conversation(place),
            "conversationType": "2" if place.group else "1",
            "chatbotCorpId": self._app.corp_id,
            "chatbotUserId": ROBOT,
            "robotCode": self._app.robot_code,
            "msgId": new_id("msg"),
            "createAt": created,
            "sessionWebhook": webhook,
            "sessionWebhookExpiredTime": ends,
        } | group

    def _sender(self, userid: str) -> dict[str, Any]:
        person = self._world.person("dingtalk", userid)
        opaque = hashlib.sha256(f"{self._app.client_id}/{userid}".encode()).hexdigest()[:20]
        sender: dict[str, Any] = {
            "senderNick": person.name if person else userid,
            "senderId": f"$:LWCP_v1:${opaque}",
            "senderUnionId": unionid(userid),
            "senderCorpId": self._app.corp_id,
            "senderPlatform": "Mac",
        }
        if self.published:
            sender |= {"senderStaffId": userid, "isAdmin": bool(person and ADMIN in person.roles)}
        return sender
