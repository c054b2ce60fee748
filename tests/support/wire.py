"""Callbacks as the platforms write them, for tests that deliver one again, or one that no platform would send."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession

from sandbox.dingtalk.crypto import EventCrypto, card_sign, robot_sign
from sandbox.dingtalk.frames import CARD_TOPIC, ROBOT_TOPIC, Frame
from sandbox.server import demo_dingtalk, demo_wecom
from sandbox.wecom.crypto import Crypto
from sandbox.wecom.envelope import build
from tests.support.proof import token_of
from tests.support.walk import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.dingtalk.stream import Attempt
    from sandbox.world import Item
    from tests.support.stage import Stage

WECOM, DINGTALK = demo_wecom("http://bot"), demo_dingtalk("http://bot")


@dataclass(frozen=True, slots=True)
class Post:
    """One request to the bot; sent twice it is the same bytes."""

    path: str
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    async def to(self, desk: Stage) -> tuple[int, str]:
        """Status and text of the answer, once the bot has said everything that it has to say."""
        settings = desk.bot.settings
        url = f"http://{settings.bot_host}:{settings.bot_port}{self.path}"
        async with (
            ClientSession() as session,
            session.post(url, params=self.query, data=BytesIO(self.body), headers=self.headers) as answer,
        ):
            found = answer.status, await answer.text()
        await desk.bot.settled()
        return found


def wecom_tap(desk: Stage, userid: str, token: str, key: str, **changes: Any) -> Post:
    """A click on the card ``token``, by whom and on what one likes."""
    said = {"Event": "template_card_event", "EventKey": key, "TaskId": token, "CardType": "button_interaction"}
    return sealed(desk, {"FromUserName": userid, **said, "ResponseCode": secrets.token_hex(16), **changes})


def wecom_text(desk: Stage, userid: str, text: str, **changes: Any) -> Post:
    """A typed message."""
    said = {"MsgType": "text", "Content": text, "MsgId": secrets.randbits(60)}
    return sealed(desk, {"FromUserName": userid, **said, **changes})


def sealed(desk: Stage, fields: dict[str, Any], *, corp: str = WECOM.corp_id, age: int = 0) -> Post:
    """``fields`` over what every callback has; sealed for ``corp`` and signed ``age`` seconds ago."""
    stamp = desk.clock.seconds() - age
    head: dict[str, Any] = {"ToUserName": corp, "CreateTime": stamp, "MsgType": "event", "AgentID": WECOM.agent_id}
    return enveloped(desk, build(list((head | fields).items())), corp=corp, age=age)


def enveloped(desk: Stage, xml: str, *, corp: str = WECOM.corp_id, age: int = 0) -> Post:
    """Any text in the platform's envelope."""
    crypto = Crypto(WECOM.token, WECOM.aes_key, corp)
    inside = crypto.encrypt(xml)
    stamp, nonce = str(desk.clock.seconds() - age), secrets.token_hex(4)
    query = {"msg_signature": crypto.sign(stamp, nonce, inside), "timestamp": stamp, "nonce": nonce}
    return Post("/wecom/callback", build([("Encrypt", inside)]).encode(), query)


def forged(post: Post) -> Post:
    """The same request, signed by somebody who does not know how."""
    return replace(
        post,
        query={name: "0" * 40 if name == "msg_signature" else value for name, value in post.query.items()},
        headers={name: "AAAA" if name in {"sign", "x-ddpaas-signature"} else v for name, v in post.headers.items()},
    )


def dingtalk_message(desk: Stage, userid: str, text: str) -> dict[str, Any]:
    """The body of a robot message."""
    return {
        "conversationId": "cid1", "conversationType": "1", "msgId": f"msg{secrets.token_hex(8)}", "msgtype": "text",
        "senderStaffId": userid, "createAt": desk.clock.millis(), "text": {"content": text},
    }  # fmt: skip


def dingtalk_tap(userid: str, token: str, payload: str) -> dict[str, Any]:
    """The body of a click on the card ``token``."""
    content = {"cardPrivateData": {"actionIds": ["b0"], "params": {"action": payload}}}
    return {"type": "actionCallback", "outTrackId": token, "userId": userid, "content": json.dumps(content)}


async def streamed(desk: Stage, topic: str, body: dict[str, Any], message_id: str = "") -> Attempt:
    """Push one frame over the bot's line; the same ``message_id`` is the same push."""
    frame = Frame("CALLBACK", topic, body, message_id=message_id or secrets.token_hex(16))
    attempt = await desk.sandbox.dingtalk.stream.push(frame, 5.0)
    await desk.bot.settled()
    return attempt


async def stream_tap(desk: Stage, userid: str, token: str, payload: str, message_id: str = "") -> Attempt:
    return await streamed(desk, CARD_TOPIC, dingtalk_tap(userid, token, payload), message_id)


async def late_tap(desk: Stage, card: Item, button: str) -> str:
    """A tap on a card as it was, which a phone that heard nothing since still shows; what the platform is answered."""
    tapped = (card.place.chat, token_of(card), key_of(card, button))
    if card.place.platform != "wecom":
        return str((await stream_tap(desk, *tapped)).data)
    _, text = await wecom_tap(desk, *tapped).to(desk)
    inside = text.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    return Crypto(WECOM.token, WECOM.aes_key, WECOM.corp_id).decrypt(inside) if inside else text


async def stream_text(desk: Stage, userid: str, text: str) -> Attempt:
    return await streamed(desk, ROBOT_TOPIC, dingtalk_message(desk, userid, text))


def dingtalk_post(desk: Stage, path: str, body: bytes, *, age: int = 0) -> Post:
    """An HTTP callback under the robot's or the cards' signature, made ``age`` seconds ago."""
    stamp = str(desk.clock.millis() - 1000 * age)
    if path == "/dingtalk/card":
        signed = {"x-ddpaas-signature-timestamp": stamp}
        return Post(path, body, headers=signed | {"x-ddpaas-signature": card_sign(DINGTALK.client_secret, stamp)})
    return Post(path, body, headers={"timestamp": stamp, "sign": robot_sign(DINGTALK.client_secret, stamp)})


def dingtalk_event(desk: Stage, event: dict[str, Any], *, owner: str = DINGTALK.client_id, age: int = 0) -> Post:
    """An encrypted event of the address book, for the app ``owner``."""
    crypto = EventCrypto(DINGTALK.token, DINGTALK.aes_key, owner)
    inside, stamp, nonce = crypto.seal(json.dumps(event)), str(desk.clock.millis() - 1000 * age), secrets.token_hex(4)
    query = {"msg_signature": crypto.sign(stamp, nonce, inside), "timestamp": stamp, "nonce": nonce}
    return Post("/dingtalk/event", json.dumps({"encrypt": inside}).encode(), query)
