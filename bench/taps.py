"""Taps as each platform sends them, and whether the answer shows the decided card."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from bench.cases import AGREE
from sandbox.dingtalk.crypto import card_sign
from sandbox.dingtalk.frames import CARD_TOPIC, Frame
from sandbox.wecom.crypto import Crypto
from sandbox.wecom.envelope import build, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import ClientSession

    from bench.cases import Target
    from sandbox.dingtalk import DingTalkApp
    from sandbox.dingtalk.stream import Stream
    from sandbox.wecom import WeComApp

DECIDED = f"已{AGREE}"
DEADLINE = 10.0  #: seconds; far beyond the platforms' own, because here a late answer is an error anyway


class Tapper(Protocol):
    """One platform's way to bring a tap."""

    async def tap(self, target: Target) -> bool:
        """Bring one tap; whether the answer shows it decided."""


@dataclass(frozen=True, slots=True)
class WeComTapper:
    """Sealed POSTs to the callback, the passive reply opened again."""

    session: ClientSession
    url: str
    app: WeComApp
    crypto: Crypto
    _codes: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def of(cls, session: ClientSession, base: str, app: WeComApp) -> WeComTapper:
        return cls(session, f"{base}/wecom/callback", app, Crypto(app.token, app.aes_key, app.corp_id))

    async def tap(self, target: Target) -> bool:
        query, body = self._sealed(target)
        async with self.session.post(self.url, params=query, data=body) as answer:
            text = await answer.text()
        return answer.status == 200 and bool(text) and self._decided(text)

    def _sealed(self, target: Target) -> tuple[dict[str, str], bytes]:
        stamp, code = str(int(time.time())), next(self._codes)
        message = build(
            [
                ("ToUserName", self.app.corp_id), ("FromUserName", target.userid), ("CreateTime", int(stamp)),
                ("MsgType", "event"), ("Event", "template_card_event"), ("EventKey", target.payload),
                ("TaskId", target.token), ("CardType", "button_interaction"), ("ResponseCode", f"code{code:08d}"),
                ("AgentID", self.app.agent_id),
            ]
        )  # fmt: skip
        sealed, nonce = self.crypto.encrypt(message), f"{code:010d}"
        query = {"msg_signature": self.crypto.sign(stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
        outer = [("ToUserName", self.app.corp_id), ("AgentID", str(self.app.agent_id)), ("Encrypt", sealed)]
        return query, build(outer).encode()

    def _decided(self, text: str) -> bool:
        return DECIDED in self.crypto.decrypt(text_of(parse(text), "Encrypt"))


@dataclass(frozen=True, slots=True)
class HttpTapper:
    """Signed POSTs to the card callback."""

    session: ClientSession
    url: str
    app: DingTalkApp

    async def tap(self, target: Target) -> bool:
        stamp = str(int(time.time() * 1000))
        signature = card_sign(self.app.client_secret, stamp)
        headers = {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": signature}
        async with self.session.post(self.url, json=click(target, self.app), headers=headers) as answer:
            return answer.status == 200 and shows_decided(await answer.json())


@dataclass(frozen=True, slots=True)
class StreamTapper:
    """Frames on the line that the bot has opened."""

    stream: Stream
    app: DingTalkApp

    async def tap(self, target: Target) -> bool:
        attempt = await self.stream.push(Frame("CALLBACK", CARD_TOPIC, click(target, self.app)), DEADLINE)
        return attempt.code == 200 and shows_decided(attempt.data)


def shows_decided(answer: Any) -> bool:
    return DECIDED in json.dumps(answer, ensure_ascii=False)


def click(target: Target, app: DingTalkApp) -> dict[str, Any]:
    """The body of a card callback (dingtalk.md §3.2)."""
    content = {"cardPrivateData": {"actionIds": ["0"], "params": {"action": target.payload}}}
    return {
        "type": "actionCallback", "outTrackId": target.token, "corpId": app.corp_id, "userId": target.userid,
        "spaceType": "IM", "spaceId": "bench", "extension": "{}", "content": json.dumps(content, ensure_ascii=False),
    }  # fmt: skip
